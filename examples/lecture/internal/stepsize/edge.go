package stepsize

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/nn"
)

// newDigits returns the fit of the classes of digits, coded as 0 and 1, by a
// linear model of all pixels.
func newDigits(n, lanczos int, rng *rand.Rand) (*fit, error) {
	digits, err := datasets.Digits(n, rng)
	if err != nil {
		return nil, err
	}
	if digits, err = digits.With(datasets.Scale(1.0 / 255)); err != nil {
		return nil, err
	}
	if digits, err = digits.OneHot(); err != nil {
		return nil, err
	}
	batch, err := digits.Float64().All()
	if err != nil {
		return nil, err
	}
	model := nn.NewLinear("scores", digits.Features(), 10, nn.Zeros(), rng)
	for _, p := range model.Params() {
		p.Convert(tensor.Float64)
	}
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.Squared(model.Forward(x), y) }
	return newFit(loss, model.Params(), batch, lanczos, rng)
}

// A trial is a run of gradient descent with a rate.
type trial struct {
	part   float64 // of the edge
	losses []float64
}

// last returns the loss before the last step.
func (t trial) last() float64 { return t.losses[len(t.losses)-1] }

// rises reports whether the run ends higher than it was half-way.
func (t trial) rises() bool { return !(t.last() <= t.losses[len(t.losses)/2]) }

// try runs gradient descent with parts of the edge as rates.
func (f *fit) try(ctx context.Context, steps int, parts ...float64) ([]trial, error) {
	var all []trial
	for _, part := range parts {
		values, _, err := f.descend(part*f.edge(), steps)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		all = append(all, trial{part, values})
	}
	return all, nil
}

// measuredEdge bisects for the rate above which the loss rises in the end.
func (f *fit) measuredEdge(ctx context.Context, steps int) (float64, error) {
	falls, rises := 0.5, 2.0 // parts of the edge
	for range 14 {
		middle := math.Sqrt(falls * rises)
		t, err := f.try(ctx, steps, middle)
		if err != nil {
			return 0, err
		}
		if t[0].rises() {
			rises = middle
		} else {
			falls = middle
		}
	}
	return falls * f.edge(), nil
}
