package plot

import (
	"errors"
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Mark is how the points of a series are drawn.
type Mark int

// The marks.
const (
	Line        Mark = iota // from point to point
	LineAndDots             // and a dot at each
	Dots                    // alone
	Rings                   // circles around the points
	Steps                   // a line that keeps its height until the next point
)

// A Series is a line or a row of dots.
//
// Points of which a coordinate is not finite, or not above 0 on a logarithmic
// axis, are not there: a line has a gap. A series without points has no place in
// the legend.
type Series struct {
	Name  string    // in the legend; "" for none
	X     []float64 // nil stands for 1, 2, …
	Y     []float64 // as many
	Mark  Mark
	Style           // without a colour, that of [Look] for the place among the series
	Radii []float64 // of each dot, in points; nil for the style's
}

// check reports what in the series cannot be drawn.
func (s *Series) check() error {
	switch {
	case s.X != nil && len(s.X) != len(s.Y):
		return fmt.Errorf("%d numbers for x and %d for y, want as many", len(s.X), len(s.Y))
	case s.Mark < Line || s.Mark > Steps:
		return fmt.Errorf("the mark is %d, want one from Line to Steps", int(s.Mark))
	case s.Radii != nil && (s.Mark == Line || s.Mark == Steps):
		return errors.New("a line without dots has radii")
	case s.Radii != nil && len(s.Radii) != len(s.Y):
		return fmt.Errorf("%d radii of %d points", len(s.Radii), len(s.Y))
	}
	for _, r := range s.Radii {
		if !(r > 0 && r <= farthest) {
			return fmt.Errorf("a radius is %v pt, want more than 0 and at most %d", r, farthest)
		}
	}
	return s.Style.check()
}

// named says which series an error is about.
func (s *Series) named(i int, err error) error {
	return fmt.Errorf("series %d, %q: %w", i, s.Name, err)
}

// x returns the i-th abscissa.
func (s *Series) x(i int) float64 {
	if s.X == nil {
		return float64(i + 1)
	}
	return s.X[i]
}

// A run is a part of a series without a gap.
type run struct {
	plotter.XYs
	radii []float64
}

// runs returns the parts of the series that there are on two axes.
func (s *Series) runs(x, y gonum.Axis) []run {
	var all []run
	open := false
	for i, v := range s.Y {
		at := plotter.XY{X: s.x(i), Y: v}
		if !drawable(at.X, x) || !drawable(at.Y, y) {
			open = false
			continue
		}
		if !open {
			all, open = append(all, run{}), true
		}
		last := &all[len(all)-1]
		last.XYs = append(last.XYs, at)
		if s.Radii != nil {
			last.radii = append(last.radii, s.Radii[i])
		}
	}
	return all
}

// drawable reports whether a number has a place on an axis.
func drawable(v float64, a gonum.Axis) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (v > 0 || !logarithmic(a))
}

// addTo draws the series on a plot whose axes have their scales and ranges, and
// leaves the ranges as they are.
func (s *Series) addTo(p *gonum.Plot) {
	var thumbnails []gonum.Thumbnailer
	for i, r := range s.runs(p.X, p.Y) {
		for k, at := range r.XYs {
			r.XYs[k] = plotter.XY{X: near(at.X, p.X.Min, p.X.Max), Y: near(at.Y, p.Y.Min, p.Y.Max)}
		}
		drawn := s.plotters(r)
		addWithin(p, drawn...)
		if i == 0 {
			thumbnails = s.thumbnails(drawn)
		}
	}
	if s.Name != "" && thumbnails != nil {
		p.Legend.Add(s.Name, thumbnails...)
	}
}

// addWithin adds to a plot and leaves the ranges of its axes as they are.
func addWithin(p *gonum.Plot, drawn ...gonum.Plotter) {
	left, right, bottom, top := p.X.Min, p.X.Max, p.Y.Min, p.Y.Max
	p.Add(drawn...)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = left, right, bottom, top
}

// near returns v, or a number on its side of an axis that is so far away that a
// line to it looks the same, and not too far for numbers to reckon with.
func near(v, lo, hi float64) float64 {
	far := 1e9 * (hi - lo)
	return min(max(v, lo-far), hi+far)
}

// plotters returns what draws one part.
func (s *Series) plotters(r run) []gonum.Plotter {
	switch s.Mark {
	case Dots:
		return []gonum.Plotter{s.scatter(r, draw.CircleGlyph{})}
	case Rings:
		return []gonum.Plotter{s.scatter(r, draw.RingGlyph{})}
	}
	line := &plotter.Line{XYs: r.XYs, LineStyle: s.line()}
	switch s.Mark {
	case Steps:
		line.StepStyle = plotter.PostStep
	case LineAndDots:
		return []gonum.Plotter{line, s.scatter(r, draw.CircleGlyph{})}
	}
	return []gonum.Plotter{line}
}

func (s *Series) scatter(r run, shape draw.GlyphDrawer) *plotter.Scatter {
	dots := &plotter.Scatter{XYs: r.XYs, GlyphStyle: s.glyph(shape)}
	if r.radii != nil {
		dots.GlyphStyleFunc = func(i int) draw.GlyphStyle {
			style := dots.GlyphStyle
			style.Radius = vg.Length(r.radii[i])
			return style
		}
	}
	return dots
}

// thumbnails returns the part of the legend that shows what was drawn.
func (s *Series) thumbnails(drawn []gonum.Plotter) []gonum.Thumbnailer {
	all := make([]gonum.Thumbnailer, len(drawn))
	for i, d := range drawn {
		switch d := d.(type) {
		case *plotter.Line:
			all[i] = d
		case *plotter.Scatter:
			all[i] = &plotter.Scatter{GlyphStyle: d.GlyphStyle}
		}
	}
	return all
}
