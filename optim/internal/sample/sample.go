// Package sample holds what the tests of optim and of the packages beside it
// share: a linear model, examples for it, and arguments that have no meaning.
package sample

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// Rand returns a generator, the same at every call.
func Rand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// Normal draws n numbers from the standard normal distribution.
func Normal(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// Scalar returns a tensor of float64 without axes.
func Scalar(x float64) *tensor.Dense { return dense.Wrap(nil, []float64{x}) }

// Vector returns a tensor of float64 that holds x itself.
func Vector(x ...float64) *tensor.Dense { return dense.Wrap([]int{len(x)}, x) }

// Matrix returns a tensor of float64 that holds x itself.
func Matrix(rows, cols int, x ...float64) *tensor.Dense { return dense.Wrap([]int{rows, cols}, x) }

// Single returns v rounded to float32.
func Single(v *tensor.Dense) *tensor.Dense {
	return dense.Wrap(v.Shape(), dense.Converted[float32](v))
}

// One returns a sequence of one batch.
func One(b autodiff.Batch) iter.Seq[autodiff.Batch] {
	return slices.Values([]autodiff.Batch{b})
}

// CrossEntropy is the mean of the cross-entropy of scores against labels.
func CrossEntropy(s, y *autodiff.Node) *autodiff.Node { return s.LogSoftmax(1).Pick(y).Mean().Neg() }

// Linear is a model s = x·Wᵀ + b in float64.
type Linear struct{ W, B *autodiff.Param }

// NewLinear draws the weights of a model.
func NewLinear(rng *rand.Rand, in, out int) Linear {
	return Linear{autodiff.NewParam("W", Matrix(out, in, Normal(rng, out*in)...)), autodiff.NewParam("b", Vector(make([]float64, out)...))}
}

// Params returns W and b.
func (m Linear) Params() []*autodiff.Param { return []*autodiff.Param{m.W, m.B} }

// Forward records the scores.
func (m Linear) Forward(x *autodiff.Node) *autodiff.Node {
	return x.MatMul(x.Graph().Param(m.W).T()).Add(x.Graph().Param(m.B))
}

// Softmax is the mean of the cross-entropy against labels.
func (m Linear) Softmax(x, y *autodiff.Node) *autodiff.Node { return CrossEntropy(m.Forward(x), y) }

// Squared is ½ the mean over examples of the squared error.
func (m Linear) Squared(x, y *autodiff.Node) *autodiff.Node {
	return m.Forward(x).Sub(y).Square().Sum().DivScalar(2 * float64(x.Shape()[0]))
}

// Evaluate returns the loss Softmax and the accuracy by plain loops.
func (m Linear) Evaluate(data *Points) (loss, accuracy float64) {
	w, b := m.W.Value().Float64s(), m.B.Value().Float64s()
	for i, y := range data.Labels {
		s := slices.Clone(b)
		sum := 0.0
		for c := range s {
			for j := range data.Cols {
				s[c] += w[c*data.Cols+j] * data.X[i*data.Cols+j]
			}
			sum += math.Exp(s[c])
		}
		loss += (math.Log(sum) - s[y]) / float64(data.Len())
		if slices.Index(s, slices.Max(s)) == y {
			accuracy++
		}
	}
	return loss, accuracy / float64(data.Len())
}

// Points is a set of examples with classes.
type Points struct {
	X       []float64
	Cols    int
	Labels  []int
	Single  bool // batches are float32
	Ordered bool // yields the examples in their own order, always
}

// NewPoints draws a point around the corner of a simplex for every example.
func NewPoints(rng *rand.Rand, n, cols, classes int) *Points {
	p := &Points{Cols: cols}
	for range n {
		c := rng.IntN(classes)
		p.Labels = append(p.Labels, c)
		for j := range cols {
			v := 0.5 * rng.NormFloat64()
			if j == c {
				v += 2
			}
			p.X = append(p.X, v)
		}
	}
	return p
}

// Len returns the number of examples.
func (p *Points) Len() int { return len(p.Labels) }

// Minibatches yields all examples in batches of a size, 0 for one of all.
func (p *Points) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	if size < 1 {
		size = p.Len()
	}
	return func(yield func(autodiff.Batch) bool) {
		order := make([]int, p.Len())
		for i := range order {
			order[i] = i
		}
		if size < p.Len() && !p.Ordered {
			order = rng.Perm(p.Len())
		}
		for rows := range slices.Chunk(order, size) {
			if !yield(p.Batch(rows...)) {
				return
			}
		}
	}
}

// All returns all examples.
func (p *Points) All() autodiff.Batch {
	rows := make([]int, p.Len())
	for i := range rows {
		rows[i] = i
	}
	return p.Batch(rows...)
}

// Batch returns the examples of the given numbers.
func (p *Points) Batch(rows ...int) autodiff.Batch {
	var x []float64
	var y []int
	for _, i := range rows {
		x = append(x, p.X[i*p.Cols:(i+1)*p.Cols]...)
		y = append(y, p.Labels[i])
	}
	b := autodiff.Batch{X: Matrix(len(rows), p.Cols, x...), Y: dense.Wrap([]int{len(y)}, y)}
	if p.Single {
		b.X = Single(b.X)
	}
	return b
}
