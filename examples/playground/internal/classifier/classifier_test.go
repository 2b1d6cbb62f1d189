package classifier

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func settings() Settings {
	return Settings{Data: "moons", Noise: 0.2, Layers: 1, Units: 8, Activation: "tanh", Loss: "logistic", Lambda: 1e-4, Rule: "adam", Rate: 0.02, Batch: 16, Seed: 1}
}

func training(t *testing.T, s Settings) *Training {
	t.Helper()
	r, err := New(s)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r
}

// Every loss separates every set that its model can.
func TestLearns(t *testing.T) {
	for data, layers := range map[string]int{"blobs": 0, "moons": 1, "circles": 1, "spirals": 2} {
		for _, loss := range []string{"squared", "hinge", "logistic", "softmax"} {
			s := settings()
			s.Data, s.Layers, s.Loss, s.Noise = data, layers, loss, 0.1
			f, err := training(t, s).Advance(600)
			require.NoError(t, err)
			assert.Greater(t, float64(f.Train.Accuracy), 0.95, "%s with %s", data, loss)
			assert.Greater(t, float64(f.Test.Accuracy), 0.9, "%s with %s", data, loss)
			assert.Equal(t, 600, f.Steps)
			assert.Equal(t, 59, f.Epochs) // ten batches each, and the last one has not ended
		}
	}
}

// The regions are the model's score: for a linear one w·x + b, and between the two
// scores of a softmax their difference.
func TestRegions(t *testing.T) {
	for _, loss := range []string{"hinge", "softmax"} {
		s := settings()
		s.Layers, s.Loss = 0, loss
		f, err := training(t, s).Advance(20)
		require.NoError(t, err)
		require.Len(t, f.Layers, 1)
		w, b := f.Layers[0].Weights, f.Layers[0].Bias
		for i := range resolution {
			for j := range resolution {
				want := float64(w[0])*at(j) + float64(w[1])*at(i) + float64(b[0])
				if loss == "softmax" {
					want = float64(w[2])*at(j) + float64(w[3])*at(i) + float64(b[1]) - want
				}
				assert.InDelta(t, want, f.Regions[i*resolution+j], 1e-12)
			}
		}
	}
}

// All points are shown, most of them to learn from, and inside the square.
func TestPoints(t *testing.T) {
	for data := range generators {
		s := settings()
		s.Data = data
		p, err := training(t, s).Points()
		require.NoError(t, err)
		assert.Len(t, p.Train, 160)
		assert.Len(t, p.Test, 80)
		classes := 0.0
		for _, at := range append(p.Train, p.Test...) {
			classes += at[2]
			assert.Less(t, math.Hypot(at[0], at[1]), Extent*math.Sqrt2, data)
		}
		assert.Equal(t, 120.0, classes, data)
	}
}

func TestDrawnPoints(t *testing.T) {
	s := settings()
	s.Data = "drawn"
	p, err := training(t, s).Points()
	require.NoError(t, err)
	assert.Len(t, p.Train, 2)

	s.Drawn = [][3]float64{{0.1, 0.2, 1}}
	p, err = training(t, s).Points()
	require.NoError(t, err)
	assert.Equal(t, s.Drawn, p.Train)
	assert.Equal(t, s.Drawn, p.Test)

	for i := range 20 {
		s.Drawn = append(s.Drawn, [3]float64{float64(i) / 10, -0.3, float64(i % 2)})
	}
	p, err = training(t, s).Points()
	require.NoError(t, err)
	assert.Len(t, p.Train, 14)
	assert.ElementsMatch(t, s.Drawn, append(p.Train, p.Test...))
}

func TestDivergence(t *testing.T) {
	s := settings()
	s.Layers, s.Loss, s.Rule, s.Rate = 0, "squared", "sgd", 1000
	f, err := training(t, s).Advance(5000)
	require.NoError(t, err)
	assert.True(t, f.Diverged)
	assert.Less(t, f.Steps, 5000)
}

func TestTune(t *testing.T) {
	s := settings()
	s.Rule = "sgd"
	r := training(t, s)
	before, err := r.frame()
	require.NoError(t, err)
	s.Rate = 1e-300
	require.NoError(t, r.Tune(s))
	after, err := r.Advance(3)
	require.NoError(t, err)
	assert.Equal(t, before.Layers[0].Weights, after.Layers[0].Weights)
	s.Rate = -1
	assert.ErrorContains(t, r.Tune(s), "rate -1")
}

func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		`"stars" is none of blobs, circles`: func(s *Settings) { s.Data = "stars" },
		`"zero-one" is none of the losses`:  func(s *Settings) { s.Loss = "zero-one" },
		`"sine" is none of the activations`: func(s *Settings) { s.Activation = "sine" },
		`"luck" is none of the rules`:       func(s *Settings) { s.Rule = "luck" },
		"4 layers of 8 units":               func(s *Settings) { s.Layers = 4 },
		"batch 0":                           func(s *Settings) { s.Batch = 0 },
		"λ -1":                              func(s *Settings) { s.Lambda = -1 },
		"a class index":                     func(s *Settings) { s.Data, s.Drawn = "drawn", [][3]float64{{0, 0, 2}} },
	} {
		s := settings()
		change(&s)
		_, err := New(s)
		assert.Error(t, err)
		if want != "a class index" { // the words are those of datasets
			assert.ErrorContains(t, err, want)
		}
	}
}
