package conv

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// tileGrid is how Winograd's tiles cover the results of a part: whole images, or
// rows of tiles of one.
type tileGrid struct {
	rows, cols int // tiles of an image
	frame      frame
	cut        cut // in rows of tiles
	tiles      int // of a part
}

// A part has about partTiles tiles: as many as use the transformed weights often and
// leave the transformed data in cache. Where that makes a single part, it is divided
// into ranges of at least rangeChannels channels, so that cores share the
// transformed weights, which are large then, or else into parts of fewTiles.
const (
	partTiles     = 96
	fewTiles      = 32
	rangeChannels = 128
)

// newTileGrid covers the results of two axes, sums over sources of some channels, for
// parts that have all or a range of the channels ranged.
func (p *Plan[F]) newTileGrid(rows, cols *axis, channels, pixel, ranged int) tileGrid {
	g := tileGrid{rows: ceil(rows.results, tileSide), cols: ceil(cols.results, tileSide)}
	size := partTiles
	if ranged < 2*rangeChannels {
		size = max(fewTiles, min(partTiles, p.N*g.rows*g.cols/4))
	}
	g.cut = newCut(p.N, g.rows, g.cols, 1, size)
	g.tiles = g.cut.each * g.cut.band * g.cols
	g.frame = frame{h: rows.source, w: cols.source, c: channels, top: rows.lead(), left: cols.lead(), pixel: pixel}
	g.frame.height = g.cut.band*tileSide + patchSide - tileSide
	g.frame.width = g.cols*tileSide + patchSide - tileSide
	return g
}

// each calls f for every row of tiles of one image of a part: with the number of its
// first tile in the part, and its place in the grid, from the first row of the part on.
func (g *tileGrid) each(pt part, image int, f func(tile, i int)) {
	for i := range pt.rows {
		f((image*pt.rows+i)*g.cols, i)
	}
}

// of is the number of tiles of a part.
func (g *tileGrid) of(pt part) int { return pt.n * pt.rows * g.cols }

// A components is a memory of transformed tiles or weights: numParts matrices,
// which lie an odd number of lines of the cache apart, so that the components of
// one tile do not fall on the same set.
type components struct {
	piece
	row, apart int // elements from row to row, and from component to component
}

// newComponents takes memory for matrices of rows with n elements.
func newComponents[F kernel.Float](m *memory, rows, n int) components {
	line := kernel.Line / kernel.Size[F]()
	size := kernel.RoundUp(rows*n, 2*line) + line
	return components{m.take(numParts * size), n, size}
}

// A winogradPlan computes forward and data products with windows of 3×3 and stride
// 1 by F(4,3).
type winogradPlan[F kernel.Float] struct {
	*Plan[F]
	tileGrid
	in, out  int // channels of source and result
	padded   int // the latter in whole vectors
	height   int // of a result
	width    int
	ranges   int        // of channels of the result, which are parts of their own
	inRange  int        // of them
	table    []row      // of tiles, in data and products
	u        components // of the shared workspace: the weights in panels
	weights  piece      // of a core: those of some channels, transposed
	data     components // of a core
	products components
	zeros    piece // of a core: what products begin with
	edge     piece // of a core: a tile of results
	scratch  piece
	blocks   int // of channels of the source, for the weights
}

// channelsInBlock is the number of channels whose weights a core transforms at
// once.
const channelsInBlock = 16

