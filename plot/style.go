package plot

import (
	"cmp"
	"fmt"
	"image/color"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The palette: the colours of Okabe and Ito (Color Universal Design, 2008), an
// indigo of Tol (Colour Schemes, 2021) in place of their yellow, which white paper
// swallows, and a grey.
var (
	Black     = color.RGBA{0x00, 0x00, 0x00, 0xff}
	Blue      = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	Orange    = color.RGBA{0xe6, 0x9f, 0x00, 0xff}
	Green     = color.RGBA{0x00, 0x9e, 0x73, 0xff}
	Vermilion = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	Purple    = color.RGBA{0xcc, 0x79, 0xa7, 0xff}
	Sky       = color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	Indigo    = color.RGBA{0x33, 0x22, 0x88, 0xff}
	Grey      = color.RGBA{0x77, 0x77, 0x77, 0xff}
	faint     = color.RGBA{0xe4, 0xe6, 0xe8, 0xff}
)

// A Style is how a line or a row of dots looks. Lengths are in points.
type Style struct {
	Color  color.Color
	Width  float64   // of a line; 0 stands for 1.5
	Dashes []float64 // on, off, on, …; nil for a line without gaps
	Radius float64   // of dots; 0 stands for 2
}

var (
	series = []color.RGBA{Blue, Vermilion, Green, Purple, Orange, Sky, Black, Grey, Indigo}
	dashes = [][]float64{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}}
)

// Look returns the style of the i-th of several lines, i = 0, 1, …: no two of the
// first nine have a colour in common, and no two of the first 36 colour and
// dashes. From there on, and below 0, they come again.
func Look(i int) Style {
	n := len(series) * len(dashes)
	i = (i%n + n) % n
	return Style{Color: series[i%len(series)], Dashes: dashes[(i%len(series)+i/len(series))%len(dashes)]}
}

// Dashed returns the style with the dashes of the second line of a chart, for a
// line that belongs to another of the same colour.
func (s Style) Dashed() Style {
	s.Dashes = dashes[1]
	return s
}

// check reports what in the style cannot be drawn.
func (s Style) check() error {
	on := 0.0
	for _, d := range s.Dashes {
		if !(d >= 0 && d <= farthest) {
			return fmt.Errorf("a dash is %v pt long, want 0 to %d", d, farthest)
		}
		on += d
	}
	switch {
	case len(s.Dashes) > 0 && on == 0:
		return fmt.Errorf("all dashes have the length 0")
	case !(s.Width >= 0 && s.Width <= farthest):
		return fmt.Errorf("the width is %v pt, want 0 to %d", s.Width, farthest)
	case !(s.Radius >= 0 && s.Radius <= farthest):
		return fmt.Errorf("the radius is %v pt, want 0 to %d", s.Radius, farthest)
	}
	return nil
}

// farthest is the longest length of a style: the side of the largest picture.
const farthest = 2834

// or returns the style, or what stands for one without a colour.
func (s Style) or(usual Style) Style {
	if s.Color != nil {
		return s
	}
	s.Color = usual.Color
	if s.Dashes == nil {
		s.Dashes = usual.Dashes
	}
	return s
}

func (s Style) line() draw.LineStyle {
	line := draw.LineStyle{Color: s.Color, Width: vg.Length(cmp.Or(s.Width, 1.5))}
	for _, d := range s.Dashes {
		line.Dashes = append(line.Dashes, vg.Length(d))
	}
	return line
}

func (s Style) glyph(shape draw.GlyphDrawer) draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.Color, Radius: vg.Length(cmp.Or(s.Radius, 2)), Shape: shape}
}

// sans returns the font of all text.
func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}
