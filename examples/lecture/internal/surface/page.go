// Package surface is the fifth section of the lecture: the loss as a landscape,
// and the way of gradient descent down it, across the level curves.
package surface

import (
	"context"
	"fmt"
	"math"
	"slices"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/plot"
)

// Section is the section.
var Section = lesson.Section{Number: 5, Title: "The loss as a surface", Run: run}

var (
	box   = plot.Box{Left: -2.5, Right: 3.5, Bottom: -2.5, Top: 3.5}
	start = []float64{-1.2, 2.6}
)

const rate = 0.6

func run(_ context.Context, s *lesson.Setting, page *report.Page) error {
	u, err := newNeuron(s.Count(40, 120, 120), s.Rand)
	if err != nil {
		return err
	}
	way, err := u.descend(start, rate, s.Count(8, 60, 60))
	if err != nil {
		return err
	}
	angles, err := u.angles(way)
	if err != nil {
		return err
	}
	p, err := u.pictured(s.Count(25, 81, 81))
	if err != nil {
		return err
	}
	page.Paragraph("With the data given, the loss is a function of the weights alone. One neuron with two weights, f = tanh(w·x), has a loss that can be drawn: "+
		"the mean of (y − f)² over %d points is the height above the plane of w.", u.batch.X.Shape()[0])
	page.Figure(p.relief(way))
	page.Paragraph("The gradient lives in the plane of the weights, not on the surface. It points where the loss rises fastest, so its opposite is the steepest way down; " +
		"along a level curve the loss does not change, and so the gradient has no part along it: they are perpendicular.")
	page.Code("trainer, err := optim.NewTrainer(loss, params, optim.GradientDescent{LearningRate: 0.6})\n_, err = trainer.Step(batch) // w ← w − η·g")
	page.Figure(p.chart(way))
	table, err := u.table(way, angles)
	if err != nil {
		return err
	}
	page.Paragraph("Measured, not believed: for every step the direction of the level curve is found from losses alone, from the two points "+
		"of a circle of radius %g about w that have w's loss. Over %d steps the angle between step and curve is 90 degrees to within %.1e.",
		radius, len(angles), worst(angles))
	page.Table(table)
	return nil
}

// worst returns the largest difference from a right angle.
func worst(angles []float64) float64 {
	return max(slices.Max(angles)-90, 90-slices.Min(angles))
}

// table lists some of the steps.
func (u *neuron) table(way plane.Way, angles []float64) (report.Table, error) {
	t := report.Table{
		Caption: "Steps of gradient descent and their angle to the level curve that they leave.",
		Head:    []string{"step", "loss", "length of the step", "angle less 90, degrees"},
	}
	for i := 0; i < len(angles); i += max(1, len(angles)/8) {
		loss, err := plane.LossAt(u.objective, way[i]...)
		if err != nil {
			return t, err
		}
		length := math.Hypot(way[i+1][0]-way[i][0], way[i+1][1]-way[i][1])
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), fmt.Sprintf("%.4f", loss), fmt.Sprintf("%.4f", length), fmt.Sprintf("%.1e", angles[i]-90)})
	}
	return t, nil
}

// A picture is what the figures are drawn from.
type picture struct {
	surface *plot.Surface
	slopes  plot.Arrows
}

// pictured computes the loss at n by n points, and slopes at fewer.
func (u *neuron) pictured(n int) (p picture, err error) {
	if p.surface, err = plane.Tabulate(u.objective, box, n); err != nil {
		return p, err
	}
	p.slopes, err = u.slopes(box, 11)
	return p, err
}

var wayStyle = plot.Style{Color: plot.Vermilion, Width: 1.5, Radius: 2}

func (p picture) chart(way plane.Way) report.Figure {
	return report.Figure{
		Name: "surface-map",
		Caption: fmt.Sprintf("The loss seen from above, dark where it is low. Numbers are losses; both axes have the same unit, so that right angles are right angles. "+
			"The arrows point against the gradient and are the longer the steeper it is; %d steps of gradient descent with rate %g cross every level curve at a right angle.", len(way)-1, rate),
		Picture: plot.Map{
			Title:   "Level curves, slopes and the way down",
			X:       "first weight",
			Y:       "second weight",
			Surface: p.surface,
			Arrows:  p.slopes,
			Paths:   []plot.Series{way.Path("gradient descent", wayStyle)},
		},
	}
}

func (p picture) relief(way plane.Way) report.Figure {
	return report.Figure{
		Name: "surface-relief",
		Caption: "The loss as a surface over the plane of two weights, with the steps of gradient descent on it. On the floor below: the level curves, " +
			"arrows against the gradient, and the shadow of the way.",
		Picture: plot.Relief{
			X:       "first weight",
			Y:       "second weight",
			Z:       "loss",
			Surface: p.surface,
			Arrows:  p.slopes,
			Paths:   []plot.Series{way.Path("", wayStyle)},
		},
	}
}
