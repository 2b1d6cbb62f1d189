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
		parts := (images + n - 1) / n
		c.each = (images + parts - 1) / parts
		return c
	}
	most := max(1, size/(cols*step))
	steps := (rows + step - 1) / step
	bands := (steps + most - 1) / most
	c.band = min(rows, (steps+bands-1)/bands*step)
	return c
}

func (c *cut) bands() int { return (c.rows + c.band - 1) / c.band }

// parts is the number of parts.
func (c *cut) parts() int { return (c.images + c.each - 1) / c.each * c.bands() }

// A part is n images from first on, or rows of one from top on.
type part struct{ first, n, top, rows int }

func (c *cut) at(i int) part {
	first, top := i/c.bands()*c.each, i%c.bands()*c.band
	return part{first, min(c.each, c.images-first), top, min(c.band, c.rows-top)}
}
