package search

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
	"declive/internal/setting"
)

// Tries say how the weights of a linear model, s = x·Wᵀ, are tried at random.
type Tries struct {
	Scale    float64    // standard deviation σ of what is tried; 0 stands for 1e-4
	Together int        // tries that share one pass over the data, at most 10,000; 0 stands for 100
	Rand     *rand.Rand // two numbers are drawn from it, on which all tries depend
}

// candidates evaluates many tries of W together: their rows, stacked to one
// matrix, make the scores of all of them one matrix product, which runs at the
// speed of the machine where a product for each would wait for memory.
type candidates struct {
	loss     autodiff.LossFunc // of scores
	w        *autodiff.Param   // (out, in)
	scale    float64
	together int
	a, b     uint64          // seeds
	stack    *autodiff.Param // (together·out, in)
	programs record.Cache[*trial]
}

// errUnmade is the error of a search that is no search.
var errUnmade = errors.New("search: the search is nil or empty; make it with NewRandom or NewWeighted")

// maxTogether bounds the tries that go together: the program records a loss for
// each.
const maxTogether = 10_000

func newCandidates(loss autodiff.LossFunc, w *autodiff.Param, t Tries) (*candidates, error) {
	if err := w.Check(); err != nil {
		return nil, fmt.Errorf("search: Tries: %w", err)
	}
	c := &candidates{loss: loss, w: w, scale: cmp.Or(t.Scale, 1e-4), together: cmp.Or(t.Together, 100)}
	shape := w.Shape()
	switch {
	case len(shape) != 2:
		return nil, fmt.Errorf("search: Tries: %s has shape %v, want that of a matrix (out, in)", w.Name(), shape)
	case !setting.IsPositive(c.scale):
		return nil, fmt.Errorf("search: Tries: Scale is %v, want a positive number", t.Scale)
	case c.together < 1 || c.together > maxTogether:
		return nil, fmt.Errorf("search: Tries: Together is %d, want 1 to %d, or 0 for 100", t.Together, maxTogether)
	case t.Rand == nil:
		return nil, errors.New("search: Tries: Rand is nil")
	}
	if _, reason := dense.Size(c.together, shape[0], shape[1]); reason != "" {
		return nil, fmt.Errorf("search: Tries: %d tries of shape %v together: %s", c.together, shape, reason)
	}
	c.a, c.b = t.Rand.Uint64(), t.Rand.Uint64()
	c.stack = autodiff.NewParam("tries of "+w.Name(), dense.Zeros(w.Precision(), c.together*shape[0], shape[1]))
	c.programs = record.NewCache(c.newTrial)
	return c, nil
}

// A trial is a program that computes the losses of all candidates on a batch.
type trial struct {
	*record.Loss
	program *autodiff.Program
}

func (c *candidates) newTrial(b autodiff.Batch) (*trial, error) {
	out := c.w.Shape()[0]
	var losses []*autodiff.Node
	if c.loss == nil {
		return nil, fmt.Errorf("search: %w", record.ErrNoLoss)
	}
	l, err := record.New(func(x, y *autodiff.Node) *autodiff.Node {
		s := x.MatMul(x.Graph().Param(c.stack).T())
		for k := range c.together {
			l := c.loss(s.Slice(1, k*out, (k+1)*out), y)
			if l == nil {
				return nil // refused by New
			}
			losses = append(losses, l)
		}
		return losses[0]
	}, autodiff.NewGraph(c.w.Precision()), b)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	p, err := autodiff.Compile(losses[0], losses[1:]...)
	return &trial{l, p}, err
}

// evaluate returns the losses of the tries first, first+1, … first+n−1, which
// are no more than go together, as means over all examples.
func (c *candidates) evaluate(base *tensor.Dense, first, n int, batches iter.Seq[autodiff.Batch]) ([]float64, error) {
	if batches == nil {
		return nil, errors.New("search: tries: the sequence of batches is nil")
	}
	cells := c.w.Shape().Size()
	for k := range n {
		c.fill(c.stack.Value(), k*cells, first+k, base)
	}
	losses, examples := make([]float64, n), 0
	for b := range batches {
		if err := record.Check(b); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		t, err := c.programs.For(b)
		if err != nil {
			return nil, err
		}
		out, err := t.program.Run(t.Feed(nil, b)...)
		if err != nil {
			return nil, fmt.Errorf("search: tries from %d: %w", first, err)
		}
		for k := range losses {
			losses[k] += out.Scalar(k) * float64(record.Size(b))
		}
		examples += record.Size(b)
	}
	if examples == 0 {
		return nil, errors.New("search: tries: there are no examples")
	}
	for k := range losses {
		losses[k] /= float64(examples)
	}
	return losses, nil
}

// fill writes try number k, base + σ·z with z standard normal, into dst from the
// element at. The base may be nil for zero.
func (c *candidates) fill(dst *tensor.Dense, at, k int, base *tensor.Dense) {
	n := c.w.Shape().Size()
	if dst.Dtype() == tensor.Float32 {
		fill(dst.Float32s()[at:at+n], c.normal(k), base)
		return
	}
	fill(dst.Float64s()[at:at+n], c.normal(k), base)
}

// normal returns a generator of the elements of σ·z for try k: always the same,
// whichever tries go together.
func (c *candidates) normal(k int) func() float64 {
	rng := rand.New(rand.NewPCG(c.a, c.b+uint64(k)))
	return func() float64 { return c.scale * rng.NormFloat64() }
}

func fill[F dense.Float](dst []F, next func() float64, base *tensor.Dense) {
	for i := range dst {
		dst[i] = F(next())
	}
	if base != nil {
		for i, v := range dense.Memory[F](base) {
			dst[i] += v
		}
	}
}
