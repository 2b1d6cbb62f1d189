package vec

import (
	"flag"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

var stride = flag.Uint64("stride", 4099, "measure the error of float32 functions at one in so many numbers; 1 for all")

// accuracy holds the functions that are not exact: each in math/big, and the
// interval outside which its value or its distance from a number is not
// representable. How large their errors may be is what the comment of [UnaryOp] says.
var accuracy = []struct {
	op     UnaryOp
	f      func(*big.Float) *big.Float
	lo, hi float64
}{
	{Exp, bigExp, -745, 709.7},
	{Expm1, bigExpm1, -745, 709.7},
	{Log, bigLog, 0, math.MaxFloat64},
	{Log1p, bigLog1p, -1, math.MaxFloat64},
	{Tanh, bigTanh, -350, 350},
	{Sigmoid, bigSigmoid, -745, 745},
	{Softplus, bigSoftplus, -745, 745},
	{Sech2, bigSech2, -373, 373},
	{LogisticDensity, bigLogisticDensity, -745, 745},
	{Erf, bigErf, -27, 27},
	{Erfc, bigErfc, -27, 27.2},
	{Gaussian, bigGaussian, -27.2, 27.2},
	{GELU, bigGELU, -38.5, 1000},
	{GELUSlope, bigGELUSlope, -38.5, 38.5},
}

// stated returns the largest errors that the comment of [UnaryOp] states: of
// assembly for float32 and float64, and of plain Go for both.
var stated = sync.OnceValue(func() map[string][4]float64 {
	source, err := os.ReadFile("unary.go")
	if err != nil {
		panic(err)
	}
	errors := map[string][4]float64{}
	row := regexp.MustCompile(`(?m)^//\t(\w+)((?: +\d\.\d\d){4})$`)
	for _, m := range row.FindAllStringSubmatch(string(source), -1) {
		var e [4]float64
		for i, number := range strings.Fields(m[2]) {
			e[i], _ = strconv.ParseFloat(number, 64)
		}
		errors[m[1]] = e
	}
	return errors
})

// largestError is what is stated for the implementation in use, to the digits
// that are given.
func largestError[F kernel.Float](t *testing.T, op UnaryOp) float64 {
	e, ok := stated()[op.String()]
	require.True(t, ok, "the comment of UnaryOp does not state the error of %v", op)
	column := 0
	if kernel.InUse() == kernel.Generic {
		column = 2
	}
	if kernel.Size[F]() == 8 {
		column++
	}
	return e[column] + 0.005
}

// ulps32 is the distance of got from want in units in the last place of want.
func ulps32(got float32, want float64) float64 {
	if nearest := float32(want); nearest == got || nearest != nearest && got != got {
		if math.IsInf(float64(got), 0) || got != got || got == 0 {
			return 0
		}
	}
	if got != got || math.IsInf(float64(got), 0) || math.IsNaN(want) {
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-24, -149))
}

// TestAccuracy32 compares float32 functions with float64 ones, at a sample of
// all bit patterns.
func TestAccuracy32(t *testing.T) {
	for _, f := range accuracy {
		t.Run(f.op.String(), func(t *testing.T) {
			kerneltest.EachISA(t, func(t *testing.T) {
				worst, at := worst32(f.op)
				t.Logf("%v: %.2f ulp at %g", f.op, worst, at)
				assert.LessOrEqual(t, worst, largestError[float32](t, f.op), "%v(%g)", f.op, at)
			})
		})
	}
}

// worst32 returns the largest error at all bit patterns that are multiples of
// the stride, and where it is.
func worst32(op UnaryOp) (worst float64, at float32) {
	f := unaryFuncs[op]
	x, y := make([]float32, 1<<14), make([]float32, 1<<14)
	for u := uint64(0); u < 1<<32; {
		n := 0
		for ; n < len(x) && u < 1<<32; n++ {
			x[n] = math.Float32frombits(uint32(u))
			u += *stride
		}
		Unary(op, y[:n], x[:n])
		for i, v := range x[:n] {
			if e := ulps32(y[i], f(float64(v))); e > worst {
				worst, at = e, v
			}
		}
	}
	return worst, at
}

// points returns n arguments within (lo, hi): of every exponent, subnormal ones
// included, as far as n allows, and then of all sizes, and near zero.
func points(rng *rand.Rand, n int, lo, hi float64) []float64 {
	x := make([]float64, 0, n)
	for e := -1074; e < 1024 && len(x) < n; e++ {
		for _, sign := range []float64{1, -1} {
			if v := math.Ldexp(sign*(1+rng.Float64()), e); lo < v && v < hi {
				x = append(x, v)
			}
		}
	}
	for len(x) < n {
		var v float64
		switch len(x) % 4 {
		case 0:
			v = math.Float64frombits(rng.Uint64())
		case 1:
			v = 4 * rng.NormFloat64()
		case 2:
			v = math.Ldexp(rng.NormFloat64(), -rng.IntN(20))
		case 3:
			v = max(lo, -1000) + rng.Float64()*(min(hi, 1000)-max(lo, -1000))
		}
		if lo < v && v < hi && v != 0 {
			x = append(x, v)
		}
	}
	return x
}

// TestAccuracy64 compares float64 functions with math/big.
func TestAccuracy64(t *testing.T) {
	n := 9000
	if *stride == 1 {
		n = 1000000
	}
	for _, f := range accuracy {
		x := points(rand.New(rand.NewPCG(1, uint64(f.op))), n, f.lo, f.hi)
		want := make([]*big.Float, n)
		for i, v := range x {
			want[i] = f.f(newBig(v))
		}
		t.Run(f.op.String(), func(t *testing.T) {
			kerneltest.EachISA(t, func(t *testing.T) {
				y, worst, at := make([]float64, n), 0.0, 0.0
				Unary(f.op, y, x)
				for i, v := range y {
					if e := ulps64(v, want[i]); e > worst {
						worst, at = e, x[i]
					}
				}
				t.Logf("%v: %.2f ulp at %g", f.op, worst, at)
				assert.LessOrEqual(t, worst, largestError[float64](t, f.op), "%v(%g)", f.op, at)
			})
		})
	}
}

// The functions that stand in for those of package math on some processors keep
// within the errors stated for plain Go, on all.
func TestOwnSeries(t *testing.T) {
	own := map[UnaryOp]func(float64) float64{Log: ownLog, Log1p: ownLog1p, Expm1: ownExpm1, Tanh: ownTanh}
	for _, f := range accuracy {
		g, ok := own[f.op]
		if !ok {
			continue
		}
		worst, at := 0.0, 0.0
		for _, x := range points(rand.New(rand.NewPCG(3, uint64(f.op))), 9000, f.lo, f.hi) {
			if e := ulps64(g(x), f.f(newBig(x))); e > worst {
				worst, at = e, x
			}
		}
		t.Logf("%v: %.2f ulp at %g", f.op, worst, at)
		assert.LessOrEqual(t, worst, stated()[f.op.String()][3]+0.005, "%v(%g)", f.op, at)
		for _, x := range special {
			want, got := unaryFuncs[f.op](x), g(x)
			if want != 0 && want-want == 0 && want != x {
				continue // measured above
			}
			same(t, []float64{want}, []float64{got}, "%v(%v)", f.op, x)
			assert.Equal(t, math.Signbit(want), math.Signbit(got), "sign of %v(%v)", f.op, x)
		}
	}
}
