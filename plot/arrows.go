package plot

import (
	"cmp"
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Arrows are vectors in the plane, at points where they are taken. Those that
// start beyond the surface are not there.
type Arrows struct {
	Name    string // in the legend; "" for none
	X, Y    []float64
	DX, DY  []float64 // the vector at each
	Longest float64   // of the arrows, in points on a [Map], in halves of its side on the floor of a [Relief]; 0 stands for 28 and 1.1
	Style             // of the lines; without a colour, black and 1 pt
}

// check reports what in the arrows cannot be drawn.
func (a Arrows) check() error {
	if n := len(a.X); len(a.Y) != n || len(a.DX) != n || len(a.DY) != n {
		return fmt.Errorf("arrows: %d, %d, %d and %d numbers for x, y, dx and dy, want as many", n, len(a.Y), len(a.DX), len(a.DY))
	}
	for _, numbers := range [][]float64{a.X, a.Y, a.DX, a.DY} {
		for i, v := range numbers {
			if math.IsNaN(v) || math.Abs(v) > 1e150 { // whose square is finite
				return fmt.Errorf("arrows: arrow %d has the number %v, want -1e150 to 1e150", i, v)
			}
		}
	}
	if !(a.Longest >= 0 && a.Longest <= farthest) {
		return fmt.Errorf("arrows: the longest is %v, want 0 to %d", a.Longest, farthest)
	}
	if err := a.Style.check(); err != nil {
		return fmt.Errorf("arrows: %w", err)
	}
	return nil
}

// each calls do with the place of every arrow that starts within a box, and with
// its vector, the longest of all being so long as is usual, unless the arrows say
// how long.
func (a Arrows) each(b Box, usual float64, do func(x, y, dx, dy float64)) {
	most := 0.0
	for i := range a.DX {
		most = max(most, math.Hypot(a.DX[i], a.DY[i]))
	}
	length := cmp.Or(a.Longest, usual)
	for i, x := range a.X {
		if most > 0 && b.contains(x, a.Y[i]) {
			do(x, a.Y[i], a.DX[i]/most*length, a.DY[i]/most*length)
		}
	}
}

func (a Arrows) line() draw.LineStyle {
	if a.Color == nil {
		a.Color, a.Width = Black, cmp.Or(a.Width, 1)
	}
	return a.Style.line()
}

// vectors are arrows as gonum draws them.
type vectors struct {
	Arrows
	box Box
}

// Plot draws an arrow for each vector.
func (a vectors) Plot(c draw.Canvas, p *gonum.Plot) {
	trX, trY := p.Transforms(&c)
	a.each(a.box, 28, func(x, y, dx, dy float64) {
		from := vg.Point{X: trX(x), Y: trY(y)}
		drawArrow(c, from, from.Add(vg.Point{X: vg.Length(dx), Y: vg.Length(dy)}), a.line())
	})
}

// Thumbnail draws an arrow for the legend.
func (a vectors) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	drawArrow(*c, vg.Point{X: c.Min.X, Y: y}, vg.Point{X: c.Max.X, Y: y}, a.line())
}

// drawArrow draws an arrow between two points of a canvas.
func drawArrow(c draw.Canvas, from, to vg.Point, style draw.LineStyle) {
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
