package vec

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

func TestUnary(t *testing.T) { kerneltest.BothTypes(t, testUnary[float32], testUnary[float64]) }

// testUnary compares with the reference at all lengths and offsets, in place
// and not. Those of accuracy may differ by the errors of both.
func testUnary[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	for op := range numUnary {
		for _, n := range lengths() {
			x := numbers[F](rng, n+3, true)[3:]
			want := make([]F, n)
			unaryGeneric(op, want, x)
			dst := newGuarded[F](n%7, n)
			Unary(op, dst.slice, x)
			dst.check(t, n%7, op.String())
			near(t, op, x, want, dst.slice)
			Unary(op, x, x)
			same(t, dst.slice, x, "%v in place", op)
		}
	}
}

// near requires got to be want, or within the bounds of accuracy of it.
func near[F kernel.Float](t *testing.T, op UnaryOp, x, want, got []F) {
	t.Helper()
	e, ok := stated()[op.String()]
	if !ok {
		same(t, want, got, "%v", op)
		return
	}
	column := kernel.Size[F]() / 8                // 0 for float32
	bound := 2 * (e[column] + e[column+2] + 0.01) // the unit of want may be half of that of the value
	for i, w := range want {
		g := got[i]
		if w == g && math.Signbit(float64(w)) == math.Signbit(float64(g)) || w != w && g != g {
			continue
		}
		d := math.Abs(float64(g) - float64(w))
		assert.LessOrEqual(t, d, bound*kerneltest.ULP(w), "%v(%v) = %v, want %v", op, x[i], g, w)
	}
}

// TestUnarySpecial compares with what the definition says.
func TestUnarySpecial(t *testing.T) {
	inf, nan, zero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	const tiny32, tiny64 = math.SmallestNonzeroFloat32, math.SmallestNonzeroFloat64
	for _, c := range []struct {
		op      UnaryOp
		x, want float64
	}{
		{Copy, nan, nan}, {Neg, 0, zero}, {Neg, nan, nan}, {Abs, zero, 0}, {Abs, -inf, inf}, {Abs, nan, nan},
		{Sign, zero, 0}, {Sign, -tiny64, -1}, {Sign, inf, 1}, {Sign, nan, nan},
		{Sqrt, zero, zero}, {Sqrt, -1, nan}, {Sqrt, inf, inf}, {Sqrt, nan, nan},
		{ReLU, -1, 0}, {ReLU, -inf, 0}, {ReLU, inf, inf}, {ReLU, nan, nan},
		{Exp, 0, 1}, {Exp, zero, 1}, {Exp, inf, inf}, {Exp, -inf, 0}, {Exp, nan, nan}, {Exp, 1e300, inf}, {Exp, -1e300, 0},
		{Exp, 709.7827128933841, inf}, {Exp, -745.14, 0}, {Exp, -745.13, tiny64}, {Exp, tiny64, 1},
		{Expm1, 0, 0}, {Expm1, zero, zero}, {Expm1, inf, inf}, {Expm1, -inf, -1}, {Expm1, nan, nan}, {Expm1, -tiny64, -tiny64},
		{Expm1, 0x1p-1040, 0x1p-1040}, {Expm1, 709.7827128933841, inf}, {Expm1, -100, -1},
		{Log, 0, -inf}, {Log, zero, -inf}, {Log, 1, 0}, {Log, inf, inf}, {Log, -inf, nan}, {Log, -tiny64, nan}, {Log, nan, nan},
		{Log1p, 0, 0}, {Log1p, zero, zero}, {Log1p, -1, -inf}, {Log1p, -1.5, nan}, {Log1p, -inf, nan}, {Log1p, inf, inf},
		{Log1p, nan, nan}, {Log1p, tiny64, tiny64}, {Log1p, -0x1p-1040, -0x1p-1040},
		{Tanh, zero, zero}, {Tanh, inf, 1}, {Tanh, -inf, -1}, {Tanh, nan, nan}, {Tanh, -tiny64, -tiny64}, {Tanh, 0x1p-1040, 0x1p-1040},
		{Tanh, 25, 1}, {Tanh, -1e300, -1},
		{Sigmoid, 0, 0.5}, {Sigmoid, inf, 1}, {Sigmoid, -inf, 0}, {Sigmoid, nan, nan}, {Sigmoid, -745.13, tiny64}, {Sigmoid, 40, 1},
		{Softplus, 0, math.Ln2}, {Softplus, inf, inf}, {Softplus, -inf, 0}, {Softplus, nan, nan}, {Softplus, -745.13, tiny64},
		{Softplus, 1000, 1000}, {Softplus, math.MaxFloat64, math.MaxFloat64},
		{Sech2, 0, 1}, {Sech2, zero, 1}, {Sech2, inf, 0}, {Sech2, -inf, 0}, {Sech2, nan, nan}, {Sech2, 1e300, 0}, {Sech2, tiny64, 1}, {Sech2, 373.25, tiny64},
		{LogisticDensity, 0, 0.25}, {LogisticDensity, zero, 0.25}, {LogisticDensity, inf, 0}, {LogisticDensity, -inf, 0},
		{LogisticDensity, nan, nan}, {LogisticDensity, -1e300, 0}, {LogisticDensity, 746, 0}, {LogisticDensity, -745.13, tiny64},
		{Erf, 0, 0}, {Erf, zero, zero}, {Erf, inf, 1}, {Erf, -inf, -1}, {Erf, nan, nan}, {Erf, -8, -1}, {Erf, 1e300, 1},
		{Erfc, 0, 1}, {Erfc, zero, 1}, {Erfc, inf, 0}, {Erfc, -inf, 2}, {Erfc, nan, nan}, {Erfc, 1e300, 0}, {Erfc, -7, 2}, {Erfc, 28, 0},
		{Gaussian, 0, 1}, {Gaussian, zero, 1}, {Gaussian, inf, 0}, {Gaussian, -inf, 0}, {Gaussian, nan, nan}, {Gaussian, 1e300, 0}, {Gaussian, tiny64, 1},
		{GELU, 0, 0}, {GELU, inf, inf}, {GELU, nan, nan}, {GELU, 1e300, 1e300}, {GELU, 50, 50},
		{GELUSlope, 0, 0.5}, {GELUSlope, zero, 0.5}, {GELUSlope, inf, 1}, {GELUSlope, -inf, zero}, {GELUSlope, nan, nan},
		{GELUSlope, 1e300, 1}, {GELUSlope, -1e300, zero}, {GELUSlope, -40, zero},
	} {
		testSpecial(t, c.op, c.x, c.want)
		switch x, want := float32(c.x), float32(c.want); {
		case math.Abs(c.x) == tiny64, math.Abs(c.x) == 0x1p-1040, c.x == -745.13, math.IsInf(float64(x), 0) != math.IsInf(c.x, 0):
		default:
			testSpecial(t, c.op, x, want)
		}
	}
	for _, c := range []struct {
		op      UnaryOp
		x, want float32
	}{
		{Exp, 88.72284, float32(inf)}, {Exp, -103.98, 0}, {Exp, -103.97, tiny32}, {Sigmoid, -103.97, tiny32}, {Softplus, -103.97, tiny32},
		{Expm1, -tiny32, -tiny32}, {Log1p, -0x1p-140, -0x1p-140}, {Tanh, 0x1p-140, 0x1p-140}, {Sign, -tiny32, -1}, {Log, -tiny32, float32(nan)},
		{Erfc, 10.03, tiny32}, {Gaussian, -10.16, tiny32}, {GELUSlope, -14.6, float32(zero)},
		{Sech2, 52.68, 0}, {Sech2, -52.67, tiny32}, {LogisticDensity, 103.98, 0}, {LogisticDensity, -103.97, tiny32},
	} {
		testSpecial(t, c.op, c.x, c.want)
	}
}

