package conv

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A winogradWeightsPlan computes the gradient of the weights of windows of 3×3 and
// stride 1. The products of transformed data and gradients are summed over the
// tiles, as one transformed gradient of the weights, in a fixed number of parts,
// each over its share of the images in order; these are added in order, and
// transformed at the end.
type winogradWeightsPlan[F kernel.Float] struct {
	*Plan[F]
	tileGrid
	gradient  frame
	table     []row      // of channels of y, in gradients and sums
	data      components // of a core, in panels
	gradients components // of a core
	zeros     piece      // of a core: what sums begin with
	edge      piece      // of a core: the weights of one channel of y
	scratch   piece
	parts     int
	ranges    int          // of channels of y, which are parts of their own
	inRange   int          // of them
	sums      []components // of the shared workspace, of each part
	inPadded  int          // channels of x in whole vectors
}

func planWinogradWeights[F kernel.Float](p *Plan[F]) {
	oh, ow := p.Out()
	lanes := p.kernels.lanes
	w := &winogradWeightsPlan[F]{Plan: p, inPadded: kernel.RoundUp(p.C, lanes)}
	rows, cols := forwardAxis(oh, p.H, p.R, 1, p.Before[0]), forwardAxis(ow, p.W, p.S, 1, p.Before[1])
	w.tileGrid = p.newTileGrid(&rows, &cols, p.C, w.inPadded, p.K)
	w.frame.reserve(&p.each, 1)
	pixel := kernel.RoundUp(p.K, lanes)
	w.gradient = frame{h: oh, w: ow, c: p.K, pixel: pixel, height: w.cut.band * tileSide, width: w.cols * tileSide}
	w.gradient.reserve(&p.each, 1)

	w.data = newComponents[F](&p.each, w.tiles, w.inPadded)
	w.gradients = newComponents[F](&p.each, w.tiles, pixel+rowGap[F](pixel))
	w.zeros = p.each.take(p.kernels.width())
	w.edge = p.each.take(p.R * p.S * w.inPadded)
	w.scratch = p.each.take(numParts * lanes)
	w.parts = sumParts[F](w.cut.parts(), numParts*p.K*w.inPadded)
	w.ranges, w.inRange = w.kernels.ranges(p.K, w.parts)
	for range w.parts {
		w.sums = append(w.sums, newComponents[F](&p.shared, p.K, w.inPadded))
	}
	for k := range p.K {
		w.table = append(w.table, row{int32(k), int32(k * w.inPadded)})
	}
	p.stages = []stage[F]{
		{w.parts * w.ranges, w.sum},
		{p.K, w.add},
	}
}

// sum adds up the tiles of a part, for a range of channels of y.
func (w *winogradWeightsPlan[F]) sum(c *core[F], i int) {
	clear(in(w.zeros, c.workspace))
	part, from := i/w.ranges, i%w.ranges*w.inRange
	to := min(from+w.inRange, w.K)
	n := w.cut.parts()
	for i, first := part*n/w.parts, true; i < (part+1)*n/w.parts; i, first = i+1, false {
		pt := w.cut.at(i)
		w.transformData(c, pt)
		w.transformGradients(c, pt, from, to)
		w.multiply(c, pt, w.table[from:to], part, first)
	}
}

// transformData transforms the tiles of x of a part, into panels of channels.
func (w *winogradWeightsPlan[F]) transformData(c *core[F], pt part) {
	t, f := &c.transform, &w.frame
	data, tiles := in(w.data.piece, c.workspace), w.of(pt)
	t.scratch = in(w.scratch, c.workspace)
	t.rowSrc, t.colSrc, t.rowDst, t.colDst = f.row(), f.pixel, patchSide*w.data.apart, w.data.apart
	t.blocks, t.nextSrc = w.cols, tileSide*f.pixel
	for image := range pt.n {
		x := load(f, c, w.a, pt.first+image, 1, pt.top*tileSide)
		w.tileGrid.each(pt, image, func(tile, i int) {
			row := x[tileSide*i*f.row():]
			w.kernels.panels(w.C, func(from, _, padded int) {
				t.src, t.dst, t.channels, t.nextDst = row[from:], data[from*tiles+tile*padded:], padded, padded
				t.run(w.kernels, dataForm)
			})
		})
	}
}

// transformGradients transforms the tiles of some channels of dy of a part.
func (w *winogradWeightsPlan[F]) transformGradients(c *core[F], pt part, from, to int) {
	t, f := &c.transform, &w.gradient
	gradients := in(w.gradients.piece, c.workspace)
	t.rowSrc, t.colSrc, t.rowDst, t.colDst = f.row(), f.pixel, patchSide*w.gradients.apart, w.gradients.apart
	t.channels = kernel.RoundUp(to-from, w.kernels.lanes)
	t.blocks, t.nextSrc, t.nextDst = w.cols, tileSide*f.pixel, w.gradients.row
	for image := range pt.n {
		dy := load(f, c, w.b, pt.first+image, 1, pt.top*tileSide)
		w.tileGrid.each(pt, image, func(tile, i int) {
			t.src, t.dst = dy[tileSide*i*f.row()+from:], gradients[tile*w.gradients.row+from:]
			t.run(w.kernels, gradientForm)
		})
	}
}

// multiply adds the products of each component of the tiles to the sums of a part,
// for some channels of y.
func (w *winogradWeightsPlan[F]) multiply(c *core[F], pt part, channels []row, to int, first bool) {
	x := &c.product
	tiles := w.of(pt)
	x.rows, x.taps, x.k, x.step = channels, oneTap, tiles, w.gradients.row
	x.add, x.floor, x.bias = !first, lowest[F](), in(w.zeros, c.workspace)
	sums := in(w.sums[to].piece, w.common)
	gradients, data := in(w.gradients.piece, c.workspace), in(w.data.piece, c.workspace)
	for xi := range numParts {
		x.a = gradients[xi*w.gradients.apart:]
		w.kernels.panels(w.C, func(from, _, padded int) {
			x.b, x.stepB = data[xi*w.data.apart+from*tiles:], padded
			x.c, x.cols = sums[xi*w.sums[to].apart+from:], padded
			x.run(w.kernels)
		})
	}
}

// add adds the sums of all parts for one channel of y, transforms and finishes them.
func (w *winogradWeightsPlan[F]) add(c *core[F], k int) {
	total := in(w.sums[0].piece, w.common)
	for xi := range numParts {
		at := xi*w.sums[0].apart + k*w.inPadded
		for _, s := range w.sums[1:] {
			vec.Axpby(1, in(s.piece, w.common)[at:][:w.inPadded], 1, total[at:][:w.inPadded])
		}
	}
	t := &c.transform
	t.scratch, t.channels, t.blocks = in(w.scratch, c.workspace), w.inPadded, 1
	t.src, t.rowSrc, t.colSrc = total[k*w.inPadded:], patchSide*w.sums[0].apart, w.sums[0].apart
	t.dst, t.rowDst, t.colDst = in(w.edge, c.workspace), w.S*w.inPadded, w.inPadded
	t.run(w.kernels, sumForm)
	for at := range w.R * w.S {
		w.finish(w.c[k*w.depth()+at*w.C:], t.dst[at*w.inPadded:][:w.C])
	}
}
