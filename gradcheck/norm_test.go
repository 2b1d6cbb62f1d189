package gradcheck_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/gradcheck"
)

// Gradients whose squares leave the numbers are compared, and named where they are
// wrong, as others.
func TestGradientsOfAnySize(t *testing.T) {
	t.Parallel()
	x := []float64{0.5, -1.25, 2, 0.75, -0.375}
	for _, c := range []struct {
		scale  float64
		single bool
	}{{1e200, false}, {1e-200, false}, {1e20, true}, {1e-25, true}, {1, false}} {
		round := func(v float64) float64 {
			if c.single {
				return float64(float32(v))
			}
			return v
		}
		f := func(x []float64) float64 { return c.scale * bowl(x) }
		check := func(factor float64, opts ...gradcheck.Option) *gradcheck.Report {
			p := gradcheck.FuncProblem(f, func(x []float64) []float64 {
				g := make([]float64, len(x))
				for i, v := range x {
					g[i] = round(factor * c.scale * math.Tanh(v) * float64(i+1))
				}
				return g
			}, x)
			p.GradFloat32 = c.single
			r, err := gradcheck.Compute(t.Context(), p, opts...)
			require.NoError(t, err)
			return r
		}
		for _, opts := range [][]gradcheck.Option{nil, {gradcheck.Fast(3)}, {gradcheck.Kinks(gradcheck.Strict)}} {
			right := check(1, opts...)
			assert.True(t, right.OK(), "%v: %v", c.scale, right)
			assert.False(t, check(1.01, opts...).OK(), c.scale)
		}
		assert.Contains(t, check(2).String(), "analytic = 2 x numeric on every coordinate", c.scale)
		assert.Contains(t, check(-1).String(), "the sign is wrong", c.scale)
	}
}

// bowl is Σ (i+1) log cosh x_i.
func bowl(x []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += float64(i+1) * math.Log(math.Cosh(v))
	}
	return s
}

// A last bit that depends on the order of a sum is no fault where the sum should
// cancel: for an incoming gradient of 0, and where the gradient is 0.
func TestLastBits(t *testing.T) {
	for _, c := range []struct {
		jitter float64
		ok     bool
	}{{5e-324, true}, {-5e-324, true}, {1e-3, false}} {
		calls := 0
		p := gradcheck.Problem{
			Vars: []gradcheck.Var{{Name: "x", Shape: []int{1}, Value: []float64{0.5}}, {Name: "unused", Shape: []int{1}, Value: []float64{2}}},
			F:    func(x [][]float64) ([]float64, error) { return []float64{x[0][0] * x[0][0], 3}, nil },
			VJP: func(x [][]float64, v []float64) ([][]float64, error) {
				calls++
				g, unused := 2*x[0][0]*v[0], float64(calls%2)*c.jitter
				if v[0] == 0 {
					g = c.jitter
				}
				return [][]float64{{g}, {unused}}, nil
			},
		}
		r, err := gradcheck.Compute(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, c.ok, r.OK(), "%v: %v", c.jitter, r)
	}
}
