package autodiff

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A closing is a sum, or maximum, over the rows of a loop, taken up tile by
// tile. Each part of the loop has its own, and the parts' are joined in order,
// so that the result does not depend on how many cores there are. A sum is taken
// pairwise of those of tiles, so that it is right for any number of rows.
type closing[F kernel.Float] struct {
	reduce vec.Reduction
	dst    int // slot of the result
	width  int // columns, 0 for a reduction of everything to one number
	parts  []partial[F]
	joined *vec.Pairwise[F] // of the columns of all parts
}

// A partial is what one part of a loop has taken up.
type partial[F kernel.Float] struct {
	all  *vec.Pairwise[float64] // one number for each tile
	tile []F                    // of the tile at hand
	cols *vec.Pairwise[F]       // a row for each run of rows
	rows int                    // in the run at hand
}

// rowsRun is the number of rows that are added to each other before they are a term
// of a pairwise sum.
const rowsRun = 256

func newClosing[F kernel.Float](reduce vec.Reduction, dst, width, parts, tiles int) closing[F] {
	c := closing[F]{reduce: reduce, dst: dst, width: width, parts: make([]partial[F], parts)}
	c.joined = vec.NewPairwise[F](reduce, width, parts)
	for i := range c.parts {
		c.parts[i] = partial[F]{
			all:  vec.NewPairwise[float64](reduce, 1, tiles),
			tile: make([]F, 1),
			cols: vec.NewPairwise[F](reduce, width, tiles),
		}
	}
	return c
}

func (c *closing[F]) start(part int) {
	p := &c.parts[part]
	p.all.Start()
	p.cols.Start()
	p.rows = 0
}

// addAll takes up a tile of a reduction of everything. Tiles are added in
// float64.
func (c *closing[F]) addAll(part int, x []F) {
	p := &c.parts[part]
	vec.ReduceRows(c.reduce, 1, len(x), p.tile, x, len(x))
	p.take(p.tile[0])
}

// take takes up the reduction of a tile.
func (p *partial[F]) take(v F) {
	p.all.Next()[0] = float64(v)
	p.all.Take()
}

// addRows takes up the rows of a tile of a reduction of each column.
func (c *closing[F]) addRows(part, rows int, x []F) {
	p := &c.parts[part]
	vec.ReduceCols(c.reduce, rows, c.width, p.cols.Next(), x, c.width, p.rows > 0)
	if p.rows += rows; p.rows >= rowsRun {
		p.cols.Take()
		p.rows = 0
	}
}

// close joins the parts' results.
func (c *closing[F]) close(s *loopStep[F]) {
	dst := s.m.slots[c.dst]
	if c.width > 0 {
		c.closeCols(dst)
		return
	}
	if len(dst) == 0 { // no columns
		return
	}
	total := c.parts[0].all.Result()[0]
	for _, p := range c.parts[1:] {
		total = c.join(total, p.all.Result()[0])
	}
	dst[0] = F(total)
}

func (c *closing[F]) closeCols(dst []F) {
	c.joined.Start()
	for i := range c.parts {
		p := &c.parts[i]
		if p.rows > 0 {
			p.cols.Take()
		}
		copy(c.joined.Next(), p.cols.Result())
		c.joined.Take()
	}
	copy(dst, c.joined.Result())
}

func (c *closing[F]) join(a, b float64) float64 {
	if c.reduce == vec.ReduceMax {
		return max(a, b)
	}
	return a + b
}
