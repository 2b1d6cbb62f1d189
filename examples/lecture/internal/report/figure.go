package report

import (
	"bytes"
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	screen     = 96         // dots an inch that a browser reckons with
	resolution = 2 * screen // of PNG files, sharp on a dense screen
	margin     = 8          // points around the drawing
)

func (f *Figure) png() ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(resolution))
	f.paint(draw.New(c))
	var b bytes.Buffer
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(&b)
	return b.Bytes(), err
}

func (f *Figure) svg() ([]byte, error) {
	c := vgsvg.New(f.Width, f.Height)
	f.paint(draw.New(c))
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	return bytes.ReplaceAll(b.Bytes(), []byte(family), []byte(families)), err
}

// The font of the text in an SVG file, and those that stand in for it, Arial
// with the same widths, on a system that has not got it.
const (
	family   = "font-family:Liberation Sans;"
	families = "font-family:Liberation Sans,Arial,Helvetica,sans-serif;"
)

// paint draws the figure on a white card with a margin.
func (f *Figure) paint(c draw.Canvas) {
	r := c.Rectangle
	c.FillPolygon(color.White, []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}})
	f.Draw(draw.Crop(c, margin, -margin, margin, -margin))
}
