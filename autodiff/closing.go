package autodiff

import "declive/internal/kernel"

// A closing is a sum, or maximum, over the rows of a loop, taken up tile by
// tile. Each part of the loop has its own, and the parts' are joined in order,
// so that the result does not depend on how many cores there are.
type closing[F kernel.Float] struct {
	reduce kernel.Reduction
	dst    int       // slot of the result
	width  int       // columns, 0 for a reduction of everything to one number
	cols   []F       // parts × columns
	all    []float64 // one number for each part
	tile   []F       // of the tile at hand, one for each part
}

func newClosing[F kernel.Float](reduce kernel.Reduction, dst, width, parts int) closing[F] {
	return closing[F]{
		reduce: reduce, dst: dst, width: width,
		cols: make([]F, parts*width), all: make([]float64, parts), tile: make([]F, parts),
	}
}

func (c *closing[F]) start(part int) {
	zero := 0.0
	if c.reduce == kernel.ReduceMax {
		zero = minusInf
	}
	c.all[part] = zero
	for j := part * c.width; j < (part+1)*c.width; j++ {
		c.cols[j] = F(zero)
	}
}

// addAll takes up a tile of a reduction of everything. Tiles are added in
// float64.
func (c *closing[F]) addAll(part int, x []F) {
	tile := c.tile[part : part+1]
	kernel.ReduceRows(c.reduce, 1, len(x), tile, x, len(x))
	c.all[part] = c.join(c.all[part], float64(tile[0]))
}

// addRows takes up the rows of a tile of a reduction of each column.
func (c *closing[F]) addRows(part, rows int, x []F) {
	kernel.ReduceCols(c.reduce, rows, c.width, c.cols[part*c.width:(part+1)*c.width], x, c.width, true)
}

// close joins the parts' results.
func (c *closing[F]) close(s *loopStep[F]) {
	dst := s.m.slots[c.dst]
	if c.width > 0 {
		kernel.ReduceCols(c.reduce, s.parts, c.width, dst, c.cols, c.width, false)
		return
	}
	if len(dst) == 0 { // no columns
		return
	}
	total := c.all[0]
	for _, v := range c.all[1:] {
		total = c.join(total, v)
	}
	dst[0] = F(total)
}

func (c *closing[F]) join(a, b float64) float64 {
	if c.reduce == kernel.ReduceMax {
		return max(a, b)
	}
	return a + b
}
