package conv

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A directWeights plan computes the gradient of the weights: dw[k, p] for each
// of the depth positions p = (r, s, c) is the sum over pixels of y of x there by
// dy. The transpose of dw, whose rows are positions, is summed in a fixed number
// of parts, each over its share of the images in order, which are added in order.
type directWeights[F kernel.Float] struct {
	*Plan[F]
	rows, cols axis
	frame      frame
	cut        cut
	positions  []row   // of x, for the first pixel, and of the sums
	lines      []int32 // rows of y in a part, as rows of x
	group      int     // of them that are summed in one chain

	parts  int
	groups int   // of positions, which are parts of their own
	ld     int   // elements from position to position of the sums
	sums   piece // of the shared workspace, of all parts
	dy     piece // of a core: a group of rows of dy in panels, if not in place
	blocks int   // of positions, for the last stage
	turned piece // of a core: a block of positions, transposed
}

const (
	inPlaceRows    = 150 // most rows of the sums for which dy is read where it is
	weightsInBlock = 64  // positions that one core adds and transposes at once
)

// chain returns about how many pixels are summed in one chain, before they are added
// to sums of size bytes: as many as leave what a strip reads in the first level of
// cache, and more where the sums themselves are far. The limits are measured.
func chain(size int) int {
	if size <= 128<<10 {
		return 128
	}
	return 512
}

// sumParts returns the number of parts that sums of size elements are formed in, of
// at most so many: up to eight while their memory stays below 16 MB, else two.
func sumParts[F kernel.Float](most, size int) int {
	const parts, bytes = 8, 16 << 20
	return min(most, max(2, min(parts, bytes/(size*kernel.Size[F]()))))
}

func planWeights[F kernel.Float](p *Plan[F]) {
	oh, ow := p.Out()
	d := &directWeights[F]{Plan: p, ld: kernel.RoundUp(p.K, p.kernels.lanes)}
	d.rows = forwardAxis(oh, p.H, p.R, p.Stride[0], p.Before[0])
	d.cols = forwardAxis(ow, p.W, p.S, p.Stride[1], p.Before[1])
	d.frame, d.cut = p.frames(&d.rows, &d.cols, p.C)
	d.frame.reserve(&p.each, d.cut.each)
	d.tables()
	d.group = max(1, min(chain(p.depth()*d.ld*kernel.Size[F]())/ow, len(d.lines)))
	if p.K%p.kernels.lanes != 0 || p.depth() > inPlaceRows {
		d.dy = p.each.take(d.group * ow * d.ld)
	}
	d.parts = sumParts[F](d.cut.parts(), p.depth()*d.ld)
	d.groups = halves(d.parts, p.depth())
	d.sums = p.shared.take(d.parts * p.depth() * d.ld)
	d.blocks = ceil(p.depth(), weightsInBlock)
	d.turned = p.each.take(weightsInBlock * p.K)
	p.stages = []stage[F]{
		{d.parts * d.groups, d.sum},
		{d.blocks, d.add},
	}
}

// tables fills the tables of positions and of rows of y.
func (d *directWeights[F]) tables() {
	f := &d.frame
	for _, r := range d.rows.taps[0] {
		for _, s := range d.cols.taps[0] {
			at := (r.shift+f.top)*f.row() + (s.shift+f.left)*f.pixel
			for c := range d.C {
				d.positions = append(d.positions, row{int32(at + c), int32(len(d.positions) * d.ld)})
			}
		}
	}
	for g := range d.cut.each {
		for i := range d.cut.band {
			d.lines = append(d.lines, int32(g*f.image()+i*d.rows.advance*f.row()))
		}
	}
}

// sum adds up the images of a part, for all positions or a group of them.
func (d *directWeights[F]) sum(c *core[F], i int) {
	n := d.cut.parts()
	part, group := i/d.groups, i%d.groups
	x := &c.product
	x.rows = d.positions[d.depth()*group/d.groups : d.depth()*(group+1)/d.groups]
	x.step, x.k = d.cols.advance*d.frame.pixel, d.cols.results
	x.floor, x.add = d.floor, false
	for i := part * n / d.parts; i < (part+1)*n/d.parts; i++ {
		pt := d.cut.at(i)
		x.a = load(&d.frame, c, d.a, pt.first, pt.n, d.rows.start(pt.top))
		lines := pt.n * pt.rows
		first := pt.first*d.rows.results + pt.top
		for from := 0; from < lines; from += d.group {
			x.taps = d.lines[from:min(from+d.group, lines)]
			d.addLines(c, part, d.b[(first+from)*d.cols.results*d.K:])
			x.add = true
		}
	}
}

// addLines adds the products of some rows of dy, with as many taps, to the sums.
func (d *directWeights[F]) addLines(c *core[F], part int, dy []F) {
	x := &c.product
	pixels := len(x.taps) * x.k
	sums := in(d.sums, d.common)[part*d.depth()*d.ld:]
	if d.dy.n > 0 {
		packed := in(d.dy, c.workspace)
		packRows(d.kernels, packed, dy, d.K, d.K, pixels)
		dy = packed
	}
	d.kernels.panels(d.K, func(from, cols, padded int) {
		x.b, x.stepB = dy[from:], d.K
		if d.dy.n > 0 {
			x.b, x.stepB = dy[from*pixels:], padded
		}
		x.bias, x.c, x.cols = in(d.bias, d.common)[from:], sums[from:], cols
		x.run(d.kernels)
	})
}

// add adds the sums of all parts for some positions, transposes and finishes them.
func (d *directWeights[F]) add(c *core[F], block int) {
	first := block * weightsInBlock
	n := min(weightsInBlock, d.depth()-first)
	sums := in(d.sums, d.common)
	total := sums[first*d.ld:][:n*d.ld]
	for part := 1; part < d.parts; part++ {
		vec.Axpby(1, sums[(part*d.depth()+first)*d.ld:][:n*d.ld], 1, total)
	}
	turned := in(d.turned, c.workspace)
	vec.Transpose(n, d.K, turned, n, total, d.ld)
	for k := range d.K {
		d.finish(d.c[k*d.depth()+first:], turned[k*n:][:n])
	}
}
