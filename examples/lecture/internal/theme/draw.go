package theme

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Draw returns what draws a plot with its legend, if it has one, to the right of
// the axes.
func Draw(p *plot.Plot) func(draw.Canvas) {
	return func(c draw.Canvas) {
		body := *p
		body.Legend = plot.NewLegend()
		legend := p.Legend
		size := legend.Rectangle(c).Size()
		if size.Y <= 0 {
			body.Draw(c)
			return
		}
		legend.Top, legend.Left = true, true
		const gap = 10
		body.Draw(draw.Crop(c, 0, -size.X-gap, 0, 0))
		legend.Draw(draw.Crop(c, c.Size().X-size.X, 0, 0, -p.Title.TextStyle.Font.Size-2*p.Title.Padding))
	}
}

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

// Logarithmic gives an axis a logarithmic scale with ticks at powers of ten. All
// that is drawn against it has to be positive.
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
