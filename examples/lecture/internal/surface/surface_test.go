package surface

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/examples/lecture/internal/plane"
	"declive/optim/curvature"
)

// Each step leaves its level curve at a right angle and leads down.
func TestTheWayDown(t *testing.T) {
	for seed := range uint64(5) {
		u, err := newNeuron(40, rand.New(rand.NewPCG(seed, 5)))
		require.NoError(t, err)
		way, err := u.descend(start, rate, 20)
		require.NoError(t, err)
		require.Len(t, way, 21)
		angles, err := u.angles(way)
		require.NoError(t, err)
		require.Len(t, angles, 20)
		for i, a := range angles {
			assert.InDelta(t, 90, a, 0.01, "step %d of seed %d", i+1, seed)
		}
		last := 0.0
		for i, at := range way {
			loss, err := plane.LossAt(u.objective, at...)
			require.NoError(t, err)
			if i > 0 {
				assert.Less(t, loss, last)
			}
			last = loss
		}
	}
}

// A step along the gradient turned by 10 degrees is seen to be 10 degrees off.
func TestAngleOfAnObliqueStep(t *testing.T) {
	assert.InDelta(t, 80, angle([]float64{0.984807753012208, 0.17364817766693033}, [2]float64{0, 1}), 1e-12)
	u, err := newNeuron(40, rand.New(rand.NewPCG(1, 5)))
	require.NoError(t, err)
	way, err := u.descend(start, rate, 1)
	require.NoError(t, err)
	const sin, cos = 0.17364817766693033, 0.984807753012208 // of 10 degrees
	dx, dy := way[1][0]-way[0][0], way[1][1]-way[0][1]
	turned := plane.Way{way[0], {way[0][0] + cos*dx - sin*dy, way[0][1] + sin*dx + cos*dy}}
	angles, err := u.angles(turned)
	require.NoError(t, err)
	assert.Contains(t, []float64{80, 100}, float64(int(angles[0]+0.5)))
}

// The level curves of x² + 4·y² have the direction of (−4·y, x).
func TestTangent(t *testing.T) {
	w := autodiff.NewParam("w", plane.Matrix(1, 2, 3, 4))
	o, err := curvature.NewObjective(func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return g.Param(w).Square().Mul(g.Constant(plane.Matrix(1, 2, 1, 4))).Sum()
	}, []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	along, err := tangent(o, []float64{1, 0.5}, []float64{-1, -1}, 1e-4)
	require.NoError(t, err)
	// the gradient is (2, 4), so the curve runs along (2, −1)/√5
	assert.InDelta(t, 0, (2*along[0]+4*along[1])/math.Sqrt(20), 1e-8)
	assert.InDelta(t, 1, math.Hypot(along[0], along[1]), 1e-12)
	_, err = tangent(o, []float64{1, 0.5}, []float64{1, 1}, 1e-4)
	assert.ErrorContains(t, err, "does not fall")
}
