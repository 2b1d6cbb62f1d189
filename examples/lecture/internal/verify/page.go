// Package verify is the fourth section of the lecture: is the gradient right? It
// compares gradients with differences, shows what a wrong one looks like, and
// measures which step the differences need.
package verify

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/floats"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
	"declive/gradcheck"
)

// Section is the section.
var Section = lesson.Section{Number: 4, Title: "Is the gradient right?", Run: run}

func run(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	subject, err := newSubject(s.Count(20, 60, 60), s.Rand)
	if err != nil {
		return err
	}
	right, err := subject.check(ctx)
	if err != nil {
		return err
	}
	page.Paragraph("A gradient from formulas is fast and exact, and easily wrong; one from differences is slow and approximate, and hard to get wrong. So the second checks the first. "+
		"For the linear support vector machine with λ = %g, on %d points with 5 features and 4 classes:", decay, subject.batch.X.Shape()[0])
	page.Code("gradcheck.Check(t, loss, model.Params(), batch) // the whole test\n\n" + right.String())
	page.Table(coordinates(right))
	page.Paragraph("All %d derivatives agree, the worst within %.1e of its size.", right.Vars[0].Agree, worst(right))
	if err := byHand(ctx, subject, page); err != nil {
		return err
	}
	return stepOf(subject, page, s.Count(15, 57, 57))
}

// byHand checks a gradient written by hand, without and with mistakes.
func byHand(ctx context.Context, s subject, page *report.Page) error {
	right, err := s.checkByHand(ctx, none)
	if err != nil {
		return err
	}
	wrong, err := s.checkByHand(ctx, once)
	if err != nil {
		return err
	}
	const rate, steps = 0.1, 200
	var ends [3]float64
	for i, n := range []int{0, steps, steps} {
		if ends[i], err = s.descend([]mistake{none, none, once}[i], rate, n); err != nil {
			return err
		}
	}
	page.Paragraph("The same gradient written by hand, in loops, passes too: %d of %d agree. Now a mistake that people make: the row of the right class is moved once for each example, "+
		"where it should move once for each class that comes too close. The cosine between the wrong and the right gradient is %.3f, so a descent with it still lowers the loss: "+
		"%d steps of rate %g lead from %.3f to %.3f instead of %.3f, and nobody notices. The check does:",
		right.Vars[0].Agree, right.Vars[0].Size, s.cosine(once), steps, rate, ends[0], ends[2], ends[1])
	page.Code("gradcheck.Func(t, loss, gradientByHand, w)\n\n" + strings.TrimSpace(wrong.String()))
	page.Figure(scatter(right, wrong))
	for _, m := range []mistake{sum, halfDecay} {
		r, err := s.checkByHand(ctx, m)
		if err != nil {
			return err
		}
		page.Paragraph("Another mistake, %s: the cosine is %.4f, %d of %d derivatives are wrong, and the check suspects what it is.", m, s.cosine(m), r.Wrong(), r.Vars[0].Size)
		page.Code(r.Vars[0].Suspect)
	}
	return nil
}

// cosine returns that of the angle between the right gradient and a wrong one.
func (s subject) cosine(m mistake) float64 {
	w := s.weights.Value().Float64s()
	right, wrong := s.gradientByHand(w, none), s.gradientByHand(w, m)
	return floats.Dot(right, wrong) / (floats.Norm(right, 2) * floats.Norm(wrong, 2))
}

// coordinates lists the first few derivatives that were compared.
func coordinates(r *gradcheck.Report) report.Table {
	t := report.Table{
		Caption: "Some derivatives by W: from Grad, by differences, and how far those may be off by their own estimate.",
		Head:    []string{"element of W", "analytic", "numerical", "difference", "± error"},
	}
	for _, c := range r.Vars[0].Coords[:6] {
		columns := r.Vars[0].Shape[1]
		t.Rows = append(t.Rows, []string{fmt.Sprintf("%d, %d", c.Index/columns, c.Index%columns), fmt.Sprintf("%+.10f", c.Analytic),
			fmt.Sprintf("%+.10f", c.Numeric), fmt.Sprintf("%.1e", math.Abs(c.Analytic-c.Numeric)), fmt.Sprintf("%.1e", c.Err)})
	}
	return t
}

// worst returns the largest relative difference.
func worst(r *gradcheck.Report) float64 {
	most := 0.0
	for _, c := range r.Vars[0].Coords {
		most = max(most, math.Abs(c.Analytic-c.Numeric)/max(math.Abs(c.Analytic), math.Abs(c.Numeric)))
	}
	return most
}

// stepOf explains the choice of h.
func stepOf(s subject, page *report.Page, n int) error {
	steps := make([]float64, n)
	for i := range steps {
		steps[i] = math.Pow(10, -14*float64(i)/float64(n-1))
	}
	curves, err := s.errorsOver(steps)
	if err != nil {
		return err
	}
	at, err := s.errorsOver([]float64{gradcheck.Step})
	if err != nil {
		return err
	}
	t := report.Table{
		Caption: "The error ‖numerical − analytic‖/‖analytic‖ of the gradient of the softmax loss.",
		Head:    []string{"formula", "best h", "error there", fmt.Sprintf("error at h = %.0e", gradcheck.Step)},
	}
	for i, c := range curves {
		t.Rows = append(t.Rows, []string{c.name, fmt.Sprintf("%.1e", c.h), fmt.Sprintf("%.1e", c.lowest), fmt.Sprintf("%.1e", at[i].err[0])})
	}
	page.Paragraph("How large a step? Too large, and the secant is not the tangent: the error of truncation, h·f″/2 for the forward difference and h²·f‴/6 for the central one. "+
		"Too small, and the difference of two almost equal losses is mostly rounding: about ε·f/h with ε = %.1e in float64. The sum has its minimum where they are equal, near √ε = %.1e for the forward and ∛ε = %.1e for the central formula.",
		0x1p-52, math.Sqrt(0x1p-52), math.Cbrt(0x1p-52))
	page.Table(t)
	page.Figure(errorFigure(steps, curves))
	page.Paragraph("That is why h is %.0e: the central difference is near its best there, and the forward one has an error of %.1e, enough to see a mistake. In float32 the same h leaves %.0f %% of error: "+
		"gradients are checked in float64. Declive's own check needs no h at all. It takes a ladder of steps, extrapolates, and estimates its own error.",
		gradcheck.Step, at[0].err[0], 100*at[2].err[0])
	return nil
}
