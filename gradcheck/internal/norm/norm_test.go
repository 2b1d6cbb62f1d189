package norm_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"declive/gradcheck/internal/norm"
)

// A length scales with its vector, also where squares overflow or vanish.
func TestLengthsScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-10, 10), 1, 9).Draw(t, "x")
		if norm.Max(x) < 1e-3 {
			return // beside 1e-250, numbers so small are subnormal
		}
		s := rapid.SampledFrom([]float64{0x1p-830, 0x1p-1, 0x1p830}).Draw(t, "scale")
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = s * v
		}
		// Powers of two scale exactly; the roots and quotients inside round a few times.
		assert.InEpsilon(t, s*norm.Of(x), norm.Of(y), 1e-14)
		assert.InEpsilon(t, s*norm.RMS(x), norm.RMS(y), 1e-14)
		assert.Equal(t, s*norm.Max(x), norm.Max(y))
		r, ok := norm.Ratio(y, x)
		assert.True(t, ok)
		assert.InEpsilon(t, s, r, 1e-14)
	})
}

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		name string
		a, n []float64
		r    float64
		ok   bool
	}{
		{"a multiple", []float64{-2, 4, 6}, []float64{1, -2, -3}, -2, true},
		{"off by less than 1e-4 of the whole", []float64{2, 4, 6.0003}, []float64{1, 2, 3}, 2, true},
		{"off by more", []float64{2, 4, 6.003}, []float64{1, 2, 3}, 2, false},
		{"of nothing", []float64{0, 0}, []float64{1, 2}, 0, false},
		{"to nothing", []float64{1, 2}, []float64{0, 0}, 0, false},
	} {
		r, ok := norm.Ratio(c.a, c.n)
		assert.Equal(t, c.ok, ok, c.name)
		assert.InDelta(t, c.r, r, 1e-3, c.name)
	}
}

func TestOfNothing(t *testing.T) {
	assert.Zero(t, norm.RMS(nil))
	assert.Zero(t, norm.Max(nil))
	u, size := norm.Unit([]float64{0, 0})
	assert.Equal(t, []float64{0, 0}, u)
	assert.Zero(t, size)
	assert.Equal(t, 32.0, norm.Dot([]float64{1, 2, 3}, []float64{4, 5, 6}))
	assert.Equal(t, 5.0, norm.Of([]float64{3, -4}))
	assert.False(t, math.IsNaN(norm.Of(nil)))
}
