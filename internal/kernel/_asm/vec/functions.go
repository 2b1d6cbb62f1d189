package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
)

var unaries = []struct {
	name   string
	unroll int
	f      function
}{
	{"Neg", 4, plain(func(v vec, x ...Op) Op { return v.xor(x[0], v.signBit()) })},
	{"Abs", 4, func(v vec) func(x ...Op) Op {
		sign := v.copy(v.signBit())
		return func(x ...Op) Op { return v.andNot(sign, x[0]) }
	}},
	{"Sign", 4, sign},
	{"Sqrt", 2, plain(func(v vec, x ...Op) Op { return v.sqrt(x[0]) })},
	{"ReLU", 4, func(v vec) func(x ...Op) Op {
		zero := v.zero()
		return func(x ...Op) Op { return v.max(zero, x[0]) }
	}},
	{"Exp", 1, exp},
	{"Expm1", 1, expm1},
	{"Log", 1, log},
	{"Log1p", 1, log1p},
	{"Tanh", 1, tanh},
	{"Sigmoid", 1, sigmoid},
	{"Softplus", 1, softplus},
	{"Sech2", 1, sech2},
	{"LogisticDensity", 1, logisticDensity},
	{"Erf", 1, erf},
	{"Erfc", 1, erfc},
	{"Gaussian", 1, gaussian},
	{"GELU", 1, gelu},
	{"GELUSlope", 1, geluSlope},
}

// sign puts the sign of x on 1, or keeps x where it is NaN.
func sign(v vec) func(x ...Op) Op {
	zero, one, signBit := v.zero(), v.copy(v.num(1)), v.copy(v.signBit())
	return func(x ...Op) Op {
		y := v.or(v.and(x[0], signBit), one)
		y = v.blend(v.cmp(unordered, x[0], x[0]), x[0], y)
		return v.keep(v.cmp(notEqual, x[0], zero), y)
	}
}

// The exponential.
//
// With n the integer nearest to x/ln 2 and r = x − n·ln 2, |r| ≤ ln 2/2,
//
//	eˣ = 2ⁿ·eʳ,  eʳ = 1 + r + r²·Q(r).
//
// n is found by adding 3·2^(mantissa bits − 1), which leaves it in the low bits
// of the sum. n·ln 2 is subtracted in two parts with fused multiply-adds; the
// first subtraction is exact. 2ⁿ may lie outside the range where the product
// does not, so it is applied in two halves (AVX2) or by VSCALEF (AVX-512),
// either of which rounds once.

// magic is 3·2^(mantissa bits − 1).
func (v vec) magic() constant { return v.num(pick(v, 0x1.8p23, 0x1.8p52)) }

// nearest returns the integer n nearest to a·b, and n + magic.
func (v vec) nearest(a, b Op) (n, shifted Op) {
	shifted = v.copy(v.magic())
	v.addMulTo(shifted, a, b)
	return v.sub(shifted, v.magic()), shifted
}

// power is 2ⁿ for an n within the exponents, given n + magic.
func (v vec) power(shifted Op) Op {
	return v.addInt(v.shl(shifted, v.mantissa()), v.bits(v.one()))
}

// reduced is an argument of the exponential, split.
type reduced struct {
	n, shifted Op // n and n + magic
	high, r    Op // x − n·ln 2 before and after the second subtraction
}

func (v vec) reduce(x Op) reduced {
	hi, lo := v.ln2()
	n, shifted := v.nearest(x, v.num(1.4426950408889634074))
	high := v.fnma(n, hi, x)
	return reduced{n, shifted, high, v.fnma(n, lo, high)}
}

// expPolynomial is Q(r).
func (v vec) expPolynomial(r Op) Op {
	return v.polynomial(r, fit(expTail, -0.3470, 0.3470, pick(v, 4, 9)))
}

// polynomial is Σ c[k]·xᵏ.
func (v vec) polynomial(x Op, c []float64) Op {
	p := v.copy(v.num(c[len(c)-1]))
	for k := len(c) - 2; k >= 0; k-- {
		p = v.horner(p, x, v.num(c[k]))
	}
	return p
}

// expCore is eʳ for the reduced argument.
func (v vec) expCore(a reduced) Op {
	p := v.expPolynomial(a.r)
	p = v.horner(p, a.r, v.num(1))
	p = v.horner(p, a.r, v.num(1))
	return p
}

// halves returns 2ⁱ and 2ʲ with i + j = n, and j + magic.
func (v vec) halves(n Op) (first, second, shifted Op) {
	i, shiftedI := v.nearest(n, v.num(0.5))
	shiftedJ := v.add(v.sub(n, i), v.magic())
	return v.power(shiftedI), v.power(shiftedJ), shiftedJ
}

// times2 is y·2ⁿ.
func (v vec) times2(y, n Op) Op {
	if v.Wide {
		return v.scale(y, n)
	}
	first, second, _ := v.halves(n)
	return v.mul(v.mul(y, first), second)
}

// expOf is eˣ for x within the bounds of clampExp, or NaN.
func (v vec) expOf(x Op) Op {
	a := v.reduce(x)
	return v.times2(v.expCore(a), a.n)
}

