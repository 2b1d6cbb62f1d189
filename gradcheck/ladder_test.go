package gradcheck

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
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
				s := climbAt(t, c.f, x, single)
				e := math.Abs(s.value - c.df(x))
				points++
				within += btoi(e <= s.err+1e-15)
				within3 += btoi(e <= 3*s.err+1e-15)
			}
		}
		t.Logf("float32 %v: %.2f %% within E, %.2f %% within 3E", single, 100*float64(within)/float64(points), 100*float64(within3)/float64(points))
		assert.GreaterOrEqual(t, within, points*99/100)
		assert.GreaterOrEqual(t, within3, points*999/1000)
	}
}

// climbAt differentiates f at x; single rounds x and f(x) to float32.
func climbAt(t *testing.T, f func(float64) float64, x float64, single bool) slope {
	t.Helper()
	p := Problem{Float32: single, Vars: []Var{{Name: "x", Shape: []int{}, Value: []float64{0}}}}
	p.Vars[0].Value[0] = p.round(x)
	p.F = func(x [][]float64) ([]float64, error) { return []float64{p.round(f(x[0][0]))}, nil }
	p.Grad = func([][]float64) ([][]float64, error) { return [][]float64{{0}}, nil }
	o, err := newOptions(nil)
	assert.NoError(t, err)
	c, err := newChecker(t.Context(), p, o)
	assert.NoError(t, err)
	ok, err := c.prepare()
	assert.NoError(t, err)
	assert.True(t, ok, c.report.Faults)
	k := &climber{c: c, base: c.base, p: &direct{c: c, work: clone(c.x)}, scale: rms(c.x[0])}
	l := ladder{top: 0.1, ratio: 4, rungs: 18}
	if single {
		l = ladder{top: 0.25, ratio: 4, rungs: 9}
	}
	assert.NoError(t, k.measure([]int{0}, l))
	rungs, residual := measure(k.steps, k.out, c.base, c.v, c.eps)
	s := extrapolate(rungs, 4)
	s.residual = residual
	return s
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
		s := climbAt(t, c.f, c.x, false)
		assert.Equal(t, c.kink, s.kink, c.name)
		assert.Equal(t, c.jump, s.jump, c.name)
		if !c.jump {
			// Slopes next to a kink are known to about the square of the noise.
			assert.InDelta(t, c.left, s.left, 1e-6, c.name)
			assert.InDelta(t, c.right, s.right, 1e-6, c.name)
		}
	}
}

func TestLadderQuantised(t *testing.T) {
	f := func(x float64) float64 { return float64(float32(100 + math.Sin(x))) }
	s := climbAt(t, f, 0.7, false)
	assert.LessOrEqual(t, math.Abs(s.value-math.Cos(0.7)), 3*s.err, "D = %v, E = %v", s.value, s.err)
}
