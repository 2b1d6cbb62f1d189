package graphcheck_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff/bridge/graphcheck"
	"declive/gradcheck"
	"declive/internal/dense"
)

// perceptron is the mean squared error of 30-40-2 units on 32 examples, with 1280
// weights.
func perceptron(dt tensor.Dtype) (cost *G.Node, weights G.Nodes) {
	rng := rand.New(rand.NewPCG(9, 1))
	g := G.NewGraph()
	matrix := func(name string, rows, cols int) *G.Node {
		x := make([]float64, rows*cols)
		for i := range x {
			x[i] = rng.NormFloat64() / 4
		}
		return G.NewMatrix(g, dt, G.WithName(name), G.WithShape(rows, cols), G.WithValue(dense.New(dt, []int{rows, cols}, x)))
	}
	x, y, w1, w2 := matrix("x", 32, 30), matrix("y", 32, 2), matrix("w1", 30, 40), matrix("w2", 40, 2)
	out := G.Must(G.Mul(G.Must(G.Tanh(G.Must(G.Mul(x, w1)))), w2))
	return G.Must(G.Mean(G.Must(G.Square(G.Must(G.Sub(out, y)))))), G.Nodes{w1, w2}
}

// The slopes are those of the imported cost in float64, whatever the graph's
// precision: every weight is resolved.
func TestImportedCost(t *testing.T) {
	for _, dt := range []tensor.Dtype{G.Float64, G.Float32} {
		cost, weights := perceptron(dt)
		p, err := graphcheck.Problem(cost, weights)
		require.NoError(t, err)
		assert.False(t, p.Float32)
		assert.Equal(t, dt == G.Float32, p.GradFloat32)
		r, err := gradcheck.Compute(t.Context(), p)
		require.NoError(t, err)
		assert.True(t, r.OK(), r)
		assert.Equal(t, 1280, r.Vars[0].Agree+r.Vars[1].Agree)
		assert.Equal(t, "w1", r.Vars[0].Name)

		right := p.Grad
		p.Grad = func(x [][]float64) ([][]float64, error) {
			g, err := right(x)
			if err == nil {
				g[1][7] *= 1.01
			}
			return g, err
		}
		r, err = gradcheck.Compute(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, 1, r.Wrong(), r)
	}
}

// Where the tape machine's cost cannot be imported, or is another than the imported
// one, its gradient is compared with its own slopes: Gorgonia adds the wrong elements
// along the third of four axes.
func TestCostOfTheMachine(t *testing.T) {
	for name, f := range map[string]func(x *G.Node) *G.Node{
		"no counterpart": func(x *G.Node) *G.Node {
			return G.Must(G.ByIndices(G.Must(G.Reshape(x, tensor.Shape{120})), indices(x.Graph()), 0))
		},
		"another value": func(x *G.Node) *G.Node {
			return G.Must(G.Square(G.Must(G.Sum(x, 2))))
		},
	} {
		for _, dt := range []tensor.Dtype{G.Float64, G.Float32} {
			g := G.NewGraph()
			v := dense.New(dt, []int{2, 3, 5, 4}, ramp(120))
			x := G.NewTensor(g, dt, 4, G.WithName("x"), G.WithShape(2, 3, 5, 4), G.WithValue(v))
			p, err := graphcheck.Problem(G.Must(G.Sum(f(x))), G.Nodes{x})
			require.NoError(t, err, name)
			assert.Equal(t, dt == G.Float32, p.Float32, name)
			value, err := p.F([][]float64{ramp(120)})
			require.NoError(t, err, name)
			assert.Len(t, value, 1)
		}
	}
}

// ramp returns n numbers from ½ on.
func ramp(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)/8 + 0.5
	}
	return x
}

func indices(g *G.ExprGraph) *G.Node {
	v := tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{0, 2}))
	return G.NewVector(g, tensor.Int, G.WithName("indices"), G.WithShape(2), G.WithValue(v))
}
