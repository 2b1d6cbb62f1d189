package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

// While it trains, a layer leaves out its part of the elements, others in each step,
// passes gradients where it passes values, and keeps the mean; afterwards it does
// nothing.
func TestDropout(t *testing.T) {
	l := nn.NewDropout(0.25, generator())
	x := matrix(generator(), 40, 250)
	assert.Equal(t, x.Float64s(), forward(t, l, x).Float64s())
	g := autodiff.NewTrainingGraph(tensor.Float64)
	in, step := g.Input("x", 40, 250), g.Input("step")
	y := l.Forward(in)
	grads, err := autodiff.Grad(y.Sum(), in)
	require.NoError(t, err)
	p, err := autodiff.Compile(y, grads[0])
	require.NoError(t, err)
	run := func(n float64) (value, gradient []float64) {
		out, err := p.Run(in.Feed(x), step.Feed(tensor.New(tensor.FromScalar(n))))
		require.NoError(t, err)
		return append(value, out.Value(0).Float64s()...), append(gradient, out.Value(1).Float64s()...)
	}
	value, gradient := run(1)
	kept := 0
	for i, v := range value {
		scale := 0.0
		if gradient[i] != 0 {
			scale = 1 / 0.75
			kept++
		}
		require.InDelta(t, scale, gradient[i], 1e-15)
		require.InDelta(t, scale*x.Float64s()[i], v, 1e-15)
	}
	assert.InDelta(t, 7500, kept, 5*43, "of 10,000, with a deviation of 43")
	again, _ := run(1)
	assert.Equal(t, value, again)
	other, _ := run(2)
	assert.NotEqual(t, value, other)
}
