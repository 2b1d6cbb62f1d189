package optim

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
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
	programs cache[*trial]
}

// maxTogether bounds the tries that go together: the program records a loss for
// each.
const maxTogether = 10_000

func newCandidates(loss autodiff.LossFunc, w *autodiff.Param, t Tries) (*candidates, error) {
	if err := w.Check(); err != nil {
		return nil, fmt.Errorf("optim: Tries: %w", err)
	}
	c := &candidates{loss: loss, w: w, scale: or(t.Scale, 1e-4), together: or(t.Together, 100)}
	shape := w.Shape()
	switch {
	case len(shape) != 2:
		return nil, fmt.Errorf("optim: Tries: %s has shape %v, want that of a matrix (out, in)", w.Name(), shape)
	case !positive(c.scale):
		return nil, fmt.Errorf("optim: Tries: Scale is %v, want a positive number", t.Scale)
	case c.together < 1 || c.together > maxTogether:
		return nil, fmt.Errorf("optim: Tries: Together is %d, want 1 to %d, or 0 for 100", t.Together, maxTogether)
	case t.Rand == nil:
		return nil, errors.New("optim: Tries: Rand is nil")
	}
	if _, reason := dense.Size(c.together, shape[0], shape[1]); reason != "" {
		return nil, fmt.Errorf("optim: Tries: %d tries of shape %v together: %s", c.together, shape, reason)
	}
	c.a, c.b = t.Rand.Uint64(), t.Rand.Uint64()
	c.stack = autodiff.NewParam("tries of "+w.Name(), dense.Zeros(w.Precision(), c.together*shape[0], shape[1]))
	c.programs.build = c.newTrial
	return c, nil
}

// A trial is a program that computes the losses of all candidates on a batch.
type trial struct {
	*recording
	program *autodiff.Program
}

func (c *candidates) newTrial(b autodiff.Batch) (*trial, error) {
	out := c.w.Shape()[0]
	var losses []*autodiff.Node
	if c.loss == nil {
		return nil, errNoLoss
	}
	r, err := record(func(x, y *autodiff.Node) *autodiff.Node {
		s := x.MatMul(x.Graph().Param(c.stack).T())
		for k := range c.together {
			l := c.loss(s.Slice(1, k*out, (k+1)*out), y)
			if l == nil {
				return nil // refused by record
			}
			losses = append(losses, l)
		}
		return losses[0]
	}, c.w.Precision(), b)
	if err != nil {
		return nil, err
	}
	p, err := autodiff.Compile(losses[0], losses[1:]...)
	return &trial{r, p}, err
}

// evaluate returns the losses of the tries first, first+1, … first+n−1, which
// are no more than go together, as means over all examples.
func (c *candidates) evaluate(base *tensor.Dense, first, n int, batches iter.Seq[autodiff.Batch]) ([]float64, error) {
	if batches == nil {
		return nil, errors.New("optim: tries: the sequence of batches is nil")
	}
	cells := c.w.Shape().Size()
	for k := range n {
		c.fill(c.stack.Value(), k*cells, first+k, base)
	}
	losses, examples := make([]float64, n), 0
	for b := range batches {
		if err := checkBatch(b); err != nil {
			return nil, err
		}
		t, err := c.programs.of(b)
		if err != nil {
			return nil, err
		}
		out, err := t.program.Run(t.feed(nil, b)...)
		if err != nil {
			return nil, fmt.Errorf("optim: tries from %d: %w", first, err)
		}
		for k := range losses {
			losses[k] += out.Scalar(k) * float64(size(b))
		}
		examples += size(b)
	}
	if examples == 0 {
		return nil, errors.New("optim: tries: there are no examples")
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
		fill(dst.Float32s()[at:at+n], c.normal(k), base, (*tensor.Dense).Float32s)
		return
	}
	fill(dst.Float64s()[at:at+n], c.normal(k), base, (*tensor.Dense).Float64s)
}

// normal returns a generator of the elements of σ·z for try k: always the same,
// whichever tries go together.
func (c *candidates) normal(k int) func() float64 {
	rng := rand.New(rand.NewPCG(c.a, c.b+uint64(k)))
	return func() float64 { return c.scale * rng.NormFloat64() }
}

func fill[F dense.Float](dst []F, next func() float64, base *tensor.Dense, data func(*tensor.Dense) []F) {
	for i := range dst {
		dst[i] = F(next())
	}
	if base != nil {
		for i, v := range data(base) {
			dst[i] += v
		}
	}
}

// blockRows is how many examples are evaluated at a time, so that their scores
// by all candidates stay in the cache.
const blockRows = 1024

// blocks returns a batch in pieces of at most blockRows examples, which share
// its memory. It is an error if the batch has not as many targets as examples.
func blocks(b autodiff.Batch) (iter.Seq[autodiff.Batch], error) {
	if err := checkBatch(b); err != nil {
		return nil, err
	}
	n := size(b)
	if b.Y != nil && b.Y.Dims() > 0 && b.Y.Shape()[0] != n {
		return nil, fmt.Errorf("optim: targets of shape %v: there are %d for %d examples", b.Y.Shape(), b.Y.Shape()[0], n)
	}
	return func(yield func(autodiff.Batch) bool) {
		for from := 0; from < n; from += blockRows {
			to := min(from+blockRows, n)
			if !yield(autodiff.Batch{X: rows(b.X, from, to), Y: rows(b.Y, from, to)}) {
				return
			}
		}
	}, nil
}

// rows returns the rows from … to−1 of v, in its memory.
func rows(v *tensor.Dense, from, to int) *tensor.Dense {
	if v == nil || v.Dims() == 0 {
		return v
	}
	shape := append([]int{to - from}, v.Shape()[1:]...)
	size := v.Shape().TotalSize() / v.Shape()[0]
	var data any
	switch v.Dtype() {
	case tensor.Int:
		data = v.Ints()[from*size : to*size]
	case tensor.Float32:
		data = v.Float32s()[from*size : to*size]
	default:
		data = v.Float64s()[from*size : to*size]
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}
