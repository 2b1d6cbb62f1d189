package graphcheck_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff/bridge/graphcheck"
	"declive/gradcheck"
)

// logistic is the mean of ln(1 + exp(−x·w − b)) over four examples.
func logistic(dt tensor.Dtype) (cost *G.Node, params G.Nodes) {
	g := G.NewGraph()
	array := func(name string, x []float64, shape ...int) *G.Node {
		v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
		if dt == G.Float32 {
			narrow := make([]float32, len(x))
			for i, e := range x {
				narrow[i] = float32(e)
			}
			v = tensor.New(tensor.WithShape(shape...), tensor.WithBacking(narrow))
		}
		return G.NewTensor(g, dt, len(shape), G.WithName(name), G.WithShape(shape...), G.WithValue(v))
	}
	x := array("x", []float64{1, 0.5, -0.25, 2, -1, 0.75, 0.5, 1.5, -2, 0.125, 1, -1}, 4, 3)
	w := array("w", []float64{0.5, -1, 0.25}, 3)
	b := G.NewScalar(g, dt, G.WithName("b"), G.WithValue(constant(dt, 0.25)))
	score := G.Must(G.Add(G.Must(G.Mul(x, w)), b))
	return G.Must(G.Mean(G.Must(G.Softplus(G.Must(G.Neg(score)))))), G.Nodes{w, b}
}

func constant(dt tensor.Dtype, v float64) any {
	if dt == G.Float32 {
		return float32(v)
	}
	return v
}

func TestRightGradients(t *testing.T) {
	for _, dt := range []tensor.Dtype{G.Float64, G.Float32} {
		cost, params := logistic(dt)
		report := graphcheck.Check(t, cost, params)
		assert.True(t, report.OK())
		assert.InDeltaSlice(t, []float64{0.5, -1, 0.25}, params[0].Value().Data(), 0, "values are put back")
		assert.Equal(t, constant(dt, 0.25), params[1].Value().Data())
	}
	cost, params := logistic(G.Float64)
	_, err := G.Grad(cost, params...)
	require.NoError(t, err)
	assert.True(t, graphcheck.Check(t, cost, params, gradcheck.Fast(2)).OK(), "a graph that is differentiated already")
}

func vector(name string, shape ...int) *G.Node {
	v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking([]float64{0.5, 1.5, 3}))
	return G.NewVector(G.NewGraph(), G.Float64, G.WithName(name), G.WithShape(shape...), G.WithValue(v))
}

// Gradients that Gorgonia computes as transposed views are read in their order.
func TestTransposedGradient(t *testing.T) {
	g := G.NewGraph()
	matrix := func(name string, rows, cols int, x ...float64) *G.Node {
		v := tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(x))
		return G.NewMatrix(g, G.Float64, G.WithName(name), G.WithShape(rows, cols), G.WithValue(v))
	}
	w, c := matrix("w", 2, 3, 1, 2, 3, 4, 5, 6), matrix("c", 3, 2, 0.5, -1, 2, 3, -4, 0.25)
	cost := G.Must(G.Sum(G.Must(G.HadamardProd(G.Must(G.Transpose(w, 1, 0)), c))))
	graphcheck.Check(t, cost, G.Nodes{w})
}

// Gorgonia's derivative of Log2 is (ln 2)²times the right one.
func TestWrongGradient(t *testing.T) {
	x := vector("x", 3)
	p, err := graphcheck.Problem(G.Must(G.Sum(G.Must(G.Log2(x)))), G.Nodes{x})
	require.NoError(t, err)
	report, err := gradcheck.Compute(context.Background(), p)
	require.NoError(t, err)
	assert.ErrorContains(t, report.Err(), "gradient of x [3] is wrong in 3 of 3 coordinates")
}

func TestRefused(t *testing.T) {
	x := vector("x", 3)
	cost := G.Must(G.Sum(G.Must(G.Square(x))))
	empty := G.NewVector(x.Graph(), G.Float64, G.WithName("empty"), G.WithShape(3))
	other := G.NewVector(x.Graph(), G.Float64, G.WithName("other"), G.WithShape(3), G.WithValue(x.Value()))
	flat := vector("flat", 3)
	for message, f := range map[string]func() error{
		"graphcheck: cost: the shape is (3), want ()": problem(x, x),
		"graphcheck: empty: no value is bound":        problem(cost, empty),
		"graphcheck: Gorgonia cannot differentiate":   problem(G.Must(G.Sum(G.Must(G.Ceil(flat)))), flat),
	} {
		assert.ErrorContains(t, f(), message)
	}
	require.NoError(t, problem(cost, x)())
	assert.ErrorContains(t, problem(cost, x, other)(), "differentiated by 1 of the 2 inputs")
}

func problem(cost *G.Node, wrt ...*G.Node) func() error {
	return func() error {
		_, err := graphcheck.Problem(cost, wrt)
		return err
	}
}

func ExampleProblem() {
	x := vector("x", 3)
	p, err := graphcheck.Problem(G.Must(G.Sum(G.Must(G.Cube(x)))), G.Nodes{x})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := gradcheck.Compute(context.Background(), p)
	fmt.Println(report.OK(), err)
	// Output: true <nil>
}
