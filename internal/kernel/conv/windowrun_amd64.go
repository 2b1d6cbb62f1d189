//go:build !purego

package conv

import (
	"unsafe"

	"declive/internal/kernel"
)

// windows holds the kernel of each kind of loop over windows.
type windows[F kernel.Float] [numPoolKinds]func(*windowArgs[F])

// windowArgs asks for the channels of a [windowRun] that fill vectors.
type windowArgs[F kernel.Float] struct {
	src, dst           unsafe.Pointer
	at                 *byte
	taps               *windowTap
	nTaps              int
	pixels             int // at least 1, counted down
	vectors            int // at least 1
	apartSrc, apartDst int
	apartAt            int
}

// assembly computes the channels that fill vectors, and returns their number.
func (r *windowRun[F]) assembly(ks *kernels[F], kind poolKind) int {
	vectors := r.channels / ks.lanes
	if ks.window[kind] == nil || vectors == 0 {
		return 0
	}
	size := kernel.Size[F]()
	apart := r.apartDst
	if kind == spreadKind {
		apart = r.apartSrc
	}
	most := max(1, maxCall/(vectors*(len(r.taps)+1)))
	for q := 0; q < r.pixels; q += most {
		r.args = windowArgs[F]{
			src: address(r.src[q*r.apartSrc:]), dst: address(r.dst[q*r.apartDst:]), at: &r.at[q*apart],
			taps: unsafe.SliceData(r.taps), nTaps: len(r.taps), pixels: min(most, r.pixels-q), vectors: vectors,
			apartSrc: r.apartSrc * size, apartDst: r.apartDst * size, apartAt: apart,
		}
		ks.window[kind](&r.args)
	}
	return vectors * ks.lanes
}
