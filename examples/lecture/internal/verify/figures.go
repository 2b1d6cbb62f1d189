package verify

import (
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
	"declive/gradcheck"
)

// scatter draws analytic over numerical derivatives.
func scatter(right, wrong *gradcheck.Report) report.Figure {
	p := theme.New("Gradient by hand against differences", "numerical", "by hand")
	most := 0.0
	points := func(r *gradcheck.Report) plotter.XYs {
		var all plotter.XYs
		for _, c := range r.Vars[0].Coords {
			all = append(all, plotter.XY{X: c.Numeric, Y: c.Analytic})
			most = max(most, math.Abs(c.Numeric))
		}
		return all
	}
	good, bad := points(right), points(wrong)
	theme.Line(p, "equal", plotter.XYs{{X: -most, Y: -most}, {X: most, Y: most}}, theme.Style{Color: theme.Grey, Width: 1})
	theme.Dots(p, "right", good, theme.Style{Color: theme.Blue, Radius: 3})
	theme.Dots(p, "with the mistake", bad, theme.Style{Color: theme.Vermilion, Radius: 3})
	return report.Figure{
		Name:    "gradient-check",
		Caption: "Each derivative of the support vector machine's loss as written by hand, over the same by differences. A right gradient lies on the diagonal; the wrong one is nowhere far off, which is why it goes unnoticed.",
		Height:  9 * vg.Centimeter,
		Draw:    theme.Draw(p),
	}
}

// errorFigure draws the errors over h, with the h of the lecture.
func errorFigure(steps []float64, curves []errorCurve) report.Figure {
	p := theme.New("Error of a numerical gradient by its step", "step h", "relative error")
	lo, hi := math.Inf(1), 0.0
	for i, c := range curves {
		points := make(plotter.XYs, 0, len(steps))
		for k, h := range steps {
			if c.err[k] > 0 {
				points = append(points, plotter.XY{X: h, Y: c.err[k]})
				lo, hi = min(lo, c.err[k]), max(hi, c.err[k])
			}
		}
		style := theme.Series(i)
		theme.Line(p, c.name, points, style)
		theme.Dots(p, "", plotter.XYs{{X: c.h, Y: c.lowest}}, theme.Style{Color: style.Color, Radius: 3.5})
	}
	h := gradcheck.Step
	theme.Line(p, "h = 1e-5", plotter.XYs{{X: h, Y: lo}, {X: h, Y: hi}}, theme.Style{Color: theme.Black, Width: 0.75})
	theme.Logarithmic(&p.X, &p.Y)
	return report.Figure{
		Name:    "gradient-check-step",
		Caption: "Error of the numerical gradient of a softmax loss by the step h; both axes are logarithmic, and a disc marks the minimum. To the right, truncation: it rises with h (forward) or h² (central). To the left, rounding: it rises as h falls.",
		Draw:    theme.Draw(p),
	}
}
