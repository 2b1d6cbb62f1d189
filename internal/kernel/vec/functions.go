package vec

import (
	"math"
	"runtime"
)

// exp is eˣ. Assembly of math.Exp on some platforms overflows early or has no
// subnormal results.
func exp(x float64) float64 {
	switch {
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	case math.Abs(x) > 708:
		return expTwice(twice{high: x}, 0)
	}
	return math.Exp(x)
}

// ownSeries says that the logarithm and its relatives are computed here: the
// assembly of package math for this processor is off by up to 3.6 units.
const ownSeries = runtime.GOARCH == "s390x"

// log is ln x. Assembly of math.Log on some platforms takes no subnormals.
func log(x float64) float64 {
	if x > 0 && x < 0x1p-1022 || ownSeries {
		return ownLog(x)
	}
	return math.Log(x)
}

func expm1(x float64) float64 {
	if ownSeries {
		return ownExpm1(x)
	}
	return math.Expm1(x)
}

func log1p(x float64) float64 {
	if ownSeries {
		return ownLog1p(x)
	}
	return math.Log1p(x)
}

func tanh(x float64) float64 {
	if ownSeries {
		return ownTanh(x)
	}
	return math.Tanh(x)
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	case x == 0:
		return 0
	}
	return x
}

// sigmoid evaluates the exponential on the side where it cannot overflow.
func sigmoid(x float64) float64 {
	e := exp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

func softplus(x float64) float64 {
	return max(x, 0) + log1p(exp(-math.Abs(x)))
}

// density is 2ᵏ·t/(1 + t)² with t = e^−|x|. A t that would lose digits by underflow
// is scaled before it is rounded.
func density(x float64, k int) float64 {
	x = math.Abs(x)
	switch {
	case x > 750:
		return 0
	case x > 700:
		return expTwice(twice{high: -x}, k)
	}
	t := math.Exp(-x)
	return float64(int(1)<<k) * t / (1 + t*(2+t))
}

// ownLog is ln x.
func ownLog(x float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return math.Log(x)
	}
	l := logTwice(x)
	return l.high + l.low
}

// ownLog1p is ln(1 + x). With 1 + x = u + v, u rounded and v what that loses,
//
//	ln(1 + x) = ln u + v/u − …
//
// where what is left out is less than 2⁻¹⁰⁶.
func ownLog1p(x float64) float64 {
	switch {
	case !(x > -1 && x <= math.MaxFloat64):
		return math.Log1p(x)
	case math.Abs(x) < 0x1p-54:
		return x
	}
	u := sum(1, x, 0)
	if x > 1 {
		u = sum(x, 1, 0)
	}
	l := logTwice(u.high)
	return l.high + (l.low + u.low/u.high)
}

// ownExpm1 is eˣ − 1.
func ownExpm1(x float64) float64 {
	switch {
	case x > 709:
		return exp(x)
	case x < -40:
		return -1
	case x != x || math.Abs(x) < 0x1p-54:
		return x
	}
	e := expm1Twice(x)
	return e.high + e.low
}

// ownTanh is e/(e + 2) with e = e²ˣ − 1, put on the sign of x.
func ownTanh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case x != x || a < 0x1p-28:
		return x
	case a > 22:
		return math.Copysign(1, x)
	}
	e := expm1Twice(2 * a)
	d := sum(2, e.high, e.low)
	if e.high > 2 {
		d = sum(e.high, 2, e.low)
	}
	q := e.high / d.high
	q += (math.FMA(-q, d.high, e.high) - q*d.low + e.low) / d.high
	return math.Copysign(q, x)
}
