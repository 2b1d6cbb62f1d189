package slope

import (
	"fmt"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
	"declive/optim/curvature"
	"declive/plot"
)

// reach is how far to each side the loss is drawn.
const reach = 4.0

// secantFigure draws the loss along one weight with secants of falling h and the
// tangent.
func secantFigure(o *curvature.Objective, weight int, slope float64, points int) (report.Figure, error) {
	at := o.Point()[weight]
	curve := plot.Series{Name: "loss", Style: plot.Style{Color: plot.Black, Width: 2}}
	for _, h := range lesson.Between(-reach, reach, points) {
		loss, err := moved(o, weight, h)
		if err != nil {
			return report.Figure{}, err
		}
		curve.X, curve.Y = append(curve.X, at+h), append(curve.Y, loss)
	}
	here, err := o.Loss()
	if err != nil {
		return report.Figure{}, err
	}
	line := func(name string, slope float64, style plot.Style) plot.Series {
		return plot.Series{Name: name, X: []float64{at - reach, at + reach}, Y: []float64{here - reach*slope, here + reach*slope}, Style: style}
	}
	all := []plot.Series{curve, line(fmt.Sprintf("backprop, slope %.3f", slope), slope, plot.Style{Color: plot.Sky, Width: 4})}
	for i, h := range []float64{3, 1, step} {
		loss, err := moved(o, weight, h)
		if err != nil {
			return report.Figure{}, err
		}
		secant := (loss - here) / h
		all = append(all, line(fmt.Sprintf("h = %v, slope %.3f", h, secant), secant, plot.Look(i)))
	}
	all = append(all, plot.Series{Name: "W", X: []float64{at}, Y: []float64{here}, Mark: plot.Dots, Style: plot.Style{Color: plot.Black, Radius: 4}})
	return report.Figure{
		Name:    "slope-secants",
		Caption: "The loss when only its steepest weight changes, and the lines through the present point and a point at distance h: as h falls they turn into the tangent.",
		Picture: plot.Chart{
			Title:  "The loss along one weight",
			X:      plot.Axis{Name: fmt.Sprintf("weight %d", weight+1)},
			Y:      plot.Axis{Name: "loss"},
			Series: all,
		},
	}, nil
}

// costFigure draws the times against the number of weights.
func costFigure(all []cost) report.Figure {
	var weights, difference, backprop []float64
	for _, c := range all {
		weights = append(weights, float64(c.weights))
		difference, backprop = append(difference, c.all().Seconds()), append(backprop, c.backprop.Seconds())
	}
	return report.Figure{
		Name:    "slope-cost",
		Caption: "Both axes are logarithmic. More weights make each evaluation of the loss dearer, and differences need one for every weight; backpropagation needs a few for all.",
		Picture: plot.Chart{
			Title: "Time for one gradient",
			X:     plot.Axis{Name: "weights", Log: true},
			Y:     plot.Axis{Name: "time, s", Log: true},
			Series: []plot.Series{
				{Name: "by differences", X: weights, Y: difference, Mark: plot.LineAndDots, Style: plot.Style{Color: plot.Vermilion, Radius: 3}},
				{Name: "by backpropagation", X: weights, Y: backprop, Mark: plot.LineAndDots, Style: plot.Style{Color: plot.Blue, Radius: 3}},
			},
		},
	}
}
