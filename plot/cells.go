package plot

import (
	"image/color"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legible is the largest number of rows and of columns of cells that have room for
// numbers.
const legible = 20

// cells are squares of unit length from the origin, the first row at the top,
// each with a colour and text.
type cells struct {
	rows, columns int
	colour        func(i, j int) color.Color
	text          func(i, j int) string
}

// Plot draws each square and its text.
func (k cells) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	style := p.X.Tick.Label
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for i := range k.rows {
		top := float64(k.rows - i)
		for j := range k.columns {
			left, fill := float64(j), k.colour(i, j)
			c.FillPolygon(fill, []vg.Point{
				{X: x(left), Y: y(top)}, {X: x(left + 1), Y: y(top)}, {X: x(left + 1), Y: y(top - 1)}, {X: x(left), Y: y(top - 1)},
			})
			style.Color = ink(fill)
			c.FillText(style, vg.Point{X: x(left + 0.5), Y: y(top-0.5) + 1.5}, k.text(i, j))
		}
	}
}

// ink returns black or white, whichever is read more easily on a colour over white
// paper. On a colour that lets the paper through it is the [Black] of the page.
func ink(on color.Color) color.Color {
	over := color.NRGBAModel.Convert(on).(color.NRGBA)
	part := float64(over.A) / 255
	switch {
	case 1-part+part*bright(color.RGBA{over.R, over.G, over.B, 0xff}) < 0.55:
		return color.White
	case part < 1:
		return Black
	}
	return printed
}

// printed is black on a colour, whatever the page's is.
var printed = color.RGBA{0x01, 0x01, 0x01, 0xff}

// bright returns the brightness of a colour, 0 to 1 (the luma of ITU-R BT.709).
func bright(c color.RGBA) float64 {
	return (0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)) / 255
}

// plot returns the cells between two axes with names for their columns and rows.
func (k cells) plot(title, x, y string, columns, rows []string) *gonum.Plot {
	p := newPlot(title, x, y)
	p.Add(k)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(k.columns), 0, float64(k.rows)
	p.X.Tick.Marker = middles(columns, func(j int) float64 { return float64(j) + 0.5 })
	p.Y.Tick.Marker = middles(rows, func(i int) float64 { return float64(k.rows-i) - 0.5 })
	for _, a := range []*gonum.Axis{&p.X, &p.Y} {
		a.LineStyle.Width, a.Tick.LineStyle.Width, a.Tick.Length, a.Padding = 0, 0, 3, 0
		a.Tick.Label.Font.Size = 8
	}
	p.X.Tick.Length = 6 // off the cells
	return p
}

// middles returns names at the middles of cells.
func middles(names []string, at func(i int) float64) gonum.ConstantTicks {
	named := make(gonum.ConstantTicks, len(names))
	for i, name := range names {
		named[i] = gonum.Tick{Value: at(i), Label: name}
	}
	return named
}
