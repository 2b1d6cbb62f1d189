package gradcheck_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/gradcheck"
)

// sum32 is c + Σ f(x_i)·scale with every result rounded to float32.
func sum32(c, scale float64, f func(x float64) float64) func(x []float64) float64 {
	return func(x []float64) float64 {
		s := float32(0)
		for _, v := range x {
			s += float32(f(v))
		}
		return float64(float32(c) + s*float32(scale))
	}
}

// ordinary are smooth functions of float32, whose small slopes rounding hides.
var ordinary = []struct {
	name string
	n    int
	f    func(x []float64) float64
	df   func(x float64) float64
}{
	{"mean of squares", 400, sum32(0, 1.0/400, func(x float64) float64 { return x * x }), func(x float64) float64 { return 2 * x / 400 }},
	{"1000 + Σ x³", 12, sum32(1000, 1, func(x float64) float64 { return x * x * x }), func(x float64) float64 { return 3 * x * x }},
	{"mean of exponentials", 400, sum32(0, 1.0/400, math.Exp), func(x float64) float64 { return math.Exp(x) / 400 }},
	{"mean of softplus", 300, sum32(0, 1.0/300, func(x float64) float64 { return math.Log1p(math.Exp(x)) }), func(x float64) float64 { return sigmoid(x) / 300 }},
	{"100 + mean of sines", 200, sum32(100, 1.0/200, math.Sin), func(x float64) float64 { return math.Cos(x) / 200 }},
}

// Their right gradients pass, and gradients wrong by a tenth in what cannot be
// resolved one by one do not.
func TestOrdinaryFloat32(t *testing.T) {
	t.Parallel()
	for _, c := range ordinary {
		rng := rand.New(rand.NewPCG(7, 8))
		x := make([]float64, c.n)
		for i := range x {
			x[i] = float64(float32(rng.NormFloat64()))
		}
		check := func(spoil func(i int, g float64) float64, opts ...gradcheck.Option) *gradcheck.Report {
			p := gradcheck.FuncProblem(c.f, func(x []float64) []float64 {
				g := make([]float64, len(x))
				for i, v := range x {
					g[i] = float64(float32(spoil(i, c.df(v))))
				}
				return g
			}, x)
			p.Float32 = true
			r, err := gradcheck.Compute(t.Context(), p, opts...)
			require.NoError(t, err)
			return r
		}
		right := check(func(_ int, g float64) float64 { return g })
		assert.True(t, right.OK(), "%s: %v", c.name, right)
		fast := check(func(_ int, g float64) float64 { return g }, gradcheck.Fast(3))
		assert.True(t, fast.OK(), "%s: %v", c.name, fast)
		v := right.Vars[0]
		t.Logf("%s: %d agree, %d together, %d negligible, %d unresolved, %d evals", c.name, v.Agree, v.Together, v.Negligible, v.Unresolved, right.Evals)
		for name, spoil := range map[string]func(i int, g float64) float64{
			"off by 1.1": func(_ int, g float64) float64 { return 1.1 * g },
			"sign":       func(_ int, g float64) float64 { return -g },
			"zero":       func(int, float64) float64 { return 0 },
			"shift":      func(_ int, g float64) float64 { return g + 0.1*c.df(1) },
			"small ones": func(i int, g float64) float64 {
				if v.Coords[i].Verdict == gradcheck.Agree {
					return g
				}
				return 2 * g
			},
		} {
			if name == "small ones" && v.Together == 0 {
				continue
			}
			assert.False(t, check(spoil).OK(), "%s: %s", c.name, name)
			if name == "off by 1.1" || name == "sign" {
				assert.False(t, check(spoil, gradcheck.Fast(3)).OK(), "fast: %s: %s", c.name, name)
			}
		}
	}
}
