package plane

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/lecture/internal/theme"
)

// A Relief is a scene of a loss as a surface above the plane of its weights. In
// it the plane reaches from −1 to 1 along both axes, and the surface from 0 to
// its height.
type Relief struct {
	Scene
	grid   *Grid
	height float64
	floor  float64 // below 0
}

// NewRelief returns the surface of a coarse grid, with the level curves of a
// fine one on the floor below it.
func NewRelief(g, fine *Grid, levels []float64) *Relief {
	r := &Relief{Scene: Scene{Azimuth: -0.9, Elevation: 0.5}, grid: g, height: 1.5, floor: -1.3}
	edge := draw.LineStyle{Color: color.RGBA{0x30, 0x34, 0x3a, 0xff}, Width: 0.25}
	for i := range len(g.X) - 1 {
		for j := range len(g.Y) - 1 {
			a, b, c, d := g.at(i, j), g.at(i+1, j), g.at(i+1, j+1), g.at(i, j+1)
			mean := (a.z + b.z + c.z + d.z) / 4
			r.Face(shade(math.Sqrt(r.rise(mean)/r.height)), edge, r.On(a.x, a.y), r.On(b.x, b.y), r.On(c.x, c.y), r.On(d.x, d.y))
		}
	}
	for _, level := range levels {
		for _, s := range fine.contour(level) {
			r.Line(curveStyle, r.Below(s[0][0], s[0][1]), r.Below(s[1][0], s[1][1]))
		}
	}
	return r
}

// unit returns where a pair of weights lies between −1 and 1.
func (r *Relief) unit(x, y float64) (u, v float64) {
	b := r.grid.Box()
	return 2*(x-b.Left)/(b.Right-b.Left) - 1, 2*(y-b.Bottom)/(b.Top-b.Bottom) - 1
}

// rise returns the height at which a loss is drawn.
func (r *Relief) rise(loss float64) float64 {
	lo, hi := r.grid.Range()
	return r.height * (loss - lo) / (hi - lo)
}

// On returns the point of the surface over a pair of weights.
func (r *Relief) On(x, y float64) Point {
	b := r.grid.Box()
	u, v := r.unit(x, y)
	loss := r.grid.interpolate((x-b.Left)/(b.Right-b.Left), (y-b.Bottom)/(b.Top-b.Bottom))
	return Point{u, v, r.rise(loss)}
}

// Below returns the point of the floor at a pair of weights.
func (r *Relief) Below(x, y float64) Point {
	u, v := r.unit(x, y)
	return Point{u, v, r.floor}
}

// Way adds a way on the surface and its shadow on the floor.
func (r *Relief) Way(w Way, s theme.Style) {
	line := draw.LineStyle{Color: s.Color, Width: s.Width}
	for i, at := range w {
		r.Dot(s.Color, s.Radius, r.On(at[0], at[1]))
		r.Dot(s.Color, s.Radius, r.Below(at[0], at[1]))
		if i == 0 {
			continue
		}
		for _, project := range []func(x, y float64) Point{r.On, r.Below} {
			r.Line(line, along(w[i-1], at, project)...)
		}
	}
}

// along returns points of the way from a to b, close enough to follow a surface.
func along(a, b []float64, project func(x, y float64) Point) []Point {
	const pieces = 12
	points := make([]Point, pieces+1)
	for k := range points {
		t := float64(k) / pieces
		points[k] = project(a[0]+t*(b[0]-a[0]), a[1]+t*(b[1]-a[1]))
	}
	return points
}

// Arrows adds vectors on the floor, as long as so many times themselves.
func (r *Relief) Arrows(at, vector [][2]float64, scale float64, style draw.LineStyle) {
	for i, from := range at {
		v := vector[i]
		r.Arrow(style, r.Below(from[0], from[1]), r.Below(from[0]+scale*v[0], from[1]+scale*v[1]))
	}
}

// Axes adds the axes with ticks and names.
func (r *Relief) Axes(x, y, z string) {
	b := r.grid.Box()
	lo, hi := r.grid.Range()
	frame := draw.LineStyle{Color: theme.Grey, Width: 0.75}
	r.Line(frame, Point{-1, -1, r.floor}, Point{1, -1, r.floor}, Point{1, 1, r.floor}, Point{-1, 1, r.floor}, Point{-1, -1, r.floor})
	r.Line(frame, Point{-1, -1, 0}, Point{-1, -1, r.height})
	down, left := label3(draw.XCenter, draw.YTop), label3(draw.XRight, draw.YCenter)
	for _, t := range inner(b.Left, b.Right) {
		u, _ := r.unit(t.Value, b.Bottom)
		r.Label(down, t.Label, Point{u, -1.1, r.floor})
	}
	for _, t := range inner(b.Bottom, b.Top) {
		_, v := r.unit(b.Left, t.Value)
		r.Label(down, t.Label, Point{1.12, v, r.floor})
	}
	for _, t := range ticks(lo, hi) {
		r.Label(left, t.Label, Point{-1.05, -1.05, r.rise(t.Value)})
	}
	r.Label(down, x, Point{0.1, -1.4, r.floor})
	r.Label(down, y, Point{1.45, 0.1, r.floor})
	r.Label(label3(draw.XCenter, draw.YBottom), z, Point{-1, -1, 1.1 * r.height})
}

// ticks returns those that the theme gives an axis.
func ticks(lo, hi float64) []plot.Tick {
	return theme.New("", "", "").X.Tick.Marker.Ticks(lo, hi)
}

// inner returns the ticks between the ends of an axis.
func inner(lo, hi float64) []plot.Tick {
	return slices.DeleteFunc(ticks(lo, hi), func(t plot.Tick) bool { return t.Value <= lo || t.Value >= hi })
}

func label3(x text.XAlignment, y text.YAlignment) draw.TextStyle {
	return draw.TextStyle{
		Color:   color.Black,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: 9.5},
		XAlign:  x,
		YAlign:  y,
		Handler: plot.DefaultTextHandler,
	}
}

// The size of a figure that suits a relief.
const (
	ReliefWidth  = 17 * vg.Centimeter
	ReliefHeight = 16 * vg.Centimeter
)
