package vec

import "math"

// A twice is the sum of a number and one that is less than its unit in the last
// place: twice the precision.
type twice struct{ high, low float64 }

// sum is a + b, exactly, for |a| ≥ |b|, and more that is small. The conversions keep
// compilers from fusing a product that is an argument with one of its two uses, which
// would then see different numbers.
func sum(a, b, more float64) twice {
	a, b = float64(a), float64(b)
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

// expTwice is 2ᵏ·eˣ, off by less than a unit: the terms are added from the small to
// the large.
func expTwice(x twice, k int) float64 {
	n, r, tail := expSeries(x)
	return math.Ldexp(1+(r.high+(r.low+r.high*r.high/2*(1+tail))), n+k)
}

// expm1Twice is eˣ − 1 for a finite x below 709. The difference of 2ⁿ·eʳ and 1 has
// the error of its parts only: r and r²/2 are in twice the precision.
func expm1Twice(x float64) twice {
	n, r, tail := expSeries(twice{high: x})
	q := r.times(r)
	q = sum(q.high/2, q.high/2*tail, q.low/2)
	e := sum(r.high, q.high, r.low+q.low)
	if n == 0 {
		return e
	}
	m := sum(1, e.high, e.low)
	m.high, m.low = math.Ldexp(m.high, n), math.Ldexp(m.low, n)
	if n < 0 {
		return sum(-1, m.high, m.low)
	}
	return sum(m.high, -1, m.low)
}

// expSeries returns n and r with x = n·ln 2 + r, |r| ≤ ln 2/2, and the tail of
//
//	eʳ = 1 + r + r²/2·(1 + tail), tail = r/3 + r²/12 + …
func expSeries(x twice) (n int, r twice, tail float64) {
	k := math.Round(x.high / math.Ln2)
	r = sum(math.FMA(-k, ln2High, x.high), x.low-k*ln2Low, 0)
	for _, c := range expTail {
		tail = r.high * (c + tail)
	}
	return int(k), r, tail
}
