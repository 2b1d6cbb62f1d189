package optim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/optim"
	"declive/optim/internal/sample"
)

// clipped takes a step at rate 1 from 0 against the gradient (3, 4)·scale of two
// parameters, and returns them and the length.
func clipped(t *testing.T, dt tensor.Dtype, scale, c float64) (a, b, norm float64) {
	p := autodiff.NewParam("a", dense.Zeros(dt))
	q := autodiff.NewParam("b", dense.Zeros(dt))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return g.Param(p).MulScalar(3 * scale).Add(g.Param(q).MulScalar(4 * scale))
	}
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{p, q}, optim.SGD{LearningRate: 1}, optim.WithClipNorm(c))
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{})
	require.NoError(t, err)
	return dense.Element(p.Value(), 0), dense.Element(q.Value(), 0), tr.GradientNorm()
}

// The length is 5·scale, also where its square is none of the graph's numbers.
func TestClipNorm(t *testing.T) {
	for _, c := range []struct {
		dt                   tensor.Dtype
		scale, limit, factor float64
	}{
		{tensor.Float64, 1, 10, 1},
		{tensor.Float64, 1, 5, 1},
		{tensor.Float64, 1, 1, 0.2},
		{tensor.Float64, 1e200, 1, 0.2e-200},
		{tensor.Float64, 1e-200, 1, 1},
		{tensor.Float64, 1e-200, 1e-200, 0.2},
		{tensor.Float32, 1, 1, 0.2},
		{tensor.Float32, 1e25, 1, 0.2e-25},
		{tensor.Float32, 1e-30, 1e-30, 0.2},
		{tensor.Float64, 0, 1, 1},
	} {
		a, b, norm := clipped(t, c.dt, c.scale, c.limit)
		eps := 0x1p-50 // eight rounded operations
		if c.dt == tensor.Float32 {
			eps = 0x1p-21
		}
		assert.InDelta(t, -3*c.scale*c.factor, a, eps*3*c.scale*c.factor, "%v", c)
		assert.InDelta(t, -4*c.scale*c.factor, b, eps*4*c.scale*c.factor, "%v", c)
		assert.InDelta(t, 5*c.scale, norm, eps*5*c.scale, "%v: the length before", c)
	}
}

func TestClipNormWithASlot(t *testing.T) {
	p := autodiff.NewParam("p", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(p).MulScalar(8) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{p}, optim.Momentum{LearningRate: 1, Momentum: 0.5}, optim.WithClipNorm(2))
	require.NoError(t, err)
	for range 3 {
		_, err = tr.Step(autodiff.Batch{})
		require.NoError(t, err)
	}
	assert.Equal(t, -(2.0 + 3 + 3.5), p.Value().ScalarValue(), "velocities 2, 3 and 3.5")
}

// A gradient of length 5 is followed as if it had length 1.
func ExampleWithClipNorm() {
	w := autodiff.NewParam("w", sample.Vector(0, 0))
	slope := func(x, _ *autodiff.Node) *autodiff.Node { return x.Mul(x.Graph().Param(w)).Sum() }
	trainer, err := optim.NewTrainer(slope, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithClipNorm(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = trainer.Step(autodiff.Batch{X: sample.Vector(3, 4)})
	fmt.Printf("%.1f %v %v\n", w.Value().Data(), trainer.GradientNorm(), err)
	// Output: [-0.6 -0.8] 5 <nil>
}
