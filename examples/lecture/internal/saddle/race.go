package saddle

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"declive/autodiff"
	"declive/examples/lecture/internal/plane"
	"declive/optim"
	"declive/optim/curvature"
)

// A track is what a method did from a start: the weights and the loss over all
// points, before the first step and after each.
type track struct {
	name   string
	way    plane.Way
	losses []float64
}

// end returns the last weights.
func (t *track) end() []float64 { return t.way[len(t.way)-1] }

// escaped returns the number of steps after which the loss is below a level, or
// −1 if it never is.
func (t *track) escaped(level float64) int {
	for i, l := range t.losses {
		if l < level {
			return i
		}
	}
	return -1
}

// An entrant is a method in a race. It takes all points at once for a batch of
// size 0.
type entrant struct {
	name string
	size int
	make func(p *problem) (optim.Stepper, error)
}

// entrants are the methods that the lecture compares, with one rate for all that
// have one.
func entrants(rate float64) []entrant {
	return []entrant{
		{"gradient descent", 0, byRule(optim.GradientDescent{LearningRate: rate})},
		{"SGD, batches of 10", 10, byRule(optim.SGD{LearningRate: rate})},
		{"momentum 0.9", 0, byRule(optim.Momentum{LearningRate: rate})},
		{newtonName, 0, byMethod(curvature.Newton{})},
		{freeName, 0, byMethod(curvature.SaddleFreeNewton{})},
	}
}

const (
	newtonName = "Newton"
	freeName   = "saddle-free Newton"
)

func byRule(rule optim.Rule) func(*problem) (optim.Stepper, error) {
	return func(p *problem) (optim.Stepper, error) { return optim.NewTrainer(p.loss, p.params, rule) }
}

func byMethod(m curvature.Method) func(*problem) (optim.Stepper, error) {
	return func(p *problem) (optim.Stepper, error) { return curvature.NewDescent(p.loss, p.params, m), nil }
}

// race lets every entrant take steps from the same start.
func (p *problem) race(ctx context.Context, all []entrant, start []float64, steps int, seed uint64) ([]*track, error) {
	var tracks []*track
	for _, e := range all {
		if err := p.objective.Move(start); err != nil {
			return nil, err
		}
		t, err := p.run(e, steps, rand.New(rand.NewPCG(seed, 7)))
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		tracks = append(tracks, t)
	}
	return tracks, nil
}

// run lets an entrant take steps, each with the next minibatch.
func (p *problem) run(e entrant, steps int, rng *rand.Rand) (*track, error) {
	stepper, err := e.make(p)
	if err != nil {
		return nil, err
	}
	t := &track{name: e.name}
	if err := p.record(t); err != nil {
		return nil, err
	}
	epoch := p.data.Minibatches(e.size, rng)
	for {
		for batch := range epoch {
			if len(t.way) > steps {
				return t, nil
			}
			if err := p.step(stepper, batch, t); err != nil {
				return nil, err
			}
		}
	}
}

func (p *problem) step(s optim.Stepper, batch autodiff.Batch, t *track) error {
	if _, err := s.Step(batch); err != nil {
		return err
	}
	return p.record(t)
}

// record appends the present weights and their loss.
func (p *problem) record(t *track) error {
	loss, err := p.objective.Loss()
	t.way, t.losses = append(t.way, p.objective.Point()), append(t.losses, loss)
	return err
}
