// Package stepsize is the sixth section of the lecture: how far to go along the
// slope, and the curvature that sets the limit.
package stepsize

import (
	"context"
	"fmt"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
)

// Section is the section.
var Section = lesson.Section{Number: 6, Title: "The size of the step", Run: run}

func run(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	line, err := newLine(100, s.Rand)
	if err != nil {
		return err
	}
	if err := three(page, line, s.Count(10, 20, 20)); err != nil {
		return err
	}
	digits, err := newDigits(s.Count(100, 500, 500), s.Count(20, 40, 40), s.Rand)
	if err != nil {
		return err
	}
	return sweep(ctx, page, digits, s.Count(40, 200, 200))
}

// A choice is a rate with its reason.
type choice struct {
	name string
	rate float64
}

// choices are rates for a loss of two weights, whose curvatures are both known.
// The middle one shrinks the distance from the minimum equally fast along the
// steepest and the flattest direction.
func (f *fit) choices() []choice {
	return []choice{
		{"too small", 0.03 * f.edge()},
		{"right", 2 / (f.lowest.Value + f.highest.Value)},
		{"too large", 1.05 * f.edge()},
	}
}

// three shows the ways of three rates on a map.
func three(page *report.Page, f *fit, steps int) error {
	var ways []plane.Way
	table := report.Table{
		Caption: fmt.Sprintf("Three rates, and the loss after %d steps.", steps),
		Head:    []string{"", "rate η", "η·λmax/2", "loss at first", "loss at last"},
	}
	for _, c := range f.choices() {
		values, way, err := f.descend(c.rate, steps)
		if err != nil {
			return err
		}
		ways = append(ways, way)
		table.Rows = append(table.Rows, []string{c.name, fmt.Sprintf("%.4f", c.rate), fmt.Sprintf("%.3f", c.rate/f.edge()),
			fmt.Sprintf("%.3f", values[0]), fmt.Sprintf("%.3f", values[steps-1])})
	}
	page.Paragraph("The gradient says where to go, not how far. The squared loss of a line has the same curvature everywhere: %.3f along the flattest direction and λmax = %.3f along the "+
		"steepest, measured by Lanczos from products with the Hessian. A step of rate η multiplies the distance from the minimum by 1 − η·λ along each. "+
		"That shrinks as long as η is below 2/λmax = %.3f.", f.lowest.Value, f.highest.Value, f.edge())
	page.Code("lowest, highest, err := objective.ExtremeEigenpairs(40, rng)\nedge := 2 / highest.Value")
	figure, err := waysFigure(f, ways)
	if err != nil {
		return err
	}
	page.Table(table)
	page.Figure(figure)
	return nil
}

// sweep shows the edge of a model with thousands of weights.
func sweep(ctx context.Context, page *report.Page, f *fit, steps int) error {
	measured, err := f.measuredEdge(ctx, steps)
	if err != nil {
		return err
	}
	some, err := f.try(ctx, steps, 0.001, 0.01, 0.1, 0.5, 0.99, 1.01, 1.02)
	if err != nil {
		return err
	}
	many, err := f.try(ctx, steps, rates()...)
	if err != nil {
		return err
	}
	page.Paragraph("The same edge for a model too large to draw: a linear one of %d weights that learns the classes of %d digits, coded as 0 and 1, by their squared error. "+
		"Lanczos finds λmax = %.4f with a residual of %.1e, so the edge is at %.6f. Running gradient descent for %d steps and halving the interval between a rate that "+
		"ends falling and one that ends rising puts it at %.6f: %.2f %% from the bound.",
		f.objective.Dim(), f.batch.X.Shape()[0], f.highest.Value, f.highest.Residual, f.edge(), steps, measured, 100*(measured/f.edge()-1))
	page.Table(trialTable(some, f.edge()))
	page.Figure(lossFigure(some))
	page.Figure(edgeFigure(many, steps))
	return nil
}

func trialTable(trials []trial, edge float64) report.Table {
	t := report.Table{
		Caption: fmt.Sprintf("Rates as parts of the edge, and the loss before the last of %d steps.", len(trials[0].losses)),
		Head:    []string{"part of the edge", "rate η", "loss", "in the end it"},
	}
	for _, r := range trials {
		end := "falls"
		if r.rises() {
			end = "rises"
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(r.part), fmt.Sprintf("%.6f", r.part*edge), fmt.Sprintf("%.4g", r.last()), end})
	}
	return t
}
