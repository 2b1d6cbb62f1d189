package minibatch

import (
	"context"
	"iter"

	"gonum.org/v1/gonum/floats"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/optim/curvature"
)

// A noise is how far the gradients of minibatches lie from that of all examples.
type noise struct {
	batch    int
	cosine   float64 // with the full gradient, mean over the draws
	variance float64 // E‖g_m − g‖², mean over the draws
	law      float64 // σ²/m
}

// A cloud is the gradient of all examples with the spread of those of single
// ones about it.
type cloud struct {
	gradient []float64
	variance float64 // σ² = 1/N Σ ‖gᵢ − g‖²
}

// noises measures draws of minibatches, with replacement, at the present
// weights of the model. Batch sizes double from 1.
func noises(ctx context.Context, s *lesson.Setting, m *model, d *datasets.Dataset) (all []noise, err error) {
	o, err := m.objective(d)
	if err != nil {
		return nil, err
	}
	c, err := newCloud(ctx, o, d)
	if err != nil {
		return nil, err
	}
	draws := s.Count(5, 40, 40)
	for batch := 1; batch <= d.Len(); batch *= 2 {
		n := noise{batch: batch, law: c.variance / float64(batch)}
		g := make([]float64, o.Dim())
		for b := range first(draws, batch, d.Sampled(batch, s.Rand)) {
			if err := gradientOf(o, b, g); err != nil {
				return nil, err
			}
			n.cosine += cosine(g, c.gradient) / float64(draws)
			distance := floats.Distance(g, c.gradient, 2)
			n.variance += distance * distance / float64(draws)
		}
		all = append(all, n)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return all, nil
}

// first yields n batches of so many examples, in as many epochs as that takes.
func first(n, examples int, epoch iter.Seq[autodiff.Batch]) iter.Seq[autodiff.Batch] {
	return func(yield func(autodiff.Batch) bool) {
		for n > 0 {
			for b := range epoch {
				if b.X.Shape()[0] < examples {
					break // the rest of an epoch
				}
				if n == 0 || !yield(b) {
					return
				}
				n--
			}
		}
	}
}

// newCloud takes the gradient of every single example.
func newCloud(ctx context.Context, o *curvature.Objective, d *datasets.Dataset) (*cloud, error) {
	c := &cloud{gradient: make([]float64, o.Dim())}
	g := make([]float64, o.Dim())
	squares, n := 0.0, float64(d.Len())
	for b := range d.Consecutive(1) {
		if err := gradientOf(o, b, g); err != nil {
			return nil, err
		}
		floats.AddScaled(c.gradient, 1/n, g)
		squares += floats.Dot(g, g) / n
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	c.variance = squares - floats.Dot(c.gradient, c.gradient)
	return c, nil
}

func gradientOf(o *curvature.Objective, b autodiff.Batch, g []float64) error {
	if err := o.Use(b); err != nil {
		return err
	}
	_, err := o.Gradient(g)
	return err
}

func cosine(a, b []float64) float64 {
	return floats.Dot(a, b) / (floats.Norm(a, 2) * floats.Norm(b, 2))
}
