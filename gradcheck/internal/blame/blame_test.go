package blame_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/blame"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

type node = autodiff.Node

// residual is Σ (h + tanh(h·w))², h = x·w + b, with h used twice: variables x (5, 4),
// w (4, 4) and b (4).
func residual(in ...*node) *node {
	h := in[0].MatMul(in[1]).Add(in[2])
	return h.Add(h.MatMul(in[1]).Tanh()).Square().Sum()
}

// newCase returns the case of the residual's gradient after a mistake.
func newCase(t *testing.T, mistake func(g [][]float64)) *blame.Case {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(shape ...int) *tensor.Dense {
		v := make([]float64, autodiff.Shape(shape).Size())
		for i := range v {
			v[i] = rng.NormFloat64() / 2
		}
		return dense.New(tensor.Float64, shape, v)
	}
	source, err := trace.Op(residual, []*tensor.Dense{random(5, 4), random(4, 4), random(4)})
	require.NoError(t, err)
	f, err := source.Record(tensor.Float64)
	require.NoError(t, err)
	exact, err := f.Copy()
	require.NoError(t, err)
	own, err := exact.Gradient(f.Start, []float64{1})
	require.NoError(t, err)
	c := &blame.Case{Function: f, X: f.Start, V: []float64{1}, Own: own, Precision: tensor.Float64}
	for _, g := range own {
		c.Grad = append(c.Grad, append([]float64(nil), g...))
	}
	mistake(c.Grad)
	return c
}

// without returns the gradient of the residual with f in its place.
func without(t *testing.T, c *blame.Case, f func(in ...*node) *node) [][]float64 {
	t.Helper()
	var in []*tensor.Dense
	for b, n := range c.Function.Vars {
		in = append(in, dense.New(tensor.Float64, n.Shape(), c.X[b]))
	}
	source, err := trace.Op(f, in)
	require.NoError(t, err)
	rec, err := source.Record(tensor.Float64)
	require.NoError(t, err)
	g, err := rec.Gradient(c.X, c.V)
	require.NoError(t, err)
	return g
}

func all(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

// A backward pass that forgets a path, or the derivative of tanh, is told so.
func TestHypothesis(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong func(in ...*node) *node
		want  string
	}{
		{"path", func(in ...*node) *node {
			h := in[0].MatMul(in[1]).Add(in[2])
			return h.StopGradient().Add(h.MatMul(in[1]).Tanh()).Square().Sum()
		}, "the path from op Add at .* through op Add at .* is dropped"},
		{"derivative", func(in ...*node) *node {
			h := in[0].MatMul(in[1]).Add(in[2])
			u := h.MatMul(in[1])
			y := u.Tanh().StopGradient().Add(u).Sub(u.StopGradient())
			return h.Add(y).Square().Sum()
		}, "the derivative of op Tanh at blame/blame_test.go:[0-9]+ is left out"},
	} {
		k := newCase(t, func([][]float64) {})
		k.Grad = without(t, k, c.wrong)
		assert.Regexp(t, c.want, k.Hypothesis(0, all(20), 1e-6, []int{5, 4}), c.name)
	}
	right := newCase(t, func([][]float64) {})
	assert.Empty(t, right.Hypothesis(0, all(20), 1e-6, nil))
	odd := newCase(t, func(g [][]float64) { g[0][3] += 1 })
	assert.Empty(t, odd.Hypothesis(0, all(20), 1e-6, nil), "nothing explains one element")
	assert.Empty(t, odd.Hypothesis(0, []int{3}, 1e-6, nil), "one element is not evidence")
}

// An error that comes in at h is located there, whatever it is.
func TestOrigin(t *testing.T) {
	c := newCase(t, func([][]float64) {})
	// dh is wrong by e: dx by e·wᵀ, w by xᵀ·e, b by its sums of columns.
	e := make([]float64, 20)
	for i := range e {
		e[i] = float64(i%7) - 3
	}
	x, w := c.X[0], c.X[1]
	for i := range 5 {
		for j := range 4 {
			for k := range 4 {
				c.Grad[0][i*4+k] += e[i*4+j] * w[k*4+j]
				c.Grad[1][k*4+j] += e[i*4+j] * x[i*4+k]
			}
			c.Grad[2][j] += e[i*4+j]
		}
	}
	assert.Regexp(t, "one mistake in the derivative of .*op MatMul at blame/blame_test.go:[0-9]+", c.Origin(0))
	c.Grad[1][5] += 3
	assert.Empty(t, c.Origin(0), "two mistakes fit no place")
}

// The first op whose own check fails is named, and a held-back gradient only if it
// matters.
func TestOperation(t *testing.T) {
	c := newCase(t, func([][]float64) {})
	values, err := c.Function.Values(c.X)
	require.NoError(t, err)
	seen := 0
	c.Check = func(f func(in ...*node) *node, in []*tensor.Dense, largest int) (string, error) {
		seen++
		assert.LessOrEqual(t, largest, 20)
		if source, err := trace.Op(f, in); assert.NoError(t, err) {
			rec, err := source.Record(tensor.Float64)
			require.NoError(t, err)
			if rec.Output.Op() == "Tanh" {
				return "wrong", nil
			}
		}
		return "", nil
	}
	said, err := c.Operation(0, values)
	require.NoError(t, err)
	assert.Regexp(t, `^op Tanh at blame/blame_test.go:[0-9]+ \(its own check: wrong\)$`, said)
	c.Check = func(func(in ...*node) *node, []*tensor.Dense, int) (string, error) { return "", nil }
	said, err = c.Operation(0, values)
	require.NoError(t, err)
	assert.Regexp(t, "no single op: each of [0-9]+ agrees", said)
	assert.Positive(t, seen)
}
