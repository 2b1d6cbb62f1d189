package plot

import (
	"cmp"
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Chart shows numbers over numbers.
type Chart struct {
	Title  string
	X, Y   Axis
	Series []Series // drawn one over the other
	Notes  []Note   // over all of them

	// Inside puts the legend into the top right corner of the axes, which the data
	// then leave free, and not beside them.
	Inside bool

	Width, Height float64 // 0 stands for 17 and 10
}

// A Note is text to the right of a point.
type Note struct {
	Text string
	X, Y float64
}

// Size returns the chart's width and height.
func (c Chart) Size() (width, height float64) { return cmp.Or(c.Width, 17), cmp.Or(c.Height, 10) }

// Draw draws the chart, by default with the legend to the right of the axes.
func (c Chart) Draw(to draw.Canvas) error {
	if err := canDraw(to); err != nil {
		return err
	}
	p, err := c.plot()
	if err != nil {
		return fmt.Errorf("plot: chart %q: %w", c.Title, err)
	}
	if c.Inside {
		p.Legend.Top = true
		drawBody(p, to)
		return nil
	}
	drawBeside(p, to)
	return nil
}

// plot returns the chart as a plot of gonum.
func (c Chart) plot() (*gonum.Plot, error) {
	p := newPlot(c.Title, c.X.Name, c.Y.Name)
	axes := []side{{c.X, &p.X, "x"}, {c.Y, &p.Y, "y"}}
	for _, a := range axes {
		if err := a.check(); err != nil {
			return nil, fmt.Errorf("axis %s: %w", a.name, err)
		}
		a.scale(a.of)
	}
	if err := c.measure(p); err != nil {
		return nil, err
	}
	for _, a := range axes {
		if err := a.limit(a.of); err != nil {
			return nil, fmt.Errorf("axis %s: %w", a.name, err)
		}
	}
	for i, s := range c.Series {
		s.Style = s.Style.or(Look(i))
		s.addTo(p)
	}
	for _, n := range c.Notes {
		addWithin(p, n.labels(p))
	}
	return p, nil
}

// A side is an axis of a chart with its counterpart in gonum.
type side struct {
	Axis
	of   *gonum.Axis
	name string
}

// measure checks what is to be drawn and widens the axes to it.
func (c Chart) measure(p *gonum.Plot) error {
	reach := func(at plotter.XY) {
		p.X.Min, p.X.Max = min(p.X.Min, at.X), max(p.X.Max, at.X)
		p.Y.Min, p.Y.Max = min(p.Y.Min, at.Y), max(p.Y.Max, at.Y)
	}
	for i, s := range c.Series {
		if err := s.check(); err != nil {
			return s.named(i, err)
		}
		for _, r := range s.runs(p.X, p.Y) {
			for _, at := range r.XYs {
				reach(at)
			}
		}
	}
	for _, n := range c.Notes {
		if !drawable(n.X, p.X) || !drawable(n.Y, p.Y) {
			return fmt.Errorf("the note %q is at (%v, %v), where the axes are not", n.Text, n.X, n.Y)
		}
		reach(plotter.XY{X: n.X, Y: n.Y})
	}
	return nil
}

// labels returns what draws the note.
func (n Note) labels(p *gonum.Plot) *plotter.Labels {
	style := p.X.Tick.Label
	style.XAlign, style.YAlign = draw.XLeft, draw.YCenter
	return &plotter.Labels{
		XYs:       plotter.XYs{{X: near(n.X, p.X.Min, p.X.Max), Y: near(n.Y, p.Y.Min, p.Y.Max)}},
		Labels:    []string{n.Text},
		TextStyle: []draw.TextStyle{style},
		Offset:    vg.Point{X: 4, Y: 2},
	}
}

// extent returns the least and the greatest of finite numbers.
func extent(numbers []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range numbers {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}
