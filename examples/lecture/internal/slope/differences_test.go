package slope

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/optim/curvature"
)

func newTestObjective(t *testing.T) *curvature.Objective {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	d, err := datasets.Blobs(30, 4, 3, 1, rng)
	require.NoError(t, err)
	o, err := newObjective(d.WithBias(), rng)
	require.NoError(t, err)
	return o
}

// The loss is piecewise linear: a difference is wrong only where one of 30·2
// margins changes sign within h, which moves the slope by at most |x|/30.
func TestDifferencesAgreeWithBackpropagation(t *testing.T) {
	o := newTestObjective(t)
	before := o.Point()
	c, err := compare(o)
	require.NoError(t, err)
	assert.Equal(t, before, o.Point(), "the weights are put back")
	require.Len(t, c.difference, 15)
	assert.Less(t, c.distance(), 0.01)
	assert.Greater(t, c.distance(), 0.0)
	for i := range c.gradient {
		assert.LessOrEqual(t, abs(c.gradient[i]), abs(c.gradient[c.steepest()]))
	}
}

func abs(x float64) float64 { return max(x, -x) }

func TestMoved(t *testing.T) {
	o := newTestObjective(t)
	w := o.Point()
	got, err := moved(o, 2, 0.5)
	require.NoError(t, err)
	assert.Equal(t, w, o.Point())
	w[2] += 0.5
	require.NoError(t, o.Move(w))
	want, err := o.Loss()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}
