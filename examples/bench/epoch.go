package main

import (
	"iter"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// epochs returns the case of one passage through a training set in minibatches
// of 256 examples, shuffling and gathering included. The losses to compare are
// those of the first and the last minibatch in a known order.
func epochs(rows int, rate float64) []variant {
	return []variant{
		{"program", passage(rows, rate, compiled)},
		{"trainer", passage(rows, rate, trained)},
	}
}

func passage(rows int, rate float64, build way) func(tensor.Dtype) (*job, error) {
	return func(dt tensor.Dtype) (*job, error) {
		m := linear(svm, rows, 3073, 10, linearScale)(dt)
		data, err := datasets.New(m.batch.X.Float32s(), 3073)
		if err != nil {
			return nil, err
		}
		if data, err = data.WithLabels(m.batch.Y.Ints()); err != nil {
			return nil, err
		}
		known, err := data.Select(order(rows)...)
		if err != nil {
			return nil, err
		}
		reset := keep(m.params)
		step := eachForm(m, rate, build)
		shuffled := data.Minibatches(256, rand.New(rand.NewPCG(1, 2)))
		return &job{
			losses: func() (float64, *float64, error) {
				reset()
				first, last, err := train(step, known.Consecutive(256))
				return first, &last, err
			},
			reset:   reset,
			step:    func() error { _, _, err := train(step, shuffled); return err },
			units:   1,
			samples: 7,
		}, nil
	}
}

// eachForm returns a step for batches of any number of examples.
func eachForm(m *model, rate float64, build way) stepper {
	steps := map[int]stepper{}
	return func(b autodiff.Batch) (float64, error) {
		n := b.X.Shape()[0]
		if steps[n] == nil {
			step, err := build(&model{m.loss, m.params, b}, rate)
			if err != nil {
				return 0, err
			}
			steps[n] = step
		}
		return steps[n](b)
	}
}

// train takes a step with each batch and returns the first and the last loss.
func train(step stepper, batches iter.Seq[autodiff.Batch]) (first, last float64, err error) {
	n := 0
	for b := range batches {
		if last, err = step(b); err != nil {
			return first, last, err
		}
		if n == 0 {
			first = last
		}
		n++
	}
	return first, last, nil
}
