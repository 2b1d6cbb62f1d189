package conv

import (
	"fmt"

	"declive/internal/kernel"
)

// A MaxPool takes the largest elements of windows,
//
//	y[n, i, j, c] = max x[n, i·Stride[0]+r−Before[0], j·Stride[1]+s−Before[1], c]
//
// over the r < R and s < S that lie on the image. The position r·S+s of the largest
// one, the first of equals, is noted in a byte for each element of y. What follows
// from it is linear: [MaxPool.Spread] and [MaxPool.Pick], each the derivative of the
// other.
//
// A NaN is larger than anything. The methods do not allocate; a MaxPool holds the
// operands of a call while it runs, and serves one goroutine at a time.
type MaxPool[F kernel.Float] struct {
	Windows
	kernels    *kernels[F]
	lenX, lenY int
	down, up   *walk // of results over x, and of elements of x over results

	shares *shares
	runs   []windowRun[F] // of each core
	work   func(core, part int)

	walk     *walk
	kind     poolKind
	src, dst []F
	at       []byte
}

// A poolKind is one of the loops over windows.
type poolKind uint8

const (
	maxKind    poolKind = iota // the largest of a window, and its position
	pickKind                   // the element of a window at a position
	spreadKind                 // the sum of the elements whose position is that of a tap
	numPoolKinds
)

// poolElements is the work of a part, in elements of the images.
const poolElements = 1 << 14

// NewMaxPool plans pools of shape g. Windows hold at most 256 pixels, and reach
// beyond the image by less than their own sides. It panics if they do not.
func NewMaxPool[F kernel.Float](g Windows) *MaxPool[F] {
	if reason := g.Reason(); reason != "" {
		panic("conv: " + reason)
	}
	switch {
	case g.R*g.S > 256:
		panic(fmt.Sprintf("conv: pool of windows of %d×%d pixels, want at most 256", g.R, g.S))
	case max(g.Before[0], g.After[0]) >= g.R || max(g.Before[1], g.After[1]) >= g.S:
		panic(fmt.Sprintf("conv: pool with padding %v, %v, want less than the window of %d×%d", g.Before, g.After, g.R, g.S))
	}
	oh, ow := g.Out()
	p := &MaxPool[F]{Windows: g, kernels: kernelsInUse[F](), lenX: g.N * g.H * g.W * g.C, lenY: g.N * oh * ow * g.C}
	p.down = newWalk(forwardAxis(oh, g.H, g.R, g.Stride[0], g.Before[0]), forwardAxis(ow, g.W, g.S, g.Stride[1], g.Before[1]), g.S, g.C)
	p.up = newWalk(dataAxis(g.H, oh, g.R, g.Stride[0], g.Before[0]), dataAxis(g.W, ow, g.S, g.Stride[1], g.Before[1]), g.S, g.C)
	p.shares = newShares(p.parts(p.N * max(oh, g.H)))
	p.runs = make([]windowRun[F], p.shares.cores)
	p.work = p.someRows
	return p
}

// Max sets y to the largest elements of x, and at to their positions.
func (p *MaxPool[F]) Max(x, y []F, at []byte) { p.run(maxKind, p.down, x, y, at) }

// Pick sets y to the elements of u at the positions:
//
//	y[n, i, j, c] = u[n, i·Stride[0]+r−Before[0], j·Stride[1]+s−Before[1], c]    r·S+s = at[n, i, j, c]
func (p *MaxPool[F]) Pick(at []byte, u, y []F) { p.run(pickKind, p.down, u, y, at) }

// Spread sets dx to the sums of those elements of dy whose position is in dx, the
// gradient of Max by x.
func (p *MaxPool[F]) Spread(at []byte, dy, dx []F) { p.run(spreadKind, p.up, dy, dx, at) }

func (p *MaxPool[F]) run(kind poolKind, w *walk, src, dst []F, at []byte) {
	lenSrc, lenDst := p.lenX, p.lenY
	if kind == spreadKind {
		lenSrc, lenDst = lenDst, lenSrc
	}
	if len(src) < lenSrc || len(dst) < lenDst || len(at) < p.lenY {
		panic(fmt.Sprintf("conv: pool of %d elements into %d with %d positions, want %d, %d and %d", len(src), len(dst), len(at), lenSrc, lenDst, p.lenY))
	}
	if lenDst == 0 {
		return
	}
	p.kind, p.walk, p.src, p.dst, p.at = kind, w, src, dst, at
	p.shares.run(p.parts(p.N*w.rows.results), p.work)
	p.src, p.dst, p.at = nil, nil, nil
	clear(p.runs)
}

// parts is the number of parts into which rows of results are divided.
func (p *MaxPool[F]) parts(rows int) int { return max(1, min(rows, p.lenX/poolElements)) }

// someRows computes the rows of a part.
func (p *MaxPool[F]) someRows(core, part int) {
	rows := p.N * p.walk.rows.results
	parts := p.parts(rows)
	end := (part + 1) * rows / parts
	for row := part * rows / parts; row < end; row++ {
		p.row(&p.runs[core], row/p.walk.rows.results, row%p.walk.rows.results, end*p.walk.cols.results*p.C)
	}
}

// row computes a row of one image, of a part that has the results up to end.
func (p *MaxPool[F]) row(r *windowRun[F], image, i, end int) {
	w, c := p.walk, p.C
	from := w.lines[i]
	result := (image*w.rows.results + i) * w.cols.results
	for j := range w.spans {
		s := &w.spans[j]
		r.taps, r.pixels, r.channels = w.taps[from.class][j], s.n, c
		r.apartSrc, r.apartDst = 0, w.cols.apart*c
		src, dst := 0, (result+s.first)*c
		if len(r.taps) > 0 {
			src = ((image*w.rows.source+from.row)*w.cols.source + s.source()) * c
			r.apartSrc = w.cols.advance * c
		}
		r.src, r.dst, r.room = p.src[src:], p.dst[dst:], end-dst
		if p.kind == spreadKind {
			r.at = p.at[src:]
		} else {
			r.at = p.at[dst:]
		}
		r.run(p.kernels, p.kind)
	}
}
