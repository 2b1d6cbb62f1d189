package vec

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// exactPower returns xᶜ for c that is a multiple of ½, from math/big.
func exactPower(x, c float64) *big.Float {
	base := newBig(x)
	if c != math.Trunc(c) {
		base.Sqrt(base)
		c *= 2
	}
	y := newBig(1)
	for range int(math.Abs(c)) {
		y.Mul(y, base)
	}
	if c < 0 {
		y.Quo(newBig(1), y)
	}
	return y
}

func TestPowerAccuracy(t *testing.T) {
	for _, c := range []float64{2, 3, 4, -1, -2, 0.5, 1.5, -0.5} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			lo, hi, lo32, hi32 := -1e70, 1e70, -1e9, 1e9
			if c != math.Trunc(c) {
				lo, lo32 = 0, 0
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for _, x := range points(rng, 5000, lo, hi) {
				want := exactPower(x, c)
				if f, _ := want.Float64(); f == 0 || math.IsInf(f, 0) {
					continue
				}
				assert.LessOrEqual(t, ulps64(power(x, c), want), 2.0, "%v^%v", x, c)
			}
			for _, v := range points(rng, 5000, lo32, hi32) {
				x := float32(v)
				want, _ := exactPower(float64(x), c).Float64()
				if f := float32(want); x == 0 || f == 0 || math.IsInf(float64(f), 0) {
					continue
				}
				assert.LessOrEqual(t, ulps32(power(x, c), want), 2.0, "%v^%v", x, c)
			}
		})
	}
}

// Powers that are zero, infinite or NaN are those of math.Pow.
func TestPowerSpecial(t *testing.T) {
	for _, c := range []float64{2, 3, 4, -1, -2, 0.5, 1.5, -0.5, 0, 1, 2.7, math.Inf(1), math.NaN()} {
		for _, x := range special {
			want, got := math.Pow(x, c), power(x, c)
			if want != 0 && !math.IsInf(want, 0) && want == want {
				continue
			}
			same(t, []float64{want}, []float64{got}, "%v^%v", x, c)
			if want == want {
				assert.Equal(t, math.Signbit(want), math.Signbit(got), "sign of %v^%v", x, c)
			}
		}
	}
}

// TestPowAccuracy compares with math/big at bases of all exponents, subnormal ones
// included, and exponents that are no multiples of ½ or large.
func TestPowAccuracy(t *testing.T) {
	for _, c := range []float64{-1.7, 1. / 3, 2.0 / 7, 0.999, 1e-3, 5, 17, -31.5, 1000, 123456.7} {
		rng := rand.New(rand.NewPCG(7, 8))
		worst, at, worst32, at32 := 0.0, 0.0, 0.0, float32(0)
		for range 300 {
			x := math.Float64frombits(rng.Uint64() >> 1)
			if math.Abs(c) > 4 {
				x = math.Exp(rng.NormFloat64() * 300 / math.Abs(c))
			}
			if e, ok := powError(x, c); ok && e > worst {
				worst, at = e, x
			}
			v := math.Float32frombits(rng.Uint32() >> 1)
			want, _ := bigPow(float64(v), c).Float64()
			if f := float32(want); f == 0 || f-f != 0 || v-v != 0 {
				continue
			}
			if e := ulps32(power(v, c), want); e > worst32 {
				worst32, at32 = e, v
			}
		}
		t.Logf("^%v: float64 %.2f ulp at %v, float32 %.2f ulp at %v", c, worst, at, worst32, at32)
		assert.LessOrEqual(t, worst, 1.0, "%v^%v", at, c)
		assert.LessOrEqual(t, worst32, 0.501, "%v^%v", at32, c)
	}
}

// powError is the error of Pow in ulp, if the power is a number.
func powError(x, c float64) (ulp float64, ok bool) {
	if x-x != 0 || x == 0 {
		return 0, false
	}
	want := bigPow(x, c)
	if f, _ := want.Float64(); f == 0 || math.IsInf(f, 0) {
		return 0, false
	}
	return ulps64(Pow(x, c), want), true
}

// bigPow is xᶜ for positive x.
func bigPow(x, c float64) *big.Float {
	if x-x != 0 || x == 0 {
		return zeroBig()
	}
	l := zeroBig().Mul(newBig(c), bigLog(newBig(x)))
	if f, _ := l.Float64(); math.Abs(f) > 800 {
		return zeroBig()
	}
	return bigExp(l)
}

// Signs, and what math.Pow says of every pair of special numbers.
func TestPowSpecial(t *testing.T) {
	for _, x := range append(special, -2, 0.5, -0.5) {
		for _, y := range append(special, -2, 3, 0.5, -0.5, 1e300, 1<<53+2, 1<<53-1, -1e9) {
			want, got := math.Pow(x, y), Pow(x, y)
			if want == 0 || want-want != 0 {
				same(t, []float64{want}, []float64{got}, "%v^%v", x, y)
				assert.Equal(t, math.Signbit(want) && want == want, math.Signbit(got) && got == got, "sign of %v^%v", x, y)
				continue
			}
			assert.InEpsilon(t, want, got, 1e-12, "%v^%v", x, y)
		}
	}
}

// An exponent is not rounded to float32: −1.7 would be −1.70000005, and a power of
// 1e-38 off by 42 units in the last place.
func TestPowerExponentIsNotRounded(t *testing.T) {
	x := []float32{3e-23, 2e38}
	Power(-1.7, x, x)
	assert.Equal(t, []float32{float32(math.Pow(float64(float32(3e-23)), -1.7)), float32(math.Pow(float64(float32(2e38)), -1.7))}, x)
}

func BenchmarkPow(b *testing.B) {
	x := numbers[float64](rand.New(rand.NewPCG(1, 2)), benchSize, false)
	Unary(Abs, x, x)
	y := make([]float64, benchSize)
	perElement[float64](b, "by=math", benchSize, func() {
		for i, v := range x {
			y[i] = math.Pow(v, 1./3)
		}
	})
	perElement[float64](b, "by=kernel", benchSize, func() { Power(1./3, y, x) })
}
