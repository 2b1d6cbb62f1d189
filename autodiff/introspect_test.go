package autodiff_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A graph copied node by node with Repeat computes the same.
func TestRepeatCopiesAGraph(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x, y := g.Input("x", 3, 4), g.Labels("y", 3)
	s := autodiff.Concat(1, x.Sum(1).Reshape(3, 1).Tanh(), x.Pad(1, 1, 0).Slice(1, 0, 2)).MulScalar(0.3)
	out := s.LogSoftmax(1).Mul(y.OneHot(3)).Sum().Add(x.T().ReduceMax(0).Broadcast(2, 3).Mean())

	to := autodiff.NewGraph(tensor.Float64)
	copies := map[*autodiff.Node]*autodiff.Node{x: to.Input("x", 3, 4), y: to.Labels("y", 3)}
	for _, n := range g.Nodes() {
		if copies[n] != nil {
			continue
		}
		var in []*autodiff.Node
		for _, i := range n.Inputs() {
			in = append(in, copies[i])
		}
		copies[n] = to.Repeat(n, in...)
		assert.Equal(t, n.Caller(), copies[n].Caller())
		assert.Equal(t, n.Attributes(), copies[n].Attributes())
	}
	xv := tensor.New(tensor.WithShape(3, 4), tensor.WithBacking([]float64{1, -2, 3, 0.5, 2, 1, -1, 0, 4, 0.25, -3, 1}))
	yv := tensor.New(tensor.WithShape(3), tensor.WithBacking([]int{2, 0, 1}))
	want, err := autodiff.Interpret([]autodiff.Feed{x.Feed(xv), y.Feed(yv)}, out)
	require.NoError(t, err)
	got, err := autodiff.Interpret([]autodiff.Feed{copies[x].Feed(xv), copies[y].Feed(yv)}, copies[out])
	require.NoError(t, err)
	assert.Equal(t, want[0].Data(), got[0].Data())
}

func TestRepeatRefuses(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 3)
	for _, f := range []func(){
		func() { g.Repeat(x) },
		func() { g.Repeat(x.Exp()) },
		func() { g.Repeat(x.Exp(), x, x) },
	} {
		err := func() (err error) { defer autodiff.Catch(&err); f(); return nil }()
		assert.ErrorContains(t, err, "Repeat")
	}
}

func TestAttributes(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 3, 4, 5)
	for _, c := range []struct {
		n    *autodiff.Node
		want []int
	}{
		{x.SumKeep(1, 2), []int{1, 3}},
		{x.ReduceMaxKeep(0), []int{0, 1}},
		{x.Transpose(2, 0, 1), []int{2, 0, 1}},
		{x.Reshape(12, 5), []int{12, 5}},
		{g.Input("z", 5).Broadcast(4, 5), []int{4, 5}},
		{x.Slice(2, 1, 3), []int{2, 1, 3}},
		{x.Pad(0, 1, 2), []int{0, 1, 2}},
		{autodiff.Concat(1, x, x), []int{1}},
		{g.Labels("y", 3).OneHot(7), []int{7}},
		{x.Exp(), nil},
	} {
		assert.Equal(t, c.want, c.n.Attributes(), c.n.Op())
	}
}
