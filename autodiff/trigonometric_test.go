package autodiff

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// anglePrecision is enough to reduce any float64 by a multiple of π: its 1024
// bits before the point, and more than its 53 and those of a close multiple
// behind it.
const anglePrecision = 1400

func exactly(x float64) *big.Float { return new(big.Float).SetPrec(anglePrecision).SetFloat64(x) }

// pi returns π by Machin's formula, 16 arctan 1/5 − 4 arctan 1/239.
func pi() *big.Float {
	arctan := func(n float64) *big.Float {
		sum, power, square := exactly(0), exactly(1), exactly(n*n)
		power.Quo(power, exactly(n))
		for k := 1.0; power.MantExp(nil) > -anglePrecision; k += 2 {
			sum.Add(sum, new(big.Float).Quo(power, exactly(k)))
			power.Quo(power, square)
			power.Neg(power)
		}
		return sum
	}
	return new(big.Float).Sub(new(big.Float).Mul(exactly(16), arctan(5)), new(big.Float).Mul(exactly(4), arctan(239)))
}

// sine returns sin x by its series, of x less a multiple of π.
func sine(x, pi *big.Float) *big.Float {
	turns, _ := new(big.Float).Quo(x, pi).Int(nil)
	r := new(big.Float).SetPrec(anglePrecision).SetInt(turns)
	r.Sub(x, r.Mul(r, pi)).SetPrec(300)
	sum, term, square := new(big.Float).Set(r), new(big.Float).Set(r), new(big.Float).Mul(r, r)
	for k := 2.0; term.Sign() != 0 && term.MantExp(nil) > -300; k += 2 {
		term.Quo(term.Mul(term, square), exactly(k*(k+1)).SetPrec(300))
		term.Neg(term)
		sum.Add(sum, term)
	}
	if turns.Bit(0) == 1 {
		sum.Neg(sum)
	}
	return sum
}

// angles are of every magnitude, and close to multiples of π/2 where a float64 can
// be.
func angles() []float64 {
	rng := rand.New(rand.NewPCG(7, 8))
	out := []float64{0, 5e-324, 0x1p-1022, math.Pi, math.Pi / 2, 1e22, math.MaxFloat64}
	for e := -1074; e < 1024; e++ {
		for range 2 {
			x := math.Ldexp(1+rng.Float64(), e)
			out = append(out, -x)
			if e > -3 && e < 50 {
				out = append(out, math.Round(x/(math.Pi/2))*(math.Pi/2))
			}
		}
	}
	return out
}

// The errors of Sin and Cos are those that they state, in float32 a rounding
// more.
func TestErrorsOfSinAndCos(t *testing.T) {
	pi := pi()
	quarter := new(big.Float).Quo(pi, exactly(2))
	for precision, bound := range map[tensor.Dtype]float64{tensor.Float64: 0x1p-52, tensor.Float32: 0x1p-25 + 0x1p-52} {
		xs := angles()
		if precision == tensor.Float32 {
			for i, x := range xs {
				xs[i] = float64(float32(max(-math.MaxFloat32, min(math.MaxFloat32, x))))
			}
		}
		g := NewGraph(precision)
		x := g.Input("x", len(xs))
		p := NewParam("x", dense.Wrap(Shape{len(xs)}, xs))
		p.Convert(precision)
		feeds := []Feed{x.Feed(p.value)}
		interpreted, err := Interpret(feeds, x.Sin(), x.Cos())
		require.NoError(t, err)
		program, err := Compile(x.Sin(), x.Cos())
		require.NoError(t, err)
		out, err := program.Run(feeds...)
		require.NoError(t, err)
		for k, shift := range []*big.Float{exactly(0), quarter} {
			got, reference := dense.Floats(out.Value(k)), dense.Floats(interpreted[k])
			for i, at := range xs {
				want := sine(new(big.Float).SetPrec(anglePrecision).Add(exactly(at), shift), pi)
				for _, y := range []float64{got[i], reference[i]} {
					lost, _ := new(big.Float).Sub(exactly(y), want).Float64()
					require.LessOrEqual(t, math.Abs(lost), bound, "%v, function %d of %v is %v", precision, k, at, y)
				}
			}
		}
	}
}
