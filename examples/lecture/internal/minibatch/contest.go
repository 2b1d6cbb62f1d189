package minibatch

import (
	"context"
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/losses"
	"declive/optim"
	"declive/optim/curvature"
	"declive/optim/search"
)

// A tuning holds learning rates and deviations of tries that do well, chosen from
// 1, 2 and 5 times powers of ten.
type tuning struct {
	try, cloud, all, momentum float64
	batches                   []size
}

// tuned returns what suits the shrunk digits or CIFAR-10.
func tuned(real bool) tuning {
	if real {
		return tuning{0.05, 0.1, 0.5, 0.02, []size{{256, 0.5}, {128, 0.5}, {64, 0.2}, {32, 0.1}}}
	}
	return tuning{0.05, 0.2, 2, 0.1, []size{{256, 2}, {128, 2}, {64, 0.5}, {32, 0.5}}}
}

// contest runs all methods of the lecture on d from weights of zero.
func contest(ctx context.Context, s *lesson.Setting, d *datasets.Dataset) ([]*run, error) {
	c, t := &contestants{s: s, d: d}, tuned(s.Real)
	epochs := s.Count(1, 30, 30)
	c.search("random search", s.Count(3, 20, 20), t.try)
	c.weighted("weighted random search", s.Count(3, 100, 100), 200, t.cloud)
	c.numerical("numerical gradient", s.Count(2, 40, 40), t.all)
	c.train("gradient descent", optim.GradientDescent{LearningRate: t.all}, 0, s.Count(5, 1000, 1000))
	for _, z := range t.batches {
		c.train(fmt.Sprint("SGD, batch ", z.batch), optim.SGD{LearningRate: z.rate}, z.batch, epochs)
	}
	c.train("momentum, batch 64", optim.Momentum{LearningRate: t.momentum}, 64, epochs)
	if c.err != nil {
		return nil, c.err
	}
	for _, r := range c.runs {
		if err := r.take(ctx, s); err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		last := r.last()
		s.Progressf("  %s: loss %.4f after %d examples, %.2f s", r.name, last.loss, last.examples, last.seconds)
	}
	return c.runs, nil
}

// contestants collects runs on the same examples, and the first error.
type contestants struct {
	s    *lesson.Setting
	d    *datasets.Dataset
	runs []*run
	err  error
}

// join completes the run of a method for a model and adds it. The error is that
// of making the stepper.
func (c *contestants) join(r *run, m *model, batch int, stepper optim.Stepper, err error) {
	o, wrong := c.whole(m)
	if c.err == nil && (err != nil || wrong != nil) {
		c.err = fmt.Errorf("%s: %w", r.name, errors.Join(err, wrong))
	}
	r.stepper, r.batches = stepper, c.d.Minibatches(batch, c.s.Rand)
	r.loss = func() (float64, error) { return o.Loss() }
	c.runs = append(c.runs, r)
}

// whole returns the loss of a model over all examples.
func (c *contestants) whole(m *model) (*curvature.Objective, error) {
	batch, err := c.d.All()
	if err != nil {
		return nil, err
	}
	return curvature.NewObjective(m.loss, m.params(), batch)
}

func (c *contestants) search(name string, steps int, deviation float64) {
	m := newModel(c.d, tensor.Float64)
	const together = 50
	s, err := search.NewRandom(losses.SoftmaxCrossEntropy, m.w, search.Tries{Scale: deviation, Together: together, Rand: c.s.Rand})
	c.join(&run{name: name, rate: deviation, steps: steps, each: together * c.d.Len()}, m, 0, s, err)
}

func (c *contestants) weighted(name string, steps, tries int, deviation float64) {
	m := newModel(c.d, tensor.Float64)
	by := search.Weighting{Tries: tries}
	s, err := search.NewWeighted(losses.SoftmaxCrossEntropy, m.w, by, search.Tries{Scale: deviation, Rand: c.s.Rand})
	c.join(&run{name: name, rate: deviation, steps: steps, each: tries * c.d.Len()}, m, 0, s, err)
}

func (c *contestants) numerical(name string, steps int, rate float64) {
	m := newModel(c.d, tensor.Float64)
	s := curvature.NewDescent(m.loss, m.params(), numerical{rate})
	c.join(&run{name: name, rate: rate, steps: steps, each: (m.w.Shape().Size() + 1) * c.d.Len()}, m, 0, s, nil)
}

// train adds a rule with batches of a size, 0 for all.
func (c *contestants) train(name string, rule optim.Rule, batch, epochs int) {
	m := newModel(c.d, tensor.Float64)
	s, err := m.trainer(rule)
	r := &run{name: name, rate: rule.Rate(1), steps: epochs, each: c.d.Len()}
	if batch > 0 {
		r.steps, r.each = epochs*((c.d.Len()+batch-1)/batch), batch
	}
	c.join(r, m, batch, s, err)
}
