package vec

import (
	"math"

	"declive/internal/kernel"
)

// Power sets dst to the elements of x to the power c, with the special values of
// math.Pow. dst is as long as x, and either the same slice or a separate one. The
// exponent is not rounded to the element type: an error of c is multiplied by
// ln x, up to 89 in float32, in the result.
//
// Powers that are products and square roots are off by 2 ulp at most and take less
// time than the others, of which the largest error measured is 0.50 ulp in float32
// and 0.78 in float64.
func Power[F kernel.Float](c float64, dst, x []F) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = power(v, c)
	}
}

// power is the power of one element.
func power[F kernel.Float](a F, c float64) F {
	switch c {
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
		switch c {
		case 0.5:
			return root(a)
		case 1.5:
			return a*root(a) + 0
		case -0.5:
			return 1 / root(a)
		}
	}
	return F(Pow(float64(a), c))
}

// root returns the square root of a, +0 for either zero, as powers are.
func root[F kernel.Float](a F) F { return F(math.Sqrt(float64(a))) + 0 }

// Pow returns x to the power y, with the special values of math.Pow. That
// multiplies y by a rounded logarithm, or squares x again and again: either loses
// up to eight bits. Here the logarithm and its product are sums of two numbers.
func Pow(x, y float64) float64 {
	integer := y == math.Trunc(y)
	switch {
	case x == 0 || x-x != 0 || y-y != 0, x < 0 && !integer: // zeros, infinities and NaN
		return math.Pow(x, y)
	case x < 0 && math.Mod(y, 2) != 0:
		return -powPositive(-x, y)
	}
	return powPositive(math.Abs(x), y)
}

// powPositive is e^(y·ln x) for finite numbers and positive x.
func powPositive(x, y float64) float64 {
	l := logTwice(x)
	high := float64(y * l.high)
	if math.Abs(high) > 746 { // beyond the exponents of all numbers
		return math.Exp(high)
	}
	return expTwice(twice{high, math.FMA(y, l.high, -high) + y*l.low}, 0)
}
