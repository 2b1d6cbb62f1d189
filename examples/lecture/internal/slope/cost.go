package slope

import (
	"context"
	"slices"
	"time"

	"declive/examples/lecture/internal/lesson"
	"declive/optim/curvature"
)

// A cost is what the slope takes by both methods.
type cost struct {
	pixels    int // along the side of an image
	weights   int
	looks     int           // weights that were moved to measure it
	perWeight time.Duration // one look
	backprop  time.Duration // the whole gradient
}

// all returns the time for all weights by differences, which for large models is
// that of the looks that were taken, extrapolated.
func (c cost) all() time.Duration { return c.perWeight * time.Duration(c.weights+1) }

func (c cost) ratio() float64 { return float64(c.all()) / float64(c.backprop) }

// costs measures images of rising size, on the same number of examples.
func costs(ctx context.Context, s *lesson.Setting, examples int) ([]cost, error) {
	var all []cost
	for factor := s.Coarse(); factor >= 1; factor /= 2 {
		d, err := s.Shrunk(factor, examples)
		if err != nil {
			return nil, err
		}
		o, err := newObjective(d, s.Rand)
		if err != nil {
			return nil, err
		}
		c := cost{pixels: s.Train.Shape()[1] / factor, weights: o.Dim(), looks: min(o.Dim(), s.Count(5, 500, 500))}
		if err := c.measure(s, o); err != nil {
			return nil, err
		}
		s.Progressf("  %d weights: %s ms by differences, %s ms by backpropagation", c.weights, milliseconds(c.all()), milliseconds(c.backprop))
		all = append(all, c)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return all, nil
}

// measure takes the median time of a look and of a gradient.
func (c *cost) measure(s *lesson.Setting, o *curvature.Objective) (err error) {
	if _, err := o.Loss(); err != nil { // compiles
		return err
	}
	c.perWeight, err = median(s, c.looks, func(i int) error {
		_, err := moved(o, i, step)
		return err
	})
	if err != nil {
		return err
	}
	g := make([]float64, o.Dim())
	c.backprop, err = median(s, s.Count(3, 101, 51), func(int) error {
		_, err := o.Gradient(g)
		return err
	})
	return err
}

// median returns the median time of n calls of f.
func median(s *lesson.Setting, n int, f func(i int) error) (time.Duration, error) {
	took := make([]time.Duration, n)
	for i := range took {
		var err error
		if took[i], err = s.Timed(func() error { return f(i) }); err != nil {
			return 0, err
		}
	}
	slices.Sort(took)
	return took[n/2], nil
}
