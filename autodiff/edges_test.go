package autodiff_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

var (
	inf = math.Inf(1)
	nan = math.NaN()
)

// derivatives returns f and its first derivatives up to the given order at each
// of the points, compiled and interpreted.
func derivatives(t *testing.T, dt tensor.Dtype, f func(x *node) *node, order int, at ...float64) (compiled, interpreted [][]float64) {
	t.Helper()
	g := autodiff.NewGraph(dt)
	x := g.Input("x", len(at))
	ys := []*node{f(x)}
	for range order {
		d, err := autodiff.Grad(ys[len(ys)-1].Sum(), x)
		require.NoError(t, err)
		ys = append(ys, d[0])
	}
	in := zeros(dt, len(at))
	for i, v := range at {
		set(in, i, v)
	}
	feeds := []autodiff.Feed{x.Feed(in)}
	reference, err := autodiff.Interpret(feeds, ys...)
	require.NoError(t, err)
	for i, v := range run(t, feeds, ys...) {
		compiled = append(compiled, elements(v))
		interpreted = append(interpreted, elements(reference[i]))
	}
	return compiled, interpreted
}

// requireNumber compares to a number of units in the last place of dt; NaN and
// infinities are equal to themselves only.
func requireNumber(t *testing.T, dt tensor.Dtype, want, got, ulps float64, what string) {
	t.Helper()
	if math.IsNaN(want) || math.IsInf(want, 0) || want == 0 {
		require.Equal(t, fmt.Sprint(want+0), fmt.Sprint(got+0), what)
		return
	}
	eps := map[tensor.Dtype]float64{tensor.Float32: 0x1p-23, tensor.Float64: 0x1p-52}[dt]
	require.InEpsilon(t, want, got, ulps*eps, what)
}

