package verify

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/gradcheck"
)

func small(t *testing.T) subject {
	t.Helper()
	s, err := newSubject(20, rand.New(rand.NewPCG(1, 4)))
	require.NoError(t, err)
	return s
}

func TestRightGradientsPass(t *testing.T) {
	s := small(t)
	r, err := s.check(t.Context())
	require.NoError(t, err)
	assert.True(t, r.OK(), "%v", r)
	r, err = s.checkByHand(t.Context(), none)
	require.NoError(t, err)
	assert.True(t, r.OK(), "%v", r)
	assert.Equal(t, 20, r.Vars[0].Agree)
}

// Every mistake is caught, though the wrong gradient points nearly the right way.
func TestMistakesAreCaught(t *testing.T) {
	s := small(t)
	before := append([]float64(nil), s.weights.Value().Float64s()...)
	for m, want := range map[mistake]string{
		once:      "no simple relation",
		sum:       "20 times too large",
		halfDecay: "a regularisation term λ x is missing or has the wrong λ",
	} {
		r, err := s.checkByHand(t.Context(), m)
		require.NoError(t, err)
		assert.False(t, r.OK(), m)
		assert.Contains(t, r.Vars[0].Suspect, want)
		assert.Greater(t, s.cosine(m), 0.8, m)
	}
	loss := func(m mistake, steps int) float64 {
		value, err := s.descend(m, 0.1, steps)
		require.NoError(t, err)
		return value
	}
	assert.Less(t, loss(once, 200), loss(once, 0), "the wrong gradient still leads down")
	assert.Less(t, loss(none, 200), loss(once, 200), "but not as far")
	assert.Equal(t, before, s.weights.Value().Float64s())
}

// The errors fall as the formulas say while truncation rules, and have their
// minimum within a factor of 30 of √ε and ∛ε.
func TestErrorsOverTheStep(t *testing.T) {
	s := small(t)
	slopes, err := s.errorsOver([]float64{1e-2, 1e-3})
	require.NoError(t, err)
	assert.InDelta(t, 10, slopes[0].err[0]/slopes[0].err[1], 1)
	assert.InDelta(t, 100, slopes[1].err[0]/slopes[1].err[1], 10)

	var steps []float64
	for e := 0.0; e >= -12; e -= 0.5 {
		steps = append(steps, math.Pow(10, e))
	}
	curves, err := s.errorsOver(steps)
	require.NoError(t, err)
	for i, want := range []float64{math.Sqrt(0x1p-52), math.Cbrt(0x1p-52), math.Cbrt(0x1p-23)} {
		assert.InDelta(t, 0, math.Log10(curves[i].h/want), math.Log10(30), curves[i].name)
	}
	at, err := s.errorsOver([]float64{gradcheck.Step})
	require.NoError(t, err)
	assert.Less(t, at[1].err[0], at[0].err[0])
	assert.Less(t, at[0].err[0], at[2].err[0])
}
