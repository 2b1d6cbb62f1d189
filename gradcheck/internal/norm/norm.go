// Package norm measures vectors. Squares of their elements may leave the
// numbers, as those of a gradient of 1e200 or 1e-200 do; the lengths stay right.
package norm

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// Of returns the Euclidean length √Σ xᵢ².
func Of(x []float64) float64 { return floats.Norm(x, 2) }

// RMS returns the root of the mean of the squares, √(Σ xᵢ²/n), 0 if x is empty.
func RMS(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	return Of(x) / math.Sqrt(float64(len(x)))
}

// Max returns the size of the largest element, max |xᵢ|, 0 if x is empty.
func Max(x []float64) float64 {
	top := 0.0
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	return top
}

// Unit returns x in units of its largest element, and that. Products of such
// numbers neither overflow nor vanish.
func Unit(x []float64) (u []float64, size float64) {
	size = Max(x)
	u = make([]float64, len(x))
	for i, v := range x {
		if size > 0 {
			u[i] = v / size
		}
	}
	return u, size
}

// Dot returns Σ aᵢ bᵢ, for vectors of the same length.
func Dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// Ratio returns the r of a ≈ r·n, and whether that holds on every element, to a
// ten-thousandth of the whole: ‖a − r n‖ ≤ 1e-4 ‖a‖. It is false where a or n is 0.
func Ratio(a, n []float64) (r float64, ok bool) {
	a, sa := Unit(a)
	n, sn := Unit(n)
	if sa == 0 || sn == 0 {
		return 0, false
	}
	r = Dot(a, n) / Dot(n, n)
	rest := 0.0
	for i := range a {
		d := a[i] - r*n[i]
		rest += d * d
	}
	return r * (sa / sn), rest <= 1e-8*Dot(a, a)
}
