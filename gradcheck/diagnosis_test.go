package gradcheck

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// An operation with operands too large to compare every element of is found wrong
// all the same: all of it, or one element in ten thousand.
func TestLargeOperationsAreChecked(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 10000)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	square := func(in ...*autodiff.Node) *autodiff.Node { return in[0].Square() }
	for _, c := range []struct {
		name  string
		spoil func(g []float64)
		want  string
	}{
		{"right", func([]float64) {}, ""},
		{"doubled", func(g []float64) { floats.Scale(2, g) }, "2 x numeric"},
		{"one element", func(g []float64) { g[7777] *= 1.1 }, `only \[77,77\] wrong`},
		{"one sign in the middle", func(g []float64) { g[5000] *= -1 }, `only \[50,0\] wrong`},
		{"all by 1e-4", func(g []float64) { floats.Scale(1.0001, g) }, "1.0001"},
	} {
		p, err := OpProblem(square, []*tensor.Dense{dense.New(tensor.Float64, []int{100, 100}, x)})
		require.NoError(t, err)
		right := p.VJP
		p.VJP = func(x [][]float64, v []float64) ([][]float64, error) {
			g, err := right(x, v)
			c.spoil(g[0])
			return g, err
		}
		p.graph = nil
		k, err := newChecker(t.Context(), p, options{seed: DefaultSeed})
		require.NoError(t, err)
		wrong, err := k.blamed.wrongAlone(p, 10000)
		require.NoError(t, err)
		if c.want == "" {
			assert.Empty(t, wrong, c.name)
			continue
		}
		assert.Regexp(t, c.want, wrong, c.name)
	}
}

// The operation that holds a gradient back is named where its operand is larger
// than what is compared element by element.
func TestBlameOfALargeOperation(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	random := func(shape ...int) *tensor.Dense {
		v := make([]float64, autodiff.Shape(shape).Size())
		for i := range v {
			v[i] = rng.NormFloat64() / 10
		}
		return dense.New(tensor.Float64, shape, v)
	}
	w := autodiff.NewParam("W", random(100, 6))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		h := x.MatMul(x.Graph().Param(w).T()) // (50, 100)
		return h.Mul(h.Sigmoid().StopGradient()).Square().Mean()
	}
	p, err := LossProblem(loss, []*autodiff.Param{w}, autodiff.Batch{X: random(50, 6)})
	require.NoError(t, err)
	r, err := Compute(t.Context(), p)
	require.NoError(t, err)
	assert.Contains(t, r.Blame, "op StopGradient at ")
}
