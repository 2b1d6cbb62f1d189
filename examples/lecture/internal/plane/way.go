package plane

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/lecture/internal/theme"
)

// A Way is the weights before a method's first step and after each.
type Way [][]float64

// XYs returns the first two weights of each point.
func (w Way) XYs() plotter.XYs {
	points := make(plotter.XYs, len(w))
	for i, at := range w {
		points[i] = plotter.XY{X: at[0], Y: at[1]}
	}
	return points
}

// Way draws a way with a dot at each step and adds it to the legend if it has a
// name.
func (m *Map) Way(name string, w Way, s theme.Style) {
	theme.Line(m.Plot, "", w.XYs(), theme.Style{Color: color.White, Width: s.Width + 1})
	theme.LineDots(m.Plot, name, w.XYs(), s)
}

// Arrows draws vectors on a map, from points where they are taken.
type Arrows struct {
	At, Vector [][2]float64
	Scale      float64 // points of print for a vector of length 1
	Style      draw.LineStyle
}

// Plot draws an arrow for each vector.
func (a *Arrows) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	for i, at := range a.At {
		from := vg.Point{X: trX(at[0]), Y: trY(at[1])}
		v := a.Vector[i]
		Arrow(c, from, from.Add(vg.Point{X: vg.Length(a.Scale * v[0]), Y: vg.Length(a.Scale * v[1])}), a.Style)
	}
}

// Arrow draws an arrow between two points of a canvas.
func Arrow(c draw.Canvas, from, to vg.Point, style draw.LineStyle) {
	d := to.Sub(from)
	length := math.Hypot(float64(d.X), float64(d.Y))
	if length < 0.5 {
		return
	}
	head := vg.Length(min(4, 0.5*length) / length)
	along, across := d.Scale(head), vg.Point{X: -d.Y, Y: d.X}.Scale(0.4*head)
	neck := to.Sub(along)
	c.StrokeLine2(style, from.X, from.Y, neck.X, neck.Y)
	c.FillPolygon(style.Color, []vg.Point{to, neck.Add(across), neck.Sub(across)})
}

// Thumbnail draws an arrow for the legend.
func (a *Arrows) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	Arrow(*c, vg.Point{X: c.Min.X, Y: y}, vg.Point{X: c.Max.X, Y: y}, a.Style)
}
