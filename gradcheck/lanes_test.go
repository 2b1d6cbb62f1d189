package gradcheck

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

type node = autodiff.Node

// laneCases are functions of one variable (3, 4), a matrix of data (5, 4), a
// matrix (5, 3), a vector (4) and labels, one for each way a move can spread.
var laneCases = []struct {
	name string
	f    func(w, x, z, v, y *node) *node
}{
	{"elementwise", func(w, _, _, _, _ *node) *node { return w.Exp().Mul(w).AddScalar(2).Sqrt() }},
	{"elementwise with a row", func(w, _, _, v, _ *node) *node { return w.Mul(v).Add(v).Tanh() }},
	{"elementwise with a column", func(w, x, _, _, _ *node) *node { return w.Mul(x.Slice(0, 0, 3).Slice(1, 0, 1)) }},
	{"transposed", func(w, x, _, _, _ *node) *node { return w.T().Add(x.Slice(0, 0, 3).T()).Square() }},
	{"reshaped", func(w, _, _, _, _ *node) *node { return w.Reshape(2, 6).Square().Mul(w.Reshape(2, 6)) }},
	{"sum of squares", func(w, _, _, _, _ *node) *node { return w.Square().Sum() }},
	{"sum over an axis", func(w, _, _, _, _ *node) *node { return w.Square().Sum(0).Exp() }},
	{"linear", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()) }},
	{"linear the other way", func(w, x, z, _, _ *node) *node { return z.MatMul(w) }},
	{"left factor", func(w, x, _, _, _ *node) *node { return w.MatMul(x.T()).Tanh() }},
	{"linear, activation, linear", func(w, x, z, _, _ *node) *node { return x.MatMul(w.T()).Tanh().MatMul(z.T()).Exp() }},
	{"column with a matrix", func(w, x, z, _, _ *node) *node { return x.MatMul(w.T()).Add(z).Mul(z).Sigmoid() }},
	{"column with a column", func(w, x, z, _, _ *node) *node { return x.MatMul(w.T()).Mul(z.Slice(1, 1, 2)) }},
	{"sum over rows of a column", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Square().Sum(1).Log() }},
	{"sum over all of a column", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Square().Mean() }},
	{"sum over columns", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Square().Sum(0) }},
	{"hinge", func(w, x, _, _, y *node) *node {
		s := x.MatMul(w.T())
		return s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).Mean().Add(w.Square().Sum())
	}},
	{"softmax", func(w, x, _, _, y *node) *node { return x.MatMul(w.T()).LogSoftmax(1).Pick(y).Mean() }},
	{"used twice", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).MatMul(w) }},
	{"shared by two products", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Add(x.Square().MatMul(w.T())) }},
	{"concat, pad, slice", func(w, x, z, _, _ *node) *node {
		return autodiff.Concat(1, x.MatMul(w.T()), z).Pad(0, 1, 0).Slice(1, 1, 5)
	}},
	{"three axes", func(w, _, _, v, _ *node) *node {
		return w.Reshape(3, 2, 2).Transpose(2, 0, 1).Mul(v.Slice(0, 0, 2)).ReduceMax(1)
	}},
	{"broadcast", func(w, _, _, _, _ *node) *node { return w.Broadcast(2, 3, 4).Square().Sum(0, 2) }},
	{"stop", func(w, _, _, _, _ *node) *node { return w.StopGradient().Mul(w) }},
	{"masks", func(w, _, _, v, _ *node) *node { return w.Greater(v).Where(w, w.Square()) }},
	{"vector moves a matrix", func(w, x, _, _, _ *node) *node {
		return x.Add(w.Reshape(12).Slice(0, 2, 6)).Tanh()
	}},
}

// Lanes compute what complete evaluations do, for every way a move can spread.
func TestLanesEqualCompleteEvaluation(t *testing.T) {
	for _, c := range laneCases {
		rng := rand.New(rand.NewPCG(1, 2))
		random := func(shape ...int) *tensor.Dense {
			v := make([]float64, size(shape))
			for i := range v {
				v[i] = 0.2 + rng.Float64()
			}
			return dense.New(tensor.Float64, shape, v)
		}
		y := tensor.New(tensor.WithShape(5), tensor.WithBacking([]int{2, 0, 1, 1, 2}))
		x, z, v := random(5, 4), random(5, 3), random(4)
		p, err := OpProblem(func(in ...*node) *node {
			g := in[0].Graph()
			return c.f(in[0], g.Constant(x), g.Constant(z), g.Constant(v), in[1])
		}, []*tensor.Dense{random(3, 4), y})
		require.NoError(t, err, c.name)
		o, err := newOptions(nil)
		require.NoError(t, err)
		k, err := newChecker(t.Context(), p, o)
		require.NoError(t, err)
		ok, err := k.prepare()
		require.NoError(t, err)
		require.True(t, ok, "%s: %v", c.name, k.report.Faults)
		probers, err := k.probers(0, 1)
		require.NoError(t, err)
		fast, isFast := probers[0].(*laneProber)
		require.True(t, isFast, "%s: %v", c.name, k.report.Notes)
		slow := &direct{c: k, work: clone(k.x)}
		var at []probe
		for i := range k.x[0] {
			at = append(at, probe{i, k.x[0][i] + 0.3}, probe{i, k.x[0][i] - 0.1})
		}
		got, want := make([]float64, len(at)*len(k.base)), make([]float64, len(at)*len(k.base))
		require.NoError(t, fast.probe(at, got))
		require.NoError(t, slow.probe(at, want))
		// Rank-one updates and sums in another order round differently: some
		// hundred operations at most on numbers up to about 100.
		assert.InDeltaSlice(t, want, got, 1e-11, c.name)
	}
}

// A lane program that computes something else is found out.
func TestWrongLanesAreNotUsed(t *testing.T) {
	c := laneCases[9]
	p, err := OpProblem(func(in ...*node) *node { return c.f(in[0], in[1], in[1], in[1], nil) },
		[]*tensor.Dense{dense.New(tensor.Float64, []int{1, 2}, []float64{1, 2}), dense.New(tensor.Float64, []int{3, 2}, []float64{1, 2, 3, 4, 5, 6})})
	require.NoError(t, err)
	p.graph.output = p.graph.output.MulScalar(1.01)
	r, err := Compute(t.Context(), p)
	require.NoError(t, err)
	assert.True(t, r.OK(), r)
	assert.Contains(t, r.String(), "incremental evaluation differs")
}
