package main

import (
	"context"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// checking returns the case of comparing a whole gradient with numerical
// derivatives. A check that fails is an error. The loss does not change.
func checking(make maker) []variant {
	return []variant{{"gradcheck", func(dt tensor.Dtype) (*job, error) {
		m := make(dt)
		worst := math.NaN()
		check := func() (err error) {
			worst, err = checked(m)
			return err
		}
		return &job{
			losses: func() (float64, *float64, error) {
				loss, err := evaluate(m)
				return loss, &loss, err
			},
			step:    check,
			result:  func() float64 { return worst },
			units:   1,
			samples: 5,
		}, nil
	}}}
}

// checked checks every coordinate of a model's gradient and returns the largest
// relative difference |n − a|/max(|n|, |a|, 1e-8) of a numerical derivative n
// from the gradient's element a.
func checked(m *model) (worst float64, err error) {
	p, err := gradcheck.LossProblem(m.loss, m.params, m.batch)
	if err != nil {
		return 0, err
	}
	report, err := gradcheck.Compute(context.Background(), p)
	if err != nil {
		return 0, err
	}
	for _, v := range report.Vars {
		if len(v.Coords) != v.Size {
			return 0, fmt.Errorf("%d of %d derivatives were checked", len(v.Coords), v.Size)
		}
		for _, c := range v.Coords {
			worst = max(worst, math.Abs(c.Numeric-c.Analytic)/max(math.Abs(c.Numeric), math.Abs(c.Analytic), 1e-8))
		}
	}
	return worst, report.Err()
}

// evaluate returns a model's loss.
func evaluate(m *model) (loss float64, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(m.batch.X.Dtype())
	x, y := leaves(g, m.batch)
	p, err := autodiff.Compile(m.loss(x, y))
	if err != nil {
		return 0, err
	}
	out, err := p.Run(x.Feed(m.batch.X), y.Feed(m.batch.Y))
	if err != nil {
		return 0, err
	}
	return out.Scalar(0), nil
}
