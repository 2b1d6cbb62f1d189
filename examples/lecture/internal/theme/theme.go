// Package theme gives the figures of the lecture one look: [New] makes a plot
// with a title and axes, [Line], [Dots] and their like add to it, and [Draw]
// draws it with the legend beside the axes, where it covers nothing.
//
// The colours are those of Okabe and Ito (Color Universal Design, 2008), which
// readers with any colour vision tell apart. Lines that share a plot also differ
// in their dashes.
package theme

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The palette.
var (
	Black     = color.RGBA{0x00, 0x00, 0x00, 0xff}
	Blue      = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	Orange    = color.RGBA{0xe6, 0x9f, 0x00, 0xff}
	Green     = color.RGBA{0x00, 0x9e, 0x73, 0xff}
	Vermilion = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	Purple    = color.RGBA{0xcc, 0x79, 0xa7, 0xff}
	Sky       = color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	Grey      = color.RGBA{0x77, 0x77, 0x77, 0xff}
	faint     = color.RGBA{0xe4, 0xe6, 0xe8, 0xff}
)

// A Style is how a line or a row of dots looks.
type Style struct {
	Color  color.Color
	Width  vg.Length // of a line; 0 stands for 1.5 pt
	Dashes []vg.Length
	Radius vg.Length // of dots; 0 stands for 2 pt
}

var (
	series = []color.Color{Blue, Vermilion, Green, Purple, Orange, Sky, Black, Grey}
	dashes = [][]vg.Length{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}}
)

// Series returns the look of the i-th of several lines: no two of the first
// eight have a colour in common, and no two of the first 32 colour and dashes.
func Series(i int) Style {
	return Style{Color: series[i%len(series)], Dashes: dashes[(i+i/len(series))%len(dashes)]}
}

// New returns an empty plot with a grid.
func New(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font = sans(12)
	p.Title.TextStyle.Font.Weight = xfont.WeightBold
	p.Title.Padding = 6
	p.Legend.TextStyle.Font = sans(10)
	p.Legend.ThumbnailWidth = 26
	p.Legend.Padding = 2
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font = sans(10.5)
		a.Tick.Label.Font = sans(9.5)
		a.Label.Padding = 6
		a.Padding = 2
		a.LineStyle.Color, a.Tick.LineStyle.Color = Grey, Grey
		a.Tick.Length = 4
		a.Tick.Marker = ticks{}
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	p.Add(grid)
	return p
}

// sans returns the font of all text.
func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// Line adds a line through points, with an entry in the legend if it has a name.
// Points that are not finite are left out, and so is a line without points.
func Line(p *plot.Plot, name string, points plotter.XYs, s Style) {
	addLine(p, name, &plotter.Line{XYs: finite(points), LineStyle: s.line()})
}

// Steps adds a line that keeps its height until the next point.
func Steps(p *plot.Plot, name string, points plotter.XYs, s Style) {
	addLine(p, name, &plotter.Line{XYs: finite(points), LineStyle: s.line(), StepStyle: plotter.PostStep})
}

func addLine(p *plot.Plot, name string, line *plotter.Line) {
	if len(line.XYs) == 0 {
		return
	}
	p.Add(line)
	if name != "" {
		p.Legend.Add(name, line)
	}
}

// Dots adds a dot at each point, with an entry in the legend if it has a name.
func Dots(p *plot.Plot, name string, points plotter.XYs, s Style) {
	dots := &plotter.Scatter{XYs: finite(points), GlyphStyle: s.glyph()}
	if len(dots.XYs) == 0 {
		return
	}
	p.Add(dots)
	if name != "" {
		p.Legend.Add(name, dots)
	}
}

// LineDots adds a line with a dot at each point.
func LineDots(p *plot.Plot, name string, points plotter.XYs, s Style) {
	line := &plotter.Line{XYs: finite(points), LineStyle: s.line()}
	dots := &plotter.Scatter{XYs: line.XYs, GlyphStyle: s.glyph()}
	if len(line.XYs) == 0 {
		return
	}
	p.Add(line, dots)
	if name != "" {
		p.Legend.Add(name, line, dots)
	}
}

func (s Style) line() draw.LineStyle {
	if s.Width == 0 {
		s.Width = 1.5
	}
	return draw.LineStyle{Color: s.Color, Width: s.Width, Dashes: s.Dashes}
}

func (s Style) glyph() draw.GlyphStyle {
	if s.Radius == 0 {
		s.Radius = 2
	}
	return draw.GlyphStyle{Color: s.Color, Radius: s.Radius, Shape: draw.CircleGlyph{}}
}

// Label writes text to the right of a point.
func Label(p *plot.Plot, text string, x, y float64) {
	style := p.X.Tick.Label
	style.XAlign, style.YAlign = draw.XLeft, draw.YCenter
	p.Add(&plotter.Labels{
		XYs:       plotter.XYs{{X: x, Y: y}},
		Labels:    []string{text},
		TextStyle: []draw.TextStyle{style},
		Offset:    vg.Point{X: 4, Y: 2},
	})
}
