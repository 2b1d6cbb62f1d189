package vec

import (
	"math"
	"math/big"
)

// This file evaluates the functions of accuracy in math/big, for finite
// arguments where the value is neither zero nor infinite.

const bigPrecision = 300

func newBig(x float64) *big.Float { return new(big.Float).SetPrec(bigPrecision).SetFloat64(x) }

func zeroBig() *big.Float { return newBig(0) }

var bigLn2, _, _ = big.ParseFloat("0.69314718055994530941723212145817656807550013436025525412068000949339362196969471560586332699641868754200148102", 10, bigPrecision, big.ToNearestEven)

// bigExp is eˣ = 2ⁿ·(eʳ)^(2⁸) with r = (x − n·ln 2)/2⁸, by the series of eʳ.
func bigExp(x *big.Float) *big.Float {
	f, _ := x.Float64()
	n := math.Round(f / math.Ln2)
	r := zeroBig().Sub(x, zeroBig().Mul(newBig(n), bigLn2))
	r.SetMantExp(r, -8)
	y := zeroBig()
	for k := len(bigInverseFactorials) - 1; k >= 0; k-- {
		y.Mul(y, r)
		y.Add(y, bigInverseFactorials[k])
	}
	for range 8 {
		y.Mul(y, y)
	}
	return y.SetMantExp(y, int(n))
}

// bigInverseFactorials holds 1/k!, as far as |r| ≤ ln 2/2⁹ needs.
var bigInverseFactorials = func() (c [26]*big.Float) {
	c[0] = newBig(1)
	for k := 1; k < len(c); k++ {
		c[k] = zeroBig().Quo(c[k-1], newBig(float64(k)))
	}
	return c
}()

// bigSmall is the power of two below which three terms of a series are enough.
const bigSmall = -90

// bigExpm1 is eˣ − 1.
func bigExpm1(x *big.Float) *big.Float {
	if x.MantExp(nil) > bigSmall {
		return zeroBig().Sub(bigExp(x), newBig(1))
	}
	y := zeroBig().Quo(x, newBig(3)) // x·(1 + x/2·(1 + x/3))
	y.Add(y, newBig(1))
	y.Mul(y, x).Quo(y, newBig(2))
	y.Add(y, newBig(1))
	return y.Mul(y, x)
}

// bigLog is ln x = y + ln(1 + d) with y near ln x and d = x·e⁻ʸ − 1 below 10⁻¹³.
func bigLog(x *big.Float) *big.Float {
	mantissa := new(big.Float)
	e := x.MantExp(mantissa)
	f, _ := mantissa.Float64()
	y := newBig(math.Log(f) + float64(e)*math.Ln2)
	d := zeroBig().Mul(x, bigExp(zeroBig().Neg(y)))
	d.Sub(d, newBig(1))
	sum, power := zeroBig(), newBig(-1)
	for k := 1.0; k < 8; k++ {
		power.Mul(power, d)
		power.Neg(power)
		sum.Add(sum, zeroBig().Quo(power, newBig(k)))
	}
	return y.Add(y, sum)
}

// bigLog1p is ln(1 + x).
func bigLog1p(x *big.Float) *big.Float {
	if x.MantExp(nil) > bigSmall {
		return bigLog(zeroBig().Add(x, newBig(1)))
	}
	y := zeroBig().Quo(x, newBig(-3)) // x·(1 − x·(1/2 − x/3))
	y.Add(y, newBig(0.5))
	y.Mul(y, x)
	y.Sub(newBig(1), y)
	return y.Mul(y, x)
}

// bigTanh is t/(t + 2) with t = e²ˣ − 1.
func bigTanh(x *big.Float) *big.Float {
	t := bigExpm1(zeroBig().Add(x, x))
	return t.Quo(t, zeroBig().Add(t, newBig(2)))
}

func bigSigmoid(x *big.Float) *big.Float {
	y := bigExp(zeroBig().Neg(x))
	return y.Quo(newBig(1), y.Add(y, newBig(1)))
}

func bigSoftplus(x *big.Float) *big.Float {
	if x.Sign() <= 0 {
		return bigLog1p(bigExp(x))
	}
	return zeroBig().Add(x, bigLog1p(bigExp(zeroBig().Neg(x))))
}

