package plot

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"declive/internal/atomicfile"
)

// A Picture has a size and can be drawn.
type Picture interface {
	// Size returns width and height in centimetres, with the margin.
	Size() (width, height float64)

	// Draw fills a canvas, whatever its size. The error says what in the picture
	// cannot be drawn; there may be a part of it on the canvas then.
	Draw(c draw.Canvas) error
}

// Largest is the largest width and height of a picture, in centimetres: a PNG
// of that size has 7559 × 7559 dots.
const Largest = 100

const (
	screen     = 96         // dots an inch that a browser reckons with
	resolution = 2 * screen // of PNG files, sharp on a dense screen
	margin     = 8          // points around the drawing
)

// Save writes a picture to a file, as PNG or SVG by the name's extension. The
// file appears complete or not at all.
func Save(path string, p Picture) error {
	encode := PNG
	switch ext := filepath.Ext(path); ext {
	case ".png":
	case ".svg":
		encode = SVG
	default:
		return fmt.Errorf("plot: picture %s: the extension is %q, want .png or .svg", path, ext)
	}
	var b bytes.Buffer
	if err := encode(&b, p); err != nil {
		return err
	}
	err := atomicfile.Replace(path, func(w io.Writer) error {
		_, err := b.WriteTo(w)
		return err
	})
	if err != nil {
		return fmt.Errorf("plot: picture %s: %w", path, err)
	}
	return nil
}

// PNG writes a picture with 192 dots an inch.
func PNG(w io.Writer, p Picture) error {
	dots, err := raster(p)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fast := png.Encoder{CompressionLevel: png.BestSpeed} // two thirds of the time, a tenth more bytes
	if err := fast.Encode(&b, dots); err != nil {
		return err
	}
	return write(w, b.Bytes())
}

// raster returns a picture as dots.
func raster(p Picture) (image.Image, error) {
	width, height, err := sizeOf(p)
	if err != nil {
		return nil, err
	}
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(resolution))
	return c.Image(), paint(p, c)
}

// SVG writes a picture as vector graphics: sharp at any size, and its text can
// be searched. Parts that are images stay images.
func SVG(w io.Writer, p Picture) error {
	width, height, err := sizeOf(p)
	if err != nil {
		return err
	}
	c := vgsvg.New(width, height)
	if err := paint(p, c); err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	return write(w, []byte(inFile.Replace(b.String())))
}

// inFile mends what gonum writes: the fonts, and images, which SVG does not
// stretch to their rectangle unless told to.
var inFile = strings.NewReplacer(family, families, "<image ", stretch)

const stretch = `<image preserveAspectRatio="none" `

// The font of the text in an SVG file, and those that stand in for it, Arial
// with the same widths, on a system that has not got it.
const (
	family   = "font-family:Liberation Sans;"
	families = "font-family:Liberation Sans,Arial,Helvetica,sans-serif;"
)

// sizeOf returns the size of a picture that can be encoded.
func sizeOf(p Picture) (width, height vg.Length, err error) {
	if p == nil {
		return 0, 0, errors.New("plot: the picture is nil")
	}
	w, h := p.Size()
	if !(w > 0 && w <= Largest && h > 0 && h <= Largest) {
		return 0, 0, fmt.Errorf("plot: the picture is %g cm wide and %g cm high, want more than 0 and at most %d", w, h, Largest)
	}
	return vg.Length(w) * vg.Centimeter, vg.Length(h) * vg.Centimeter, nil
}

// paint draws on white paper with a margin.
func paint(p Picture, on vg.CanvasSizer) error {
	c := draw.New(on)
	c.FillPolygon(color.White, corners(c.Rectangle))
	return p.Draw(draw.Crop(c, margin, -margin, margin, -margin))
}

// write writes a finished picture at once.
func write(w io.Writer, content []byte) error {
	if w == nil {
		return errors.New("plot: the writer is nil")
	}
	_, err := w.Write(content)
	return err
}

// corners returns those of a rectangle.
func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}

// canDraw reports why nothing can be drawn on a canvas, or nil.
func canDraw(c draw.Canvas) error {
	if c.Canvas == nil {
		return errors.New("plot: Draw: the canvas is nil")
	}
	if s := c.Size(); !(s.X > 0 && s.Y > 0) {
		return fmt.Errorf("plot: Draw: the canvas is %g pt wide and %g pt high, want more than 0", s.X, s.Y)
	}
	return nil
}
