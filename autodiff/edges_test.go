package autodiff_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
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
// infinities are equal to themselves only. The second derivatives of these tests
// are products and sums of one sign of at most three functions, each off by 2.5
// units at most, or of ten results, each off by half a unit: less than 8 together.
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
		{"through a product with all of a row not taken", func(x *node) *node {
			w := x.Graph().Constant(ramp(x.Graph().Precision(), 1, 3))
			return positive(x).Broadcast(1, 3).Add(w.Greater(x.Graph().Scalar(9))).Where(x.Reshape(1, 1).Log().MatMul(w), zero(x)).Sum()
		}, 0, 0, 0},
		{"through a product with all of a column not taken", func(x *node) *node {
			w := x.Graph().Constant(ramp(x.Graph().Precision(), 3, 1))
			return positive(x).Broadcast(3, 1).Add(w.Greater(x.Graph().Scalar(9))).Where(w.MatMul(x.Reshape(1, 1).Log()), zero(x)).Sum()
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

// ramp returns 1, 2, 3, …
func ramp(dt tensor.Dtype, shape ...int) *tensor.Dense {
	out := zeros(dt, shape...)
	for i := range out.Shape().TotalSize() {
		set(out, i, float64(i+1))
	}
	return out
}

// Every function of one operand is left alone by a Where that does not take it,
// at points where many are infinite or undefined.
func TestBranchNotTaken(t *testing.T) {
	for _, tt := range opTests {
		if tt.want == nil || len(tt.shapes[0]) != 1 {
			continue
		}
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			for _, at := range []float64{0, 1, -1, -0.7, -2, 1.1, 1000, -1000, 1e30, -1e30, 1e-30} {
				p := at
				if dt == tensor.Float32 {
					p = float64(float32(at))
				}
				f := func(x *node) *node {
					here := x.Equal(x.Graph().Scalar(p))
					return here.Where(x.MulScalar(3), tt.f(x)).Add(here.NotEqual(x.Graph().Scalar(1)).Where(tt.f(x), x.MulScalar(2)))
				}
				compiled, interpreted := derivatives(t, dt, f, 2, p)
				for order, want := range []float64{5, 0} {
					require.Equal(t, want, compiled[order+1][0], "%s at %v: derivative %d", tt.name, p, order+1)
					require.Equal(t, want, interpreted[order+1][0], "%s at %v: derivative %d, interpreted", tt.name, p, order+1)
				}
			}
		}
	}
}

// What both branches have is differentiated as it is computed.
func TestBranchesAgainstNumericalGradients(t *testing.T) {
	x := zeros(tensor.Float64, 2, 3)
	for i, v := range []float64{0.3, -0.4, 1.7, -2, 0.9, -1.1} {
		set(x, i, v)
	}
	f := func(in ...*node) *node {
		zero := in[0].Graph().Scalar(0)
		up := in[0].Greater(zero)
		a := up.Where(in[0].Sqrt().Mul(in[0].Log()), in[0].Neg().Pow(1.5))
		return up.Where(a.Square(), zero).Add(in[0].ReLU().Mul(in[0])).Sub(up.Where(zero, in[0].Neg().Log()).Sum(1).Reshape(2, 1))
	}
	gradcheck.Op(t, f, []*tensor.Dense{x})
	gradcheck.Grad2(t, f, []*tensor.Dense{x})
}

// The gradient of Pick is 0 beside the label, where the logarithm's derivative is
// infinite.
func TestPickChooses(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	s, y := g.Input("s", 2, 3), g.Labels("y", 2)
	d, err := autodiff.Grad(s.Log().Pick(y).Sum(), s)
	require.NoError(t, err)
	v := zeros(tensor.Float64, 2, 3)
	set(v, 1, 4)
	set(v, 5, 0.5)
	got := run(t, []autodiff.Feed{s.Feed(v), y.Feed(classes(1, 2))}, d[0])
	require.Equal(t, []float64{0, 0.25, 0, 0, 0, 2}, elements(got[0]))
}

// Constants that are joined, moved or inverted leave the range of the result.
// The values wanted are those of float64, rounded.
func TestConstantsKeepTheRange(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(x *node) *node
		dt   tensor.Dtype
		at   float64
		want float64
	}{
		{"1e25·1e25", func(x *node) *node { return x.MulScalar(1e25).MulScalar(1e25) }, tensor.Float32, 1e-30, 1e20},
		{"1e25·1e25", func(x *node) *node { return x.MulScalar(1e25).MulScalar(1e25) }, tensor.Float32, 0, 0},
		{"1e-25·1e-25", func(x *node) *node { return x.MulScalar(1e-25).MulScalar(1e-25) }, tensor.Float32, 1e30, 1e-20},
		{"1e-20·1e-20", func(x *node) *node { return x.MulScalar(1e-20).MulScalar(1e-20) }, tensor.Float32, 1e35, 1e-5},
		{"1e200·1e200", func(x *node) *node { return x.MulScalar(1e200).MulScalar(1e200) }, tensor.Float64, 1e-300, 1e100},
		{"−(1e25)·1e25", func(x *node) *node { return x.MulScalar(1e25).Neg().MulScalar(1e25).Neg() }, tensor.Float32, 1e-30, 1e20},
		{"1e30/1e-30", func(x *node) *node { return x.MulScalar(1e30).DivScalar(1e-30) }, tensor.Float32, 1e-30, 1e30},
		{"/1e25/1e25", func(x *node) *node { return x.DivScalar(1e25).DivScalar(1e25) }, tensor.Float32, 1e30, 1e-20},
		{"/2¹²⁷/2¹²⁷", func(x *node) *node { return x.DivScalar(0x1p127).DivScalar(0x1p127) }, tensor.Float32, 0x1p125, 0x1p-129},
		{"/2¹⁰²³/2¹⁰", func(x *node) *node { return x.DivScalar(0x1p1023).DivScalar(0x1p10) }, tensor.Float64, 0x1p1000, 0x1p-33},
		{"·0 of ∞", func(x *node) *node { return x.MulScalar(1e30).MulScalar(0) }, tensor.Float32, 1e30, nan},
		{"1/3", func(x *node) *node { return x.DivScalar(49) }, tensor.Float64, 49, 1},
		{"1/49", func(x *node) *node { return x.DivScalar(49) }, tensor.Float32, 49, 1},
		{"/3", func(x *node) *node { return x.DivScalar(3) }, tensor.Float64, 5, 5. / 3},
		{"/8", func(x *node) *node { return x.DivScalar(8) }, tensor.Float64, 5, 0.625},
		{"/0", func(x *node) *node { return x.DivScalar(0) }, tensor.Float64, 5, inf},
		{"mean of 49", func(x *node) *node { return x.Broadcast(49).Mean().Reshape(1) }, tensor.Float64, 0.25, 0.25},
		{"a constant below float32", func(x *node) *node { return x.MulScalar(1e-50).MulScalar(1e30).MulScalar(1e30) }, tensor.Float32, 1, 0},
		{"constants alone", func(x *node) *node {
			return x.Add(x.Graph().Scalar(1e-50).MulScalar(1e30).MulScalar(1e30))
		}, tensor.Float32, 1, 1},
		{"1/−(x − x)", func(x *node) *node { return x.Sub(x).Neg().Pow(-1) }, tensor.Float64, 1, -inf},
		{"(x − x)·(−1)", func(x *node) *node { return x.Sub(x).MulScalar(-1).Pow(-1) }, tensor.Float64, 1, -inf},
		{"sum of no infinity", func(x *node) *node {
			return x.Add(x.Graph().Scalar(1e30).MulScalar(1e30).Broadcast(0, 3).Sum())
		}, tensor.Float32, 1, 1},
	} {
		t.Run(fmt.Sprint(c.name, " at ", c.at), func(t *testing.T) {
			compiled, interpreted := derivatives(t, c.dt, c.f, 0, c.at)
			requireNumber(t, c.dt, c.want, compiled[0][0], 2, "compiled")
			requireNumber(t, c.dt, c.want, interpreted[0][0], 2, "interpreted")
		})
	}
}

// A weight whose update scales the product of its gradient by constants that no
// single one stands for.
func TestScalesOfAnUpdateKeepTheRange(t *testing.T) {
	for _, scale := range []float64{1e25, 1e-25} {
		w := autodiff.NewParam("w", zeros(tensor.Float32, 2, 3))
		g := autodiff.NewGraph(tensor.Float32)
		a, b := g.Input("a", 2, 1), g.Input("b", 1, 3)
		update := a.MatMul(b).MulScalar(scale).MulScalar(scale)
		p, err := autodiff.Compile(g.Assign(w, g.Param(w).Sub(update)))
		require.NoError(t, err)
		_, err = p.Run(a.Feed(full(tensor.Float32, 1/scale, 2, 1)), b.Feed(full(tensor.Float32, 1, 1, 3)))
		require.NoError(t, err)
		for _, v := range w.Value().Float32s() {
			require.InEpsilon(t, -scale, v, 4*0x1p-23)
		}
	}
}
