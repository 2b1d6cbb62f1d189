package kernel

import "math"

// power returns aᵇ. The powers that occur in losses and optimisers are products
// and square roots, with an error of 2 ulp at most, which is less than that of
// math.Pow, and in less time. math.Pow gives the others.
func power[F Float](a, b F) F {
	switch b {
	case 2:
		return a * a
	case 3:
		return a * a * a
	case 4:
		return (a * a) * (a * a)
	case -1:
		return 1 / a
	case -2:
		return (1 / a) * (1 / a) // a·a could overflow where this is a number
	}
	if a >= 0 { // of negative numbers, roots are NaN but for that of −Inf
		switch b {
		case 0.5:
			return root(a)
		case 1.5:
			return a*root(a) + 0
		case -0.5:
			return 1 / root(a)
		}
	}
	return F(math.Pow(float64(a), float64(b)))
}

// root returns the square root of a, +0 for either zero, as powers are.
func root[F Float](a F) F { return F(math.Sqrt(float64(a))) + 0 }
