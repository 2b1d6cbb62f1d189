package theme

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Draw returns what draws a plot with its legend, if it has one, to the right of
// the axes, unless it is Inside.
func Draw(p *plot.Plot) func(draw.Canvas) {
	return func(c draw.Canvas) {
		body := *p
		body.Legend = plot.NewLegend()
		legend := p.Legend
		size := legend.Rectangle(c).Size()
		if size.Y <= 0 || p.Legend.Top {
			body.Legend = legend
			drawBody(&body, c)
			return
		}
		legend.Top, legend.Left = true, true
		const gap = 10
		drawBody(&body, draw.Crop(c, 0, -size.X-gap, 0, 0))
		legend.Draw(draw.Crop(c, c.Size().X-size.X, 0, 0, -p.Title.TextStyle.Font.Size-2*p.Title.Padding))
	}
}

// drawBody draws a plot with the names of its axes in the middle of these: the
// plot's own way keeps room for the name of a logarithmic axis where it is not.
func drawBody(p *plot.Plot, c draw.Canvas) {
	x, y := p.X.Label, p.Y.Label
	inner := draw.Crop(c, room(p.Y), 0, room(p.X), 0)
	p.X.Label.Text, p.Y.Label.Text = "", ""
	p.Draw(inner)
	data := p.DataCanvas(inner)
	x.TextStyle.XAlign, x.TextStyle.YAlign = draw.XCenter, draw.YBottom
	c.FillText(x.TextStyle, vg.Point{X: data.Center().X, Y: c.Min.Y}, x.Text)
	y.TextStyle.XAlign, y.TextStyle.YAlign, y.TextStyle.Rotation = draw.XCenter, draw.YTop, math.Pi/2
	c.FillText(y.TextStyle, vg.Point{X: c.Min.X, Y: data.Center().Y}, y.Text)
}

// room returns what the name of an axis needs across.
func room(a plot.Axis) vg.Length {
	if a.Label.Text == "" {
		return 0
	}
	return a.Label.TextStyle.Height(a.Label.Text) + a.Label.Padding
}

// Inside puts the legend into the top right corner of a plot that leaves it free.
func Inside(p *plot.Plot) { p.Legend.Top = true }

// Tiles returns what draws plots, each with its legend, from left to right in
// rows of so many.
func Tiles(columns int, plots ...*plot.Plot) func(draw.Canvas) {
	return func(c draw.Canvas) {
		rows := (len(plots) + columns - 1) / columns
		tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: 12, PadY: 12}
		for i, p := range plots {
			Draw(p)(tiles.At(c, i%columns, i/columns))
		}
	}
}

// Logarithmic gives axes a logarithmic scale. All that is drawn against them
// has to be positive.
func Logarithmic(axes ...*plot.Axis) {
	for _, a := range axes {
		a.Scale, a.Tick.Marker = plot.LogScale{}, powers{}
	}
}

// finite returns the points that have both coordinates.
func finite(points plotter.XYs) plotter.XYs {
	var out plotter.XYs
	for _, p := range points {
		if s := p.X + p.Y; !math.IsNaN(s) && !math.IsInf(s, 0) {
			out = append(out, p)
		}
	}
	return out
}

// XYs returns points with x = from, from+1, ….
func XYs(from int, ys []float64) plotter.XYs {
	out := make(plotter.XYs, len(ys))
	for i, y := range ys {
		out[i] = plotter.XY{X: float64(from + i), Y: y}
	}
	return out
}

// Square is the height that a figure of two square plots side by side needs.
const Square = 8.5 * vg.Centimeter
