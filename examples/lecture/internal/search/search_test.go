package search

import (
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/lecture/internal/lesson"
)

func newTestSetting(t *testing.T) *lesson.Setting {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	data, err := lesson.Load("", true, rng)
	require.NoError(t, err)
	return &lesson.Setting{Data: data, Small: true, Rand: rng, Now: time.Now, Progress: io.Discard}
}

func TestLowestIsThatOfTheTriesSoFar(t *testing.T) {
	s := newTestSetting(t)
	train, test, err := s.Centred()
	require.NoError(t, err)
	h, err := random(context.Background(), s, train, test, 30)
	require.NoError(t, err)
	require.Len(t, h.losses, 30)
	for i := range h.losses {
		assert.Equal(t, slices.Min(h.losses[:i+1]), h.lowest[i])
	}
	assert.Equal(t, slices.Min(h.losses), h.best())
	assert.Greater(t, h.accuracy, 0.0)
}

func TestSearchEndsWhenInterrupted(t *testing.T) {
	s := newTestSetting(t)
	train, test, err := s.Centred()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = random(ctx, s, train, test, 1000)
	assert.ErrorIs(t, err, context.Canceled)
}

// With weights of d the noise of a cosine is about 1/√d, here 0.011, less by the
// root of the repetitions: the bounds are four of these away.
func TestCosineGrowsWithTheTries(t *testing.T) {
	s := newTestSetting(t)
	train, _, err := s.Centred()
	require.NoError(t, err)
	all, weights, err := directions(context.Background(), s, train, []int{10, 1000})
	require.NoError(t, err)
	assert.Equal(t, 10*785, weights)
	for _, d := range all {
		assert.InDelta(t, d.expected, d.cosine, 4*0.0113/1.7)
	}
	assert.Greater(t, all[1].cosine, 4*all[0].cosine)
}