// bigSech2 is 4·σ(2x)·σ(−2x).
func bigSech2(x *big.Float) *big.Float {
	return zeroBig().Mul(newBig(4), bigLogisticDensity(zeroBig().Add(x, x)))
}

// bigLogisticDensity is σ(x)·σ(−x).
func bigLogisticDensity(x *big.Float) *big.Float {
	return zeroBig().Mul(bigSigmoid(x), bigSigmoid(zeroBig().Neg(x)))
}

// ulps64 is the distance of got from want in units in the last place of want.
func ulps64(got float64, want *big.Float) float64 {
	nearest, _ := want.Float64()
	if got == nearest && math.IsInf(got, 0) {
		return 0
	}
	if math.IsNaN(got) || math.IsInf(got, 0) {
		return math.Inf(1)
	}
	d, _ := zeroBig().Sub(newBig(got), want).SetMantExp(zeroBig().Sub(newBig(got), want), -max(want.MantExp(nil)-53, -1074)).Float64()
	return math.Abs(d)
}

var (
	bigPi, _, _       = big.ParseFloat("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651", 10, bigPrecision, big.ToNearestEven)
	bigInverseRoot2Pi = zeroBig().Quo(newBig(1), zeroBig().Sqrt(zeroBig().Mul(bigPi, newBig(2))))
	bigTwoOverRootPi  = zeroBig().Quo(newBig(2), zeroBig().Sqrt(bigPi))
	bigRoot2          = zeroBig().Sqrt(newBig(2))
)

// bigGaussian is e^−x².
func bigGaussian(x *big.Float) *big.Float { return bigExp(zeroBig().Neg(zeroBig().Mul(x, x))) }

// bigDensity is the normal density.
func bigDensity(x *big.Float) *big.Float {
	y := zeroBig().Mul(x, x)
	return y.Mul(bigExp(y.Quo(y, newBig(-2))), bigInverseRoot2Pi)
}

// bigErf is 2/√π·Σ (−1)ᵏ·x^(2k+1)/(k!·(2k+1)) for x below 1.5, and else 1 − erfc x.
func bigErf(x *big.Float) *big.Float {
	if zeroBig().Abs(x).Cmp(newBig(1.5)) > 0 {
		return zeroBig().Sub(newBig(1), bigErfc(x))
	}
	y, power := zeroBig(), zeroBig().Set(x)
	for k := 0.0; k < 120; k++ {
		y.Add(y, zeroBig().Quo(power, newBig(2*k+1)))
		power.Mul(power, x).Mul(power, x).Quo(power, newBig(-k-1))
	}
	return y.Mul(y, bigTwoOverRootPi)
}

// bigErfc is 1 − erf x, and e^−x²/√π times 1/(x + ½/(x + 1/(x + 1½/…))) for large x.
func bigErfc(x *big.Float) *big.Float {
	switch {
	case x.Sign() < 0:
		return zeroBig().Sub(newBig(2), bigErfc(zeroBig().Neg(x)))
	case x.Cmp(newBig(1.5)) <= 0:
		return zeroBig().Sub(newBig(1), bigErf(x))
	}
	f, _ := x.Float64()
	y := zeroBig()
	for k := math.Round(3000/(f*f)) + 20; k > 0; k-- {
		y.Quo(newBig(k/2), y.Add(y, x))
	}
	y.Quo(bigGaussian(x), y.Add(y, x))
	return y.Quo(y.Mul(y, bigTwoOverRootPi), newBig(2))
}

// bigNormal is Φ(x) = erfc(−x/√2)/2.
func bigNormal(x *big.Float) *big.Float {
	y := bigErfc(zeroBig().Neg(zeroBig().Quo(x, bigRoot2)))
	return y.Quo(y, newBig(2))
}

func bigGELU(x *big.Float) *big.Float { return zeroBig().Mul(x, bigNormal(x)) }

func bigGELUSlope(x *big.Float) *big.Float {
	return zeroBig().Add(bigNormal(x), zeroBig().Mul(x, bigDensity(x)))
}
