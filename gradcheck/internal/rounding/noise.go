package rounding

import (
	"math"
	"slices"

	"declive/gradcheck/internal/norm"
)

// points is the number of points that noise looks at: eight second differences, of
// which six count.
const points = 10

// noise returns the absolute noise of each output around x, from equally spaced
// points along a random sign direction. Their spacing of 64 units in the last place
// is so small that a smooth function's second differences vanish and what is left
// is rounding, which has variance 6σ² in a second difference:
//
//	noise_j = max(ε |F_j|, 3 √(mean (Δ²F_j)²/6))
//
// The two largest differences are left out of the mean: a jump or a kink at the
// point shows in no more, and is not noise.
func (r *Resolution) noise(x [][]float64) ([]float64, error) {
	signs := r.s.Signs(x)
	out := make([][]float64, points)
	for k := range out {
		at := make([][]float64, len(x))
		for b := range x {
			at[b] = r.spaced(x[b], signs[b], float64(k))
		}
		y, err := r.s.Eval(at)
		if err != nil {
			return nil, err
		}
		out[k] = y
	}
	noise := make([]float64, len(r.s.Base))
	for j := range noise {
		noise[j] = max(r.s.Eps()*math.Abs(r.s.Base[j]), secondDifference(out, j))
	}
	return noise, nil
}

// spaced returns x + k·spacing along signs, inside the bounds. The spacing is a
// power of two times the unit roundoff, so that the points are exact.
func (r *Resolution) spaced(x, signs []float64, k float64) []float64 {
	floor := norm.RMS(x) / 1000
	if floor == 0 {
		floor = 1e-3
	}
	at := make([]float64, len(x))
	for i, xi := range x {
		_, e := math.Frexp(max(math.Abs(xi), floor))
		h := math.Ldexp(64*r.s.Eps(), e)
		at[i] = r.s.Round(xi + k*h*signs[i])
		if !r.s.Inside(at[i]) {
			at[i] = r.s.Round(xi - k*h*signs[i])
		}
		if !r.s.Inside(at[i]) {
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
	return 3 * norm.RMS(sizes[:len(sizes)-2]) / math.Sqrt(6)
}
