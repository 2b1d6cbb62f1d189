package bridge

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
)

// operand returns an array of n positive numbers on the given engine.
func operand(dt tensor.Dtype, e tensor.Engine, seed, n int) *tensor.Dense {
	double, single := make([]float64, n), make([]float32, n)
	for i := range double {
		double[i] = 0.5 + math.Abs(math.Sin(float64(i*seed+1)))
		single[i] = float32(double[i])
	}
	if dt == tensor.Float32 {
		return tensor.New(tensor.WithShape(n), tensor.WithBacking(single), tensor.WithEngine(e))
	}
	return tensor.New(tensor.WithShape(n), tensor.WithBacking(double), tensor.WithEngine(e))
}

func numberOf(dt tensor.Dtype, v float64) any {
	if dt == tensor.Float32 {
		return float32(v)
	}
	return v
}

// What solvers compute, in the ways that they ask for it and in others, is what
// tensor's own engine computes, to the bit.
func TestEngineIsTheStandardOne(t *testing.T) {
	type arrays struct{ a, b, c *tensor.Dense }
	in := tensor.UseUnsafe()
	for name, f := range map[string]func(x arrays, v any) (tensor.Tensor, error){
		"a += b":       func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Add(x.a, x.b, in) },
		"a *= b":       func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Mul(x.a, x.b, in) },
		"a *= a":       func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Mul(x.a, x.a, in) },
		"a /= b":       func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Div(x.a, x.b, in) },
		"a *= v":       func(x arrays, v any) (tensor.Tensor, error) { return tensor.Mul(x.a, v, in) },
		"a += v":       func(x arrays, v any) (tensor.Tensor, error) { return tensor.Add(x.a, v, in) },
		"a = v·a":      func(x arrays, v any) (tensor.Tensor, error) { return tensor.Mul(v, x.a, in) },
		"a = √a":       func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Sqrt(x.a, in) },
		"c += v·a":     func(x arrays, v any) (tensor.Tensor, error) { return tensor.Mul(x.a, v, tensor.WithIncr(x.c)) },
		"c += a·b":     func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Mul(x.a, x.b, tensor.WithIncr(x.c)) },
		"c = a + b":    func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Add(x.a, x.b, tensor.WithReuse(x.c)) },
		"c = v·a":      func(x arrays, v any) (tensor.Tensor, error) { return tensor.Mul(x.a, v, tensor.WithReuse(x.c)) },
		"a + b":        func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Add(x.a, x.b) },
		"a / v":        func(x arrays, v any) (tensor.Tensor, error) { return tensor.Div(x.a, v) },
		"√a":           func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Sqrt(x.a) },
		"a − b, clone": func(x arrays, _ any) (tensor.Tensor, error) { return tensor.Sub(x.a.Clone(), x.b, in) },
	} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			for _, n := range []int{1, 7, 40, 1<<15 - 1, 1<<15 + 3, 100003} {
				t.Run(fmt.Sprint(name, " ", dt, " ", n), func(t *testing.T) {
					if name == "c += v·a" && fuses(1+0x1p-30, -(1+0x1p-29)) {
						t.Skip("tensor leaves it to the compiler whether the product is rounded")
					}
					ours := arrays{operand(dt, engine{}, 3, n), operand(dt, engine{}, 5, n), operand(dt, engine{}, 7, n)}
					theirs := arrays{operand(dt, tensor.StdEng{}, 3, n), operand(dt, tensor.StdEng{}, 5, n), operand(dt, tensor.StdEng{}, 7, n)}
					got, err := f(ours, numberOf(dt, 0.75))
					require.NoError(t, err)
					want, err := f(theirs, numberOf(dt, 0.75))
					require.NoError(t, err)
					assert.Equal(t, want.Data(), got.Data())
					assert.Equal(t, theirs.a.Data(), ours.a.Data(), "a")
					assert.Equal(t, theirs.b.Data(), ours.b.Data(), "b")
					assert.Equal(t, theirs.c.Data(), ours.c.Data(), "c")
				})
			}
		}
	}
}

// fuses reports whether the compiler makes one operation of a product and a sum,
// which is then not 0 with x = 1 + 2⁻³⁰ and z = −(1 + 2⁻²⁹).
//
//go:noinline
func fuses(x, z float64) bool { return x*x+z != 0 }

// What the kernels cannot take goes to tensor's engine.
func TestEngineDelegates(t *testing.T) {
	long := tensor.New(tensor.WithShape(4, 3), tensor.WithBacking([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), tensor.WithEngine(engine{}))
	column, err := long.Slice(nil, tensor.S(1, 2))
	require.NoError(t, err)
	_, err = tensor.Mul(column, 10.0, tensor.UseUnsafe())
	require.NoError(t, err)
	assert.Equal(t, []float64{0, 10, 2, 3, 40, 5, 6, 70, 8, 9, 100, 11}, long.Data())

	whole := tensor.New(tensor.WithBacking([]int{1, 2, 3}), tensor.WithEngine(engine{}))
	_, err = tensor.Add(whole, whole, tensor.UseUnsafe())
	require.NoError(t, err)
	assert.Equal(t, []int{2, 4, 6}, whole.Data())

	short := tensor.New(tensor.WithBacking([]float64{1, 2}), tensor.WithEngine(engine{}))
	_, err = tensor.Add(long, short, tensor.UseUnsafe())
	assert.Error(t, err, "shapes differ")
	_, err = tensor.Mul(long, float32(2), tensor.UseUnsafe())
	assert.Error(t, err, "types differ")
}
