package autodiff_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// Outputs that are watched have at that moment the bits that they have at the end, also
// of a batch that is computed in blocks of rows, and those of a leaf and of a constant.
func TestWatchedOutputsAreFinal(t *testing.T) {
	for _, rows := range []int{7, 3000} {
		g := autodiff.NewGraph(tensor.Float64)
		x := g.Input("x", rows, 1000)
		w := autodiff.NewParam("w", full(tensor.Float64, 0.01, 5, 1000))
		v := autodiff.NewParam("v", full(tensor.Float64, 0.3, 2, 5))
		W, V := g.Param(w), g.Param(v)
		loss := x.MatMul(W.T()).Tanh().MatMul(V.T()).Square().Mean()
		grads, err := autodiff.Grad(loss, W, V)
		require.NoError(t, err)
		p, err := autodiff.Compile(loss, grads[0], W, g.Scalar(3), grads[1], g.Assign(v, V.Sub(grads[1])))
		require.NoError(t, err)
		var order []int
		early := map[int][]float64{}
		p.Watch(func(output int) {
			order = append(order, output)
			if output >= 0 {
				early[output] = slices.Clone(p.Output(output).Float64s())
			}
		})
		feed := x.Feed(full(tensor.Float64, 0.5, rows, 1000))
		_, err = p.Run(feed)
		require.NoError(t, err)
		seen := slices.DeleteFunc(slices.Clone(order), func(i int) bool { return i < 0 })
		assert.ElementsMatch(t, []int{0, 1, 2, 3, 4, 5}, seen, "each once, of %d rows", rows)
		for i := range 5 {
			assert.Equal(t, dense.Floats(p.Output(i)), early[i], "output %d", i)
		}
		order = nil
		p.Watch(nil)
		_, err = p.Run(feed)
		require.NoError(t, err)
		assert.Empty(t, order)
	}
}

// The gradient of the last layer is there before that of the first, and a program that
// is watched allocates no more than another.
func TestWatchOrder(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	x := g.Input("x", 4, 3)
	var weights []*autodiff.Node
	h := x
	for _, name := range []string{"u", "v", "w"} {
		w := g.Param(autodiff.NewParam(name, full(tensor.Float32, 0.1, 3, 3)))
		weights, h = append(weights, w), h.MatMul(w).Tanh()
	}
	loss := h.Square().Sum()
	grads, err := autodiff.Grad(loss, weights...)
	require.NoError(t, err)
	p, err := autodiff.Compile(loss, grads...)
	require.NoError(t, err)
	order := make([]int, 0, 100)
	p.Watch(func(output int) {
		if output >= 0 {
			order = append(order, output)
		}
	})
	feeds := []autodiff.Feed{x.Feed(full(tensor.Float32, 1, 4, 3))}
	_, err = p.Run(feeds...)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 3, 2, 1}, order)
	assert.Zero(t, testing.AllocsPerRun(100, func() { order = order[:0]; _, _ = p.Run(feeds...) }))
}

// An output that another is computed from is there when that has been read, so that it
// may be changed.
func TestWatchedOutputsMayBeChanged(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	u, v := autodiff.NewParam("u", full(tensor.Float64, 1, 3, 4)), autodiff.NewParam("v", full(tensor.Float64, 2, 3, 4))
	U, V := g.Param(u), g.Param(v)
	x := g.Input("x", 5, 3)
	loss := x.MatMul(U.Add(V)).Square().Sum().Add(x.MatMul(V).Tanh().Sum())
	grads, err := autodiff.Grad(loss, U, V)
	require.NoError(t, err)
	p, err := autodiff.Compile(loss, grads[0], grads[1], grads[0].Sum())
	require.NoError(t, err)
	feed := x.Feed(full(tensor.Float64, 0.1, 5, 3))
	_, err = p.Run(feed)
	require.NoError(t, err)
	var want [][]float64
	for i := range 4 {
		want = append(want, slices.Clone(dense.Floats(p.Output(i))))
	}
	got := make([][]float64, 4)
	p.Watch(func(output int) {
		if output >= 0 {
			got[output] = slices.Clone(dense.Floats(p.Output(output)))
			p.Output(output).Zero()
		}
	})
	_, err = p.Run(feed)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}
