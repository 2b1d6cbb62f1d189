package gradcheck

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/gradcheck/internal/rounding"
	"declive/gradcheck/internal/slope"
)

// A slope that contradicts the slopes of both of its sides is no evidence against a
// gradient that agrees with these.
func TestBothSidesAgree(t *testing.T) {
	for _, c := range []struct {
		a, value, left, right float64
		want                  Verdict
	}{
		{1.6860913e-9, 0, 1.68648e-9, 1.685651e-9, Unresolved},
		{1.6860913e-9, 0, 1.68648e-9, 1e-9, Disagree},
		{3.3721826e-9, 0, 1.68648e-9, 1.685651e-9, Disagree},
		{0, 1, 0, 0, Disagree},
		{1.0005, 1, 1, 1, Disagree},
	} {
		s := slope.Slope{Value: c.value, Left: c.left, Right: c.right}
		assert.Equal(t, c.want, margin{rel: 1e-6}.judge(0, c.a, s, rounding.Thresholds{}, Interval).Verdict, "%+v", c)
	}
}