func planWinograd[F kernel.Float](p *Plan[F]) {
	w := &winogradPlan[F]{Plan: p, in: p.C, out: p.K}
	oh, ow := p.Out()
	rows, cols := forwardAxis(oh, p.H, p.R, 1, p.Before[0]), forwardAxis(ow, p.W, p.S, 1, p.Before[1])
	if p.role == Data {
		w.in, w.out = p.K, p.C
		rows, cols = dataAxis(p.H, oh, p.R, 1, p.Before[0]), dataAxis(p.W, ow, p.S, 1, p.Before[1])
	}
	w.height, w.width = rows.results, cols.results
	lanes := p.kernels.lanes
	w.padded = kernel.RoundUp(w.out, lanes)
	pixel := kernel.RoundUp(w.in, lanes)
	w.tileGrid = p.newTileGrid(&rows, &cols, w.in, pixel, w.out)
	w.frame.reserve(&p.each, 1)

	w.u = newComponents[F](&p.shared, w.in, w.padded)
	w.weights = p.each.take(p.R * p.S * channelsInBlock * w.padded)
	w.data = newComponents[F](&p.each, w.tiles, pixel+rowGap[F](pixel))
	w.ranges, w.inRange = w.kernels.ranges(w.out, w.cut.parts())
	w.products = newComponents[F](&p.each, w.tiles, kernel.RoundUp(w.inRange, lanes))
	w.zeros = p.each.take(p.kernels.width())
	w.edge = p.each.take(tileSide * tileSide * w.padded)
	w.scratch = p.each.take(numParts * lanes)
	for tile := range w.tiles {
		w.table = append(w.table, row{int32(tile * w.data.row), int32(tile * w.products.row)})
	}
	w.blocks = ceil(w.in, channelsInBlock)
	p.stages = []stage[F]{
		{w.blocks, w.transformWeights},
		{w.cut.parts() * w.ranges, w.compute},
	}
}

// rowGap is what separates rows of n elements: a line of the cache where they
// would fall on few sets.
func rowGap[F kernel.Float](n int) int {
	if n*kernel.Size[F]()%256 == 0 {
		return kernel.Line / kernel.Size[F]()
	}
	return 0
}

// transformWeights transforms the weights of a block of channels of the source into
// panels of the channels of the result.
func (w *winogradPlan[F]) transformWeights(c *core[F], block int) {
	first := block * channelsInBlock
	n := min(channelsInBlock, w.in-first)
	g := in(w.weights, c.workspace)
	for at := range w.R * w.S {
		w.gather(g[at*channelsInBlock*w.padded:], at, first, n)
	}
	u := in(w.u.piece, w.common)
	t := &c.transform
	t.scratch = in(w.scratch, c.workspace)
	t.colSrc, t.rowSrc = channelsInBlock*w.padded, w.S*channelsInBlock*w.padded
	t.colDst, t.rowDst = w.u.apart, patchSide*w.u.apart
	t.blocks, t.nextSrc = n, w.padded
	w.kernels.panels(w.out, func(from, _, padded int) {
		t.src, t.dst, t.channels, t.nextDst = g[from:], u[w.in*from+first*padded:], padded, padded
		t.run(w.kernels, weightForm)
	})
}

// gather writes the weights at a position of the window for n channels of the
// source: a row for each. The window of the gradient is rotated.
func (w *winogradPlan[F]) gather(dst []F, at, first, n int) {
	if w.role == Forward {
		transposeInto(dst, w.padded, w.b[at*w.C+first:], w.depth(), w.out, n)
		return
	}
	at = w.R*w.S - 1 - at
	copyRows(dst, w.padded, w.b[first*w.depth()+at*w.C:], w.depth(), w.out, n)
}

// ranges returns into how many ranges n channels are divided, and their size.
func (ks *kernels[F]) ranges(n, parts int) (ranges, channels int) {
	ranges = halves(parts, n/rangeChannels)
	channels = kernel.RoundUp(ceil(n, ranges), ks.width())
	return ceil(n, channels), channels
}

// compute computes a part of the result.
func (w *winogradPlan[F]) compute(c *core[F], i int) {
	pt, from := w.cut.at(i/w.ranges), i%w.ranges*w.inRange
	n := min(w.inRange, w.out-from)
	w.transformData(c, pt)
	w.multiply(c, pt, from, n)
	w.transformResults(c, pt, from, n)
}

// transformData transforms the tiles of a part, one image after the other.
func (w *winogradPlan[F]) transformData(c *core[F], pt part) {
	t, f := &c.transform, &w.frame
	data := in(w.data.piece, c.workspace)
	t.scratch = in(w.scratch, c.workspace)
	t.rowSrc, t.colSrc, t.rowDst, t.colDst = f.row(), f.pixel, patchSide*w.data.apart, w.data.apart
	t.channels, t.blocks, t.nextSrc, t.nextDst = f.pixel, w.cols, tileSide*f.pixel, w.data.row
	for image := range pt.n {
		x := load(f, c, w.a, pt.first+image, 1, pt.top*tileSide)
		w.tileGrid.each(pt, image, func(tile, i int) {
			t.src, t.dst = x[tileSide*i*f.row():], data[tile*w.data.row:]
			t.run(w.kernels, dataForm)
		})
	}
}

