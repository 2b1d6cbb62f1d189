package plot

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A place is a point in space, z up.
type place struct{ x, y, z float64 }

// A scene is a drawing of things in space, seen from far away. They are painted
// from the farthest to the nearest, so that what is near hides what is behind
// it: right as long as the things are small.
type scene struct {
	azimuth   float64 // of the eye, in radians from the x axis
	elevation float64 // of the eye above the floor, in radians
	things    []thing
}

// A thing is painted as a whole.
type thing struct {
	points []place
	depth  float64
	paint  func(c draw.Canvas, at []vg.Point)
}

// above is how far a line is lifted towards the eye before the things are
// sorted, so that a face which it lies on does not hide it.
const above = 0.05

func (s *scene) add(nearer float64, paint func(c draw.Canvas, at []vg.Point), points ...place) {
	depth := nearer
	for _, p := range points {
		_, _, d := s.see(p)
		depth += d / float64(len(points))
	}
	s.things = append(s.things, thing{points, depth, paint})
}

// face adds a polygon.
func (s *scene) face(fill color.Color, edge draw.LineStyle, points ...place) {
	s.add(0, func(c draw.Canvas, at []vg.Point) {
		c.FillPolygon(fill, at)
		c.StrokeLines(edge, append(at, at[0]))
	}, points...)
}

// line adds a line through points, each piece a thing of its own.
func (s *scene) line(style draw.LineStyle, points ...place) {
	for i := range len(points) - 1 {
		s.add(above, func(c draw.Canvas, at []vg.Point) { c.StrokeLines(style, at) }, points[i], points[i+1])
	}
}

// dot adds a disc of a radius in points of print.
func (s *scene) dot(fill color.Color, radius vg.Length, at place) {
	style := draw.GlyphStyle{Color: fill, Radius: radius, Shape: draw.CircleGlyph{}}
	s.add(1.1*above, func(c draw.Canvas, at []vg.Point) { c.DrawGlyph(style, at[0]) }, at)
}

// arrow adds an arrow.
func (s *scene) arrow(style draw.LineStyle, from, to place) {
	s.add(1.1*above, func(c draw.Canvas, at []vg.Point) { drawArrow(c, at[0], at[1], style) }, from, to)
}

// label adds text, nearer than all else, beside a point.
func (s *scene) label(style draw.TextStyle, text string, at place) {
	s.add(math.Inf(1), func(c draw.Canvas, at []vg.Point) { c.FillText(style, at[0], text) }, at)
}

// see returns where a point appears, to the right and up, and how far it lies
// towards the eye.
func (s *scene) see(p place) (u, v, depth float64) {
	sinA, cosA := math.Sincos(s.azimuth)
	sinE, cosE := math.Sincos(s.elevation)
	forth := p.x*cosA + p.y*sinA
	return p.y*cosA - p.x*sinA, p.z*cosE - forth*sinE, forth*cosE + p.z*sinE
}

// draw draws the scene as large as the canvas allows, leaving room for labels.
func (s *scene) draw(c draw.Canvas) {
	c = draw.Crop(c, 20, -20, 14, -6)
	minU, maxU, minV, maxV := s.extent()
	size := c.Size()
	scale := min(float64(size.X)/(maxU-minU), float64(size.Y)/(maxV-minV))
	centre := c.Center()
	project := func(p place) vg.Point {
		u, v, _ := s.see(p)
		return vg.Point{
			X: centre.X + vg.Length(scale*(u-(minU+maxU)/2)),
			Y: centre.Y + vg.Length(scale*(v-(minV+maxV)/2)),
		}
	}
	things := slices.Clone(s.things)
	slices.SortStableFunc(things, func(a, b thing) int { return cmp.Compare(a.depth, b.depth) })
	for _, t := range things {
		at := make([]vg.Point, len(t.points))
		for i, p := range t.points {
			at[i] = project(p)
		}
		t.paint(c, at)
	}
}

// extent returns the edges of what is seen.
func (s *scene) extent() (minU, maxU, minV, maxV float64) {
	minU, maxU, minV, maxV = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, t := range s.things {
		for _, p := range t.points {
			u, v, _ := s.see(p)
			minU, maxU, minV, maxV = min(minU, u), max(maxU, u), min(minV, v), max(maxV, v)
		}
	}
	return minU, maxU, minV, maxV
}
