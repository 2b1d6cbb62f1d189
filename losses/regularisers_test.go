package losses_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

type regulariser func(g *autodiff.Graph, params ...*autodiff.Param) *autodiff.Node

func TestRegularisers(t *testing.T) {
	a := autodiff.NewParam("a", feed(tensor.Float64, []int{2, 3}, []float64{1, -2, 0, 0.5, 3, -1}))
	b := autodiff.NewParam("b", feed(tensor.Float64, []int{2}, []float64{-4, 2}))
	tests := []struct {
		name   string
		r      regulariser
		want   float64 // Σ|w| = 13.5, Σw² = 35.25
		da, db []float64
	}{
		{"L2", func(g *autodiff.Graph, p ...*autodiff.Param) *autodiff.Node { return losses.L2(0.5, g, p...) },
			0.5 * 35.25, []float64{1, -2, 0, 0.5, 3, -1}, []float64{-4, 2}},
		{"L1", func(g *autodiff.Graph, p ...*autodiff.Param) *autodiff.Node { return losses.L1(2, g, p...) },
			27, []float64{2, -2, 0, 2, 2, -2}, []float64{-2, 2}},
		{"ElasticNet", func(g *autodiff.Graph, p ...*autodiff.Param) *autodiff.Node {
			return losses.ElasticNet(2, 0.5, g, p...)
		}, 27 + 0.5*35.25, []float64{3, -4, 0, 2.5, 5, -3}, []float64{-6, 4}},
		{"L2, λ = 0", func(g *autodiff.Graph, p ...*autodiff.Param) *autodiff.Node { return losses.L2(0, g, p...) },
			0, make([]float64, 6), make([]float64, 2)},
	}
	for _, test := range tests {
		g := autodiff.NewGraph(tensor.Float64)
		r := test.r(g, a, b)
		grads, err := autodiff.Grad(r, g.Param(a), g.Param(b))
		require.NoError(t, err)
		p, err := autodiff.Compile(r, grads...)
		require.NoError(t, err)
		for range 2 {
			out, err := p.Run()
			require.NoError(t, err)
			assert.Equal(t, test.want, out.Scalar(0), test.name)
			assert.Equal(t, test.da, numbers(out.Value(1)), test.name)
			assert.Equal(t, test.db, numbers(out.Value(2)), test.name)
		}
	}
}

func TestRegulariserOfNothingIsZero(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	out, err := autodiff.Interpret(nil, losses.ElasticNet(1, 1, g))
	require.NoError(t, err)
	assert.Equal(t, []float64{0}, numbers(out[0]))
}

func TestRegulariserRefusesItsWeight(t *testing.T) {
	for _, lambda := range []float64{-1e-9, math.NaN(), math.Inf(1), math.Inf(-1)} {
		g := autodiff.NewGraph(tensor.Float32)
		assert.Regexp(t, `losses\.L2 at regularisers_test\.go:\d+: the weight λ is`, caught(func() { losses.L2(lambda, g) }))
		assert.Regexp(t, `losses\.L1 at regularisers_test\.go:\d+: the weight λ is`, caught(func() { losses.ElasticNet(lambda, 1, g) }))
	}
}