// clampExp emits the bounds beyond which eˣ is zero or infinite, and returns
// the function that moves x between them.
func (v vec) clampExp() func(x Op) Op {
	lo := v.copy(v.num(pick(v, -104.5, -746.0)))
	hi := v.copy(v.num(pick(v, 89.0, 710.0)))
	return func(x Op) Op { return v.max(lo, v.min(hi, x)) }
}

func exp(v vec) func(x ...Op) Op {
	clamp := v.clampExp()
	return func(x ...Op) Op { return v.expOf(clamp(x[0])) }
}

// expm1 is eˣ − 1 = 2ⁿ·((1 − 2⁻ⁿ) + r + t), t = r²·Q(r) + (high − n·ln2lo − r),
// where the last term is the rounding error of r. The sum is taken from the
// large to the small; for n = 0 it is r + t.
func expm1(v vec) func(x ...Op) Op {
	lo := v.copy(v.num(pick(v, -17.5, -37.5)))
	hi := v.copy(v.num(pick(v, 89.0, 710.0)))
	return func(x ...Op) Op {
		return v.withSign(v.expm1Of(v.max(lo, v.min(hi, x[0]))), x[0])
	}
}

func (v vec) expm1Of(x Op) Op {
	a := v.reduce(x)
	t := v.expm1Tail(a)
	if v.Wide {
		one := v.copy(v.num(1))
		c := v.sub(one, v.scale(one, v.sub(v.zero(), a.n)))
		return v.scale(v.add(v.add(c, a.r), t), a.n)
	}
	first, second, shifted := v.halves(a.n)
	inverse := v.subInt(v.copy(v.bits(v.one())), v.shl(shifted, v.mantissa())) // 2⁻ʲ
	s := v.fma(first, a.r, v.sub(first, inverse))
	v.addMulTo(s, first, t)
	return v.mul(s, second)
}

// expm1Tail is eʳ − 1 − r, with the rounding error of r.
func (v vec) expm1Tail(a reduced) Op {
	_, lo := v.ln2()
	lost := v.sub(a.high, a.r)
	v.subMulTo(lost, a.n, lo)
	v.addMulTo(lost, v.expPolynomial(a.r), v.mul(a.r, a.r))
	return lost
}

// The logarithm.
//
// With x = 2ᵏ·(1 + f), √½ ≤ 1 + f < √2, and s = f/(2 + f), z = s²,
//
//	ln(1 + f) = 2·artanh(s) = f − (f²/2 − s·(f²/2 + z·L(z)))
//	ln x = k·ln 2 + ln(1 + f),
//
// where L(z) = Σ 2/(2i+3)·zⁱ. The terms are added from the small to the large.

// logOf is ln(2ᵏ·(1 + f)).
func (v vec) logOf(k, f Op) Op {
	hi, lo := v.ln2()
	s := v.div(f, v.add(f, v.num(2)))
	z := v.mul(s, s)
	half := v.mul(v.mul(f, v.num(0.5)), f)
	p := v.polynomial(z, fit(logTail, 0, 0.02945, pick(v, 3, 7)))
	p = v.horner(p, z, half)
	low := v.mul(k, lo)
	v.addMulTo(low, s, p)
	y := v.sub(f, v.sub(half, low))
	v.addMulTo(y, k, hi)
	return y
}

// exponent splits a positive normal x = 2ᵏ·m with √½ ≤ m < √2, and returns
// also the bits of 2ᵏ.
func (v vec) exponent(x Op) (k, m, power Op) {
	half := pick[uint64](v, 0x3f3504f3, 0x3fe6a09e667f3bcd) // √½
	u := v.addInt(x, v.bits(v.one()-half))
	mantissa := uint64(1)<<v.mantissa() - 1
	power = v.andNot(v.copy(v.bits(mantissa)), u)
	m = v.addInt(v.and(u, v.bits(mantissa)), v.bits(half))
	// The biased exponent becomes a number under the leading bit of 2^mantissa.
	base := pick(v, 0x1p23, 0x1p52)
	k = v.or(v.shr(u, v.mantissa()), v.num(base))
	return v.sub(k, v.num(base+pick(v, 127.0, 1023.0))), m, power
}

func log(v vec) func(x ...Op) Op {
	special := v.logSpecial()
	return func(x ...Op) Op {
		// A denormal is scaled up to be normal.
		small := v.cmp(less, x[0], v.num(pick(v, 0x1p-126, 0x1p-1022)))
		scaled := v.blend(small, v.mul(x[0], v.num(pick(v, 0x1p23, 0x1p52))), x[0])
		k, m, _ := v.exponent(scaled)
		k = v.sub(k, v.keep(small, v.copy(v.num(pick(v, 23.0, 52.0)))))
		return special(x[0], v.logOf(k, v.sub(m, v.num(1))))
	}
}

