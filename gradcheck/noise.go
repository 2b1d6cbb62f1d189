package gradcheck

import (
	"math"
	"slices"
)

// noise returns the absolute noise of each output around x, from ten equally
// spaced points along a random sign direction. Their spacing of 64 units in the
// last place is so small that a smooth function's second differences vanish and
// what is left is rounding, which has variance 6σ² in a second difference:
//
//	eps_j = max(ε max|F_j|, 3 √(mean (Δ²F_j)²/6))
//
// The two largest differences are left out of the mean: a jump or a kink at the
// point shows in no more, and is not noise.
func (c *checker) noise(x [][]float64) ([]float64, error) {
	const points = 10
	signs := c.signs(x)
	out := make([][]float64, points)
	for k := range out {
		at := make([][]float64, len(x))
		for b := range x {
			at[b] = c.spaced(x[b], signs[b], float64(k))
		}
		y, err := c.eval(at)
		if err != nil {
			return nil, err
		}
		out[k] = y
	}
	eps := make([]float64, len(c.base))
	for j := range eps {
		eps[j] = max(c.p.eps()*math.Abs(c.base[j]), secondDifference(out, j))
	}
	return eps, nil
}

// spaced returns x + k·spacing along signs, inside the bounds. The spacing is a
// power of two times the unit roundoff, so that the points are exact.
func (c *checker) spaced(x, signs []float64, k float64) []float64 {
	floor := rms(x) / 1000
	if floor == 0 {
		floor = 1e-3
	}
	at := make([]float64, len(x))
	for i, xi := range x {
		_, e := math.Frexp(max(math.Abs(xi), floor))
		h := math.Ldexp(64*c.p.eps(), e)
		at[i] = c.p.round(xi + k*h*signs[i])
		if !c.inside(at[i]) {
			at[i] = c.p.round(xi - k*h*signs[i])
		}
		if !c.inside(at[i]) {
			at[i] = xi
		}
	}
	return at
}

// secondDifference returns 3√(mean (Δ²F_j)²/6) over equally spaced values,
// without the two largest.
func secondDifference(out [][]float64, j int) float64 {
	var sizes []float64
	for k := 1; k+1 < len(out); k++ {
		d := out[k-1][j] - 2*out[k][j] + out[k+1][j]
		if !math.IsNaN(d) && !math.IsInf(d, 0) {
			sizes = append(sizes, math.Abs(d))
		}
	}
	if len(sizes) < 3 {
		return 0
	}
	slices.Sort(sizes)
	return 3 * rms(sizes[:len(sizes)-2]) / math.Sqrt(6)
}

// signs draws ±1 for every variable.
func (c *checker) signs(x [][]float64) [][]float64 {
	s := make([][]float64, len(x))
	for b := range x {
		s[b] = make([]float64, len(x[b]))
		for i := range s[b] {
			s[b][i] = 1 - 2*float64(c.rng.IntN(2))
		}
	}
	return s
}
