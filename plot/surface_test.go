package plot

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bowl is x² + 4·y² over a box.
func bowl(t *testing.T, b Box, n int) *Surface {
	t.Helper()
	s, err := Tabulate(func(x, y float64) (float64, error) { return x*x + 4*y*y, nil }, b, n)
	require.NoError(t, err)
	return s
}

func TestSurface(t *testing.T) {
	s := bowl(t, Box{-1, 2, -3, 1}, 13)
	assert.Equal(t, Box{-1, 2, -3, 1}, s.Box())
	lo, hi := s.Range()
	assert.Equal(t, []float64{0, 40}, []float64{lo, hi})
	assert.InDeltaSlice(t, []float64{2.5, 22.5}, s.Levels(2), 1e-12)
	assert.Empty(t, s.Levels(0))
	assert.Empty(t, s.Levels(-1))
	assert.InDelta(t, 37, s.interpolate(0, 0), 1e-12)
	assert.InDelta(t, 8, s.interpolate(1, 1), 1e-12)
}

func TestTabulateRefuses(t *testing.T) {
	one := func(_, _ float64) (float64, error) { return 1, nil }
	unit := Box{0, 1, 0, 1}
	for want, c := range map[string]struct {
		f func(x, y float64) (float64, error)
		b Box
		n int
	}{
		"plot: Tabulate: the function is nil":       {nil, unit, 2},
		"plot: Tabulate: n is 1, want 2 to 4096":    {one, unit, 1},
		"plot: Tabulate: n is 4097, want 2 to 4096": {one, unit, 4097},
		"plot: Tabulate: the box reaches from 3 to 1, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300":    {one, Box{0, 1, 3, 1}, 2},
		"plot: Tabulate: the box reaches from 0 to +Inf, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300": {one, Box{0, math.Inf(1), 0, 1}, 2},
		"plot: Tabulate: the box reaches from NaN to 1, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300":  {one, Box{math.NaN(), 1, 0, 1}, 2},
		"plot: Tabulate: at (1, 0): the value is +Inf, want a finite one":                                                                   {func(x, _ float64) (float64, error) { return 1 / (1 - x), nil }, unit, 2},
		"plot: Tabulate: at (0, 0): no loss":                                             {func(_, _ float64) (float64, error) { return 0, errors.New("no loss") }, unit, 2},
		"plot: Tabulate: the values reach from -1e+308 to 1e+308, too far for a picture": {func(x, _ float64) (float64, error) { return 1e308 * (2*x - 1), nil }, unit, 2},
	} {
		s, err := Tabulate(c.f, c.b, c.n)
		assert.EqualError(t, err, want)
		assert.Nil(t, s)
	}
}

// The pieces of a level curve lie on it as far as a grid can tell, and none ends
// inside the grid: each end is shared by two pieces or on the edge.
func TestContour(t *testing.T) {
	pieces := bowl(t, Box{-1.5, 1.5, -1.5, 1.5}, 61).contour(1)
	require.NotEmpty(t, pieces)
	ends := map[[2]int]int{}
	for _, s := range pieces {
		for _, p := range s {
			assert.InDelta(t, 1, p[0]*p[0]+4*p[1]*p[1], 4*2*0.05*0.05) // curvature 8 over a cell's diagonal
			ends[[2]int{int(math.Round(1e9 * p[0])), int(math.Round(1e9 * p[1]))}]++
		}
	}
	for at, n := range ends {
		assert.Zero(t, n%2, at)
	}
	joined := lines(pieces)
	require.Len(t, joined, 1, "an ellipse is one line")
	assert.Len(t, joined[0], len(pieces)+1)
	assert.Equal(t, joined[0][0], joined[0][len(pieces)], "and closed")
}
