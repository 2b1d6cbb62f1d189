package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A bound is a micro-instruction with the operands of one tile.
type bound[F kernel.Float] struct {
	*Micro
	lengths  [3]int // of the loops of one on a grid
	dst      []F
	in       [3]kernel.Operand[F]
	labels   []int
	closing  *closing[F]
	spread   *spread[F]
	part     int
	operands []float64
}

func (c *bound[F]) run() {
	x := c.in[0].Data
	switch c.Kind {
	case DoUnary:
		vec.Unary(c.Unary, c.dst, x)
	case DoPower:
		vec.Power(c.Power, c.dst, x)
	case DoBinary, DoSelect, DoFunction:
		c.elementwise()
	case DoRowReduce:
		vec.ReduceRows(c.Reduce, len(c.dst), c.Cols, c.dst, x, c.Cols)
	case DoBlockReduce:
		c.reduceBlocks()
	case DoPick:
		for i, y := range c.labels {
			c.dst[i] = x[i*c.Cols+y]
		}
	case DoOneHot:
		clear(c.dst)
		for i, y := range c.labels {
			c.dst[i*c.Cols+y] = 1
		}
	case DoAddScaled:
		c.addScaled()
	case DoCloseAll:
		c.closing.addAll(c.part, x)
	case DoCloseProduct:
		c.closing.addProduct(c.part, x, c.in[1].Data)
	case DoCloseSpread:
		c.spread.addRows(c.part, x)
	case DoCloseCols:
		c.closing.addRows(c.part, x)
	}
}

// elementwise runs the outermost loop of a micro-instruction on a grid.
func (c *bound[F]) elementwise() {
	c.inner(c.dst, &c.in)
	if c.lengths[0] == 1 {
		return
	}
	dst, in := c.dst, c.in
	for range c.lengths[0] - 1 {
		dst = dst[c.Grid.Strides[0][0]:]
		for k := range in {
			in[k].Data = in[k].Data[c.Grid.Strides[1+k][0]:]
		}
		c.inner(dst, &in)
	}
}

// inner runs the two inner loops of a micro-instruction on a grid.
func (c *bound[F]) inner(dst []F, in *[3]kernel.Operand[F]) {
	rows, cols, ldd := c.lengths[1], c.lengths[2], c.Grid.Strides[0][1]
	switch c.Kind {
	case DoBinary:
		vec.Binary(c.Binary, rows, cols, dst, ldd, in[0], in[1])
	case DoSelect:
		vec.Select(rows, cols, dst, ldd, in[0], in[1], in[2])
	case DoFunction:
		c.function(rows, cols, dst, ldd, in)
	}
}

// function computes what has no kernel, element by element in float64.
func (c *bound[F]) function(rows, cols int, dst []F, ldd int, in *[3]kernel.Operand[F]) {
	for i := range rows {
		for j := range cols {
			for k := range c.operands {
				x := &in[k]
				c.operands[k] = float64(x.Data[i*x.Row+j*x.Col])
			}
			dst[i*ldd+j] = F(c.Function.Value(c.operands))
		}
	}
}

// reduceBlocks reduces the columns of each block to a row.
func (c *bound[F]) reduceBlocks() {
	rows, x := len(c.in[0].Data)/len(c.dst), c.in[0].Data
	for dst := c.dst; len(dst) > 0; dst, x = dst[c.Cols:], x[rows*c.Cols:] {
		vec.ReduceCols(c.Reduce, rows, c.Cols, dst[:c.Cols], x, c.Cols, false)
	}
}

// addScaled sets dst to z·x + y, with signs.
func (c *bound[F]) addScaled() {
	x, y := c.in[0].Data, c.in[1].Data
	if len(c.dst) == 0 {
		return
	}
	a, b := F(c.Signs[0])*c.in[2].Data[0], F(c.Signs[1])
	switch &c.dst[0] {
	case &y[0]:
		vec.Axpby(a, x, b, c.dst)
	case &x[0]:
		vec.Axpby(b, y, a, c.dst)
	default:
		copy(c.dst, y)
		vec.Axpby(a, x, b, c.dst)
	}
}
