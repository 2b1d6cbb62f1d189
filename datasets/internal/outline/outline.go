// Package outline has the outlines of digits in the Go fonts.
package outline

import (
	"fmt"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A Point of an outline, in heights of a digit, about the middle of the digit; Y
// grows downwards.
type Point struct{ X, Y float32 }

// An Outline is a list of closed contours of straight lines.
type Outline [][]Point

// Digits returns the outlines of the ten digits in each font.
func Digits() ([][10]Outline, error) {
	var fonts [][10]Outline
	for _, data := range [][]byte{goregular.TTF, gobold.TTF, gomono.TTF, gomonobold.TTF} {
		f, err := sfnt.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("the outlines of the Go fonts: %w", err)
		}
		var digits [10]Outline
		for i := range digits {
			if digits[i], err = digitOutline(f, rune('0'+i)); err != nil {
				return nil, fmt.Errorf("outline of %d: %w", i, err)
			}
		}
		fonts = append(fonts, digits)
	}
	return fonts, nil
}

func digitOutline(f *sfnt.Font, digit rune) (Outline, error) {
	var buf sfnt.Buffer
	glyph, err := f.GlyphIndex(&buf, digit)
	if err != nil {
		return nil, err
	}
	segments, err := f.LoadGlyph(&buf, glyph, fixed.I(int(f.UnitsPerEm())), nil)
	if err != nil {
		return nil, err
	}
	box := segments.Bounds()
	height := float32(box.Max.Y - box.Min.Y)
	midX, midY := float32(box.Min.X+box.Max.X)/2, float32(box.Min.Y+box.Max.Y)/2
	place := func(p fixed.Point26_6) Point {
		return Point{(float32(p.X) - midX) / height, (float32(p.Y) - midY) / height}
	}
	var g Outline
	for _, s := range segments {
		to := place(s.Args[0])
		switch last := len(g) - 1; s.Op {
		case sfnt.SegmentOpMoveTo:
			g = append(g, []Point{to})
		case sfnt.SegmentOpLineTo:
			g[last] = append(g[last], to)
		case sfnt.SegmentOpQuadTo:
			g[last] = appendCurve(g[last], to, place(s.Args[1]))
		default:
			return nil, fmt.Errorf("segment of kind %d in a TrueType font", s.Op)
		}
	}
	return g, nil
}

// appendCurve appends the parabola from the contour's last point a to c with
// control point b,
//
//	p(t) = (1−t)²·a + 2t(1−t)·b + t²·c
//
// as four straight lines, which at 28 pixels cannot be told from it.
func appendCurve(contour []Point, b, c Point) []Point {
	const lines = 4
	a := contour[len(contour)-1]
	for i := 1; i <= lines; i++ {
		t := float32(i) / lines
		wa, wb, wc := (1-t)*(1-t), 2*t*(1-t), t*t // exact in float32
		contour = append(contour, Point{
			float32(wa*a.X) + float32(wb*b.X) + float32(wc*c.X),
			float32(wa*a.Y) + float32(wb*b.Y) + float32(wc*c.Y),
		})
	}
	return contour
}
