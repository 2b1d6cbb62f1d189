package bridge_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The tests of this file hold what the lowering works around. One that fails
// says that Gorgonia has changed, and that the table in the package comment can
// lose a line.

func vector(g *G.ExprGraph, name string, x ...float64) *G.Node {
	v := tensor.New(tensor.WithBacking(append([]float64(nil), x...)))
	return G.NewVector(g, G.Float64, G.WithShape(len(x)), G.WithName(name), G.WithValue(v))
}

// slope returns what Gorgonia makes of d/dx Σ f(x).
func slope(t *testing.T, f func(*G.Node) (*G.Node, error), x ...float64) []float64 {
	g := G.NewGraph()
	n := vector(g, "x", x...)
	grads, err := G.Grad(G.Must(G.Sum(G.Must(f(n)))), n)
	require.NoError(t, err)
	var v G.Value
	G.Read(grads[0], &v)
	require.NoError(t, G.NewTapeMachine(g).RunAll())
	return v.Data().([]float64)
}

func TestGorgoniaWrongDerivatives(t *testing.T) {
	x := 2.5
	assert.InDelta(t, math.Ln2/x, slope(t, G.Log2, x, 1)[0], 1e-12, "right is 1/(x·ln 2)")
	assert.InDelta(t, -math.Pow(x, 1.5)/2, slope(t, G.InverseSqrt, x, 1)[0], 1e-12, "right is −x^(−3/2)/2")
}

func TestGorgoniaTies(t *testing.T) {
	assert.Equal(t, []float64{0, 1, 1}, slope(t, func(x *G.Node) (*G.Node, error) { return G.Max(x) }, 1, 2, 2))
	assert.Equal(t, []float64{0, 1, 1}, slope(t, G.Rectify, -1, 0, 1))
	g := G.NewGraph()
	a, b := vector(g, "a", 1, 2), vector(g, "b", 1, 3)
	grads, err := G.Grad(G.Must(G.Sum(G.Must(G.MaxBetween(a, b)))), a, b)
	require.NoError(t, err)
	require.NoError(t, G.NewTapeMachine(g).RunAll())
	assert.Equal(t, []float64{1, 0}, grads[0].Value().Data())
	assert.Equal(t, []float64{0, 1}, grads[1].Value().Data())
}

func TestGorgoniaWrongValues(t *testing.T) {
	g := G.NewGraph()
	x := G.NewScalar(g, G.Float64, G.WithName("x"), G.WithValue(0.0))
	sign := G.Must(G.Sign(x))
	lse := G.Must(G.LogSumExp(vector(g, "v", 1, 2, 3), 0))
	require.NoError(t, G.NewTapeMachine(g).RunAll())
	assert.Equal(t, 1.0, sign.Value().Data(), "right is 0")
	right := math.Log(math.Exp(1) + math.Exp(2) + math.Exp(3))
	assert.Greater(t, math.Abs(right-lse.Value().Data().(float64)), 1.0)
}

// Nodes are identified by a hash that leaves out what tells them apart.
func TestGorgoniaMergesNodes(t *testing.T) {
	g := G.NewGraph()
	x := vector(g, "x", make([]float64, 600)...)
	assert.Same(t, G.Must(G.Slice(x, G.S(0, 10))), G.Must(G.Slice(x, G.S(256, 266))))
	assert.Same(t, G.Must(G.SoftMax(x)), G.Must(G.LogSoftMax(x)))

	c, d := make([]float64, 600), make([]float64, 600)
	d[300] = 1 // beyond what is printed
	sum := func(c []float64) *G.Node {
		return G.Must(G.Add(x, G.NewConstant(tensor.New(tensor.WithBacking(c)))))
	}
	assert.Same(t, sum(c), sum(d))
}

// A reshaped input shares its memory, and the machine computes in place there.
func TestGorgoniaOverwritesInputs(t *testing.T) {
	g := G.NewGraph()
	x := vector(g, "x", 1, 2, 3, 4)
	row := G.Must(G.Reshape(x, tensor.Shape{1, 4}))
	G.Must(G.HadamardProd(row, row))
	G.Must(G.Reshape(x, tensor.Shape{2, 2}))
	require.NoError(t, G.NewTapeMachine(g).RunAll())
	assert.Equal(t, []float64{1, 4, 9, 16}, x.Value().Data(), "right is 1, 2, 3, 4")
}
