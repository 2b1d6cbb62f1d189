package minibatch

import (
	"declive/examples/lecture/internal/report"
	"declive/plot"
)

// noiseFigure draws cosine and variance by batch size.
func noiseFigure(all []noise) report.Figure {
	var sizes, cosines, variances, laws []float64
	for _, n := range all {
		sizes, cosines = append(sizes, float64(n.batch)), append(cosines, n.cosine)
		variances, laws = append(variances, n.variance), append(laws, n.law)
	}
	dots := plot.Style{Color: plot.Blue, Radius: 3}
	direction := plot.Chart{
		Title:  "Direction",
		X:      plot.Axis{Name: "batch size m", Log: true},
		Y:      plot.Axis{Name: "cosine with the full gradient", Range: [2]float64{0, 1}},
		Series: []plot.Series{{X: sizes, Y: cosines, Mark: plot.LineAndDots, Style: dots}},
	}
	variance := plot.Chart{
		Title: "Variance",
		X:     plot.Axis{Name: "batch size m", Log: true},
		Y:     plot.Axis{Name: "mean of ‖g_m − g‖²", Log: true},
		Series: []plot.Series{
			{Name: "σ²/m", X: sizes, Y: laws, Style: plot.Style{Color: plot.Vermilion}.Dashed()},
			{Name: "measured", X: sizes, Y: variances, Mark: plot.Dots, Style: dots},
		},
		Inside: true,
	}
	return report.Figure{
		Name:    "gradient-noise",
		Caption: "Left: the cosine between the gradient of a minibatch and that of all examples. Right: its variance about that gradient, with the law σ²/m, in which σ² is computed from the gradients of all single examples.",
		Picture: plot.Tiles{Pictures: []plot.Picture{direction, variance}},
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

// runsFigure draws losses against work. The first point of a run, before any work,
// has no place on the axis.
func runsFigure(name, title string, runs []*run, x abscissa, caption string) report.Figure {
	c := plot.Chart{Title: title, X: plot.Axis{Name: x.label, Log: true}, Y: plot.Axis{Name: "loss over all examples", Log: true}, Height: 11}
	for _, r := range runs {
		s := plot.Series{Name: r.name}
		for _, at := range r.points {
			s.X, s.Y = append(s.X, x.of(at)), append(s.Y, at.loss)
		}
		c.Series = append(c.Series, s)
	}
	return report.Figure{Name: name, Caption: caption, Picture: c}
}
