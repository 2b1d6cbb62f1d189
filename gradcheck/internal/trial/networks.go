package trial

import (
	"fmt"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/internal/dense"
)

// activations and losses are what [Networks] draws from.
var activations = []func(*node) *node{(*node).Tanh, (*node).Sigmoid, (*node).Softplus, (*node).ReLU, (*node).Abs}

var losses = []func(s, y *node) *node{
	func(s, y *node) *node { return s.LogSoftmax(1).Pick(y).Neg().Mean() },
	func(s, y *node) *node { return s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).AddScalar(-1).Mean() },
	func(s, y *node) *node {
		return s.Sub(y.OneHot(s.Shape()[1])).Square().Mean()
	},
}

// Network draws the k-th random network of a seed with its right gradient, computed
// in precision dt: two layers of random widths, an activation, a loss, L2
// regularisation or none.
func Network(seed, k uint64, dt tensor.Dtype) (Case, error) {
	rng := rand.New(rand.NewPCG(seed, k))
	n, in, hidden, classes := 1+rng.IntN(12), 1+rng.IntN(40), 1+rng.IntN(30), 2+rng.IntN(8)
	param := func(name string, scale float64, shape ...int) *autodiff.Param {
		return autodiff.NewParam(name, dense.New(dt, shape, dense.Floats(normal(rng, scale, shape...))))
	}
	params := []*autodiff.Param{param("W1", 0.5, hidden, in), param("b1", 0.1, hidden), param("W2", 0.5, classes, hidden), param("b2", 0.1, classes)}
	activation, loss, lambda := activations[rng.IntN(len(activations))], losses[rng.IntN(len(losses))], 0.01*float64(rng.IntN(3))
	ys := make([]int, n)
	for i := range ys {
		ys[i] = rng.IntN(classes)
	}
	f := func(x, y *node) *node {
		g := x.Graph()
		h := activation(x.MatMul(g.Param(params[0]).T()).Add(g.Param(params[1])))
		l := loss(h.MatMul(g.Param(params[2]).T()).Add(g.Param(params[3])), y)
		if lambda > 0 {
			l = l.Add(g.Param(params[0]).Square().Sum().MulScalar(lambda))
		}
		return l
	}
	batch := autodiff.Batch{X: normal(rng, 1, n, in), Y: tensor.New(tensor.WithShape(n), tensor.WithBacking(ys))}
	p, err := gradcheck.LossProblem(f, params, batch)
	return Case{Name: fmt.Sprintf("network %d", k), Problem: func() gradcheck.Problem { return p }}, err
}

// normal returns normally distributed numbers.
func normal(rng *rand.Rand, scale float64, shape ...int) *tensor.Dense {
	v := make([]float64, autodiff.Shape(shape).Size())
	for i := range v {
		v[i] = scale * rng.NormFloat64()
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
}

// awkwardGraphs are functions whose terms cancel, so that their values and
// gradients are rounding alone.
var awkwardGraphs = []struct {
	name string
	f    func(in ...*node) *node
}{
	{"x − v + v − x", func(in ...*node) *node { return in[0].Sub(in[2]).Add(in[2]).Sub(in[0]) }},
	{"mean of what is left after the mean", func(in ...*node) *node { return in[0].Mean(0).Sub(in[0]).Mean(0) }},
	{"a difference of equals in a product", func(in ...*node) *node {
		x := in[1].Tanh().Exp()
		a, b := x.Div(x.Mul(x).AddScalar(1)), x.Div(x.Mul(x).AddScalar(1))
		return a.Sub(b).Tanh().T().MatMul(in[1])
	}},
	{"softmax of one class", func(in ...*node) *node { return in[0].Slice(1, 0, 1).LogSoftmax(1) }},
}
