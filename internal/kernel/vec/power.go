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

// A twice is the sum of a number and one that is less than its unit in the last
// place: twice the precision.
type twice struct{ high, low float64 }

// sum is a + b, exactly, for |a| ≥ |b|, and more that is small.
func sum(a, b, more float64) twice {
	s := a + b
	t := b - (s - a) + more
	return twice{s, t}
}

// times is a·b, but for the product of the low parts. The conversion keeps compilers
// from fusing the product with a sum elsewhere, which would add its error twice.
func (a twice) times(b twice) twice {
	p := float64(a.high * b.high)
	return twice{p, math.FMA(a.high, b.high, -p) + (a.high*b.low + a.low*b.high)}
}

// ln 2 and 2/3 in two parts, the first of ln 2 with so few bits that its products
// with exponents are exact.
const (
	ln2High       = 0x1.62e42fefa38p-1
	ln2Low        = 0x1.ef35793c7673p-45
	twoThirdsHigh = 0x1.5555555555555p-1
	twoThirdsLow  = 0x1.5555555555555p-55
)

// The coefficients of the series below, the last first: 2/23, 2/21, … 2/5, and
// 2/13!, 2/12!, … 2/3!.
var (
	artanhTail = [...]float64{2. / 23, 2. / 21, 2. / 19, 2. / 17, 2. / 15, 2. / 13, 2. / 11, 2. / 9, 2. / 7, 2. / 5}
	expTail    = [...]float64{
		2. / 6227020800, 2. / 479001600, 2. / 39916800, 2. / 3628800, 2. / 362880, 2. / 40320, 2. / 5040,
		2. / 720, 2. / 120, 2. / 24, 2. / 6,
	}
)

// logTwice is ln x for positive finite x = 2ᵏ·(1 + f), √½ ≤ 1 + f < √2:
//
//	ln x = k·ln 2 + 2s + s·z·(2/3 + 2/5·z + 2/7·z² + …), s = f/(2 + f), z = s² < 0.03
//
// All but the sum from 2/5 on, which is less than 2⁻¹² of the result, is in twice the
// precision: the result is exact to some 2⁻⁶⁵.
func logTwice(x float64) twice {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	f, n := m-1, float64(k)
	d := sum(2, f, 0)
	s := twice{high: f / d.high}
	s.low = (math.FMA(-s.high, d.high, f) - s.high*d.low) / d.high
	z := s.times(s)
	tail := 0.0
	for _, c := range artanhTail {
		tail = z.high * (c + tail)
	}
	u := s.times(z.times(sum(twoThirdsHigh, tail, twoThirdsLow)))
	l := sum(2*s.high, u.high, u.low+2*s.low)
	return sum(n*ln2High, l.high, l.low+n*ln2Low)
}

// expTwice is 2ᵏ times e to the power x = n·ln 2 + r, |r| ≤ ln 2/2, off by less than
// a unit: 1 + r + r²/2 + … is added from the small to the large.
func expTwice(x twice, k int) float64 {
	n := math.Round(x.high / math.Ln2)
	r := sum(math.FMA(-n, ln2High, x.high), x.low-n*ln2Low, 0)
	tail := 0.0
	for _, c := range expTail {
		tail = r.high * (c + tail)
	}
	return math.Ldexp(1+(r.high+(r.low+r.high*r.high/2*(1+tail))), int(n)+k)
}
