// Package curves is the third section of the lecture: the losses that stand for
// the number of mistakes, as curves over the margin, with their slopes.
package curves

import (
	"context"
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
	"declive/losses"
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
	margins := plane.Between(-2, 3, s.Count(51, 501, 501))
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
func style(i int) theme.Style {
	if i == len(compared)-1 {
		return theme.Style{Color: theme.Black, Dashes: []vg.Length{3, 2}}
	}
	return theme.Style{Color: theme.Series(i).Color, Dashes: theme.Series(i).Dashes, Width: 1.8}
}

// at returns the points of a curve over the margins.
func at(margins, values []float64) plotter.XYs {
	points := make(plotter.XYs, len(margins))
	for i, m := range margins {
		points[i] = plotter.XY{X: m, Y: values[i]}
	}
	return points
}

// broken draws a curve in two parts, up to a jump and beyond it.
func broken(p *plot.Plot, name string, points plotter.XYs, jump float64, s theme.Style) {
	k := 0
	for k < len(points) && points[k].X < jump+1e-9 {
		k++
	}
	theme.Line(p, name, points[:k], s)
	theme.Line(p, "", points[k:], s)
}

func valuesFigure(margins []float64, curves []lossCurve) report.Figure {
	p := theme.New("Loss by margin", "margin m = y·f", "loss")
	for i, c := range curves {
		broken(p, c.name, at(margins, c.value), jumpOf(c.name), style(i))
	}
	mark(p, "kink of the hinge", kink, 0)
	p.Y.Min, p.Y.Max = 0, 4
	return report.Figure{
		Name:    "losses",
		Caption: "The loss of one example by its margin. To the left of 0 the answer is wrong. The 0-1 loss counts mistakes; the hinge and the squared loss lie nowhere below it.",
		Height:  8.5 * vg.Centimeter,
		Draw:    theme.Draw(p),
	}
}

func slopesFigure(margins []float64, curves []lossCurve, left, right float64) report.Figure {
	p := theme.New("Slope by margin, from Grad", "margin m = y·f", "dL/dm")
	for i, c := range curves {
		jump := margins[len(margins)-1]
		if c.name == hingeName {
			jump = kink - 1e-6
		}
		broken(p, c.name, at(margins, c.slope), jump, style(i))
	}
	ring(p, "end of the hinge's left slope", kink, left)
	mark(p, "slope taken at the kink", kink, right)
	p.Y.Min, p.Y.Max = -4, 2
	return report.Figure{
		Name:    "losses-slopes",
		Caption: "Their derivatives, as autodiff.Grad derives them. The hinge's jumps from −1 to 0 at its kink. The 0-1 loss has slope 0 wherever it has one: nothing to descend.",
		Height:  8.5 * vg.Centimeter,
		Draw:    theme.Draw(p),
	}
}

func jumpOf(name string) float64 {
	if name == zeroOneName {
		return mistake
	}
	return kink
}

// mark draws a disc, ring a circle.
func mark(p *plot.Plot, name string, x, y float64) {
	theme.Dots(p, name, plotter.XYs{{X: x, Y: y}}, theme.Style{Color: theme.Series(1).Color, Radius: 3.5})
}

func ring(p *plot.Plot, name string, x, y float64) {
	dot := &plotter.Scatter{
		XYs:        plotter.XYs{{X: x, Y: y}},
		GlyphStyle: draw.GlyphStyle{Color: theme.Series(1).Color, Radius: 3.5, Shape: draw.RingGlyph{}},
	}
	p.Add(dot)
	p.Legend.Add(name, dot)
}
