package plot

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Map shows a surface from above, light where it is high, with level curves
// and, where there is room, the level beside them. A unit is as long along one
// axis as along the other, so that right angles look right. What is drawn over
// it, such as the way of a method, does not widen it.
type Map struct {
	Title   string
	X, Y    string // names of the axes
	Surface *Surface
	Levels  []float64 // nil stands for 14 of [Surface.Levels]
	Arrows  Arrows
	Paths   []Series

	Width, Height float64 // 0 stands for 17 and 15
}

// Size returns width and height.
func (m Map) Size() (width, height float64) { return cmp.Or(m.Width, 17), cmp.Or(m.Height, 15) }

// Draw draws the map, below it the legend.
func (m Map) Draw(c draw.Canvas) error {
	if err := canDraw(c); err != nil {
		return err
	}
	p, err := m.plot()
	if err != nil {
		return fmt.Errorf("plot: map %q: %w", m.Title, err)
	}
	drawLevel(p, m.Surface.Box(), c)
	return nil
}

// plot returns the map as a plot of gonum.
func (m Map) plot() (*gonum.Plot, error) {
	if err := m.Surface.check(); err != nil {
		return nil, err
	}
	if err := m.Arrows.check(); err != nil {
		return nil, err
	}
	p := newPlot(m.Title, m.X, m.Y)
	b := m.Surface.Box()
	p.Add(plotter.NewImage(m.Surface.image(256), b.Left, b.Bottom, b.Right, b.Top), &curves{m.Surface, levels(m.Levels, m.Surface)})
	if len(m.Arrows.X) > 0 {
		p.Add(vectors{m.Arrows, b})
		if m.Arrows.Name != "" {
			p.Legend.Add(m.Arrows.Name, vectors{m.Arrows, b})
		}
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = b.Left, b.Right, b.Bottom, b.Top
	for i, s := range m.Paths {
		if err := s.check(); err != nil {
			return nil, s.named(i, err)
		}
		s.Style = s.Style.or(Look(i))
		addPath(p, s)
	}
	return p, nil
}

// levels returns those that are given, or what stands for none.
func levels(given []float64, s *Surface) []float64 {
	if given != nil {
		return given
	}
	return s.Levels(14)
}

// addPath draws a series, its line with a white edge, to be seen on any colour.
func addPath(p *gonum.Plot, s Series) {
	if s.Mark == Line || s.Mark == LineAndDots {
		edge := s
		edge.Name, edge.Mark, edge.Radii = "", Line, nil
		edge.Style = Style{Color: color.White, Width: cmp.Or(s.Width, 1.5) + 1}
		edge.addTo(p)
	}
	s.addTo(p)
}

// drawLevel draws a plot of a box in the middle of a canvas, with equal units,
// and the legend below.
func drawLevel(p *gonum.Plot, b Box, c draw.Canvas) {
	fitTitle(p, c)
	legend := p.Legend
	p.Legend = gonum.NewLegend()
	legend.Top, legend.Left = false, true
	high := max(0, legend.Rectangle(c).Size().Y)
	top := draw.Crop(c, 0, 0, high+6, 0)
	data := p.DataCanvas(top).Size()
	wide, tall := b.Right-b.Left, b.Top-b.Bottom
	unit := min(float64(data.X)/wide, float64(data.Y)/tall)
	spareX, spareY := (data.X-vg.Length(unit*wide))/2, (data.Y-vg.Length(unit*tall))/2
	p.Draw(draw.Crop(top, spareX, -spareX, spareY, -spareY))
	if high > 0 {
		legend.Draw(draw.Crop(c, spareX+24, 0, spareY, 0))
	}
}

// image returns the surface as a picture of n by n dots, with the square root of
// the height above the lowest as brightness.
func (s *Surface) image(n int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, n, n))
	for i := range n {
		for j := range n {
			z := s.interpolate((float64(i)+0.5)/float64(n), (float64(j)+0.5)/float64(n))
			m.SetRGBA(i, n-1-j, tint(math.Sqrt(s.up(z))))
		}
	}
	return m
}

// curves draws level curves.
type curves struct {
	surface *Surface
	levels  []float64
}

var curveStyle = draw.LineStyle{Color: color.RGBA{0x3a, 0x3f, 0x46, 0xff}, Width: 0.5}

// Plot draws the curves and then the labels, so that no curve crosses a label.
func (k *curves) Plot(c draw.Canvas, p *gonum.Plot) {
	trX, trY := p.Transforms(&c)
	c.SetLineStyle(curveStyle)
	for _, level := range k.levels {
		for _, line := range lines(k.surface.contour(level)) {
			c.Stroke(pathOf(line, trX, trY))
		}
	}
	var labels []vg.Point
	for _, level := range k.levels {
		if at, ok := k.place(level, trX, trY, labels); ok {
			labels = append(labels, at)
			label(c, p, fmt.Sprintf("%.3g", level), at)
		}
	}
}

// pathOf returns a line on a canvas.
func pathOf(line []spot, trX, trY func(float64) vg.Length) vg.Path {
	var path vg.Path
	path.Move(vg.Point{X: trX(line[0][0]), Y: trY(line[0][1])})
	for _, at := range line[1:] {
		path.Line(vg.Point{X: trX(at[0]), Y: trY(at[1])})
	}
	return path
}

// place returns where a level's label stands: where its curve crosses a line
// down the right of the map, or else down the left, away from the other labels.
func (k *curves) place(level float64, trX, trY func(float64) vg.Length, others []vg.Point) (vg.Point, bool) {
	b := k.surface.Box()
	pieces := k.surface.contour(level)
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
func label(c draw.Canvas, p *gonum.Plot, text string, at vg.Point) {
	style := p.X.Tick.Label
	style.Font.Size = 7
	style.Color = printed
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	r := style.Rectangle(text).Add(at)
	c.FillPolygon(white, []vg.Point{
		{X: r.Min.X - 1.5, Y: r.Min.Y - 0.5}, {X: r.Max.X + 1.5, Y: r.Min.Y - 0.5},
		{X: r.Max.X + 1.5, Y: r.Max.Y + 0.5}, {X: r.Min.X - 1.5, Y: r.Max.Y + 0.5},
	})
	c.FillText(style, at, text)
}
