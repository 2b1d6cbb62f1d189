package surface

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func settings(surface string, names ...string) Settings {
	return Settings{Surface: surface, Condition: 9, Methods: names, Rate: 0.1, Batch: 8, Momentum: 0.9, Seed: 1}
}

func race(t *testing.T, s Settings) *Race {
	t.Helper()
	r, err := New(s)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r
}

func advance(t *testing.T, r *Race, steps int) map[string]Progress {
	t.Helper()
	f, err := r.Advance(steps)
	require.NoError(t, err)
	all := map[string]Progress{}
	for _, p := range f.Runners {
		all[p.Method] = p
	}
	return all
}

func last[T any](x []T) T { return x[len(x)-1] }

var everyMethod = []string{"random", "numerical", "gd", "sgd", "momentum", "nesterov", "adam", "newton"}

// On a bowl gradient descent is a formula: each coordinate shrinks by its own factor.
func TestGradientDescentOnTheBowl(t *testing.T) {
	r := race(t, settings("quadratic", "gd", "numerical"))
	runs := advance(t, r, 5)
	for name, tolerance := range map[string]float64{"gd": 1e-12, "numerical": 1e-4} {
		p := runs[name].Points
		assert.InDelta(t, -2*math.Pow(1-0.1*4/9, 5), float64(p[len(p)-2]), tolerance, name)
		assert.InDelta(t, 1.1*math.Pow(1-0.1*4, 5), float64(p[len(p)-1]), tolerance, name)
	}
}

// All methods get below where they started on every surface, but for those that
// diverge.
func TestMethodsDescend(t *testing.T) {
	for name, rate := range map[string]float64{"quadratic": 0.05, "rosenbrock": 0.1, "saddle": 0.02, "basins": 0.02, "network": 0.01} {
		s := settings(name, everyMethod...)
		s.Rate = rate
		r := race(t, s)
		start := advance(t, r, 0)
		for method, p := range advance(t, r, 150) {
			assert.Less(t, float64(last(p.Losses)), float64(start[method].Losses[0]), "%s on %s", method, name)
			assert.False(t, p.Diverged)
			assert.Len(t, p.Points, 2*150)
			assert.Len(t, p.Losses, 150)
		}
	}
}

// What a step costs is counted in examples.
func TestExamplesSeen(t *testing.T) {
	r := race(t, settings("quadratic", everyMethod...))
	advance(t, r, 0)
	for method, p := range advance(t, r, 3) {
		want := 3 * 8
		switch method {
		case "random", "gd":
			want = 3 * examples
		case "numerical", "newton":
			want = 9 * examples
		}
		assert.Equal(t, want, last(p.Examples), method)
	}
}

// The examples' slopes cancel: the mean of the minibatches' losses is the formula.
func TestTiltsCancel(t *testing.T) {
	s, err := newSurface("saddle", 1, rand.New(rand.NewPCG(1, 1)))
	require.NoError(t, err)
	values, err := s.tabulate(3)
	require.NoError(t, err)
	for i, v := range []float64{-2.1, 0, 2.1} {
		for j, u := range []float64{-2.8, 0, 2.8} {
			assert.InDelta(t, u*u-v*v+v*v*v*v/4, values[3*i+j], 1e-12)
		}
	}
}

// The network's surface has at (0, 0) the loss before its training and at (1, 0) that
// after it, and the map agrees with the loss of a single point.
func TestNetworkSurface(t *testing.T) {
	s := settings("network", "gd")
	start := float64(advance(t, race(t, s), 0)["gd"].Losses[0])
	s.Start = []float64{1, 0}
	end := float64(advance(t, race(t, s), 0)["gd"].Losses[0])
	assert.Less(t, end, start/4)

	r := race(t, s)
	const n = 9
	table, err := r.surface.tabulate(n)
	require.NoError(t, err)
	box := r.surface.box
	for i := range n {
		for j := range n {
			w := []float64{between(box.Left, box.Right, n)[j], between(box.Bottom, box.Top, n)[i]}
			loss, err := lossAt(r.objective, w)
			require.NoError(t, err)
			assert.InDelta(t, loss, table[i*n+j], 1e-12*(1+loss))
		}
	}
}

// Gradient descent crosses level curves at a right angle; a momentum does not. In the
// valley, of curvature 10 and slope 0.02, the circle leaves (1e-5·10/0.02)² = 0.001°.
func TestLevels(t *testing.T) {
	for _, name := range []string{"quadratic", "rosenbrock", "saddle", "basins"} {
		r := race(t, settings(name, "gd", "momentum"))
		for range 8 {
			runs := advance(t, r, 1)
			require.NotNil(t, runs["gd"].Level, name)
			assert.InDelta(t, 90, runs["gd"].Level.Angle, 1e-3, name)
		}
		assert.Less(t, advance(t, r, 1)["momentum"].Level.Angle, 89.0, name)
	}
}

func TestDivergence(t *testing.T) {
	s := settings("quadratic", "gd")
	s.Rate = 0.6 // above 2/4, the largest curvature
	p := advance(t, race(t, s), 400)["gd"]
	assert.True(t, p.Diverged)
	_, err := json.Marshal(p)
	assert.NoError(t, err)
}

// What is changed under way counts from the next step on, and the velocity is kept.
func TestTune(t *testing.T) {
	s := settings("quadratic", "momentum", "sgd")
	r := race(t, s)
	advance(t, r, 5)
	point := r.runners[0].point()
	before := []float64{point[0] - r.runners[0].before[0], point[1] - r.runners[0].before[1]}
	s.Rate, s.Momentum, s.Batch = 1e-12, 0.5, examples
	require.NoError(t, r.Tune(s))
	runs := advance(t, r, 1)
	for i, v := range before {
		assert.InDelta(t, point[i]+0.5*v, float64(runs["momentum"].Points[i]), 1e-9)
	}
	assert.Equal(t, 5*8+examples, last(runs["sgd"].Examples))
	s.Rate = 0
	assert.ErrorContains(t, r.Tune(s), "rate 0")
}

func TestSameSeed(t *testing.T) {
	s := settings("basins", everyMethod...)
	assert.Equal(t, advance(t, race(t, s), 20), advance(t, race(t, s), 20))
	other := s
	other.Seed = 2
	assert.NotEqual(t, advance(t, race(t, s), 20), advance(t, race(t, other), 20))
}

func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		`"hill" is none of`:                  func(s *Settings) { s.Surface = "hill" },
		`"luck" is none of the methods adam`: func(s *Settings) { s.Methods = []string{"luck"} },
		"rate NaN":                           func(s *Settings) { s.Rate = math.NaN() },
		"batch 0":                            func(s *Settings) { s.Batch = 0 },
		"momentum 1":                         func(s *Settings) { s.Momentum = 1 },
		"condition 0.5":                      func(s *Settings) { s.Condition = 0.5 },
	} {
		s := settings("quadratic", "gd")
		change(&s)
		_, err := New(s)
		assert.ErrorContains(t, err, want)
	}
}
