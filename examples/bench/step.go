package main

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/optim"
)

// A stepper makes a training step on a batch of fixed form and returns the loss
// before the update.
type stepper func(b autodiff.Batch) (float64, error)

// A way makes the training step of a model, with a learning rate.
type way func(m *model, rate float64) (stepper, error)

// steps returns the ways to take training steps on one batch, of which the last
// of a number is compared.
func steps(make maker, rate float64, last, samples int) []variant {
	return []variant{
		{"program", training(make, rate, compiled, last, samples)},
		{"trainer", training(make, rate, trained, last, samples)},
	}
}

func training(make maker, rate float64, build way, last, samples int) func(tensor.Dtype) (*job, error) {
	return func(dt tensor.Dtype) (*job, error) {
		m := make(dt)
		step, err := build(m, rate)
		if err != nil {
			return nil, err
		}
		reset := keep(m.params)
		return &job{
			losses:  func() (float64, *float64, error) { return trajectory(step, m.batch, reset, last) },
			reset:   reset,
			step:    func() error { _, err := step(m.batch); return err },
			units:   1,
			samples: samples,
		}, nil
	}
}

// trajectory takes so many steps from the initial weights and returns the first
// and the last loss.
func trajectory(step stepper, b autodiff.Batch, reset func(), n int) (first float64, last *float64, err error) {
	reset()
	losses := make([]float64, n)
	for i := range losses {
		if losses[i], err = step(b); err != nil {
			return 0, nil, err
		}
	}
	return losses[0], &losses[n-1], nil
}

// compiled returns a step that is one program: the loss, and the new values of
// the parameters.
func compiled(m *model, rate float64) (_ stepper, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(m.batch.X.Dtype())
	x, y := leaves(g, m.batch)
	loss := m.loss(x, y)
	params := nodes(g, m.params)
	grads, err := autodiff.Grad(loss, params...)
	if err != nil {
		return nil, err
	}
	var updates []*autodiff.Node
	for i, p := range m.params {
		updates = append(updates, g.Assign(p, params[i].Sub(grads[i].MulScalar(rate))))
	}
	program, err := autodiff.Compile(loss, updates...)
	if err != nil {
		return nil, err
	}
	feeds := make([]autodiff.Feed, 2)
	return func(b autodiff.Batch) (float64, error) {
		feeds[0], feeds[1] = x.Feed(b.X), y.Feed(b.Y)
		out, err := program.Run(feeds...)
		if err != nil {
			return 0, err
		}
		return out.Scalar(0), nil
	}, nil
}

// trained returns the step of a trainer.
func trained(m *model, rate float64) (stepper, error) {
	t, err := optim.NewTrainer(m.loss, m.params, optim.SGD{LearningRate: rate})
	if err != nil {
		return nil, err
	}
	return t.Step, nil
}

// leaves records the inputs for a batch.
func leaves(g *autodiff.Graph, b autodiff.Batch) (x, y *autodiff.Node) {
	x = g.Input("x", b.X.Shape()...)
	if b.Y.Dtype() == tensor.Int {
		return x, g.Labels("y", b.Y.Shape()[0])
	}
	return x, g.Input("y", b.Y.Shape()...)
}

func nodes(g *autodiff.Graph, params []*autodiff.Param) []*autodiff.Node {
	out := make([]*autodiff.Node, len(params))
	for i, p := range params {
		out[i] = g.Param(p)
	}
	return out
}

// keep returns a function that gives the parameters the values that they have
// now.
func keep(params []*autodiff.Param) (reset func()) {
	initial := make([]*tensor.Dense, len(params))
	for i, p := range params {
		initial[i] = p.Value().Clone().(*tensor.Dense)
	}
	return func() {
		for i, p := range params {
			dense.Assign(p.Value(), initial[i])
		}
	}
}
