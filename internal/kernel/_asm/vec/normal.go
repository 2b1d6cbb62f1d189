package main

import (
	"math"
	"math/big"

	. "github.com/mmcloughlin/avo/operand"
)

// The normal distribution.
//
// With t = |x|, the density φ(t) = e^(−t²/2)/√(2π) and Mills' ratio
//
//	m(t) = (1 − Φ(t))/φ(t),
//
// which falls from √(π/2) at 0 as 1/t does, are
//
//	erfc x        = √(2/π)·e^(−t²)·m(√2·t), or 2 minus that for negative x
//	x·Φ(x)        = max(x, 0) − t·φ(t)·m(t)
//	Φ(x) + x·φ(x) = 1 − φ(t)·(m(t) − t), or φ(t)·(m(t) − t) for negative x.
//
// m(t)·(t + 4) is a polynomial in u = 5/4 − 8/(t + 4), which is below 1 in magnitude for t up
// to where φ(t) is 0.
// So is (m(t) − t)/(z − t), where z is the zero of the numerator: the product with
// z − t has all its digits near z, too. The square in the exponent is taken in two
// parts, since its rounding error is an error of the result times the square.

// farthest is the t beyond which φ(t) and t·φ(t) round to 0.
func (v vec) farthest() float64 { return pick(v, 14.7, 39.0) }

// shift makes u small for small t, where rounding errors of the sum matter most.
const shift = 1.25

// A ratio is 1/(t + 4), and u.
type ratio struct{ r, u Op }

func (v vec) ratio(t Op) ratio {
	r := v.div(v.copy(v.num(1)), v.add(t, v.num(4)))
	return ratio{r, v.fnma(r, v.copy(v.num(8)), v.num(shift))}
}

// inRatio is the polynomial in u that equals f(t) on 0 ≤ t ≤ farthest.
func (v vec) inRatio(u Op, f func(t *big.Float) *big.Float, degree int) Op {
	inU := func(u *big.Float) *big.Float {
		t := number(0).Quo(number(8), number(0).Sub(number(shift), u))
		return f(t.Sub(t, number(4)))
	}
	return v.polynomial(u, fit(inU, shift-2, shift-8/(v.farthest()+4), degree))
}

// mills is m(t)/√(2π).
func (v vec) mills(t Op) Op {
	at := v.ratio(t)
	return v.mul(at.r, v.inRatio(at.u, func(t *big.Float) *big.Float {
		m := bigMills(t)
		m.Mul(m, number(0).Add(t, number(4)))
		return m.Mul(m, bigInverseRoot2Pi())
	}, pick(v, 10, 24)))
}

// slope is (m(t) − t)/√(2π).
func (v vec) slope(t Op) Op {
	hi, lo := v.split(millsFixed)
	k := v.inRatio(v.ratio(t).u, func(t *big.Float) *big.Float {
		k := bigMills(t)
		k.Sub(k, t)
		k.Quo(k, number(0).Sub(parse(millsFixed), t))
		return k.Mul(k, bigInverseRoot2Pi())
	}, pick(v, 9, 23))
	return v.mul(k, v.add(v.sub(v.copy(hi), t), lo))
}

// timesBell is y·e^(−c·t²).
func (v vec) timesBell(y, t Op, c float64) Op {
	scaled := t
	if c != 1 {
		scaled = v.mul(t, v.num(c))
	}
	square := v.mul(scaled, t)
	lost := v.fnma(scaled, t, square)
	a := v.reduce(v.xor(square, v.signBit()))
	a.r = v.add(a.r, lost)
	return v.times2(v.mul(y, v.expCore(a)), a.n)
}

// magnitude returns the function |x|, bounded.
func (v vec) magnitude(most float64) func(x Op) Op {
	sign, bound := v.copy(v.signBit()), v.copy(v.num(most))
	return func(x Op) Op { return v.min(bound, v.andNot(sign, x)) }
}

