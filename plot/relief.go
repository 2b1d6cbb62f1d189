package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Relief shows a surface in space, with its level curves and the shadows of the
// paths on a floor below it.
type Relief struct {
	X, Y, Z string // names of the axes
	Surface *Surface
	Levels  []float64 // nil stands for 14 of [Surface.Levels]
	Arrows  Arrows    // on the floor
	Paths   []Series  // lines with or without dots, or dots

	Width, Height float64 // 0 stands for 17 and 16
}

// Size returns width and height.
func (r Relief) Size() (width, height float64) { return cmp.Or(r.Width, 17), cmp.Or(r.Height, 16) }

// Draw draws the surface with axes.
func (r Relief) Draw(c draw.Canvas) error {
	if err := canDraw(c); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("plot: relief: %w", err)
	}
	s := newSolid(r.Surface)
	s.addFaces()
	s.addCurves(levels(r.Levels, r.Surface))
	s.addAxes(r.X, r.Y, r.Z)
	s.addArrows(r.Arrows)
	for i, path := range r.Paths {
		path.Style = path.Style.or(Look(i))
		s.addPath(path)
	}
	s.draw(c)
	return nil
}

func (r Relief) check() error {
	if err := r.Surface.check(); err != nil {
		return err
	}
	if err := r.Arrows.check(); err != nil {
		return err
	}
	for i, s := range r.Paths {
		if err := s.check(); err != nil {
			return s.named(i, err)
		}
		if s.Mark > Dots || s.Radii != nil {
			return s.named(i, fmt.Errorf("a relief has lines and dots of one size, no rings and no steps"))
		}
	}
	return nil
}

// A solid is a scene of a surface. In it the plane reaches from −1 to 1 along
// both axes, and the surface from 0 to its height.
type solid struct {
	scene
	surface *Surface
	height  float64
	floor   float64 // below 0
}

func newSolid(s *Surface) *solid {
	return &solid{scene: scene{azimuth: -0.9, elevation: 0.5}, surface: s, height: 1.5, floor: -1.3}
}

// faces is the number of faces along a side.
const faces = 32

// addFaces adds the surface.
func (s *solid) addFaces() {
	edge := draw.LineStyle{Color: color.RGBA{0x30, 0x34, 0x3a, 0xff}, Width: 0.25}
	b := s.surface.Box()
	x, y := spaced(b.Left, b.Right, faces+1), spaced(b.Bottom, b.Top, faces+1)
	for i := range faces {
		for j := range faces {
			p := []place{s.on(x[i], y[j]), s.on(x[i+1], y[j]), s.on(x[i+1], y[j+1]), s.on(x[i], y[j+1])}
			mean := (p[0].z + p[1].z + p[2].z + p[3].z) / 4
			s.face(shade(math.Sqrt(mean/s.height)), edge, p...)
		}
	}
}

// addCurves adds the level curves on the floor.
func (s *solid) addCurves(levels []float64) {
	for _, level := range levels {
		for _, piece := range s.surface.contour(level) {
			s.line(floorStyle, s.below(piece[0][0], piece[0][1]), s.below(piece[1][0], piece[1][1]))
		}
	}
}

// floorStyle is that of level curves on the paper.
var floorStyle = draw.LineStyle{Color: Grey, Width: 0.5}

// unit returns where a point of the plane lies between −1 and 1.
func (s *solid) unit(x, y float64) (u, v float64) {
	b := s.surface.Box()
	return 2*((x-b.Left)/(b.Right-b.Left)) - 1, 2*((y-b.Bottom)/(b.Top-b.Bottom)) - 1
}

// on returns the point of the surface over a point of the plane.
func (s *solid) on(x, y float64) place {
	u, v := s.unit(x, y)
	z := s.surface.interpolate((u+1)/2, (v+1)/2)
	return place{u, v, s.height * s.surface.up(z)}
}

// below returns the point of the floor at a point of the plane.
func (s *solid) below(x, y float64) place {
	u, v := s.unit(x, y)
	return place{u, v, s.floor}
}

