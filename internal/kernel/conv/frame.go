package conv

import "declive/internal/kernel"

// A frame is how a core sees the images, or bands of rows of one image, of a part
// of the work: with zeros around them.
type frame struct {
	h, w, c       int  // of an image as stored
	top, left     int  // zeros before it; negative where some of it is left out
	height, width int  // with zeros
	pixel         int  // elements from pixel to pixel, at least c
	inPlace       bool // no zeros, no gaps: images are read where they are
	memory        piece
}

// row and image are the elements from row to row and from image to image.
func (f *frame) row() int   { return f.width * f.pixel }
func (f *frame) image() int { return f.height * f.row() }

// reserve takes a core's memory for a number of images.
func (f *frame) reserve(m *memory, images int) {
	if !f.inPlace {
		f.memory = m.take(images * f.image())
	}
}

// load returns n images of src from image first on, seen through the frame, whose
// rows lie down rows below those of the first band.
func load[F kernel.Float](f *frame, c *core[F], src []F, first, n, down int) []F {
	size := f.h * f.w * f.c
	if f.inPlace {
		return src[first*size+down*f.w*f.c:]
	}
	dst := in(f.memory, c.workspace)
	for i := range n {
		copyFrame(f, dst[i*f.image():], src[(first+i)*size:][:size], down)
	}
	return dst
}

// copyFrame copies one image.
func copyFrame[F kernel.Float](f *frame, dst, src []F, down int) {
	left := max(0, f.left)
	skip := max(0, -f.left)
	pixels := max(0, min(f.w-skip, f.width-left))
	for i := range f.height {
		row := dst[i*f.row():][:f.row()]
		u := i + down - f.top
		if u < 0 || u >= f.h || pixels == 0 {
			clear(row)
			continue
		}
		clear(row[:left*f.pixel])
		clear(row[(left+pixels)*f.pixel:])
		copyRows(row[left*f.pixel:], f.pixel, src[(u*f.w+skip)*f.c:], f.c, f.c, pixels)
	}
}

// pixelGap is what separates pixels of c channels of size bytes, in elements: a
// line of the cache where many rows of a tile would fall on the same set.
func pixelGap(c, size int) int {
	if c*size%512 == 0 {
		return kernel.Line / size
	}
	return 0
}