// gaussian is e^(−x²).
func gaussian(v vec) func(x ...Op) Op {
	abs := v.magnitude(pick(v, 10.3, 27.5))
	return func(x ...Op) Op { return v.timesBell(v.copy(v.num(1)), abs(x[0]), 1) }
}

// erfc joins the two halves.
func erfc(v vec) func(x ...Op) Op {
	abs, zero := v.magnitude(v.farthest()*0.705), v.zero()
	return func(x ...Op) Op {
		y := v.erfcOf(abs(x[0]))
		return v.blend(v.cmp(less, x[0], zero), v.sub(v.copy(v.num(2)), y), y)
	}
}

// erfcOf is erfc t.
func (v vec) erfcOf(t Op) Op {
	m := v.mills(v.mul(t, v.num(math.Sqrt2)))
	return v.timesBell(v.add(m, m), t, 1)
}

// erf is 1 − erfc t with the sign of x, and an odd polynomial below 1, where that
// loses digits.
func erf(v vec) func(x ...Op) Op {
	abs := v.magnitude(pick(v, 4.0, 6.0)) // beyond which erf rounds to 1
	return func(x ...Op) Op {
		t := abs(x[0])
		small := v.mul(t, v.polynomial(v.mul(t, t), fit(erfTail, 0, 1, pick(v, 7, 13))))
		y := v.blend(v.cmp(less, t, v.num(1)), small, v.sub(v.copy(v.num(1)), v.erfcOf(t)))
		return v.withSign(y, x[0])
	}
}

// gelu is x·Φ(x).
func gelu(v vec) func(x ...Op) Op {
	abs, zero := v.magnitude(v.farthest()), v.zero()
	return func(x ...Op) Op {
		t := abs(x[0])
		return v.sub(v.max(zero, x[0]), v.timesBell(v.mul(t, v.mills(t)), t, 0.5))
	}
}

// geluSlope is Φ(x) + x·φ(x).
func geluSlope(v vec) func(x ...Op) Op {
	abs, zero := v.magnitude(v.farthest()), v.zero()
	return func(x ...Op) Op {
		t := abs(x[0])
		y := v.timesBell(v.slope(t), t, 0.5)
		return v.blend(v.cmp(less, x[0], zero), y, v.sub(v.copy(v.num(1)), y))
	}
}

// millsFixed is the t at which m(t) = t.
const millsFixed = "0.75179152469356445745790494677952403966447115342345384839"

// bigMills is Mills' ratio: by the series that m′ = t·m − 1 gives, or for large t by
// the continued fraction 1/(t + 1/(t + 2/(t + 3/…))).
func bigMills(t *big.Float) *big.Float {
	if t.Cmp(number(2)) >= 0 {
		y := number(0)
		for k := 2000; k > 0; k-- {
			y.Quo(number(float64(k)), y.Add(y, t))
		}
		return y.Quo(number(1), y.Add(y, t))
	}
	even, odd := number(0).Sqrt(number(0).Quo(pi(), number(2))), number(-1)
	y, power := number(0), number(1)
	for k := 1.0; k < 200; k++ {
		y.Add(y, number(0).Mul(even, power))
		power.Mul(power, t)
		even, odd = odd, even.Quo(even, number(k+1))
	}
	return y
}

func pi() *big.Float {
	return parse("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651")
}

func bigInverseRoot2Pi() *big.Float {
	return number(0).Quo(number(1), number(0).Sqrt(number(0).Mul(pi(), number(2))))
}

// erfTail is erf(√z)/√z = 2/√π·Σ (−z)ᵏ/(k!·(2k + 1)).
func erfTail(z *big.Float) *big.Float {
	y := series(func(k int64) *big.Rat {
		sign := 1 - 2*(k%2)
		return new(big.Rat).SetFrac(big.NewInt(sign), new(big.Int).Mul(new(big.Int).MulRange(1, k), big.NewInt(2*k+1)))
	})(z)
	y.Mul(y, number(2))
	return y.Quo(y, number(0).Sqrt(pi()))
}
