package bridge_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/autodiff/bridge"
	"declive/losses"
)

func ExampleLower() {
	g := autodiff.NewGraph(tensor.Float64)
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(1, 2), tensor.WithBacking([]float64{0.5, -1})))
	x, y := g.Input("x", 3, 2), g.Input("y", 3, 1)
	loss := x.MatMul(g.Param(w).T()).Sub(y).Square().Mean()

	l, err := bridge.Lower(loss, g.Param(w))
	if err != nil {
		fmt.Println(err)
		return
	}
	value, grads, err := l.Run(
		x.Feed(tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{1, 0, 0, 1, 2, 2}))),
		y.Feed(tensor.New(tensor.WithShape(3, 1), tensor.WithBacking([]float64{0, 0, 2}))))
	fmt.Printf("loss %.4f, gradient %.4f, %v\n", value, grads[0].Data(), err)
	// Output: loss 3.4167, gradient [-3.6667 -4.6667], <nil>
}

func TestLowerFloat32AndParams(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6})))
	x, y := g.Input("x", 2, 2), g.Labels("y", 2)
	loss := losses.SoftmaxCrossEntropy(x.MatMul(g.Param(w).T()), y)
	l, err := bridge.Lower(loss, g.Param(w), x)
	require.NoError(t, err)
	feeds := []autodiff.Feed{
		x.Feed(tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float32{1, -1, 0.5, 0.25}))),
		y.Feed(tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{2, 0}))),
	}
	grads, err := autodiff.Grad(loss, g.Param(w), x)
	require.NoError(t, err)
	want, err := autodiff.Interpret(feeds, loss, grads[0], grads[1])
	require.NoError(t, err)
	value, got, err := l.Run(feeds...)
	require.NoError(t, err)
	assert.InDelta(t, want[0].Data().(float32), value, 1e-5)
	for i := range got {
		assert.Equal(t, want[1+i].Shape(), got[i].Shape())
		assert.InDeltaSlice(t, want[1+i].Data(), got[i].Data(), 1e-5)
	}
	assert.Equal(t, []float64{1, 2, 3, 4, 5, 6}, w.Value().Data())
	assert.Equal(t, "x", l.Node(x).Name())
	assert.Nil(t, l.Node(y))
}

func TestLowerRefuses(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x, far := g.Input("x", 2), g.Input("far", 2)
	empty, pixel := g.Input("empty", 0), g.Input("pixel", 1, 1, 1, 1)
	for _, c := range []struct {
		loss    *node
		wrt     *node
		message string
	}{
		{x, x, "bridge: Lower: the loss has shape (2), want ()"},
		{x.Sum(), far, "far (2) is no input or parameter that the loss depends on"},
		{empty.Sum(), empty, "empty arrays do not exist in Gorgonia"},
		{pixel.Conv2D(pixel, autodiff.Window{}).Sum(), pixel, "an array of one element is a scalar in Gorgonia, which has no windows"},
		{pixel.Add(g.Input("images", 2, 3, 4, 5)).MaxPool2D(2, 2, autodiff.Window{Pads: [2][2]int{{0, 1}, {0, 0}}}).Sum(), pixel,
			"with unequal padding Gorgonia begins with the other side's"},
	} {
		_, err := bridge.Lower(c.loss, c.wrt)
		assert.ErrorContains(t, err, c.message)
	}
}

// The error names the op that has no counterpart.
func TestLowerRefusesOps(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 1, 2, 4, 3)
	slope := func(y *node) *node {
		d, err := autodiff.Grad(y.Square().Sum(), x)
		require.NoError(t, err)
		return d[0]
	}
	for op, y := range map[string]*node{
		"Erf":             x.Erf(),
		"Erfc":            x.Erfc(),
		"Conv2DData":      slope(x.Conv2D(g.Input("w", 5, 1, 2, 3), autodiff.Window{})),
		"MaxPool2DSpread": slope(x.MaxPool2D(1, 2, autodiff.Window{})),
		"GELU":            x.GELU(),
	} {
		require.True(t, withoutCounterpart[op], op)
		_, err := bridge.Lower(y.Sum(), x)
		assert.ErrorContains(t, err, "bridge: Lower: "+op+" recorded at ")
		assert.ErrorContains(t, err, "the op has no counterpart")
	}
}

func TestRunRefuses(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x, y := g.Input("x", 2, 3), g.Labels("y", 2)
	l, err := bridge.Lower(x.Pick(y).Sum(), x)
	require.NoError(t, err)
	ok := x.Feed(tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float64)))
	for message, feeds := range map[string][]autodiff.Feed{
		"bridge: Run: no feed for x (2, 3)":                              nil,
		"feed of x (2, 3): the tensor's shape is (3, 2)":                 {x.Feed(tensor.New(tensor.WithShape(3, 2), tensor.Of(tensor.Float64)))},
		"feed of y (2): example 1 has label 3, want 0 to 2":              {ok, y.Feed(tensor.New(tensor.WithBacking([]int{0, 3})))},
		"feed of y (2): elements are float64, want int":                  {ok, y.Feed(tensor.New(tensor.WithBacking([]float64{0, 3})))},
		"feed of x (2, 3): precision int is neither float32 nor float64": {x.Feed(tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Int)))},
	} {
		_, _, err := l.Run(feeds...)
		assert.ErrorContains(t, err, message)
	}
	_, grads, err := l.Run(ok, y.Feed(tensor.New(tensor.WithBacking([]int{0, 2}))))
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 0, 0, 0, 0, 1}, grads[0].Data())
}
