package digits

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func settings() Settings {
	return Settings{Lambda: 1e-4, Rule: "sgd", Rate: 0.1, Batch: 32, Seed: 1}
}

func training(t *testing.T, s Settings) *Training {
	t.Helper()
	r, err := New(s)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r
}

// A linear model comes to the accuracy that datasets.Digits tells of, and most of its
// examples have the highest score for their own digit.
func TestLearns(t *testing.T) {
	for _, hidden := range []int{0, 20} {
		s := settings()
		s.Hidden, s.Rule, s.Rate = hidden, "momentum", 0.05
		r := training(t, s)
		f, err := r.Advance(500)
		require.NoError(t, err)
		assert.Greater(t, float64(f.Accuracy), 0.87, "%d hidden", hidden)
		assert.Equal(t, 500, f.Tested)
		assert.Len(t, f.Templates, max(classes, hidden))
		right := 0
		for i := range 50 {
			e, err := r.Example(i)
			require.NoError(t, err)
			best := 0
			for k, score := range e.Frame.Scores {
				if score > e.Frame.Scores[best] {
					best = k
				}
			}
			if best == e.Label {
				right++
			}
		}
		assert.Greater(t, right, 40)
	}
}

func TestDraw(t *testing.T) {
	r := training(t, settings())
	f, err := r.Draw(make([]byte, pixels))
	require.NoError(t, err)
	assert.Empty(t, f.Scores, "nothing is drawn")
	f, err = r.Draw(bytes.Repeat([]byte{0, 255, 100, 0}, pixels/4))
	require.NoError(t, err)
	require.Len(t, f.Scores, classes)
	sum := 0.0
	for _, p := range f.Probabilities {
		sum += float64(p)
	}
	assert.InDelta(t, 1, sum, 1e-12)
	_, err = r.Draw(make([]byte, 3))
	assert.ErrorContains(t, err, "3 bytes, want 784")
	for _, number := range []int{0, testSize, -testSize} {
		e, err := r.Example(number)
		require.NoError(t, err)
		assert.Equal(t, r.test.Labels()[0], e.Label)
	}
}

// A template is its row of weights: the extreme one is 127 from the middle.
func TestTemplates(t *testing.T) {
	f, err := training(t, settings()).Frame()
	require.NoError(t, err)
	for _, image := range f.Templates {
		require.Len(t, image, pixels)
		most := 0
		for _, v := range image {
			most = max(most, int(v)-128, 128-int(v))
		}
		assert.Equal(t, 127, most)
	}
}

func TestTuneAndDivergence(t *testing.T) {
	s := settings()
	r := training(t, s)
	before, err := r.Frame()
	require.NoError(t, err)
	s.Rate = 1e-300
	require.NoError(t, r.Tune(s))
	after, err := r.Advance(2)
	require.NoError(t, err)
	assert.Equal(t, before.Templates, after.Templates)
	s.Rate, s.Lambda = 1e5, 1
	diverging := training(t, s)
	after, err = diverging.Advance(1000)
	require.NoError(t, err)
	assert.True(t, after.Diverged)
}

func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		"65 hidden units":             func(s *Settings) { s.Hidden = 65 },
		`"luck" is none of the rules`: func(s *Settings) { s.Rule = "luck" },
		"rate 0":                      func(s *Settings) { s.Rate = 0 },
		"batch 0":                     func(s *Settings) { s.Batch = 0 },
		"λ -1":                        func(s *Settings) { s.Lambda = -1 },
	} {
		s := settings()
		change(&s)
		_, err := New(s)
		assert.ErrorContains(t, err, want)
	}
}
