package plot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// drawn returns the dots of a picture.
func drawn(t *testing.T, p Picture) image.Image {
	t.Helper()
	dots, err := raster(p)
	require.NoError(t, err)
	return dots
}

// canvas returns one of a size in points.
func canvas(width, height vg.Length) draw.Canvas { return draw.New(vgimg.New(width, height)) }

// places returns where a picture has a colour, row by row from the top.
func places(img image.Image, c color.Color) (at []image.Point) {
	want := rgba(c)
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if rgba(img.At(x, y)) == want {
				at = append(at, image.Pt(x, y))
			}
		}
	}
	return at
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

// hull returns the smallest rectangle around points.
func hull(at []image.Point) (r image.Rectangle) {
	for _, p := range at {
		r = r.Union(image.Rectangle{p, p.Add(image.Pt(1, 1))})
	}
	return r
}

// at returns the colour at a part of the way from the left and from the top.
func at(img image.Image, x, y float64) color.RGBA {
	size := img.Bounds().Size()
	return rgba(img.At(int(x*float64(size.X)), int(y*float64(size.Y))))
}

// hue says which of red and blue is stronger in a colour.
func hue(c color.Color) string {
	r, _, b, _ := c.RGBA()
	switch {
	case r > b:
		return "red"
	case b > r:
		return "blue"
	}
	return "grey"
}

// marker remembers where data are drawn.
type marker struct{ area vg.Rectangle }

func (m *marker) Plot(c draw.Canvas, _ *gonum.Plot) { m.area = c.Rectangle }

// svgOf returns the SVG of a picture.
func svgOf(t *testing.T, p Picture) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, SVG(&b, p))
	return b.String()
}

// kindOf returns the type's name.
func kindOf(p Picture) string { return fmt.Sprintf("%T", p) }

// axisOf returns an axis of gonum.
func axisOf(log bool) gonum.Axis {
	p := gonum.New()
	Axis{Log: log}.scale(&p.X)
	return p.X
}
