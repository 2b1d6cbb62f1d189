package plot

import (
	"testing"

	"github.com/stretchr/testify/assert"
	gonum "gonum.org/v1/plot"
	"pgregory.net/rapid"
)

func labels(all []gonum.Tick) []string {
	var out []string
	for _, t := range all {
		if t.Label != "" {
			out = append(out, t.Label)
		}
	}
	return out
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		ticker gonum.Ticker
		lo, hi float64
		want   []string
	}{
		{ticks{}, 0, 1, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{ticks{}, 8.2, 9.6, []string{"8.2", "8.4", "8.6", "8.8", "9.0", "9.2", "9.4", "9.6"}},
		{ticks{}, -3, 40, []string{"0", "10", "20", "30", "40"}},
		{ticks{}, 0, 3e6, []string{"0", "5e+05", "1e+06", "1.5e+06", "2e+06", "2.5e+06", "3e+06"}},
		{ticks{}, 5, 5, []string{"5"}},
		{powers{}, 1, 4096, []string{"1", "10", "100", "1000"}},
		{powers{}, 30, 2e7, []string{"100", "1000", "10⁴", "10⁵", "10⁶", "10⁷"}},
		{powers{}, 3e-4, 0.2, []string{"0.001", "0.01", "0.1"}},
		{powers{}, 0.3, 2.5, []string{"0.5", "1", "2"}},
		{powers{}, 1.6, 2.6, []string{"1.6", "1.8", "2.0", "2.2", "2.4", "2.6"}},
		{powers{}, 1e4, 3e5, []string{"10⁴", "2·10⁴", "5·10⁴", "10⁵", "2·10⁵"}},
		{ticks{}, 1e17, 1e17 + 16, []string{"1e+17"}}, // hardly apart
		{ticks{}, 0, 5e-324, []string{"0"}},
		{powers{}, 1e-6, 1e-2, []string{"1e-06", "1e-05", "0.0001", "0.001", "0.01"}},
	} {
		assert.Equal(t, c.want, labels(c.ticker.Ticks(c.lo, c.hi)), "%T %v to %v", c.ticker, c.lo, c.hi)
	}
}

// Ticks outside the axis would make room for labels that are not there.
func TestTicksLieOnTheAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(1e-9, 1e9).Draw(t, "lo")
		hi := lo * rapid.Float64Range(1.1, 1e9).Draw(t, "ratio")
		for _, ticker := range []gonum.Ticker{ticks{}, powers{}} {
			for _, tick := range ticker.Ticks(lo, hi) {
				assert.GreaterOrEqual(t, tick.Value, lo*(1-1e-6)-1e-6*(hi-lo))
				assert.LessOrEqual(t, tick.Value, hi*(1+1e-6))
			}
		}
		n := len(labels(ticks{}.Ticks(lo, hi)))
		assert.True(t, n >= 3 && n <= 9, "%d labels", n)
	})
}
