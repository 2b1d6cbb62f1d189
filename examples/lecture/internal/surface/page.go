// Package surface is the fifth section of the lecture: the loss as a landscape,
// and the way of gradient descent down it, across the level curves.
package surface

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
)

// Section is the section.
var Section = lesson.Section{Number: 5, Title: "The loss as a surface", Run: run}

var (
	box   = plane.Box{Left: -2.5, Right: 3.5, Bottom: -2.5, Top: 3.5}
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
	grid, coarse *plane.Grid
	levels       []float64
	at, downhill [][2]float64
	steepest     float64
}

// pictured computes a grid of n by n points, and slopes at fewer.
func (u *neuron) pictured(n int) (*picture, error) {
	p := &picture{}
	var err error
	if p.grid, err = plane.Tabulate(u.objective, box, n); err != nil {
		return nil, err
	}
	if p.coarse, err = plane.Tabulate(u.objective, box, 33); err != nil {
		return nil, err
	}
	p.levels = p.grid.Levels(14)
	if p.at, p.downhill, err = u.slopes(box, 11); err != nil {
		return nil, err
	}
	for i := range p.downhill {
		g := &p.downhill[i]
		g[0], g[1] = -g[0], -g[1]
		p.steepest = max(p.steepest, math.Hypot(g[0], g[1]))
	}
	return p, nil
}

var (
	wayStyle   = theme.Style{Color: theme.Vermilion, Width: 1.5, Radius: 2}
	arrowStyle = draw.LineStyle{Color: theme.Blue, Width: 1}
)

func (p *picture) chart(way plane.Way) report.Figure {
	m := plane.NewMap("Level curves, slopes and the way down", "first weight", "second weight", p.grid, p.levels)
	arrows := &plane.Arrows{At: p.at, Vector: p.downhill, Scale: 28 / p.steepest, Style: arrowStyle}
	m.Add(arrows)
	m.Legend.Add("−gradient", arrows)
	m.Way("gradient descent", way, wayStyle)
	return report.Figure{
		Name: "surface-map",
		Caption: fmt.Sprintf("The loss seen from above, dark where it is low. Numbers are losses; both axes have the same unit, so that right angles are right angles. "+
			"The arrows point against the gradient and are the longer the steeper it is; %d steps of gradient descent with rate %g cross every level curve at a right angle.", len(way)-1, rate),
		Height: 15 * vg.Centimeter,
		Draw:   plane.Draw(1, m),
	}
}

func (p *picture) relief(way plane.Way) report.Figure {
	r := plane.NewRelief(p.coarse, p.grid, p.levels)
	r.Axes("first weight", "second weight", "loss")
	r.Arrows(p.at, p.downhill, 1.1/p.steepest, arrowStyle)
	r.Way(way, wayStyle)
	return report.Figure{
		Name: "surface-relief",
		Caption: "The loss as a surface over the plane of two weights, with the steps of gradient descent on it. On the floor below: the level curves, " +
			"arrows against the gradient, and the shadow of the way.",
		Width:  plane.ReliefWidth,
		Height: plane.ReliefHeight,
		Draw:   r.Draw,
	}
}