// testSpecial puts x in a whole vector and in the part of one after it.
func testSpecial[F kernel.Float](t *testing.T, op UnaryOp, x, want F) {
	kerneltest.EachISA(t, func(t *testing.T) {
		in, got := make([]F, 17), make([]F, 17)
		for i := range in {
			in[i] = x
		}
		Unary(op, got, in)
		for _, y := range got {
			ok := y == want && (want != 0 || op == ReLU || math.Signbit(float64(y)) == math.Signbit(float64(want))) || y != y && want != want
			assert.True(t, ok, "%v(%v) = %v, want %v", op, x, y, want)
		}
	})
}

// The values that derivatives of Tanh and Sigmoid formed of their values lose: 1 − y²
// and y·(1 − y) are 0 here. From math/big, to the digits shown.
func TestDensityTails(t *testing.T) {
	assert.InEpsilon(t, 8.2446145e-09, Sech2.Value(10), 1e-8)
	assert.InEpsilon(t, 4.248354255291589e-18, LogisticDensity.Value(40), 1e-15)
	kerneltest.EachISA(t, func(t *testing.T) {
		y := []float32{10, 17}
		Unary(Sech2, y[:1], y[:1])
		Unary(LogisticDensity, y[1:], y[1:])
		assert.InEpsilon(t, 8.2446145e-09, y[0], 3e-7) // 2.4 ulp
		assert.InEpsilon(t, 4.1399376e-08, y[1], 3e-7)
	})
}

func TestUnaryValue(t *testing.T) {
	assert.Equal(t, 3.0, Abs.Value(-3))
	assert.Equal(t, math.Log(2), Log.Value(2))
}

func TestUnaryString(t *testing.T) {
	assert.Equal(t, "Copy", Copy.String())
	assert.Equal(t, "Softplus", Softplus.String())
}

func FuzzUnary(f *testing.F) {
	f.Add(uint8(Exp), uint64(1), uint16(33))
	f.Fuzz(func(t *testing.T, op uint8, bits uint64, n uint16) {
		fuzzUnary(t, UnaryOp(op)%numUnary, F32(bits), int(n)%300)
		fuzzUnary(t, UnaryOp(op)%numUnary, math.Float64frombits(bits), int(n)%300)
	})
}

// F32 is the float32 with the lower bits.
func F32(bits uint64) float32 { return math.Float32frombits(uint32(bits)) }

func fuzzUnary[F kernel.Float](t *testing.T, op UnaryOp, x F, n int) {
	in, want := make([]F, n), make([]F, n)
	for i := range in {
		in[i] = x * F(i+1)
	}
	unaryGeneric(op, want, in)
	kerneltest.EachISA(t, func(t *testing.T) {
		got := newGuarded[F](n%5, n)
		Unary(op, got.slice, in)
		got.check(t, n%5, op.String())
		near(t, op, in, want, got.slice)
	})
}
