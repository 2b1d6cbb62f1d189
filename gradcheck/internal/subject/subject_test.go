package subject_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"declive/gradcheck/internal/subject"
)

// product is x·y at (3, 4) with the gradient that spoil makes of the right one.
func product(ctx context.Context, spoil func(x [][]float64, v []float64, g [][]float64) [][]float64) *subject.Subject {
	return &subject.Subject{
		Context: ctx,
		Vars:    []subject.Var{{Name: "x", Shape: []int{1, 2}}, {Name: "y", Shape: []int{2}}},
		F:       func(x [][]float64) ([]float64, error) { return []float64{x[0][0]*x[1][0] + x[0][1]*x[1][1]}, nil },
		VJP: func(x [][]float64, v []float64) ([][]float64, error) {
			return spoil(x, v, [][]float64{{v[0] * x[1][0], v[0] * x[1][1]}, {v[0] * x[0][0], v[0] * x[0][1]}}), nil
		},
		X: [][]float64{{3, 0}, {4, 5}}, V: []float64{1},
		Rand: rand.New(rand.NewPCG(1, 2)),
	}
}

func right(_ [][]float64, _ []float64, g [][]float64) [][]float64 { return g }

func TestBackward(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(x [][]float64, v []float64, g [][]float64) [][]float64
		want  string
	}{
		{"right", right, ""},
		{"part", func(_ [][]float64, _ []float64, g [][]float64) [][]float64 { return g[:1] }, "1 parts for 2 variables"},
		{"nil", func(_ [][]float64, _ []float64, g [][]float64) [][]float64 { g[1] = nil; return g }, "the gradient of y is nil"},
		{"length", func(_ [][]float64, _ []float64, g [][]float64) [][]float64 { g[0] = g[0][:1]; return g }, "the gradient of x has 1 elements, the variable [1 2] has 2"},
		{"argument", func(x [][]float64, _ []float64, g [][]float64) [][]float64 { x[0][1] = 1; return g }, "changes its argument: x[0,1]"},
		{"incoming", func(_ [][]float64, v []float64, g [][]float64) [][]float64 { v[0] = 2; return g }, "changes the incoming gradient (output 0)"},
	} {
		s := product(t.Context(), c.spoil)
		g, err := s.Backward(s.X, s.V)
		if c.want == "" {
			require.NoError(t, err)
			assert.Equal(t, [][]float64{{4, 5}, {3, 0}}, g)
			continue
		}
		assert.ErrorContains(t, err, c.want, c.name)
		_, isFault := errors.AsType[subject.Fault](err)
		assert.True(t, isFault, c.name)
		assert.Equal(t, [][]float64{{3, 0}, {4, 5}}, s.X, "the point is untouched")
	}
}

func TestEval(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := product(ctx, right)
	y, err := s.Eval(s.X)
	require.NoError(t, err)
	assert.Equal(t, []float64{12}, y)
	s.Base = []float64{1, 2}
	_, err = s.Eval(s.X)
	assert.EqualError(t, err, "gradcheck: the function returned 1 values, 2 before")
	s.Count(40)
	assert.Equal(t, 42, s.Evals())
	cancel()
	_, err = s.Eval(s.X)
	require.ErrorIs(t, err, context.Canceled)
	_, isFault := errors.AsType[subject.Fault](err)
	assert.False(t, isFault)
}

// Moves keep within bounds and to numbers that the function sees.
func TestMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := product(context.Background(), right)
		s.Function32 = rapid.Bool().Draw(t, "float32")
		s.Bounds = subject.Bounds{Given: true, Lo: -0.01, Hi: 5}
		for _, at := range [][][]float64{
			s.Perturbed(rapid.Float64Range(0, 3).Draw(t, "r")),
			s.OneRoundingAway(s.X, s.Round),
		} {
			for b := range at {
				for _, x := range at[b] {
					assert.True(t, s.Inside(x), x)
					assert.Equal(t, x, s.Round(x))
				}
			}
		}
		_, inside := s.Offset(s.X, [][]float64{{1, 0}, {0, 0}}, 2.5)
		assert.False(t, inside)
	})
}

// One rounding away is a neighbour, or the one after.
func TestOneRoundingAway(t *testing.T) {
	s := product(t.Context(), right)
	s.Gradient32 = true
	at := s.OneRoundingAway(s.X, s.RoundGrad)
	for b := range at {
		for i, x := range at[b] {
			old := float32(s.X[b][i])
			near := []float32{old}
			for _, to := range []float64{-1, 1} {
				next := math.Nextafter32(old, float32(to*100))
				near = append(near, next, math.Nextafter32(next, float32(to*100)))
			}
			assert.Contains(t, near, float32(x))
			assert.Equal(t, old == 0, float32(x) == old)
		}
	}
}

func TestScales(t *testing.T) {
	assert.Equal(t, []float64{1, 1}, subject.Scales([]float64{0, 0}))
	assert.InDeltaSlice(t, []float64{math.Sqrt(12.5), 4}, subject.Scales([]float64{3, -4}), 1e-15)
	assert.True(t, subject.Finite([][]float64{{1}, {}}))
	assert.False(t, subject.Finite([][]float64{{1}, {math.NaN()}}))
	assert.False(t, subject.Finite([][]float64{{math.Inf(1)}}))
}

func TestPrecision(t *testing.T) {
	for _, c := range []struct {
		p             subject.Precision
		eps, gradEps  float64
		round, rounds float64 // of 1/3, by the function and by the gradient
	}{
		{subject.Precision{}, subject.Eps64, subject.Eps64, 1. / 3, 1. / 3},
		{subject.Precision{Gradient32: true}, subject.Eps64, subject.Eps32, 1. / 3, float64(float32(1. / 3))},
		{subject.Precision{Function32: true}, subject.Eps32, subject.Eps32, float64(float32(1. / 3)), float64(float32(1. / 3))},
	} {
		assert.Equal(t, c.eps, c.p.Eps())
		assert.Equal(t, c.gradEps, c.p.GradEps())
		assert.Equal(t, c.round, c.p.Round(1./3))
		assert.Equal(t, c.rounds, c.p.RoundGrad(1./3))
		least, most := c.p.GradRange()
		assert.Equal(t, c.gradEps == subject.Eps32, most == math.MaxFloat32)
		assert.Less(t, least, 1e-37)
	}
}
