package plane

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Point is a place in space, Z up.
type Point struct{ X, Y, Z float64 }

// A Scene is a drawing of things in space, seen from far away. They are painted
// from the farthest to the nearest, so that what is near hides what is behind
// it: right as long as the things are small.
type Scene struct {
	Azimuth   float64 // of the eye, in radians from the x axis
	Elevation float64 // of the eye above the floor, in radians
	things    []thing
}

// A thing is painted as a whole.
type thing struct {
	points []Point
	depth  float64
	paint  func(c draw.Canvas, at []vg.Point)
}

// Above is how far a line is lifted towards the eye before the things are
// sorted, so that a face which it lies on does not hide it.
const Above = 0.05

func (s *Scene) add(nearer float64, paint func(c draw.Canvas, at []vg.Point), points ...Point) {
	depth := nearer
	for _, p := range points {
		_, _, d := s.see(p)
		depth += d / float64(len(points))
	}
	s.things = append(s.things, thing{points, depth, paint})
}

// Face adds a polygon.
func (s *Scene) Face(fill color.Color, edge draw.LineStyle, points ...Point) {
	s.add(0, func(c draw.Canvas, at []vg.Point) {
		c.FillPolygon(fill, at)
		c.StrokeLines(edge, append(at, at[0]))
	}, points...)
}

// Line adds a line through points, each piece a thing of its own.
func (s *Scene) Line(style draw.LineStyle, points ...Point) {
	for i := range len(points) - 1 {
		s.add(Above, func(c draw.Canvas, at []vg.Point) { c.StrokeLines(style, at) }, points[i], points[i+1])
	}
}

// Dot adds a disc of a radius in points of print.
func (s *Scene) Dot(fill color.Color, radius vg.Length, at Point) {
	style := draw.GlyphStyle{Color: fill, Radius: radius, Shape: draw.CircleGlyph{}}
	s.add(1.1*Above, func(c draw.Canvas, at []vg.Point) { c.DrawGlyph(style, at[0]) }, at)
}

// Arrow adds an arrow.
func (s *Scene) Arrow(style draw.LineStyle, from, to Point) {
	s.add(1.1*Above, func(c draw.Canvas, at []vg.Point) { Arrow(c, at[0], at[1], style) }, from, to)
}

// Label adds text, nearer than all else, beside a point.
func (s *Scene) Label(style draw.TextStyle, text string, at Point) {
	s.add(math.Inf(1), func(c draw.Canvas, at []vg.Point) { c.FillText(style, at[0], text) }, at)
}

// see returns where a point appears, to the right and up, and how far it lies
// towards the eye.
func (s *Scene) see(p Point) (u, v, depth float64) {
	sinA, cosA := math.Sincos(s.Azimuth)
	sinE, cosE := math.Sincos(s.Elevation)
	forth := p.X*cosA + p.Y*sinA
	return p.Y*cosA - p.X*sinA, p.Z*cosE - forth*sinE, forth*cosE + p.Z*sinE
}

// Draw draws the scene as large as the canvas allows, leaving room for labels.
func (s *Scene) Draw(c draw.Canvas) {
	c = draw.Crop(c, 20, -20, 14, -6)
	minU, maxU, minV, maxV := s.extent()
	size := c.Size()
	scale := min(float64(size.X)/(maxU-minU), float64(size.Y)/(maxV-minV))
	centre := c.Center()
	project := func(p Point) vg.Point {
		u, v, _ := s.see(p)
		return vg.Point{
			X: centre.X + vg.Length(scale*(u-(minU+maxU)/2)),
			Y: centre.Y + vg.Length(scale*(v-(minV+maxV)/2)),
		}
	}
	things := slices.Clone(s.things)
	slices.SortStableFunc(things, func(a, b thing) int {
		switch {
		case a.depth < b.depth:
			return -1
		case a.depth > b.depth:
			return 1
		}
		return 0
	})
	for _, t := range things {
		at := make([]vg.Point, len(t.points))
		for i, p := range t.points {
			at[i] = project(p)
		}
		t.paint(c, at)
	}
}

// extent returns the edges of what is seen.
func (s *Scene) extent() (minU, maxU, minV, maxV float64) {
	minU, maxU, minV, maxV = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, t := range s.things {
		for _, p := range t.points {
			u, v, _ := s.see(p)
			minU, maxU, minV, maxV = min(minU, u), max(maxU, u), min(minV, v), max(maxV, v)
		}
	}
	return minU, maxU, minV, maxV
}
