package setting_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/setting"
)

func TestSettings(t *testing.T) {
	const positive, notNegative, fraction = "a positive number", "a number from 0", "a number between 0 and 1"
	for _, c := range []struct {
		v       float64
		refused []string
	}{
		{0.5, nil},
		{math.SmallestNonzeroFloat64, nil},
		{0, []string{positive, fraction}},
		{1, []string{fraction}},
		{math.MaxFloat64, []string{fraction}},
		{-1, []string{positive, notNegative, fraction}},
		{math.Inf(1), []string{positive, notNegative, fraction}},
		{math.Inf(-1), []string{positive, notNegative, fraction}},
		{math.NaN(), []string{positive, notNegative, fraction}},
	} {
		var refused []string
		for _, err := range []error{setting.Positive("p: X", c.v), setting.NotNegative("p: X", c.v), setting.Fraction("p: X", c.v)} {
			if err != nil {
				refused = append(refused, err.Error())
			}
		}
		var want []string
		for _, r := range c.refused {
			want = append(want, fmt.Sprintf("p: X is %v, want %s", c.v, r))
		}
		assert.Equal(t, want, refused, "%v", c.v)
		assert.Equal(t, setting.Positive("", c.v) == nil, setting.IsPositive(c.v))
	}
}
