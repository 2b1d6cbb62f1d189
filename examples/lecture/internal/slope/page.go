// Package slope is the second section of the lecture: the slope of the loss, one
// weight at a time, by moving it a little and looking.
package slope

import (
	"context"
	"fmt"
	"time"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
)

// Section is the second of the lecture.
var Section = lesson.Section{Number: 2, Title: "The slope by differences", Run: run}

// shown is how many weights the table has.
const shown = 9

func run(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	examples := s.Count(100, 1000, 1000)
	d, err := s.Shrunk(s.Coarse(), examples)
	if err != nil {
		return err
	}
	o, err := newObjective(d, s.Rand)
	if err != nil {
		return err
	}
	c, err := compare(o)
	if err != nil {
		return err
	}
	page.Paragraph("Better than to jump at random is to feel which way is down. Move one weight by h = %v, look how the loss changes, "+
		"and put it back: the change divided by h is the slope in that direction, and the slopes in all directions are the gradient. "+
		"Here are the first %d of %d weights of a classifier of %d images of %s, shrunk to %d features and a bias.",
		step, shown, len(c.weights), d.Len(), s.Name, d.Features()-1)
	page.Table(differences(c))
	page.Paragraph("The column of differences is the lecture's; the last is what backpropagation computes at once for all weights. "+
		"Over all %d weights the two gradients differ by %.2g of their length: "+
		"this loss is piecewise linear, and only a kink within h makes the difference wrong.", len(c.weights), c.distance())
	page.Code(`numerical := gradcheck.Forward(objective.Problem().Func, weights, 0.0001) // dW, one weight at a time
loss, err := objective.Gradient(gradient)                                // dW, all at once`)
	figure, err := secantFigure(o, c.steepest(), c.gradient[c.steepest()], s.Count(9, 81, 81))
	if err != nil {
		return err
	}
	page.Figure(figure)
	all, err := costs(ctx, s, examples)
	if err != nil {
		return err
	}
	describe(page, all, examples)
	return nil
}

// differences is the lecture's table: the weights, the weights after a step in
// the first dimension and in the second, and the slopes.
func differences(c *comparison) report.Table {
	t := report.Table{
		Caption: fmt.Sprintf("The slope by differences, h = %v.", step),
		Head:    []string{"", "W", "W + h (first dim)", "W + h (second dim)", "gradient dW", "dW by backprop"},
	}
	for i := range shown {
		row := []string{fmt.Sprint("weight ", i+1)}
		for _, raised := range []int{-1, 0, 1} {
			cell := fmt.Sprintf("%.3f", c.weights[i])
			if i == raised {
				cell += fmt.Sprintf(" + %v", step)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, append(row, fmt.Sprintf("%.5f", c.difference[i]), fmt.Sprintf("%.5f", c.gradient[i])))
	}
	t.Rows = append(t.Rows, []string{"loss", fmt.Sprintf("%.7f", c.loss), fmt.Sprintf("%.7f", c.looks[0].loss), fmt.Sprintf("%.7f", c.looks[1].loss), "", ""})
	return t
}

// describe adds what the slope costs.
func describe(page *report.Page, all []cost, examples int) {
	t := report.Table{
		Caption: fmt.Sprintf("Time for the gradient on %d images of different size, in float64.", examples),
		Head:    []string{"pixels", "weights", "per weight, ms", "all weights, s", "backprop, ms", "ratio"},
	}
	for _, c := range all {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("%d × %d", c.pixels, c.pixels), fmt.Sprint(c.weights), milliseconds(c.perWeight),
			fmt.Sprintf("%.3g", c.all().Seconds()), milliseconds(c.backprop), fmt.Sprintf("%.0f", c.ratio())})
	}
	page.Table(t)
	last := all[len(all)-1]
	page.Paragraph("Every weight costs an evaluation of the loss. For the largest model that is %s ms, so that one gradient takes %.3g s by differences "+
		"(from the time of %d of the weights); backpropagation takes %s ms for all of them, about the time of %.1f evaluations, however many weights there are.",
		milliseconds(last.perWeight), last.all().Seconds(), last.looks, milliseconds(last.backprop), float64(last.backprop)/float64(last.perWeight))
	page.Figure(costFigure(all))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.3g", 1000*d.Seconds()) }
