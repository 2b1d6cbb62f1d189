package gradcheck

import (
	"math"

	vectors "gonum.org/v1/gonum/floats"
)

// norm returns the length of x. Its squares may leave the numbers, as those of a
// gradient of 1e200 or 1e-200 do.
func norm(x []float64) float64 { return vectors.Norm(x, 2) }

// rms returns the root of the mean of the squares of x, 0 if it is empty.
func rms(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	return norm(x) / math.Sqrt(float64(len(x)))
}

// unit returns x in units of its largest element, and that. Products of such
// numbers neither overflow nor vanish.
func unit(x []float64) (u []float64, size float64) {
	size = largestOf(x)
	u = make([]float64, len(x))
	for i, v := range x {
		if size > 0 {
			u[i] = v / size
		}
	}
	return u, size
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// largestOf returns the size of the largest element.
func largestOf(x []float64) float64 {
	top := 0.0
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	return top
}