// logSpecial returns the function that corrects y = ln x: −Inf at 0, NaN
// below, and x itself for +Inf and NaN.
func (v vec) logSpecial() func(x, y Op) Op {
	zero := v.zero()
	return func(x, y Op) Op {
		y = v.blend(v.cmp(less, x, v.num(math.Inf(1))), y, x)
		y = v.blend(v.cmp(equal, x, zero), v.num(math.Inf(-1)), y)
		return v.blend(v.cmp(less, x, zero), v.num(math.NaN()), y)
	}
}

// log1p is ln(u + c), where u is 1 + x rounded and c what was lost.
func log1p(v vec) func(x ...Op) Op {
	special := v.logSpecial()
	return func(x ...Op) Op {
		one := v.copy(v.num(1))
		u := v.add(x[0], one)
		c := v.sub(v.min(one, x[0]), v.sub(u, v.max(one, x[0])))
		k, m, power := v.exponent(u)
		f := v.sub(m, one)
		v.addMulTo(f, c, v.reciprocal(power))
		return v.withSign(special(u, v.logOf(k, f)), x[0])
	}
}

// reciprocal is 1/p for a power of two, or a small number for one too large.
// The biased exponents of p and 1/p add up to that of the largest power.
func (v vec) reciprocal(p Op) Op {
	bound := v.copy(v.num(pick(v, 0x1p126, 0x1p1022)))
	return v.subInt(v.copy(v.num(pick(v, 0x1p127, 0x1p1023))), v.min(bound, p))
}

// withSign sets the sign of y, zero or of the sign of x already, to that of x.
func (v vec) withSign(y, x Op) Op { return v.or(y, v.and(x, v.signBit())) }

// tanh is t/(t + 2) with the sign of x, where t = e^(2|x|) − 1.
func tanh(v vec) func(x ...Op) Op {
	signBit := v.copy(v.signBit())
	hi := v.copy(v.num(pick(v, 9.5, 20.0))) // beyond which tanh rounds to 1
	return func(x ...Op) Op {
		y := v.min(hi, v.andNot(signBit, x[0]))
		a := v.reduce(v.add(y, y))
		s := v.power(a.shifted)
		t := v.fma(s, a.r, v.sub(s, v.num(1)))
		v.addMulTo(t, s, v.expm1Tail(a))
		return v.withSign(v.div(t, v.add(t, v.num(2))), x[0])
	}
}

// expNegative returns the function e^−|x|, which cannot overflow.
func (v vec) expNegative() func(x Op) Op {
	lo := v.copy(v.num(pick(v, -104.5, -746.0)))
	return func(x Op) Op { return v.expOf(v.max(lo, v.or(x, v.signBit()))) }
}

// sigmoid is e/(1 + e) for negative x, else 1/(1 + e), with e = e^−|x|.
func sigmoid(v vec) func(x ...Op) Op {
	zero, one, exp := v.zero(), v.copy(v.num(1)), v.expNegative()
	return func(x ...Op) Op {
		e := exp(x[0])
		return v.div(v.blend(v.cmp(less, x[0], zero), e, one), v.add(e, one))
	}
}

// softplus is max(x, 0) + ln(1 + e) with e = e^−|x|.
func softplus(v vec) func(x ...Op) Op {
	zero, one, exp := v.zero(), v.copy(v.num(1)), v.expNegative()
	return func(x ...Op) Op {
		e := exp(x[0])
		large := v.cmp(greater, e, v.num(math.Sqrt2-1))
		f := v.blend(large, v.mul(v.sub(e, one), v.num(0.5)), e) // 1 + e = 2ᵏ·(1 + f)
		return v.add(v.logOf(v.keep(large, one), f), v.max(zero, x[0]))
	}
}

// sech2 is 4·t/(1 + t)² with t = e^−2|x|.
func sech2(v vec) func(x ...Op) Op {
	density := v.density(2)
	return func(x ...Op) Op { return density(v.add(x[0], x[0])) }
}

// logisticDensity is t/(1 + t)² with t = e^−|x|.
func logisticDensity(v vec) func(x ...Op) Op {
	density := v.density(0)
	return func(x ...Op) Op { return density(x[0]) }
}

// density returns the function 2ᵏ·t/(1 + t)² with t = e^−|x| = 2ⁿ·eʳ. The
// quotient is that of eʳ, so that it cannot underflow before the power of two is
// applied. In the denominator, 1 + t·(2 + t), a t below 2⁻⁶⁰ adds nothing and
// need not be exact.
func (v vec) density(k float64) func(x Op) Op {
	lo := v.copy(v.num(pick(v, -106.0, -748.0))) // 2²·eˣ rounds to 0
	return func(x Op) Op {
		a := v.reduce(v.max(lo, v.or(x, v.signBit())))
		e := v.expCore(a)
		least := v.copy(v.num(pick(v, 0x1.8p23, 0x1.8p52) - 60))
		t := v.mul(e, v.power(v.max(least, a.shifted)))
		d := v.fma(t, v.add(t, v.num(2)), v.copy(v.num(1)))
		n := a.n
		if k != 0 {
			n = v.add(n, v.num(k))
		}
		return v.times2(v.div(e, d), n)
	}
}
