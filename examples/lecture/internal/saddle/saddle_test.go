package saddle

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/optim/curvature"
)

// The eigenvalues at the saddle of v·tanh(w·x) are 2·λ ± 2·mean(x·y).
func TestSmallestNetworkHasASaddle(t *testing.T) {
	p, err := newSmallest(20, rand.New(rand.NewPCG(1, 7)))
	require.NoError(t, err)
	c, err := p.classified([]float64{0, 0})
	require.NoError(t, err)
	assert.Equal(t, curvature.Saddle, c.Kind)
	mean := 0.0
	for i, x := range p.batch.X.Float64s() {
		mean += x * p.batch.Y.Float64s()[i] / 20
	}
	assert.InDeltaSlice(t, []float64{0.02 - 2*mean, 0.02 + 2*mean}, c.Eigenvalues, 1e-12)
}

// Every method with a rate leaves the saddle, gradient descent last; Newton's
// method ends on it, and saddle-free Newton in a minimum.
func TestWaysPastTheSaddle(t *testing.T) {
	for seed := range uint64(4) {
		p, err := newSmallest(40, rand.New(rand.NewPCG(seed, 7)))
		require.NoError(t, err)
		start, err := p.ridge(0.8, 1e-4, rate)
		require.NoError(t, err)
		tracks, err := p.race(t.Context(), entrants(rate), start, 150, seed)
		require.NoError(t, err)
		escape := map[string]int{}
		ends := map[string]curvature.StationaryPoint{}
		for _, track := range tracks {
			escape[track.name] = track.escaped(0.3)
			ends[track.name], err = p.classified(track.end())
			require.NoError(t, err)
		}
		assert.Equal(t, -1, escape[newtonName])
		assert.Equal(t, curvature.Saddle, ends[newtonName].Kind)
		assert.Equal(t, curvature.Minimum, ends[freeName].Kind)
		assert.Greater(t, escape["gradient descent"], escape["SGD, batches of 10"])
		assert.Greater(t, escape["gradient descent"], 3*escape["momentum 0.9"])
		assert.Greater(t, escape["momentum 0.9"], escape[freeName])
		assert.Positive(t, escape[freeName])

		// along the way of gradient descent one eigenvalue changes its sign
		along, err := p.along(tracks[0])
		require.NoError(t, err)
		assert.Negative(t, along[30].lowest)
		assert.Positive(t, along[150].lowest)
		assert.Less(t, along[40].slope, 0.1*along[0].slope)
	}
}

// From the same starts Newton's method ends in saddles and saddle-free Newton in
// minima, and higher points have more falling directions.
func TestStationaryPointsOfANetwork(t *testing.T) {
	p, err := newNetwork(hidden, 40, rand.New(rand.NewPCG(1, 7)))
	require.NoError(t, err)
	find := func(m curvature.Method) *search {
		s, err := p.find(t.Context(), m, 40, rand.New(rand.NewPCG(2, 7)))
		require.NoError(t, err)
		return s
	}
	newton, free := find(curvature.Newton{}), find(curvature.SaddleFreeNewton{})
	assert.GreaterOrEqual(t, newton.saddles(), 35)
	assert.Zero(t, free.saddles())
	assert.GreaterOrEqual(t, free.minima(), 35)
	assert.Greater(t, correlation(newton, free), 0.8)
	for i, f := range newton.findings {
		assert.Less(t, f.GradientNorm, 1e-6)
		if i > 0 {
			assert.GreaterOrEqual(t, f.Loss, newton.findings[i-1].Loss)
		}
	}
}

// Beside the saddle of the network, Newton's method returns to it; the others
// leave.
func TestLeavingASaddleOfANetwork(t *testing.T) {
	p, err := newNetwork(hidden, 40, rand.New(rand.NewPCG(1, 7)))
	require.NoError(t, err)
	newton, err := p.find(t.Context(), curvature.Newton{}, 20, rand.New(rand.NewPCG(2, 7)))
	require.NoError(t, err)
	saddle := newton.favourite()
	require.NotNil(t, saddle)
	start := beside(saddle.weights, 1e-3, rand.New(rand.NewPCG(3, 7)).NormFloat64)
	tracks, err := p.race(t.Context(), entrants(rate), start, 60, 1)
	require.NoError(t, err)
	assert.InDelta(t, saddle.Loss, tracks[3].losses[60], 1e-12)
	assert.Less(t, tracks[4].losses[60], saddle.Loss-0.1)
	assert.InDelta(t, saddle.Loss, tracks[0].losses[60], 0.01, "gradient descent is still there")
	assert.False(t, math.IsNaN(tracks[1].losses[60]))
}
