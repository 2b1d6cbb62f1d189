//go:build (amd64 || arm64) && !purego

package conv

import (
	"unsafe"

	"declive/internal/kernel"
)

// tileRows is the number of rows of a strip.
const tileRows = 6

// maxCall bounds the number of multiplications of one call to assembly, which
// cannot be preempted, in vectors: less than 100 µs.
const maxCall = 1 << 17

// maxVectors bounds the number of vectors of blocks that one call transforms.
const maxVectors = 1 << 9

// assembly computes the product, or returns false where that is left to plain Go.
func (p *product[F]) assembly(ks *kernels[F]) bool {
	if ks.tile[1<<3|1] == nil {
		return false
	}
	size := kernel.Size[F]()
	vectors := ceil(p.cols, ks.lanes)
	t := &p.args
	t.a, t.b, t.c, t.bias = address(p.a), address(p.b), address(p.c), address(p.bias)
	t.taps, t.nTaps, t.k = unsafe.SliceData(p.taps), len(p.taps), p.k
	t.step, t.stepB = p.step*size, p.stepB*size
	t.mask = ks.tail(p.cols)
	t.add, t.floor = 0, p.floor
	if p.add {
		t.add = 1
	}
	most := max(1, maxCall/(len(p.taps)*p.k*tileRows*vectors+1))
	for rows := p.rows; len(rows) > 0; {
		height, strips := strips(len(rows))
		strips = min(strips, most)
		t.rows, t.strips = &rows[0], strips
		ks.tile[height<<3|vectors](t)
		rows = rows[height*strips:]
	}
	return true
}

// strips returns the height of the next strip of those for n rows, and how many
// of it follow each other: the last two share what is left for both.
func strips(n int) (height, count int) {
	rest := n % tileRows
	switch {
	case n < tileRows:
		return n, 1
	case rest == 0 || rest >= tileRows/2:
		return tileRows, n / tileRows
	case n > 2*tileRows:
		return tileRows, n/tileRows - 1
	}
	return (n + 1) / 2, 1
}

// tail is the mask of the last n mod lanes elements of a row, in the form that
// kernels take, 0 for none.
func (ks *kernels[F]) tail(n int) uintptr {
	if n %= ks.lanes; n > 0 {
		return ks.mask(n)
	}
	return 0
}

// assembly applies a form, or returns false where that is left to plain Go.
func (t *transform[F]) assembly(ks *kernels[F], f form) bool {
	if ks.form[f] == nil {
		return false
	}
	size := kernel.Size[F]()
	a := &t.args
	a.bias, a.scratch = address(t.bias), address(t.scratch)
	a.rowSrc, a.colSrc, a.rowDst, a.colDst = t.rowSrc*size, t.colSrc*size, t.rowDst*size, t.colDst*size
	a.nextSrc, a.nextDst = t.nextSrc*size, t.nextDst*size
	a.vectors, a.floor = t.channels/ks.lanes, t.floor
	most := max(1, maxVectors/a.vectors)
	for n := 0; n < t.blocks; n += most {
		a.src, a.dst = address(t.src[n*t.nextSrc:]), address(t.dst[n*t.nextDst:])
		a.blocks = min(most, t.blocks-n)
		ks.form[f](a)
	}
	return true
}

// assembly computes the first pixels, and returns their number.
func (r *windowRun[F]) assembly(ks *kernels[F], kind poolKind) int {
	vectors := ceil(r.channels, ks.lanes)
	if ks.window[kind] == nil || vectors == 0 {
		return 0
	}
	pixels := r.roomy(kind, vectors*ks.lanes)
	size := kernel.Size[F]()
	apart := r.apartDst
	if kind == spreadKind {
		apart = r.apartSrc
	}
	most := max(1, maxCall/(vectors*(len(r.taps)+1)))
	for q := 0; q < pixels; q += most {
		r.args = windowArgs[F]{
			src: address(r.src[q*r.apartSrc:]), dst: address(r.dst[q*r.apartDst:]), at: &r.at[q*apart],
			taps: unsafe.SliceData(r.taps), nTaps: len(r.taps), pixels: min(most, pixels-q), vectors: vectors,
			apartSrc: r.apartSrc * size, apartDst: r.apartDst * size, apartAt: apart, mask: ks.tail(r.channels),
		}
		ks.window[kind](&r.args)
	}
	return pixels
}

// roomy returns how many of the first pixels may be computed with so many channels, of
// which the last ones are the next pixels': in the source there has to be as much, and
// what is stored besides has to be computed later.
func (r *windowRun[F]) roomy(kind poolKind, channels int) int {
	pixels := r.pixels
	if channels == r.channels {
		return pixels
	}
	fits := func(elements, from, apart int) {
		switch room := elements - from - channels; {
		case room < 0:
			pixels = 0
		case apart > 0:
			pixels = min(pixels, room/apart+1)
		}
	}
	for _, tap := range r.taps {
		fits(len(r.src), int(tap.offset), r.apartSrc)
		if kind == spreadKind {
			fits(len(r.at), int(tap.offset), r.apartSrc)
		}
	}
	if kind != spreadKind {
		fits(r.room, 0, r.apartDst)
	}
	return pixels
}
