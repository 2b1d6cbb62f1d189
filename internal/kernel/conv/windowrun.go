package conv

import "declive/internal/kernel"

// A windowRun computes pixels of a result in a row, each from a window of pixels of
// a source: pixel q takes those of the taps from src[q·apartSrc] on and goes to
// dst[q·apartDst]. Positions lie beside the elements of y, which is the result of
// maxKind and pickKind and the source of spreadKind.
type windowRun[F kernel.Float] struct {
	src, dst           []F
	at                 []byte
	taps               []windowTap
	pixels, channels   int
	apartSrc, apartDst int
	room               int // elements of dst from the first on that this core computes, in their order
	args               windowArgs[F]
}

// run computes the pixels.
func (r *windowRun[F]) run(ks *kernels[F], kind poolKind) {
	r.generic(kind, r.assembly(ks, kind))
}

// generic computes the pixels from first on; it is the definition.
func (r *windowRun[F]) generic(kind poolKind, first int) {
	for q := first; q < r.pixels; q++ {
		src, dst := r.src[q*r.apartSrc:], r.dst[q*r.apartDst:][:r.channels]
		switch kind {
		case maxKind:
			maxPixel(dst, r.at[q*r.apartDst:][:r.channels], src, r.taps)
		case pickKind:
			pickPixel(dst, r.at[q*r.apartDst:][:r.channels], src, r.taps)
		case spreadKind:
			spreadPixel(dst, r.at[q*r.apartSrc:], src, r.taps)
		}
	}
}

func maxPixel[F kernel.Float](y []F, at []byte, x []F, taps []windowTap) {
	for t, tap := range taps {
		u := x[tap.offset:][:len(y)]
		for c, v := range u {
			if t == 0 || v > y[c] || v != v {
				y[c], at[c] = v, byte(tap.position)
			}
		}
	}
}

func pickPixel[F kernel.Float](y []F, at []byte, x []F, taps []windowTap) {
	clear(y)
	for _, tap := range taps {
		u := x[tap.offset:][:len(y)]
		for c, v := range u {
			if at[c] == byte(tap.position) {
				y[c] = v
			}
		}
	}
}

func spreadPixel[F kernel.Float](dx []F, at []byte, dy []F, taps []windowTap) {
	clear(dx)
	for _, tap := range taps {
		from := tap.offset
		u, p := dy[from:][:len(dx)], at[from:][:len(dx)]
		for c, v := range u {
			if p[c] == byte(tap.position) {
				dx[c] += v
			}
		}
	}
}
