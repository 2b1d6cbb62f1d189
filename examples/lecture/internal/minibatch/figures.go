package minibatch

import (
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
)

// noiseFigure draws cosine and variance by batch size.
func noiseFigure(all []noise) report.Figure {
	cosines, variances, laws := make(plotter.XYs, len(all)), make(plotter.XYs, len(all)), make(plotter.XYs, len(all))
	for i, n := range all {
		m := float64(n.batch)
		cosines[i], variances[i], laws[i] = plotter.XY{X: m, Y: n.cosine}, plotter.XY{X: m, Y: n.variance}, plotter.XY{X: m, Y: n.law}
	}
	left := theme.New("Direction", "batch size m", "cosine with the full gradient")
	theme.LineDots(left, "", cosines, theme.Style{Color: theme.Blue, Radius: 3})
	left.Y.Min, left.Y.Max = 0, 1
	theme.Logarithmic(&left.X)
	right := theme.New("Variance", "batch size m", "mean of ‖g_m − g‖²")
	theme.Line(right, "σ²/m", laws, theme.Style{Color: theme.Vermilion, Dashes: theme.Series(1).Dashes})
	theme.Dots(right, "measured", variances, theme.Style{Color: theme.Blue, Radius: 3})
	theme.Logarithmic(&right.X, &right.Y)
	theme.Inside(right)
	return report.Figure{
		Name:    "gradient-noise",
		Caption: "Left: the cosine between the gradient of a minibatch and that of all examples. Right: its variance about that gradient, with the law σ²/m, in which σ² is computed from the gradients of all single examples.",
		Height:  theme.Square,
		Draw:    theme.Tiles(2, left, right),
	}
}

// An abscissa is what a run is drawn against.
type abscissa struct {
	label string
	of    func(point) float64
}

var (
	byExamples = abscissa{"examples computed", func(p point) float64 { return float64(p.examples) }}
	bySeconds  = abscissa{"time, s", func(p point) float64 { return p.seconds }}
)

// runsFigure draws losses against work.
func runsFigure(name, title string, runs []*run, x abscissa, caption string) report.Figure {
	p := theme.New(title, x.label, "loss over all examples")
	for i, r := range runs {
		var points plotter.XYs
		for _, at := range r.points {
			if x.of(at) > 0 {
				points = append(points, plotter.XY{X: x.of(at), Y: at.loss})
			}
		}
		theme.Line(p, r.name, points, theme.Series(i))
	}
	theme.Logarithmic(&p.X, &p.Y)
	return report.Figure{Name: name, Caption: caption, Height: 11 * vg.Centimeter, Draw: theme.Draw(p)}
}
