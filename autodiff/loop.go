package autodiff

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
	"declive/internal/pool"
)

// A fused loop runs tile by tile, a tile being some blocks of its domain. On each
// tile the members run one after the other as micro-instructions on pieces of
// arrays; values that nobody else reads live in scratch memory the size of a
// tile, which stays in the nearest cache.

// A ref is where a micro-instruction finds an array: in a slot of the machine,
// or in the scratch memory of its part of the loop.
type ref struct {
	slot    int // −1 for scratch
	scratch int // offset there
	at      place
}

type microKind uint8

const (
	doUnary microKind = iota
	doPower           // to a constant exponent, which is not rounded
	doBinary
	doSelect
	doRowReduce   // over the columns
	doBlockReduce // over the rows of each block
	doPick
	doOneHot
	doAddScaled    // s·x + y, with signs
	doCloseAll     // over rows and columns
	doCloseCols    // over the rows
	doCloseProduct // of two arrays, over rows and columns
	doValue        // an op without a kernel, element by element
)

type micro struct {
	kind    microKind
	unary   vec.UnaryOp
	power   float64 // exponent of a doPower
	binary  vec.BinaryOp
	reduce  vec.Reduction
	dst     ref
	in      [3]ref
	signs   [2]int8 // of a doAddScaled
	labels  int     // slot of the labels of a pick or a one-hot
	closing int     // index among the closing sums
	op      elementwise
	width   int // operands of op
	grid    grid
}

type loopStep[F kernel.Float] struct {
	m        *machine[F]
	domain   domain
	tileSize int // blocks
	tiles    int
	parts    int
	micros   []micro
	closings []closing[F]
	scratch  [][]F       // one for each part
	operands [][]float64 // likewise, of one element of an op without a kernel
	part     func(part int)

	// Of a loop of one tile, the micro-instructions with their operands found,
	// which stay the same until an input is fed from elsewhere.
	bounds []bound[F]
	feeds  int
}

func (s *loopStep[F]) run() {
	switch {
	case s.tiles == 1:
		s.runTile()
	case s.parts == 1:
		s.runPart(0)
	default:
		pool.Do(s.parts, s.part)
	}
	for i := range s.closings {
		s.closings[i].close(s)
	}
}

// runTile runs a loop of one tile.
func (s *loopStep[F]) runTile() {
	if s.feeds != s.m.feeds {
		s.feeds = s.m.feeds
		w := window[F]{loopStep: s, blocks: s.domain.blocks()}
		for i := range s.micros {
			w.find(&s.micros[i], &s.bounds[i])
		}
	}
	for i := range s.closings {
		s.closings[i].start(0)
	}
	for i := range s.bounds {
		s.bounds[i].run()
	}
}

// runPart runs the tiles of one part.
func (s *loopStep[F]) runPart(part int) {
	for i := range s.closings {
		s.closings[i].start(part)
	}
	var c bound[F]
	for t := part * s.tiles / s.parts; t < (part+1)*s.tiles/s.parts; t++ {
		from := t * s.tileSize
		w := window[F]{loopStep: s, part: part, from: from, blocks: min(s.tileSize, s.domain.blocks()-from)}
		for i := range s.micros {
			w.find(&s.micros[i], &c)
			c.run()
		}
	}
}

// A bound is a micro-instruction with the operands of one tile.
type bound[F kernel.Float] struct {
	*micro
	lengths  [3]int // of the loops of an elementwise one
	rows     int    // of a closing over the rows
	cols     int
	dst      []F
	in       [3]kernel.Operand[F]
	labels   []int
	closing  *closing[F]
	part     int
	operands []float64
}

func (c *bound[F]) run() {
	x := c.in[0].Data
	switch c.kind {
	case doUnary:
		vec.Unary(c.unary, c.dst, x)
	case doPower:
		vec.Power(c.power, c.dst, x)
	case doBinary, doSelect, doValue:
		c.elementwise()
	case doRowReduce:
		vec.ReduceRows(c.reduce, len(c.dst), c.cols, c.dst, x, c.cols)
	case doBlockReduce:
		c.reduceBlocks()
	case doPick:
		for i, y := range c.labels {
			c.dst[i] = x[i*c.cols+y]
		}
	case doOneHot:
		clear(c.dst)
		for i, y := range c.labels {
			c.dst[i*c.cols+y] = 1
		}
	case doAddScaled:
		c.addScaled()
	case doCloseAll:
		c.closing.addAll(c.part, x)
	case doCloseProduct:
		c.closing.addProduct(c.part, x, c.in[1].Data)
	case doCloseCols:
		c.closing.addRows(c.part, c.rows, x)
	}
}

