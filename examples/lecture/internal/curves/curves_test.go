package curves

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/lecture/internal/lesson"
)

// The curves and slopes are those of the formulas, written here by hand.
func TestCurves(t *testing.T) {
	margins := lesson.Between(-2, 3, 41) // the kink at 1 is one of them
	all, err := curvesOver(margins)
	require.NoError(t, err)
	step := func(is bool) float64 {
		if is {
			return 1
		}
		return 0
	}
	want := []struct{ value, slope func(m float64) float64 }{
		{func(m float64) float64 { return (1 - m) * (1 - m) }, func(m float64) float64 { return -2 * (1 - m) }},
		{func(m float64) float64 { return max(0, 1-m) }, func(m float64) float64 { return -step(m < 1) }},
		{func(m float64) float64 { return math.Log(1 + math.Exp(-m)) }, func(m float64) float64 { return -1 / (1 + math.Exp(m)) }},
		{func(m float64) float64 { return step(m <= 0) }, func(float64) float64 { return 0 }},
	}
	const rounding = 8 * 0x1p-52 // of a few operations on numbers below 9
	for i, w := range want {
		for k, m := range margins {
			assert.InDelta(t, w.value(m), all[i].value[k], 9*rounding, "%s at %v", all[i].name, m)
			assert.InDelta(t, w.slope(m), all[i].slope[k], 9*rounding, "slope of %s at %v", all[i].name, m)
		}
	}
	for k := range margins {
		assert.GreaterOrEqual(t, all[0].value[k], all[3].value[k])
		assert.GreaterOrEqual(t, all[1].value[k], all[3].value[k])
	}
}

func TestSidesOfTheKink(t *testing.T) {
	left, right, err := sides(kink)
	require.NoError(t, err)
	assert.InDelta(t, -1, left, 4*0x1p-52/1e-6) // rounding of the loss over h
	assert.Zero(t, right)
}
