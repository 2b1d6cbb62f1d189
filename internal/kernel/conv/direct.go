package conv

import (
	"cmp"
	"math"
	"slices"

	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A direct plan computes forward and data products: for each pixel of the result
// and each panel of its channels one chain of sums over taps and channels of the
// source, whose pixels the tile finds through tables, without copying patches.
type direct[F kernel.Float] struct {
	*Plan[F]
	rows, cols axis
	frame      frame
	cut        cut
	in, out    int // channels of source and result
	phases     []phase
	panel      []block // of the packed weights, of all phases
	groups     int     // of panels, which are parts of their own
}

// A phase is the results that have the same taps.
type phase struct {
	at      [2]int // of the first result
	rows    []row  // pixels
	taps    []int32
	k       int   // steps of a tap: channels, or those of taps side by side
	windows []int // positions r·S+s of the window, in the order of the taps
	packed  piece // of the shared workspace: the weights in panels
}

// A block is a panel of a phase's weights.
type block struct{ phase, from, cols, padded int }

// partBytes is the memory of the images of a part, which are to stay in the second
// level of cache, and partPixels the least number of pixels worth a panel.
const (
	partBytes  = 256 << 10
	partPixels = 192
)

func planDirect[F kernel.Float](p *Plan[F]) {
	d := &direct[F]{Plan: p, in: p.C, out: p.K}
	oh, ow := p.Out()
	if p.role == Forward {
		d.rows = forwardAxis(oh, p.H, p.R, p.Stride[0], p.Before[0])
		d.cols = forwardAxis(ow, p.W, p.S, p.Stride[1], p.Before[1])
	} else {
		d.in, d.out = p.K, p.C
		d.rows = dataAxis(p.H, oh, p.R, p.Stride[0], p.Before[0])
		d.cols = dataAxis(p.W, ow, p.S, p.Stride[1], p.Before[1])
	}
	d.frame, d.cut = p.frames(&d.rows, &d.cols, d.in)
	d.frame.reserve(&p.each, d.cut.each)
	for a := range d.rows.apart {
		for b := range d.cols.apart {
			d.addPhase(a, b)
		}
	}
	d.groups = halves(d.cut.parts(), len(d.panel))
	p.stages = []stage[F]{
		{len(d.panel), d.pack},
		{d.cut.parts() * d.groups, d.compute},
	}
}

// halves is the number of groups into which n panels, ranges or rows are divided, so
// that there is something to do for a second core.
func halves(parts, n int) int {
	if parts == 1 && n >= 2 {
		return 2
	}
	return 1
}

// frames returns how to see a source of some channels, in parts of the results of
// two axes.
func (p *Plan[F]) frames(rows, cols *axis, channels int) (frame, cut) {
	size := kernel.Size[F]()
	f := frame{h: rows.source, w: cols.source, c: channels, top: rows.lead(), left: cols.lead(), pixel: channels}
	f.width, f.height = cols.extent(cols.results), rows.extent(rows.results)
	if p.R*p.S > 1 {
		f.pixel += pixelGap(channels, size)
	}
	f.inPlace = f.top == 0 && f.left == 0 && f.height <= f.h && f.width <= f.w && f.pixel == f.c
	if f.inPlace {
		f.height, f.width = f.h, f.w
	}
	row := max(1, f.row()*size*f.height/rows.results) // bytes for a row of results
	pixels := partBytes / row * cols.results
	pixels = max(partPixels, min(pixels, p.N*rows.results*cols.results/16))
	pixels = min(pixels, math.MaxInt32/(2*max(p.C, p.K))) // results within reach of the tables
	if most := math.MaxInt32 / row; most < partPixels {   // and the source, where few results need much of it
		pixels = min(pixels, most*cols.results)
	}
	c := newCut(p.N, rows.results, cols.results, rows.apart, pixels)
	if !f.inPlace && c.each == 1 {
		f.height = rows.extent(c.band)
	}
	return f, c
}

// addPhase adds the tables of the results at (a, b) and every so many pixels on.
func (d *direct[F]) addPhase(a, b int) {
	ph := phase{at: [2]int{a, b}, k: d.in}
	type offset struct{ at, to int }
	var taps []offset
	for _, r := range d.rows.taps[a] {
		for _, s := range d.cols.taps[b] {
			to := (r.shift+d.frame.top)*d.frame.row() + (s.shift+d.frame.left)*d.frame.pixel
			taps = append(taps, offset{r.at*d.S + s.at, to})
		}
	}
	slices.SortFunc(taps, func(x, y offset) int { return cmp.Compare(x.to, y.to) })
	for _, t := range taps {
		ph.windows = append(ph.windows, t.at)
		ph.taps = append(ph.taps, int32(t.to))
	}
	ph.taps, ph.k = join(ph.taps, d.in)
	ph.rows = d.pixels(a, b)
	ph.packed = d.shared.take(len(taps) * d.in * kernel.RoundUp(d.out, d.kernels.lanes))
	d.kernels.panels(d.out, func(from, cols, padded int) {
		d.panel = append(d.panel, block{len(d.phases), from, cols, padded})
	})
	d.phases = append(d.phases, ph)
}

// pixels is the table of the results of a phase in a part.
func (d *direct[F]) pixels(a, b int) []row {
	var rows []row
	f := &d.frame
	for g := range d.cut.each {
		for m := range d.rows.count(a, d.cut.band) {
			for l := range d.cols.count(b, d.cols.results) {
				from := g*f.image() + m*d.rows.advance*f.row() + l*d.cols.advance*f.pixel
				to := (g*d.rows.results+a+m*d.rows.apart)*d.cols.results + b + l*d.cols.apart
				rows = append(rows, row{int32(from), int32(to * d.out)})
			}
		}
	}
	return rows
}

// join makes one tap of those that follow each other without a gap, in groups of the
// same length, as long as possible, and returns the steps of each.
func join(taps []int32, k int) (joined []int32, steps int) {
	group := len(taps)
	for i := 1; i < len(taps); i++ {
		if int(taps[i]-taps[i-1]) != k {
			group = gcd(group, i)
		}
	}
	for i := 0; i < len(taps); i += group {
		joined = append(joined, taps[i])
	}
	return joined, k * group
}

func gcd(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// pack writes a panel of the weights: for each tap and channel of the source as
// many channels of the result as the panel is wide.
func (d *direct[F]) pack(_ *core[F], i int) {
	b := d.panel[i]
	ph := &d.phases[b.phase]
	dst := in(ph.packed, d.common)[len(ph.windows)*d.in*b.from:]
	for _, at := range ph.windows {
		d.packTap(dst[:d.in*b.padded], at, b)
		dst = dst[d.in*b.padded:]
	}
}

// packTap writes the rows of a panel for one tap.
func (d *direct[F]) packTap(dst []F, at int, b block) {
	w, filter := d.b[at*d.C:], d.depth()
	if d.role == Forward {
		transposeInto(dst, b.padded, w[b.from*filter:], filter, b.cols, d.in)
		return
	}
	copyRows(dst, b.padded, w[b.from:], filter, b.cols, d.in)
}

// compute computes a part of the result, or a group of its panels.
func (d *direct[F]) compute(c *core[F], i int) {
	pt := d.cut.at(i / d.groups)
	x := &c.product
	x.a = load(&d.frame, c, d.a, pt.first, pt.n, d.rows.start(pt.top))
	pixels := pt.n * pt.rows * d.cols.results
	result := d.c[(pt.first*d.rows.results+pt.top)*d.cols.results*d.out:][:pixels*d.out]
	x.step, x.add, x.floor = 1, false, d.floor
	for j := i % d.groups; j < len(d.panel); j += d.groups {
		b := &d.panel[j]
		ph := &d.phases[b.phase]
		n := pt.n * d.rows.count(ph.at[0], pt.rows) * d.cols.count(ph.at[1], d.cols.results)
		x.rows, x.taps, x.k, x.stepB, x.cols = ph.rows[:n], ph.taps, ph.k, b.padded, b.cols
		x.b = in(ph.packed, d.common)[len(ph.windows)*d.in*b.from:]
		x.bias, x.c = in(d.bias, d.common)[b.from:], result[min(b.from, len(result)):]
		x.run(d.kernels)
		if d.groups > 1 {
			d.activateRows(x)
		}
	}
	if d.groups == 1 {
		d.activate(result)
	}
}

// activateRows applies the activation to the results of one panel.
func (p *Plan[F]) activateRows(x *product[F]) {
	if p.act == vec.Copy {
		return
	}
	for _, r := range x.rows {
		p.activate(x.c[r.to:][:x.cols])
	}
}
