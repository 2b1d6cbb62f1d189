package conv

// A cut divides images of some rows into parts: a number of whole images each, or
// a band of rows of one. It follows from the shape alone.
type cut struct {
	images, rows int // of all
	each, band   int // of a part
}

// newCut makes parts of about size pixels of images with rows×cols of them, whose
// bands begin at multiples of step rows.
func newCut(images, rows, cols, step, size int) cut {
	c := cut{images: images, rows: rows, each: 1, band: rows}
	if n := size / (rows * cols); n > 1 {
		c.each = ceil(images, evenly(ceil(images, n)))
		return c
	}
	steps := ceil(rows, step)
	bands := ceil(steps, max(1, size/(cols*step)))
	if images == 1 {
		bands = min(steps, evenly(bands))
	}
	c.band = min(rows, ceil(steps, bands)*step)
	return c
}

// evenly returns a number of parts, at least n, that two or four cores finish at the
// same time.
func evenly(n int) int {
	if n <= 2 {
		return n
	}
	return ceil(n, 4) * 4
}

func ceil(a, b int) int { return (a + b - 1) / b }

func (c *cut) bands() int { return ceil(c.rows, c.band) }

// parts is the number of parts.
func (c *cut) parts() int { return ceil(c.images, c.each) * c.bands() }

// A part is n images from first on, or rows of one from top on.
type part struct{ first, n, top, rows int }

func (c *cut) at(i int) part {
	first, top := i/c.bands()*c.each, i%c.bands()*c.band
	return part{first, min(c.each, c.images-first), top, min(c.band, c.rows-top)}
}
