package autodiff

import "declive/internal/kernel"

// A fused loop runs tile by tile, a tile being some rows of its domain. On each
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
	doBinary
	doSelect
	doRowReduce // over the columns
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
	unary   kernel.UnaryOp
	binary  kernel.BinaryOp
	reduce  kernel.Reduction
	dst     ref
	in      [3]ref
	signs   [2]int8 // of a doAddScaled
	labels  int     // slot of the labels of a pick or a one-hot
	closing int     // index among the closing sums
	op      elementwise
	width   int // operands of op
}

type loopStep[F kernel.Float] struct {
	m        *machine[F]
	domain   domain
	tileRows int
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
		kernel.Do(s.parts, s.part)
	}
	for i := range s.closings {
		s.closings[i].close(s)
	}
}

// runTile runs a loop of one tile.
func (s *loopStep[F]) runTile() {
	if s.feeds != s.m.feeds {
		s.feeds = s.m.feeds
		w := window[F]{loopStep: s, rows: s.domain.rows}
		for i := range s.micros {
			s.bounds[i] = w.find(&s.micros[i])
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
	for t := part * s.tiles / s.parts; t < (part+1)*s.tiles/s.parts; t++ {
		from := t * s.tileRows
		w := window[F]{loopStep: s, part: part, from: from, rows: min(s.tileRows, s.domain.rows-from)}
		for i := range s.micros {
			c := w.find(&s.micros[i])
			c.run()
		}
	}
}

// A bound is a micro-instruction with the operands of one tile.
type bound[F kernel.Float] struct {
	*micro
	rows, cols int
	dst        []F
	in         [3]kernel.Operand[F]
	labels     []int
	closing    *closing[F]
	part       int
	operands   []float64
}

func (c *bound[F]) run() {
	switch c.kind {
	case doUnary:
		kernel.Unary(c.unary, c.dst, c.in[0].Data)
	case doBinary:
		kernel.Binary(c.binary, c.rows, c.cols, c.dst, c.cols, c.in[0], c.in[1])
	case doSelect:
		kernel.Select(c.rows, c.cols, c.dst, c.cols, c.in[0], c.in[1], c.in[2])
	case doRowReduce:
		kernel.ReduceRows(c.reduce, c.rows, c.cols, c.dst, c.in[0].Data, c.cols)
	case doPick:
		x := c.in[0].Data
		for i, y := range c.labels {
			c.dst[i] = x[i*c.cols+y]
		}
	case doOneHot:
		clear(c.dst)
		for i, y := range c.labels {
			c.dst[i*c.cols+y] = 1
		}
	case doValue:
		c.values()
	case doAddScaled:
		c.addScaled()
	case doCloseAll:
		c.closing.addAll(c.part, c.in[0].Data)
	case doCloseProduct:
		c.closing.addProduct(c.part, c.in[0].Data, c.in[1].Data)
	case doCloseCols:
		c.closing.addRows(c.part, c.rows, c.in[0].Data)
	}
}

// values computes an op by its definition: what makes a new op work before it
// has a kernel.
func (c *bound[F]) values() {
	for i := range c.rows {
		for j := range c.cols {
			for k := range c.operands {
				x := &c.in[k]
				c.operands[k] = float64(x.Data[i*x.Row+j*x.Col])
			}
			c.dst[i*c.cols+j] = F(c.op.value(c.operands))
		}
	}
}

// A window is a tile of a loop: rows rows from the row from.
type window[F kernel.Float] struct {
	*loopStep[F]
	part, from, rows int
}

// find returns a micro-instruction with its operands in the window.
func (w *window[F]) find(m *micro) bound[F] {
	c := bound[F]{micro: m, rows: w.rows, cols: w.domain.cols, part: w.part}
	for i, r := range m.in[:m.operands()] {
		c.in[i] = w.operand(r, m.dst)
	}
	switch m.kind {
	case doCloseAll, doCloseCols, doCloseProduct:
		c.closing = &w.closings[m.closing]
		return c
	case doPick, doOneHot:
		c.labels = w.m.labels[m.labels][w.from : w.from+w.rows]
		if m.in[0].at == perRow || m.kind == doOneHot && m.dst.at == perRow {
			c.cols = 1
		}
	case doBinary, doSelect:
		c.rows, c.cols = w.extent(m)
	case doValue:
		c.rows, c.cols = w.extent(m)
		c.operands = w.loopStep.operands[w.part][:m.width]
	}
	c.dst = w.data(m.dst)
	return c
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
	size, from := 1, 0
	switch r.at {
	case full:
		size, from = w.rows*w.domain.cols, w.from*w.domain.cols
	case perRow:
		size, from = w.rows, w.from
	case perCol:
		size = w.domain.cols
	}
	if r.slot < 0 {
		return w.scratch[w.part][r.scratch : r.scratch+size]
	}
	return w.m.slots[r.slot][from : from+size]
}

// extent returns the loop of an elementwise micro-instruction, with one row
// where its arrays are contiguous or scalars.
func (w *window[F]) extent(m *micro) (rows, cols int) {
	if m.dst.at != full {
		return 1, w.rows
	}
	for _, r := range m.in[:m.operands()] {
		if r.at == perRow || r.at == perCol {
			return w.rows, w.domain.cols
		}
	}
	return 1, w.rows * w.domain.cols
}

// operand returns an array as the operand of a loop that writes to dst.
func (w *window[F]) operand(r, dst ref) kernel.Operand[F] {
	x := kernel.Operand[F]{Data: w.data(r)}
	switch {
	case r.at == full:
		x.Row, x.Col = w.domain.cols, 1
	case r.at == perCol, r.at == perRow && dst.at == perRow:
		x.Col = 1
	case r.at == perRow:
		x.Row = 1
	}
	return x
}
