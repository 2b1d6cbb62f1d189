// Package curves is the third section of the lecture: the losses that stand for
// the number of mistakes, as curves over the margin, with their slopes.
package curves

import (
	"context"
	"fmt"
	"math"
	"slices"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
	"declive/losses"
	"declive/plot"
)

// Section is the section.
var Section = lesson.Section{Number: 3, Title: "Three losses and their slopes", Run: run}

// kink is the margin at which the hinge bends, and mistake the one at which an
// answer turns from wrong to right.
const (
	kink    = 1.0
	mistake = 0.0
)

func run(_ context.Context, s *lesson.Setting, page *report.Page) error {
	margins := lesson.Between(-2, 3, s.Count(51, 501, 501))
	all, err := curvesOver(margins)
	if err != nil {
		return err
	}
	few := []float64{-1, 0, 1, 2}
	some, err := curvesOver(few)
	if err != nil {
		return err
	}
	left, right, err := sides(kink)
	if err != nil {
		return err
	}
	page.Paragraph("A model answers with a score f, and y is −1 or 1. The margin m = y·f is positive where the answer is right, and large where it is right by far. " +
		"What counts in the end is the number of mistakes, but that has the slope 0 almost everywhere, and a descent learns nothing from it. " +
		"The three losses of the lecture stand for it and do have slopes.")
	page.Code("L := losses.Hinge(f, y)\ndL, err := autodiff.Grad(L, f) // no derivative written by hand")
	page.Table(table(few, some))
	page.Figure(valuesFigure(margins, all))
	hinge := some[1]
	page.Paragraph("The squared loss also punishes answers for being too right: at m = 2 its slope is %+.0f. The hinge is content from m = 1 on. The logistic loss never is, but asks ever less: %.3f at m = 2.",
		some[0].slope[3], some[2].slope[3])
	page.Paragraph("At m = 1 the hinge has a kink: differences give the slope %.3f to its left and %.3f to its right. Declive takes %.0f there, one of the values between, which all are as right. "+
		"A gradient check has to know of kinks; the next section does.", left, right, hinge.slope[2]+0)
	page.Figure(slopesFigure(margins, all, left, right))
	return nil
}

// sides returns the slopes of the hinge to the left and the right of a margin,
// by differences.
func sides(m float64) (left, right float64, err error) {
	const h = 1e-6
	value, _, err := curve(losses.Hinge, []float64{m - h, m, m + h})
	if err != nil {
		return 0, 0, err
	}
	return (value[1] - value[0]) / h, (value[2] - value[1]) / h, nil
}

func table(margins []float64, curves []lossCurve) report.Table {
	t := report.Table{Caption: "Loss and slope at some margins.", Head: []string{"loss"}}
	for _, m := range margins {
		t.Head = append(t.Head, fmt.Sprintf("m = %g", m), "slope")
	}
	for _, c := range curves {
		row := []string{c.name}
		for i := range margins {
			row = append(row, fmt.Sprintf("%.3f", c.value[i]), fmt.Sprintf("%+.3f", c.slope[i]+0))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// style returns the look of the i-th loss; mistakes are black.
func style(i int) plot.Style {
	if i == len(compared)-1 {
		return plot.Style{Color: plot.Black, Dashes: []float64{3, 2}}
	}
	look := plot.Look(i)
	look.Width = 1.8
	return look
}

// broken returns a line with a gap behind a jump.
func broken(name string, margins, values []float64, jump float64, style plot.Style) plot.Series {
	k := 0
	for k < len(margins) && margins[k] < jump+1e-9 {
		k++
	}
	return plot.Series{
		Name:  name,
		X:     slices.Insert(slices.Clone(margins), k, math.NaN()),
		Y:     slices.Insert(slices.Clone(values), k, math.NaN()),
		Style: style,
	}
}

func valuesFigure(margins []float64, curves []lossCurve) report.Figure {
	c := plot.Chart{
		Title:  "Loss by margin",
		X:      plot.Axis{Name: "margin m = y·f"},
		Y:      plot.Axis{Name: "loss", Range: [2]float64{0, 4}},
		Height: 8.5,
	}
	for i, l := range curves {
		c.Series = append(c.Series, broken(l.name, margins, l.value, jumpOf(l.name), style(i)))
	}
	c.Series = append(c.Series, spot("kink of the hinge", kink, 0, plot.Dots))
	return report.Figure{
		Name:    "losses",
		Caption: "The loss of one example by its margin. To the left of 0 the answer is wrong. The 0-1 loss counts mistakes; the hinge and the squared loss lie nowhere below it.",
		Picture: c,
	}
}

func slopesFigure(margins []float64, curves []lossCurve, left, right float64) report.Figure {
	c := plot.Chart{
		Title:  "Slope by margin, from Grad",
		X:      plot.Axis{Name: "margin m = y·f"},
		Y:      plot.Axis{Name: "dL/dm", Range: [2]float64{-4, 2}},
		Height: 8.5,
	}
	for i, l := range curves {
		jump := margins[len(margins)-1]
		if l.name == hingeName {
			jump = kink - 1e-6
		}
		c.Series = append(c.Series, broken(l.name, margins, l.slope, jump, style(i)))
	}
	c.Series = append(c.Series,
		spot("end of the hinge's left slope", kink, left, plot.Rings),
		spot("slope taken at the kink", kink, right, plot.Dots))
	return report.Figure{
		Name:    "losses-slopes",
		Caption: "Their derivatives, as autodiff.Grad derives them. The hinge's jumps from −1 to 0 at its kink. The 0-1 loss has slope 0 wherever it has one: nothing to descend.",
		Picture: c,
	}
}

func jumpOf(name string) float64 {
	if name == zeroOneName {
		return mistake
	}
	return kink
}

// spot marks one point.
func spot(name string, x, y float64, mark plot.Mark) plot.Series {
	return plot.Series{Name: name, X: []float64{x}, Y: []float64{y}, Mark: mark, Style: plot.Style{Color: plot.Look(1).Color, Radius: 3.5}}
}
