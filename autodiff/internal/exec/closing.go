package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A Closing is a sum, or maximum, over the rows of a loop, taken up tile by tile
// and known when the loop has ended. Each part of the loop has its own, and the
// parts' are joined in order, so that the result does not depend on how many cores
// there are. A sum is taken pairwise of those of tiles, so that it is right for any
// number of rows.
type Closing struct {
	Op    vec.Reduction
	Dst   int // slot of the result
	Width int // columns, 0 for a reduction of everything to one number
}

type closing[F kernel.Float] struct {
	Closing
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

func newClosing[F kernel.Float](of Closing, parts, tiles int) closing[F] {
	c := closing[F]{Closing: of, parts: make([]partial[F], parts)}
	c.joined = vec.NewPairwise[F](of.Op, of.Width, parts)
	for i := range c.parts {
		c.parts[i] = partial[F]{
			all:  vec.NewPairwise[float64](of.Op, 1, tiles),
			tile: make([]F, 1),
			cols: vec.NewPairwise[F](of.Op, of.Width, tiles),
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

// addAll takes up a tile of a reduction of everything. Tiles are added in float64.
func (c *closing[F]) addAll(part int, x []F) {
	p := &c.parts[part]
	vec.ReduceRows(c.Op, 1, len(x), p.tile, x, len(x))
	p.take(p.tile[0])
}

// addProduct takes up a tile of a sum of products.
func (c *closing[F]) addProduct(part int, x, y []F) {
	c.parts[part].take(vec.Dot(x, y))
}

// take takes up the reduction of a tile.
func (p *partial[F]) take(v F) {
	p.all.Next()[0] = float64(v)
	p.all.Take()
}

// addRows takes up the rows of a tile of a reduction of each column.
func (c *closing[F]) addRows(part int, x []F) {
	p := &c.parts[part]
	rows := len(x) / max(1, c.Width)
	vec.ReduceCols(c.Op, rows, c.Width, p.cols.Next(), x, c.Width, p.rows > 0)
	if p.rows += rows; p.rows >= rowsRun {
		p.cols.Take()
		p.rows = 0
	}
}

// close joins the parts' results.
func (c *closing[F]) close(dst []F) {
	if c.Width > 0 {
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
	if c.Op == vec.ReduceMax {
		return max(a, b)
	}
	return a + b
}
