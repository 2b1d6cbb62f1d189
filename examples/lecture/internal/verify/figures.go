package verify

import (
	"math"

	"declive/examples/lecture/internal/report"
	"declive/gradcheck"
	"declive/plot"
)

// scatter draws analytic over numerical derivatives.
func scatter(right, wrong *gradcheck.Report) report.Figure {
	most := 0.0
	dots := func(name string, r *gradcheck.Report, style plot.Style) plot.Series {
		s := plot.Series{Name: name, Mark: plot.Dots, Style: style}
		for _, c := range r.Vars[0].Coords {
			s.X, s.Y = append(s.X, c.Numeric), append(s.Y, c.Analytic)
			most = max(most, math.Abs(c.Numeric))
		}
		return s
	}
	good := dots("right", right, plot.Style{Color: plot.Blue, Radius: 3})
	bad := dots("with the mistake", wrong, plot.Style{Color: plot.Vermilion, Radius: 3})
	diagonal := []float64{-most, most}
	return report.Figure{
		Name:    "gradient-check",
		Caption: "Each derivative of the support vector machine's loss as written by hand, over the same by differences. A right gradient lies on the diagonal; the wrong one is nowhere far off, which is why it goes unnoticed.",
		Picture: plot.Chart{
			Title:  "Gradient by hand against differences",
			X:      plot.Axis{Name: "numerical"},
			Y:      plot.Axis{Name: "by hand"},
			Series: []plot.Series{{Name: "equal", X: diagonal, Y: diagonal, Style: plot.Style{Color: plot.Grey, Width: 1}}, good, bad},
			Height: 9,
		},
	}
}

// errorFigure draws the errors over h, with the h of the lecture. An error of 0
// has no place on the axis.
func errorFigure(steps []float64, curves []errorCurve) report.Figure {
	var all []plot.Series
	lo, hi := math.Inf(1), 0.0
	for i, c := range curves {
		for _, e := range c.err {
			if e > 0 {
				lo, hi = min(lo, e), max(hi, e)
			}
		}
		look := plot.Look(i)
		all = append(all,
			plot.Series{Name: c.name, X: steps, Y: c.err, Style: look},
			plot.Series{X: []float64{c.h}, Y: []float64{c.lowest}, Mark: plot.Dots, Style: plot.Style{Color: look.Color, Radius: 3.5}})
	}
	h := gradcheck.Step
	all = append(all, plot.Series{Name: "h = 1e-5", X: []float64{h, h}, Y: []float64{lo, hi}, Style: plot.Style{Color: plot.Black, Width: 0.75}})
	return report.Figure{
		Name:    "gradient-check-step",
		Caption: "Error of the numerical gradient of a softmax loss by the step h; both axes are logarithmic, and a disc marks the minimum. To the right, truncation: it rises with h (forward) or h² (central). To the left, rounding: it rises as h falls.",
		Picture: plot.Chart{
			Title:  "Error of a numerical gradient by its step",
			X:      plot.Axis{Name: "step h", Log: true},
			Y:      plot.Axis{Name: "relative error", Log: true},
			Series: all,
		},
	}
}
