package slope_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/gradcheck/internal/slope"
)

// closedForms are functions with derivatives known on paper, on a ≤ x < b.
var closedForms = []struct {
	name   string
	f, df  func(x float64) float64
	lo, hi float64
}{
	{"sin", math.Sin, math.Cos, -3, 3},
	{"exp", math.Exp, math.Exp, -3, 3},
	{"log", math.Log, func(x float64) float64 { return 1 / x }, 0.01, 3},
	{"cube", func(x float64) float64 { return x * x * x }, func(x float64) float64 { return 3 * x * x }, -3, 3},
	{"tanh", math.Tanh, func(x float64) float64 { return 1 / (math.Cosh(x) * math.Cosh(x)) }, -3, 3},
	{"reciprocal", func(x float64) float64 { return 1 / x }, func(x float64) float64 { return -1 / (x * x) }, 0.1, 3},
	{"sqrt", math.Sqrt, func(x float64) float64 { return 0.5 / math.Sqrt(x) }, 0.01, 3},
	{"sin 10x", func(x float64) float64 { return math.Sin(10 * x) }, func(x float64) float64 { return 10 * math.Cos(10*x) }, -3, 3},
	{"gauss", func(x float64) float64 { return math.Exp(-x * x) }, func(x float64) float64 { return -2 * x * math.Exp(-x*x) }, -3, 3},
	{"swish", func(x float64) float64 { return x / (1 + math.Exp(-x)) }, func(x float64) float64 {
		s := 1 / (1 + math.Exp(-x))
		return s + x*s*(1-s)
	}, -3, 3},
	{"atan", math.Atan, func(x float64) float64 { return 1 / (1 + x*x) }, -3, 3},
	{"log-sum-exp", func(x float64) float64 { return math.Log(math.Exp(x) + math.Exp(1-x)) }, func(x float64) float64 {
		a, b := math.Exp(x), math.Exp(1-x)
		return (a - b) / (a + b)
	}, -3, 3},
}

// TestLadderCoverage holds the error estimate against closed forms: |error| ≤ E
// on at least 99 % of points, and ≤ 3E on 99.9 %.
func TestLadderCoverage(t *testing.T) {
	for _, single := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(1, 2))
		points, within, within3 := 0, 0, 0
		for _, c := range closedForms {
			for range 300 {
				x := c.lo + (c.hi-c.lo)*rng.Float64()
				s := climbAt(c.f, x, single)
				e := math.Abs(s.Value - c.df(x))
				points++
				within += btoi(e <= s.Err+1e-15)
				within3 += btoi(e <= 3*s.Err+1e-15)
			}
		}
		t.Logf("float32 %v: %.2f %% within E, %.2f %% within 3E", single, 100*float64(within)/float64(points), 100*float64(within3)/float64(points))
		assert.GreaterOrEqual(t, within, points*99/100)
		assert.GreaterOrEqual(t, within3, points*999/1000)
	}
}

// climbAt differentiates f at x; single rounds x and f(x) to float32. Its noise is
// one rounding of the largest value.
func climbAt(f func(float64) float64, x float64, single bool) slope.Slope {
	eps, round := 0x1p-53, func(v float64) float64 { return v }
	l := slope.Ladder{Top: 0.1, Ratio: 4, Rungs: 18}
	if single {
		eps, round = 0x1p-24, func(v float64) float64 { return float64(float32(v)) }
		l = slope.Ladder{Top: 0.25, Ratio: 4, Rungs: 9}
	}
	x = round(x)
	size := 1.0
	if x != 0 {
		size = math.Abs(x)
	}
	base := round(f(x))
	steps := l.Steps()
	out := make([]float64, len(steps))
	noise := eps * math.Abs(base)
	for k, h := range steps {
		at := round(x + h*size)
		steps[k] = at - x
		out[k] = round(f(at))
		noise = max(noise, eps*math.Abs(out[k]))
	}
	rungs, _ := slope.Measure(steps, out, []float64{base}, []float64{1}, []float64{noise})
	return slope.Extrapolate(rungs, l.Ratio)
}

func TestLadderKinks(t *testing.T) {
	relu := func(x float64) float64 { return max(x, 0) }
	for _, c := range []struct {
		name        string
		f           func(float64) float64
		x           float64
		kink, jump  bool
		left, right float64
	}{
		{"relu at 0", relu, 0, true, false, 0, 1},
		{"abs at 0", math.Abs, 0, true, false, -1, 1},
		{"relu away from 0", relu, 0.3, false, false, 1, 1},
		{"relu with a bend beside 0", func(x float64) float64 { return max(x, 0) + math.Sin(x) }, 0, true, false, 1, 2},
		{"step at 0", func(x float64) float64 { return float64(btoi(x > 0)) }, 0, true, true, 0, math.Inf(1)},
		{"smooth", math.Sin, 1, false, false, math.Cos(1), math.Cos(1)},
	} {
		s := climbAt(c.f, c.x, false)
		assert.Equal(t, c.kink, s.Kink, c.name)
		assert.Equal(t, c.jump, s.Jump, c.name)
		if !c.jump {
			// Slopes next to a kink are known to about the square of the noise.
			assert.InDelta(t, c.left, s.Left, 1e-6, c.name)
			assert.InDelta(t, c.right, s.Right, 1e-6, c.name)
		}
	}
}

func TestLadderQuantised(t *testing.T) {
	f := func(x float64) float64 { return float64(float32(100 + math.Sin(x))) }
	s := climbAt(f, 0.7, false)
	assert.LessOrEqual(t, math.Abs(s.Value-math.Cos(0.7)), 3*s.Err, "D = %v, E = %v", s.Value, s.Err)
}

// The slope that outputs hide which never move is their rounding over the longest
// step, and of a number that is a float32 that of a float32.
func TestMeasureHidden(t *testing.T) {
	steps := slope.Ladder{Top: 0.5, Ratio: 2, Rungs: 3}.Steps()
	base := []float64{0.1, 1.5, 7}
	out := make([]float64, len(steps)*len(base))
	for k, h := range steps {
		copy(out[k*3:], []float64{0.1, 1.5, 7 + 2*h})
	}
	rungs, hidden := slope.Measure(steps, out, base, []float64{2, -3, 1}, []float64{1e-12, 1e-12, 1e-12})
	assert.InEpsilon(t, (2*1e-12+3*1.5*0x1p-24)/0.5, hidden, 1e-12)
	s := slope.Extrapolate(rungs, 2)
	assert.InDelta(t, 2, s.Value, 1e-10)
	assert.InDelta(t, 2, s.Secant, 1e-10)
	assert.Zero(t, slope.Still(rungs))
}

// What stands still up to some step is seen to do so.
func TestStill(t *testing.T) {
	steps := slope.Ladder{Top: 1, Ratio: 10, Rungs: 4}.Steps()
	out := make([]float64, len(steps))
	for k, h := range steps {
		if math.Abs(h) > 0.05 {
			out[k] = h
		}
	}
	rungs, _ := slope.Measure(steps, out, []float64{0}, []float64{1}, []float64{0})
	assert.InEpsilon(t, 0.01, slope.Still(rungs), 1e-12)
	blurred, _ := slope.Measure(steps, out, []float64{0}, []float64{1}, []float64{0})
	slope.Blur(blurred, 1e-3)
	assert.Greater(t, slope.Extrapolate(blurred, 10).Err, slope.Extrapolate(rungs, 10).Err)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