// A derivative is 0 where an op does not look, and where a branch is not taken,
// whatever the derivatives on the way are.
func TestDerivativesAreChosenNotMultiplied(t *testing.T) {
	zero := func(x *node) *node { return x.Graph().Scalar(0) }
	positive := func(x *node) *node { return x.Greater(zero(x)) }
	for _, c := range []struct {
		name          string
		f             func(x *node) *node
		at            float64
		first, second float64
	}{
		{"√relu", func(x *node) *node { return x.ReLU().Sqrt() }, -1, 0, 0},
		{"√relu", func(x *node) *node { return x.ReLU().Sqrt() }, 0, 0, 0},
		{"√relu", func(x *node) *node { return x.ReLU().Sqrt() }, 4, 0.25, -1. / 32},
		{"ln relu", func(x *node) *node { return x.ReLU().Log() }, -1, 0, 0},
		{"1/relu", func(x *node) *node { return x.ReLU().Pow(-1) }, -1, 0, 0},
		{"√max(x, 0)", func(x *node) *node { return x.Max(zero(x)).Sqrt() }, -1, 0, 0},
		{"√max(0, x)", func(x *node) *node { return zero(x).Max(x).Sqrt() }, -1, 0, 0},
		{"√−min(x, 0)", func(x *node) *node { return x.Min(zero(x)).Neg().Sqrt() }, 1, 0, 0},
		{"√|x|", func(x *node) *node { return x.Abs().Sqrt() }, 0, 0, 0},
		{"√clamp", func(x *node) *node { return x.Clamp(0, 9).Sqrt() }, -1, 0, 0},
		{"ln(9 − clamp)", func(x *node) *node { return x.Clamp(0, 9).Neg().AddScalar(9).Log() }, 10, 0, 0},
		{"√max over an axis", func(x *node) *node { return autodiff.Concat(0, x, zero(x).Reshape(1)).ReduceMax().Sqrt() }, -1, 0, 0},

		{"√x or 0", func(x *node) *node { return positive(x).Where(x.Sqrt(), zero(x)) }, -1, 0, 0},
		{"√x or 0", func(x *node) *node { return positive(x).Where(x.Sqrt(), zero(x)) }, 0, 0, 0},
		{"√x or 0", func(x *node) *node { return positive(x).Where(x.Sqrt(), zero(x)) }, 4, 0.25, -1. / 32},
		{"0 or √x", func(x *node) *node { return x.LessEqual(zero(x)).Where(zero(x), x.Sqrt()) }, 0, 0, 0},
		{"ln x or 0", func(x *node) *node { return positive(x).Where(x.Log(), zero(x)) }, 0, 0, 0},
		{"ln x or 0", func(x *node) *node { return positive(x).Where(x.Log(), zero(x)) }, -3, 0, 0},
		{"ln x or 0", func(x *node) *node { return positive(x).Where(x.Log(), zero(x)) }, 2, 0.5, -0.25},
		{"eˣ or x", func(x *node) *node { return x.Less(x.Graph().Scalar(10)).Where(x.Exp(), x) }, 1000, 1, 0},
		{"x·ln x or 0", func(x *node) *node { return positive(x).Where(x.Mul(x.Log()), zero(x)) }, 0, 0, 0},
		{"e^(√x) + √x or 0", func(x *node) *node { return positive(x).Where(x.Sqrt().Exp().Add(x.Sqrt()), zero(x)) }, 0, 0, 0},
		{"sin x/x or 1", func(x *node) *node {
			return x.NotEqual(zero(x)).Where(x.Sin().Div(x), x.Graph().Scalar(1))
		}, 0, 0, 0},
		{"√(ln x) in two branches", func(x *node) *node {
			big := x.Greater(x.Graph().Scalar(1))
			return big.Where(x.Log().Sqrt(), big.Where(x.Log(), x.MulScalar(2)))
		}, 0.5, 2, 0},
		{"two branches of one function", func(x *node) *node {
			r := x.Sqrt()
			return positive(x).Where(r.Exp(), r.MulScalar(3)).Mul(positive(x))
		}, 4, math.Exp(2) / 4, math.Exp(2) / 32},
		{"the same from both branches", func(x *node) *node { return positive(x).Where(x.Square(), x.MulScalar(3)) }, -2, 3, 0},
		{"the same from both branches", func(x *node) *node { return positive(x).Where(x.Square(), x.MulScalar(3)) }, 2, 4, 2},
		{"through a reshape", func(x *node) *node {
			return positive(x).Where(x.Reshape(1, 1).Sqrt().Reshape(1), zero(x))
		}, 0, 0, 0},
		{"through a sum of rows", func(x *node) *node {
			return positive(x).Where(x.Reshape(1, 1).Broadcast(1, 3).Log().Sum(1), zero(x))
		}, 0, 0, 0},
		{"through a slice of a concatenation", func(x *node) *node {
			y := autodiff.Concat(0, x.Log(), x.Sqrt()).Slice(0, 1, 2)
			return positive(x).Where(y, zero(x))
		}, 0, 0, 0},
		{"through a product with rows", func(x *node) *node {
			w := x.Graph().Scalar(2).Broadcast(1, 1)
			return positive(x).Where(x.Reshape(1, 1).Sqrt().MatMul(w).Reshape(1), zero(x))
		}, 0, 0, 0},
		{"of a broadcast", func(x *node) *node {
			wide := x.Reshape(1, 1).Log()
			return positive(x).Broadcast(4, 1).Where(wide, zero(x)).Sum()
		}, 0, 0, 0},

		{"times a comparison", func(x *node) *node { return positive(x).Mul(x.Sqrt()) }, 0, 0, 0},
		{"times a constant 0", func(x *node) *node {
			return x.Sqrt().Mul(x.Graph().Constant(zeros(x.Graph().Precision(), 1)))
		}, 0, 0, 0},
		{"x·√x", func(x *node) *node { return x.Mul(x.Sqrt()) }, 0, 0, inf},
		{"x·√x", func(x *node) *node { return x.Mul(x.Sqrt()) }, 4, 3, 0.375},
		{"x·x^⅓", func(x *node) *node { return x.Mul(x.Pow(1. / 3)) }, 0, 0, inf},
		{"(√x − 1)²", func(x *node) *node { return x.Sqrt().SubScalar(1).Square() }, 1, 0, 0.5},
		{"√x", func(x *node) *node { return x.Sqrt() }, 0, inf, -inf},
		{"x⁰", func(x *node) *node { return x.Pow(0).Mul(x.Sqrt()) }, 4, 0.25, -1. / 32},
		{"norm", func(x *node) *node { return x.Norm() }, 0, 0, 0},
		{"norm", func(x *node) *node { return x.Norm() }, -3, -1, 0},
		{"norm²", func(x *node) *node { return x.Norm().Square() }, 0, 0, 0},
	} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			t.Run(fmt.Sprintf("%s at %v/%v", c.name, c.at, dt), func(t *testing.T) {
				compiled, interpreted := derivatives(t, dt, c.f, 2, c.at)
				for i, want := range []float64{c.first, c.second} {
					requireNumber(t, dt, want, compiled[i+1][0], 8, "compiled")
					requireNumber(t, dt, want, interpreted[i+1][0], 8, "interpreted")
				}
			})
		}
	}
}
