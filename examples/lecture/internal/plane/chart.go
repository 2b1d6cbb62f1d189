package plane

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/lecture/internal/theme"
)

// A Map is a plot of a loss from above. What is added to it does not widen it.
type Map struct {
	*plot.Plot
	box Box
}

// NewMap returns a map of the loss: light where it is high, with the curves of
// the given levels and, where there is room, the level beside them.
func NewMap(title, x, y string, g *Grid, levels []float64) *Map {
	p := theme.New(title, x, y)
	b := g.Box()
	p.Add(plotter.NewImage(g.image(256), b.Left, b.Bottom, b.Right, b.Top), &curves{g, levels})
	return &Map{p, b}
}

// image returns the loss as a picture of n by n dots, with the square root of
// the height above the lowest as brightness.
func (g *Grid) image(n int) image.Image {
	lo, hi := g.Range()
	m := image.NewRGBA(image.Rect(0, 0, n, n))
	for i := range n {
		for j := range n {
			z := g.interpolate((float64(i)+0.5)/float64(n), (float64(j)+0.5)/float64(n))
			m.SetRGBA(i, n-1-j, tint(math.Sqrt((z-lo)/(hi-lo))))
		}
	}
	return m
}

// interpolate returns the loss at a part of the way along each axis.
func (g *Grid) interpolate(u, v float64) float64 {
	i, s := cell(u, len(g.X))
	j, t := cell(v, len(g.Y))
	return (1-s)*((1-t)*g.Loss[i][j]+t*g.Loss[i][j+1]) + s*((1-t)*g.Loss[i+1][j]+t*g.Loss[i+1][j+1])
}

func cell(u float64, n int) (int, float64) {
	u *= float64(n - 1)
	i := min(int(u), n-2)
	return i, u - float64(i)
}

// curves draws level curves.
type curves struct {
	grid   *Grid
	levels []float64
}

var curveStyle = draw.LineStyle{Color: color.RGBA{0x3a, 0x3f, 0x46, 0xff}, Width: 0.5}

// Plot draws the curves and then the labels, so that no curve crosses a label.
func (k *curves) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	c.SetLineStyle(curveStyle)
	var labels []vg.Point
	for _, level := range k.levels {
		for _, line := range lines(k.grid.contour(level)) {
			var path vg.Path
			path.Move(vg.Point{X: trX(line[0][0]), Y: trY(line[0][1])})
			for _, at := range line[1:] {
				path.Line(vg.Point{X: trX(at[0]), Y: trY(at[1])})
			}
			c.Stroke(path)
		}
	}
	for _, level := range k.levels {
		if at, ok := k.place(level, trX, trY, labels); ok {
			labels = append(labels, at)
			label(c, p, fmt.Sprintf("%.3g", level), at)
		}
	}
}

// place returns where a level's label stands: where its curve crosses a line
// down the right of the map, or else down the left, away from the other labels.
func (k *curves) place(level float64, trX, trY func(float64) vg.Length, others []vg.Point) (vg.Point, bool) {
	b := k.grid.Box()
	pieces := k.grid.contour(level)
	for _, part := range []float64{10.0 / 11, 1.0 / 11} {
		x := b.Left + part*(b.Right-b.Left)
		for _, s := range pieces {
			if (s[0][0] < x) == (s[1][0] < x) {
				continue
			}
			at := vg.Point{X: trX(x), Y: trY((s[0][1] + s[1][1]) / 2)}
			if roomy(at, trY(b.Bottom), trY(b.Top), others) {
				return at, true
			}
		}
	}
	return vg.Point{}, false
}

// roomy reports whether a label fits between the edges and the other labels.
func roomy(at vg.Point, bottom, top vg.Length, others []vg.Point) bool {
	if at.Y < bottom+8 || at.Y > top-8 {
		return false
	}
	for _, o := range others {
		if math.Abs(float64(o.Y-at.Y)) < 16 && math.Abs(float64(o.X-at.X)) < 60 {
			return false
		}
	}
	return true
}

// label writes on a light patch.
func label(c draw.Canvas, p *plot.Plot, text string, at vg.Point) {
	style := p.X.Tick.Label
	style.Font.Size = 7
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	r := style.Rectangle(text).Add(at)
	c.FillPolygon(color.RGBA{0xff, 0xff, 0xff, 0xff}, []vg.Point{
		{X: r.Min.X - 1.5, Y: r.Min.Y - 0.5}, {X: r.Max.X + 1.5, Y: r.Min.Y - 0.5},
		{X: r.Max.X + 1.5, Y: r.Max.Y + 0.5}, {X: r.Min.X - 1.5, Y: r.Max.Y + 0.5},
	})
	c.FillText(style, at, text)
}
