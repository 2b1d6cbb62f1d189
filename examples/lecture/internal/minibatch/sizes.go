package minibatch

import (
	"context"
	"fmt"

	"gorgonia.org/tensor"

	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/optim"
)

// A size is a batch size with a learning rate that suits it, chosen from 1, 2 and
// 5 times powers of ten.
type size struct {
	batch int // 0 for all
	rate  float64
}

// sizes returns the batch sizes of the lecture.
func sizes(real bool) []size {
	if real {
		return []size{{1, 0.0005}, {32, 0.005}, {64, 0.01}, {128, 0.01}, {256, 0.01}, {0, 0.02}}
	}
	return []size{{1, 0.005}, {32, 0.2}, {64, 0.2}, {128, 0.5}, {256, 0.5}, {0, 0.5}}
}

// runSizes trains the same model from the same start with batches of different
// size. Each sees the examples a number of times, all at once more often.
func runSizes(ctx context.Context, s *lesson.Setting, d *datasets.Dataset, sizes []size) ([]*run, error) {
	epochs := s.Count(2, 20, 10)
	var all []*run
	for _, z := range sizes {
		r, err := newSizeRun(s, d, z, epochs)
		if err != nil {
			return nil, err
		}
		if err := r.take(ctx, s); err != nil {
			return nil, err
		}
		last := r.last()
		s.Progressf("  %s: loss %.4f after %d examples, %.2f s", r.name, last.loss, last.examples, last.seconds)
		all = append(all, r)
	}
	return all, nil
}

func newSizeRun(s *lesson.Setting, d *datasets.Dataset, z size, epochs int) (*run, error) {
	m := newModel(d, tensor.Float32)
	trainer, err := m.trainer(optim.SGD{LearningRate: z.rate})
	if err != nil {
		return nil, err
	}
	r := &run{rate: z.rate, name: fmt.Sprint("batch ", z.batch), stepper: trainer, batches: d.Minibatches(z.batch, s.Rand), each: z.batch}
	if z.batch == 0 {
		r.name, r.each = fmt.Sprintf("all %d", d.Len()), d.Len()
		epochs *= 10
	}
	r.steps = epochs * ((d.Len() + r.each - 1) / r.each)
	r.loss = func() (float64, error) {
		e, err := trainer.Evaluate(d.Consecutive(1000))
		return e.Loss, err
	}
	return r, nil
}
