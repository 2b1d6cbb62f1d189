package rounding_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/gradcheck/internal/rounding"
	"declive/gradcheck/internal/slope"
	"declive/gradcheck/internal/subject"
)

// of returns the subject of a function of one variable with its gradient df at x, as
// the checks before the measuring leave it.
func of(t *testing.T, f, df func(x float64) float64, x float64, p subject.Precision) *subject.Subject {
	t.Helper()
	s := &subject.Subject{
		Context: t.Context(), Vars: []subject.Var{{Name: "x", Shape: []int{1}}},
		F: func(x [][]float64) ([]float64, error) { return []float64{p.Round(f(p.Round(x[0][0])))}, nil },
		VJP: func(x [][]float64, v []float64) ([][]float64, error) {
			return [][]float64{{p.RoundGrad(v[0] * df(x[0][0]))}}, nil
		},
		Precision: p, Seed: 1, Rand: rand.New(rand.NewPCG(1, 0)), X: [][]float64{{x}}, V: []float64{1},
	}
	var err error
	s.Base, err = s.Eval(s.X)
	require.NoError(t, err)
	s.Grad, err = s.Backward(s.X, s.V)
	require.NoError(t, err)
	return s
}

var (
	single = subject.Precision{Function32: true}
	double = subject.Precision{}
)

// Noise is one rounding of a smooth function, and more of one that rounds inside.
func TestNoise(t *testing.T) {
	cancelling := func(x float64) float64 { return (0.7*x + 100) - 100 }
	tilt := func(float64) float64 { return 0.7 }
	for _, c := range []struct {
		name   string
		f, df  func(float64) float64
		p      subject.Precision
		lo, hi float64 // in units of ε of the value
	}{
		// Values are off by one rounding at most, and second differences by four: of
		// equal ones the estimate is 3·4/√6.
		{"float64", math.Sin, math.Cos, double, 1, 5},
		{"float32", math.Sin, math.Cos, single, 1, 5},
		// Here a unit is that of 100, 128 ε, and second differences are 0 or one unit:
		// one to all of the six that count, over the value 0.7.
		{"cancelling", cancelling, tilt, double, 128 / 0.7 * 3 / 6, 128 / 0.7 * 3 / math.Sqrt(6)},
		{"a jump at the point", func(x float64) float64 { return math.Floor(x + 1e-12) }, tilt, double, 1, 1},
	} {
		s := of(t, c.f, c.df, 1, c.p)
		r, err := rounding.Measure(s)
		require.NoError(t, err)
		got := r.Noise[0] / (c.p.Eps() * math.Abs(s.Base[0]))
		assert.GreaterOrEqual(t, got, c.lo, c.name)
		assert.LessOrEqual(t, got, c.hi, c.name)
	}
}

// Size is that of the value, or of what the variable does to it.
func TestSize(t *testing.T) {
	line := func(x float64) float64 { return 5 * (x - 2) }
	five := func(float64) float64 { return 5 }
	for x, want := range map[float64]float64{2: 10, 3: 15, 100: 500, -1: 15} {
		r, err := rounding.Measure(of(t, line, five, x, double))
		require.NoError(t, err)
		assert.Equal(t, want, r.Size, "at %v", x)
		assert.Nil(t, r.Gradient)
	}
}

// A float32 gradient that cancels is off by much of itself, one that does not by some
// roundings.
func TestConditioning(t *testing.T) {
	p := subject.Precision{Gradient32: true}
	third := float64(float32(1. / 3))
	const unit = 0x1p-25 // between float32 numbers around 1/3
	for _, c := range []struct {
		name   string
		df     func(x float64) float64
		lo, hi float64 // of the gradient
	}{
		{"x", func(x float64) float64 { return x }, 8 * unit / third, 8 * unit / third},
		{"x − 1/3 + 1e-6", func(x float64) float64 { return x - third + 1e-6 }, 0.01, 0.01}, // the cap of 1 %
	} {
		r, err := rounding.Measure(of(t, math.Exp, c.df, third, p))
		require.NoError(t, err)
		rel := r.Gradient[0][0] / math.Abs(c.df(third))
		assert.GreaterOrEqual(t, rel, c.lo*(1-1e-6), c.name)
		assert.LessOrEqual(t, rel, c.hi*(1+1e-6), c.name)
	}
}

// A saturated unit stands still at the point, and its grain shows how far it moves.
func TestGrain(t *testing.T) {
	f := func(x float64) float64 { return math.Tanh(x) - 1 }
	s := of(t, f, func(float64) float64 { return 0 }, 30, double)
	r, err := rounding.Measure(s)
	require.NoError(t, err)
	assert.Zero(t, r.Noise[0])
	g, err := r.Grain()
	require.NoError(t, err)
	assert.Greater(t, g.Size, 0.5)
	evals := s.Evals()
	again, err := r.Grain()
	require.NoError(t, err)
	assert.Same(t, g, again)
	assert.Equal(t, evals, s.Evals(), "measured once")

	l := slope.Ladder{Top: 0.1, Ratio: 4, Rungs: 6}
	steps := l.Steps()
	out := make([]float64, len(steps))
	for k, h := range steps {
		out[k] = f(30 * (1 + h))
	}
	near, before := r.Slope(steps, out, s.Base, l.Ratio, nil, 0)
	_, after := r.Slope(steps, out, s.Base, l.Ratio, g, 0)
	assert.Zero(t, near.Value)
	assert.Zero(t, before.Unseen)
	assert.Zero(t, before.Masked)
	assert.InEpsilon(t, 1000*subject.Eps64*g.Size, after.Unseen, 1e-12)
	assert.InEpsilon(t, 1000*subject.Eps64*g.Size, after.Masked, 1e-12)
	half := after.Over(2)
	assert.Equal(t, after.Unseen/2, half.Unseen)
	assert.Equal(t, after.Hidden, half.Hidden, "in units of the steps already")
}

// What rounding the variables does along a direction counts those that move.
func TestBlur(t *testing.T) {
	r, err := rounding.Measure(of(t, math.Exp, math.Exp, 2, double))
	require.NoError(t, err)
	x := [][]float64{{2}}
	assert.InEpsilon(t, 3*subject.Eps64*2*math.Exp(2), r.Blur(x, [][]float64{{-7}}), 1e-12)
	assert.Zero(t, r.Blur(x, [][]float64{{0}}))
	assert.Equal(t, 14.0, rounding.Along([]float64{2}, [][]float64{{-7}}))
}