// elementwise runs the outermost loop of an elementwise micro-instruction.
func (c *bound[F]) elementwise() {
	c.inner(c.dst, &c.in)
	if c.lengths[0] == 1 {
		return
	}
	dst, in := c.dst, c.in
	for range c.lengths[0] - 1 {
		dst = dst[c.grid.strides[0][0]:]
		for k := range in {
			in[k].Data = in[k].Data[c.grid.strides[1+k][0]:]
		}
		c.inner(dst, &in)
	}
}

// inner runs the two inner loops of an elementwise micro-instruction.
func (c *bound[F]) inner(dst []F, in *[3]kernel.Operand[F]) {
	rows, cols, ldd := c.lengths[1], c.lengths[2], c.grid.strides[0][1]
	switch c.kind {
	case doBinary:
		vec.Binary(c.binary, rows, cols, dst, ldd, in[0], in[1])
	case doSelect:
		vec.Select(rows, cols, dst, ldd, in[0], in[1], in[2])
	case doValue:
		c.values(rows, cols, dst, ldd, in)
	}
}

// values computes an op by its definition: what makes a new op work before it
// has a kernel.
func (c *bound[F]) values(rows, cols int, dst []F, ldd int, in *[3]kernel.Operand[F]) {
	for i := range rows {
		for j := range cols {
			for k := range c.operands {
				x := &in[k]
				c.operands[k] = float64(x.Data[i*x.Row+j*x.Col])
			}
			dst[i*ldd+j] = F(c.op.value(c.operands))
		}
	}
}

// reduceBlocks reduces the columns of each block to a row.
func (c *bound[F]) reduceBlocks() {
	rows, x := len(c.in[0].Data)/len(c.dst), c.in[0].Data
	for dst := c.dst; len(dst) > 0; dst, x = dst[c.cols:], x[rows*c.cols:] {
		vec.ReduceCols(c.reduce, rows, c.cols, dst[:c.cols], x, c.cols, false)
	}
}

// A window is a tile of a loop: blocks blocks from the block from.
type window[F kernel.Float] struct {
	*loopStep[F]
	part, from, blocks int
}

// find makes c a micro-instruction with its operands in the window.
func (w *window[F]) find(m *micro, c *bound[F]) {
	c.micro, c.cols, c.part = m, w.domain.cols, w.part
	for i := range m.operands() {
		s := &m.grid.strides[1+i]
		c.in[i] = kernel.Operand[F]{Data: w.data(m.in[i]), Row: s[1], Col: s[2]}
	}
	switch m.kind {
	case doCloseAll, doCloseCols, doCloseProduct:
		c.closing = &w.closings[m.closing]
		_, c.rows = w.span(m.in[0].at &^ byCol)
		return
	case doPick, doOneHot:
		c.bindLabels(w)
	case doBinary, doSelect, doValue:
		c.lengths = m.grid.lengths
		c.lengths[m.grid.blocks] *= w.blocks
		c.operands = w.loopStep.operands[w.part][:m.width]
	}
	c.dst = w.data(m.dst)
}

// bindLabels finds the labels of the rows in the window.
func (c *bound[F]) bindLabels(w *window[F]) {
	wide := c.micro.in[0].at
	if c.kind == doOneHot {
		wide = c.micro.dst.at
	}
	if wide&byCol == 0 {
		c.cols = 1
	}
	from, size := w.span(wide &^ byCol)
	c.labels = w.m.labels[c.micro.labels][from : from+size]
}

func (m *micro) operands() int {
	switch m.kind {
	case doValue:
		return m.width
	case doOneHot:
		return 0
	case doBinary, doCloseProduct:
		return 2
	case doSelect, doAddScaled:
		return 3
	}
	return 1
}

// data returns the elements of an array that lie in the window.
func (w *window[F]) data(r ref) []F {
	from, size := w.span(r.at)
	if r.slot < 0 {
		return w.scratch[w.part][r.scratch : r.scratch+size]
	}
	return w.m.slots[r.slot][from : from+size]
}

// span returns how many elements of an array lie before the window and in it.
func (w *window[F]) span(at place) (from, size int) {
	if at&byBlock != 0 {
		from = w.domain.extent(at, w.from)
	}
	return from, w.domain.extent(at, w.blocks)
}