// addPath adds a path on the surface and its shadow on the floor, as far as they
// lie within the box.
func (s *solid) addPath(path Series) {
	b := s.surface.Box()
	style := draw.LineStyle{Color: path.Color, Width: vg.Length(cmp.Or(path.Width, 1.5))}
	there := func(i int) bool { return b.contains(path.x(i), path.Y[i]) }
	for i, y := range path.Y {
		if !there(i) {
			continue
		}
		for _, project := range []func(x, y float64) place{s.on, s.below} {
			if path.Mark != Line {
				s.dot(path.Color, vg.Length(cmp.Or(path.Radius, 2)), project(path.x(i), y))
			}
			if path.Mark != Dots && i > 0 && there(i-1) {
				s.line(style, along(path.x(i-1), path.Y[i-1], path.x(i), y, project)...)
			}
		}
	}
}

// along returns points of the way from a to b, close enough to follow a surface.
func along(ax, ay, bx, by float64, project func(x, y float64) place) []place {
	const pieces = 12
	points := make([]place, pieces+1)
	for k := range points {
		t := float64(k) / pieces
		points[k] = project(ax+t*(bx-ax), ay+t*(by-ay))
	}
	return points
}

// addArrows adds arrows on the floor, whose sides are 2 long.
func (s *solid) addArrows(a Arrows) {
	b := s.surface.Box()
	proportion := (b.Right - b.Left) / (b.Top - b.Bottom)
	a.each(b, 1.1, func(x, y, dx, dy float64) {
		from := s.below(x, y)
		s.arrow(a.line(), from, place{from.x + dx, from.y + proportion*dy, from.z})
	})
}

// addAxes adds the axes with ticks and names.
func (s *solid) addAxes(x, y, z string) {
	b := s.surface.Box()
	lo, hi := s.surface.Range()
	frame := draw.LineStyle{Color: Grey, Width: 0.75}
	s.line(frame, place{-1, -1, s.floor}, place{1, -1, s.floor}, place{1, 1, s.floor}, place{-1, 1, s.floor}, place{-1, -1, s.floor})
	s.line(frame, place{-1, -1, 0}, place{-1, -1, s.height})
	down, left := labelled(draw.XCenter, draw.YTop), labelled(draw.XRight, draw.YCenter)
	for _, t := range inner(b.Left, b.Right) {
		u, _ := s.unit(t.Value, b.Bottom)
		s.label(down, t.Label, place{u, -1.1, s.floor})
	}
	for _, t := range inner(b.Bottom, b.Top) {
		_, v := s.unit(b.Left, t.Value)
		s.label(down, t.Label, place{1.12, v, s.floor})
	}
	for _, t := range heights(lo, hi) {
		s.label(left, t.Label, place{-1.05, -1.05, s.height * s.surface.up(t.Value)})
	}
	s.label(down, x, place{0.1, -1.4, s.floor})
	s.label(down, y, place{1.45, 0.1, s.floor})
	s.label(labelled(draw.XCenter, draw.YBottom), z, place{-1, -1, 1.1 * s.height})
}

// inner returns the ticks between the ends of an axis.
func inner(lo, hi float64) []gonum.Tick {
	return slices.DeleteFunc(ticks{}.Ticks(lo, hi), func(t gonum.Tick) bool { return t.Value <= lo || t.Value >= hi })
}

// heights returns the ticks of the third axis, one for a surface that is flat.
func heights(lo, hi float64) []gonum.Tick {
	if hi-lo <= 1e-9*max(math.Abs(lo), math.Abs(hi)) {
		hi = lo
	}
	return ticks{}.Ticks(lo, hi)
}

// labelled returns the style of text beside a point.
func labelled(x text.XAlignment, y text.YAlignment) draw.TextStyle {
	return draw.TextStyle{Color: color.Black, Font: sans(9.5), XAlign: x, YAlign: y, Handler: gonum.DefaultTextHandler}
}
