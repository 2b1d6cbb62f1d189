package gradcheck_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// array returns a tensor of numbers drawn from [lo, hi).
func array(rng *rand.Rand, dt tensor.Dtype, lo, hi float64, shape ...int) *tensor.Dense {
	n := autodiff.Shape(shape).Size()
	if dt == tensor.Float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(lo + (hi-lo)*rng.Float64())
		}
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = lo + (hi-lo)*rng.Float64()
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
}

func labels(rng *rand.Rand, n, classes int) *tensor.Dense {
	y := make([]int, n)
	for i := range y {
		y[i] = rng.IntN(classes)
	}
	return tensor.New(tensor.WithShape(n), tensor.WithBacking(y))
}

type network struct {
	w1, b1, w2, b2 *autodiff.Param
	act            func(*autodiff.Node) *autodiff.Node
}

func newNetwork(rng *rand.Rand, dt tensor.Dtype, in, hidden, out int) *network {
	return &network{
		w1:  autodiff.NewParam("W1", array(rng, dt, -0.5, 0.5, hidden, in)),
		b1:  autodiff.NewParam("b1", array(rng, dt, -0.1, 0.1, hidden)),
		w2:  autodiff.NewParam("W2", array(rng, dt, -0.5, 0.5, out, hidden)),
		b2:  autodiff.NewParam("b2", array(rng, dt, -0.1, 0.1, out)),
		act: (*autodiff.Node).Tanh,
	}
}

func (n *network) params() []*autodiff.Param { return []*autodiff.Param{n.w1, n.b1, n.w2, n.b2} }

func (n *network) scores(x *autodiff.Node) *autodiff.Node {
	g := x.Graph()
	h := n.act(x.MatMul(g.Param(n.w1).T()).Add(g.Param(n.b1)))
	return h.MatMul(g.Param(n.w2).T()).Add(g.Param(n.b2))
}

// crossEntropy is the mean of −log softmax at the label.
func (n *network) crossEntropy(x, y *autodiff.Node) *autodiff.Node {
	return n.scores(x).LogSoftmax(1).Pick(y).Mean().Neg()
}

// hinge is the multiclass SVM loss with margin 1.
func (n *network) hinge(x, y *autodiff.Node) *autodiff.Node {
	s := n.scores(x)
	return s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).AddScalar(-1).Mean().
		Add(x.Graph().Param(n.w1).Square().Sum().MulScalar(0.01))
}

func newBatch(rng *rand.Rand, dt tensor.Dtype, n, in, classes int) autodiff.Batch {
	return autodiff.Batch{X: array(rng, dt, -1, 1, n, in), Y: labels(rng, n, classes)}
}

func TestCheck(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		t.Run(dt.String(), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			n := newNetwork(rng, dt, 7, 5, 3)
			batch := newBatch(rng, dt, 6, 7, 3)
			r := gradcheck.Check(t, n.crossEntropy, n.params(), batch)
			assert.True(t, r.OK())
			if !testing.Short() { // three directions, no single coordinates
				assert.Equal(t, 35, r.Vars[0].Agree)
			}
			n.act = (*autodiff.Node).ReLU
			r = gradcheck.Check(t, n.hinge, n.params(), batch)
			assert.True(t, r.OK())
		})
	}
}

// Further values of a batch reach the loss: weights of examples, and a sparse matrix.
func TestCheckWithFurtherValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	w := autodiff.NewParam("w", array(rng, tensor.Float64, -1, 1, 6, 2))
	ints := func(v ...int) *tensor.Dense { return tensor.New(tensor.WithShape(len(v)), tensor.WithBacking(v)) }
	batch := autodiff.Batch{
		X: tensor.New(tensor.WithShape(3, 0), tensor.WithBacking([]float64{})), Y: labels(rng, 3, 2),
		More: append(autodiff.SparseMore(array(rng, tensor.Float64, 1, 2, 4), ints(5, 1, 0, 4), ints(2, 2, 4)),
			autodiff.Named{Name: "weights", Value: array(rng, tensor.Float64, 1, 2, 3)}),
	}
	loss := func(stop bool) autodiff.LossFunc {
		return func(x, y *autodiff.Node) *autodiff.Node {
			g := x.Graph()
			s := g.GivenSparse().MatMul(g.Param(w)).Tanh()
			if stop {
				s = s.Add(s.StopGradient())
			}
			return s.LogSoftmax(1).Pick(y).Mul(g.Given("weights").Reshape(3, 1)).Mean()
		}
	}
	gradcheck.Check(t, loss(false), []*autodiff.Param{w}, batch)
	p, err := gradcheck.LossProblem(loss(true), []*autodiff.Param{w}, batch)
	require.NoError(t, err)
	report, err := gradcheck.Compute(t.Context(), p)
	require.NoError(t, err)
	assert.Error(t, report.Err())
	batch.More[3].Name = ""
	_, err = gradcheck.LossProblem(loss(false), []*autodiff.Param{w}, batch)
	assert.EqualError(t, err, `gradcheck: the batch's further value "": it has no name`)
}

func TestCheckFindsADetachedPath(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	n := newNetwork(rng, tensor.Float64, 7, 5, 3)
	n.act = func(x *autodiff.Node) *autodiff.Node { return x.Mul(x.Sigmoid().StopGradient()) }
	p, err := gradcheck.LossProblem(n.crossEntropy, n.params(), newBatch(rng, tensor.Float64, 6, 7, 3))
	require.NoError(t, err)
	r, err := gradcheck.Compute(t.Context(), p)
	require.NoError(t, err)
	assert.False(t, r.OK())
	assert.Equal(t, 35, r.Vars[0].Disagree)
	assert.Zero(t, r.Vars[2].Disagree, "W2 comes after the mistake")
	assert.Contains(t, r.Blame, "op StopGradient at ")
	assert.Contains(t, r.Blame, "graph_test.go:")
	t.Log(r)
}

func TestUnreachedParameterIsNamed(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	n := newNetwork(rng, tensor.Float64, 4, 3, 2)
	extra := autodiff.NewParam("unused", array(rng, tensor.Float64, 0, 1, 2))
	p, err := gradcheck.LossProblem(n.hinge, append(n.params(), extra), newBatch(rng, tensor.Float64, 5, 4, 2))
	require.NoError(t, err)
	r, err := gradcheck.Compute(t.Context(), p)
	require.NoError(t, err)
	assert.Contains(t, r.String(), "unused")
	assert.False(t, r.OK())
}

func TestOp(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		a, b := array(rng, dt, -1, 1, 3, 4), array(rng, dt, -1, 1, 4, 2)
		gradcheck.Op(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].MatMul(in[1]) }, []*tensor.Dense{a, b})
		gradcheck.Op(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].Softmax(1) }, []*tensor.Dense{a})
		gradcheck.Op(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].Greater(in[0].Graph().Scalar(0)) }, []*tensor.Dense{a})
		gradcheck.Op(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].Pick(in[1]) }, []*tensor.Dense{a, labels(rng, 3, 4)})
		gradcheck.Op(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].Exp() }, []*tensor.Dense{array(rng, dt, -1, 1)})
	}
	// Ties: the maximum shares its gradient.
	tie := tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float64{2, 2, 1}))
	gradcheck.Op(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].ReduceMax(1) }, []*tensor.Dense{tie})
}

func TestGrad2(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	a, b := array(rng, tensor.Float64, -1, 1, 3, 4), array(rng, tensor.Float64, 0.5, 1, 4)
	gradcheck.Grad2(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].Tanh().Div(in[1]).LogSoftmax(1) }, []*tensor.Dense{a, b})
}
