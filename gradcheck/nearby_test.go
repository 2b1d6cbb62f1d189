package gradcheck

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/subject"
	"declive/internal/dense"
)

// A gradient that cannot be called at a point nearby, one rounding away, is an error.
func TestRoundingNearbyCannotBeMeasured(t *testing.T) {
	p, err := OpProblem(func(in ...*autodiff.Node) *autodiff.Node { return in[0].MulScalar(1e-15).AddScalar(1) }, // a gradient as small as rounding
		[]*tensor.Dense{dense.New(tensor.Float64, []int{3}, []float64{0.3, -0.2, 0.7})})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	c, err := newChecker(ctx, p, options{seed: DefaultSeed})
	require.NoError(t, err)
	ok, err := c.prepare()
	require.NoError(t, err)
	require.True(t, ok)
	cancel()
	_, err = c.near.roundingAlong(nearby{x: c.s.X, grad: c.s.Grad}, subject.Clone(c.s.X))
	assert.ErrorIs(t, err, context.Canceled)
}