// multiply multiplies each component of the tiles with that of the weights of n
// channels of the result.
func (w *winogradPlan[F]) multiply(c *core[F], pt part, first, n int) {
	x := &c.product
	x.rows, x.taps = w.table[:w.of(pt)], oneTap
	x.k, x.step, x.add, x.floor = w.in, 1, false, lowest[F]()
	data, u := in(w.data.piece, c.workspace), in(w.u.piece, w.common)
	products, zeros := in(w.products.piece, c.workspace), in(w.zeros, c.workspace)
	clear(zeros)
	for xi := range numParts {
		x.a = data[xi*w.data.apart:]
		w.kernels.panels(n, func(from, _, padded int) {
			x.b, x.stepB = u[xi*w.u.apart+w.in*(first+from):], padded
			x.bias, x.c, x.cols = zeros, products[xi*w.products.apart+from:], padded
			x.run(w.kernels)
		})
	}
}

// oneTap are the taps of a product of matrices.
var oneTap = []int32{0}

// transformResults transforms the products of a part and writes n channels of the
// result: rows of whole tiles at once. What reaches beyond the image, and channels
// that do not fill a vector, take the way through a tile of their own.
func (w *winogradPlan[F]) transformResults(c *core[F], pt part, first, n int) {
	t := &c.transform
	t.scratch, t.bias, t.floor = in(w.scratch, c.workspace), in(w.bias, w.common)[first:], w.floor
	t.rowSrc, t.colSrc, t.channels = patchSide*w.products.apart, w.products.apart, kernel.RoundUp(n, w.kernels.lanes)
	t.nextSrc, t.nextDst = w.products.row, tileSide*w.out
	products := in(w.products.piece, c.workspace)
	for image := range pt.n {
		w.tileGrid.each(pt, image, func(tile, i int) {
			i = (pt.top + i) * tileSide
			whole := 0
			if i+tileSide <= w.height && t.channels == n {
				whole = w.width / tileSide
			}
			if whole > 0 {
				t.src, t.dst = products[tile*w.products.row:], w.c[w.at(pt.first+image, i, 0)+first:]
				t.blocks, t.rowDst, t.colDst = whole, w.width*w.out, w.out
				t.run(w.kernels, resultForm)
			}
			for j := whole; j < w.cols; j++ {
				t.src = products[(tile+j)*w.products.row:]
				w.writeEdge(c, pt.first+image, i, j*tileSide, first, n)
			}
		})
	}
	w.activateResults(pt, first, n)
}

// writeEdge transforms one tile, and writes the part of it that is asked for.
func (w *winogradPlan[F]) writeEdge(c *core[F], image, i, j, first, n int) {
	t := &c.transform
	t.dst, t.blocks, t.rowDst, t.colDst = in(w.edge, c.workspace), 1, tileSide*t.channels, t.channels
	t.run(w.kernels, resultForm)
	for r := range min(tileSide, w.height-i) {
		dst := w.c[w.at(image, i+r, j):]
		for s := range min(tileSide, w.width-j) {
			copy(dst[s*w.out+first:][:n], t.dst[(r*tileSide+s)*t.channels:])
		}
	}
}

// at is where a pixel of a result begins.
func (w *winogradPlan[F]) at(image, i, j int) int {
	return ((image*w.height+i)*w.width + j) * w.out
}

// activateResults applies the activation to n channels of the results of a part.
func (w *winogradPlan[F]) activateResults(pt part, first, n int) {
	if w.act == vec.Copy {
		return
	}
	rows := min(pt.rows*tileSide, w.height-pt.top*tileSide)
	results := w.c[w.at(pt.first, pt.top*tileSide, 0):][:pt.n*rows*w.width*w.out]
	if n == w.out {
		w.activate(results)
		return
	}
	for ; len(results) > 0; results = results[w.out:] {
		w.activate(results[first:][:n])
	}
}
