package gradient

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func settings() Settings {
	return Settings{Loss: "softmax", Lambda: 0.01, H: 1e-5, Central: true, Fault: "none", Rate: 0.2, Seed: 1}
}

func verdict(t *testing.T, s Settings) *Verdict {
	t.Helper()
	c, err := New(s)
	require.NoError(t, err)
	v, err := c.Verdict(t.Context())
	require.NoError(t, err)
	return v
}

func TestRightGradients(t *testing.T) {
	for _, loss := range []string{"softmax", "hinge"} {
		s := settings()
		s.Loss = loss
		v := verdict(t, s)
		assert.True(t, v.OK, "%s", v.Report)
		assert.Len(t, v.Frame.Rows, classes*columns)
		assert.Less(t, float64(v.Frame.Error), 1e-6)
	}
}

// The checker finds every fault, and says what it is where it can tell.
func TestFaults(t *testing.T) {
	for fault, cause := range map[string]string{
		"sum": "8 times too large", "decay": "a regularisation term λ x is missing or has the wrong λ",
		"sign": "the sign is wrong", "transposed": "the gradient is transposed", "bias": "only column 3 wrong",
	} {
		s := settings()
		s.Fault = fault
		v := verdict(t, s)
		assert.False(t, v.OK, fault)
		assert.Positive(t, v.Wrong, fault)
		assert.Contains(t, v.Cause, cause, fault)
	}
	assert.Len(t, faults, 6, "the page lists them")
}

// In a row stand the losses that its slope is made of.
func TestRows(t *testing.T) {
	for _, central := range []bool{true, false} {
		s := settings()
		s.Central, s.H = central, 1e-3
		c, err := New(s)
		require.NoError(t, err)
		f, err := c.Frame()
		require.NoError(t, err)
		width := s.H
		if central {
			width *= 2
		}
		for i, r := range f.Rows {
			assert.Equal(t, i, r.Row*columns+r.Column)
			assert.InDelta(t, float64(r.Above-r.Below)/width, float64(r.Numerical), 1e-9)
			if !central {
				assert.Equal(t, f.Loss, r.Below)
			}
		}
	}
}

// The errors fall as the formulas say while truncation rules, and rise again.
func TestCurves(t *testing.T) {
	v := verdict(t, settings())
	require.Len(t, v.Curves, 3)
	for i, order := range []float64{1, 2} {
		e := v.Curves[i].Error
		assert.InDelta(t, order, math.Log10(float64(e[4]/e[8])), 0.1) // from h = 1e-2 to 1e-3
		assert.Greater(t, float64(e[len(e)-1]), 1e-2)
	}
	assert.Greater(t, float64(v.Curves[2].Error[20]), 1e3*float64(v.Curves[1].Error[20]), "float32 at 1e-6")
}

func TestAdvance(t *testing.T) {
	c, err := New(settings())
	require.NoError(t, err)
	before, err := c.Frame()
	require.NoError(t, err)
	after, err := c.Advance(50)
	require.NoError(t, err)
	assert.Equal(t, 50, after.Steps)
	assert.Less(t, float64(after.Loss), float64(before.Loss))

	s := settings()
	s.Fault = "sign"
	require.NoError(t, c.Tune(s))
	uphill, err := c.Advance(5)
	require.NoError(t, err)
	assert.Greater(t, float64(uphill.Loss), float64(after.Loss))
}

func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		`"luck" is none of the losses hinge, softmax`: func(s *Settings) { s.Loss = "luck" },
		`"typo" is none of the faults bias, decay`:    func(s *Settings) { s.Fault = "typo" },
		"h 0":    func(s *Settings) { s.H = 0 },
		"λ -1":   func(s *Settings) { s.Lambda = -1 },
		"rate 0": func(s *Settings) { s.Rate = 0 },
	} {
		s := settings()
		change(&s)
		_, err := New(s)
		assert.ErrorContains(t, err, want)
	}
}
