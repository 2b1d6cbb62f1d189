package slope

import (
	"fmt"

	"gonum.org/v1/plot/plotter"

	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
	"declive/optim/curvature"
)

// reach is how far to each side the loss is drawn.
const reach = 4.0

// secantFigure draws the loss along one weight with secants of falling h and the
// tangent.
func secantFigure(o *curvature.Objective, weight int, slope float64, points int) (report.Figure, error) {
	at := o.Point()[weight]
	curve := make(plotter.XYs, points)
	for i := range curve {
		h := reach * (2*float64(i)/float64(points-1) - 1)
		loss, err := moved(o, weight, h)
		if err != nil {
			return report.Figure{}, err
		}
		curve[i] = plotter.XY{X: at + h, Y: loss}
	}
	here, err := o.Loss()
	if err != nil {
		return report.Figure{}, err
	}
	p := theme.New("The loss along one weight", fmt.Sprintf("weight %d", weight+1), "loss")
	theme.Line(p, "loss", curve, theme.Style{Color: theme.Black, Width: 2})
	line := func(name string, slope float64, s theme.Style) {
		theme.Line(p, name, plotter.XYs{{X: at - reach, Y: here - reach*slope}, {X: at + reach, Y: here + reach*slope}}, s)
	}
	line(fmt.Sprintf("backprop, slope %.3f", slope), slope, theme.Style{Color: theme.Sky, Width: 4})
	for i, h := range []float64{3, 1, step} {
		loss, err := moved(o, weight, h)
		if err != nil {
			return report.Figure{}, err
		}
		secant := (loss - here) / h
		line(fmt.Sprintf("h = %v, slope %.3f", h, secant), secant, theme.Series(i))
	}
	theme.Dots(p, "W", plotter.XYs{{X: at, Y: here}}, theme.Style{Color: theme.Black, Radius: 4})
	return report.Figure{
		Name:    "slope-secants",
		Caption: "The loss when only its steepest weight changes, and the lines through the present point and a point at distance h: as h falls they turn into the tangent.",
		Draw:    theme.Draw(p),
	}, nil
}

// costFigure draws the times against the number of weights.
func costFigure(all []cost) report.Figure {
	p := theme.New("Time for one gradient", "weights", "time, s")
	difference, backprop := make(plotter.XYs, len(all)), make(plotter.XYs, len(all))
	for i, c := range all {
		difference[i] = plotter.XY{X: float64(c.weights), Y: c.all().Seconds()}
		backprop[i] = plotter.XY{X: float64(c.weights), Y: c.backprop.Seconds()}
	}
	theme.LineDots(p, "by differences", difference, theme.Style{Color: theme.Vermilion, Radius: 3})
	theme.LineDots(p, "by backpropagation", backprop, theme.Style{Color: theme.Blue, Radius: 3})
	theme.Logarithmic(&p.X, &p.Y)
	return report.Figure{
		Name:    "slope-cost",
		Caption: "Both axes are logarithmic. More weights make each evaluation of the loss dearer, and differences need one for every weight; backpropagation needs a few for all.",
		Draw:    theme.Draw(p),
	}
}
