package autodiff_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// run compiles the outputs and returns their values for the feeds, after
// checking that a second run gives the same.
func run(t testing.TB, feeds []autodiff.Feed, outputs ...*autodiff.Node) []*tensor.Dense {
	t.Helper()
	p, err := autodiff.Compile(outputs[0], outputs[1:]...)
	require.NoError(t, err)
	require.NoError(t, p.Run(feeds...))
	values := make([]*tensor.Dense, len(outputs))
	for i := range outputs {
		values[i] = duplicate(p.Value(i))
	}
	require.NoError(t, p.Run(feeds...))
	for i := range outputs {
		require.Equal(t, fmt.Sprint(elements(values[i])), fmt.Sprint(elements(p.Value(i))), "second run")
	}
	return values
}

// duplicate copies a tensor, which may be empty.
func duplicate(t *tensor.Dense) *tensor.Dense {
	out := zeros(t.Dtype(), t.Shape()...)
	for i, v := range elements(t) {
		set(out, i, v)
	}
	return out
}

func elements(t *tensor.Dense) []float64 {
	if t.Dtype() == tensor.Float64 {
		return t.Float64s()
	}
	out := make([]float64, 0, t.Shape().TotalSize())
	for _, v := range t.Float32s() {
		out = append(out, float64(v))
	}
	return out
}

func number(t *tensor.Dense) float64 {
	if t.Dtype() == tensor.Float32 {
		return float64(t.Float32s()[0])
	}
	return t.Float64s()[0]
}

// Derivatives of derivatives, against closed forms.
func TestThirdDerivatives(t *testing.T) {
	tests := []struct {
		name string
		f    func(x *autodiff.Node) *autodiff.Node
		want func(x float64) [3]float64
	}{
		{"x⁴", func(x *autodiff.Node) *autodiff.Node { return x.Pow(4) }, func(x float64) [3]float64 {
			return [3]float64{4 * x * x * x, 12 * x * x, 24 * x}
		}},
		{"e^2x", func(x *autodiff.Node) *autodiff.Node { return x.MulScalar(2).Exp() }, func(x float64) [3]float64 {
			e := math.Exp(2 * x)
			return [3]float64{2 * e, 4 * e, 8 * e}
		}},
		{"tanh", func(x *autodiff.Node) *autodiff.Node { return x.Tanh() }, func(x float64) [3]float64 {
			y := math.Tanh(x)
			s := 1 - y*y
			return [3]float64{s, -2 * y * s, s * (6*y*y - 2)}
		}},
		{"ln(1+x)/x", func(x *autodiff.Node) *autodiff.Node { return x.Log1p().Div(x) }, func(x float64) [3]float64 {
			l, u := math.Log1p(x), 1+x
			return [3]float64{
				1/(u*x) - l/(x*x),
				-1/(u*u*x) - 2/(u*x*x) + 2*l/(x*x*x),
				2/(u*u*u*x) + 3/(u*u*x*x) + 6/(u*x*x*x) - 6*l/(x*x*x*x),
			}
		}},
		{"√x", func(x *autodiff.Node) *autodiff.Node { return x.Sqrt() }, func(x float64) [3]float64 {
			return [3]float64{0.5 * math.Pow(x, -0.5), -0.25 * math.Pow(x, -1.5), 0.375 * math.Pow(x, -2.5)}
		}},
		{"softplus", func(x *autodiff.Node) *autodiff.Node { return x.Softplus() }, func(x float64) [3]float64 {
			s := 1 / (1 + math.Exp(-x))
			return [3]float64{s, s * (1 - s), s * (1 - s) * (1 - 2*s)}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := autodiff.NewGraph(tensor.Float64)
			x := g.Input("x")
			outputs := []*autodiff.Node{tt.f(x)}
			for range 3 {
				d, err := autodiff.Grad(outputs[len(outputs)-1], x)
				require.NoError(t, err)
				outputs = append(outputs, d[0])
			}
			for _, at := range []float64{0.3, 0.7, 1.9} {
				values := run(t, []autodiff.Feed{x.Feed(full(tensor.Float64, at))}, outputs...)
				for i, want := range tt.want(at) {
					assert.InEpsilon(t, want, number(values[i+1]), 1e-11, "derivative %d at %v", i+1, at)
				}
			}
		})
	}
}

// A Hessian-vector product of f(x) = ½ xᵀA x is A·v, with A symmetric.
func TestHessianVectorProduct(t *testing.T) {
	A := [][]float64{{4, 1, -2}, {1, 3, 0.5}, {-2, 0.5, 5}}
	g := autodiff.NewGraph(tensor.Float64)
	x, v := g.Input("x", 3, 1), g.Input("v", 3, 1)
	a := g.Constant(tensor.New(tensor.WithShape(3, 3), tensor.WithBacking([]float64{4, 1, -2, 1, 3, 0.5, -2, 0.5, 5})))
	f := x.T().MatMul(a).MatMul(x).MulScalar(0.5).Sum()
	dx, err := autodiff.Grad(f, x)
	require.NoError(t, err)
	hv, err := autodiff.Grad(dx[0].Mul(v).Sum(), x)
	require.NoError(t, err)
	vs := []float64{0.25, -3, 2}
	values := run(t, []autodiff.Feed{
		x.Feed(tensor.New(tensor.WithShape(3, 1), tensor.WithBacking([]float64{7, 8, 9}))),
		v.Feed(tensor.New(tensor.WithShape(3, 1), tensor.WithBacking(vs))),
	}, hv[0])
	for i, row := range A {
		want := 0.0
		for j := range row {
			want += row[j] * vs[j]
		}
		assert.InDelta(t, want, values[0].Float64s()[i], 1e-13)
	}
}

// A parameter that two layers share collects the gradients of both.
func TestSharedParameter(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	w := autodiff.NewParam("w", random(rng, tensor.Float64, 3, 3))
	f := func(g *autodiff.Graph, first, second *autodiff.Node) *autodiff.Node {
		return g.Constant(full(tensor.Float64, 0.5, 2, 3)).MatMul(first).Tanh().MatMul(second).Square().Sum()
	}
	g := autodiff.NewGraph(tensor.Float64)
	assert.Same(t, g.Param(w), g.Param(w), "one node a graph")
	shared, err := autodiff.Grad(f(g, g.Param(w), g.Param(w)), g.Param(w))
	require.NoError(t, err)
	one, two := g.Input("one", 3, 3), g.Input("two", 3, 3)
	apart, err := autodiff.Grad(f(g, one, two), one, two)
	require.NoError(t, err)
	values := run(t, []autodiff.Feed{one.Feed(w.Value()), two.Feed(w.Value())}, shared[0], apart[0], apart[1])
	for i, v := range values[0].Float64s() {
		assert.InDelta(t, values[1].Float64s()[i]+values[2].Float64s()[i], v, 1e-12)
	}
}

// A node used five times collects five contributions.
func TestNodeUsedFiveTimes(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 4)
	y := x.Tanh()
	loss := y.Mul(y).Mul(y).Add(y.Exp()).Add(y.MulScalar(3)).Sum()
	grads, err := autodiff.Grad(loss, x)
	require.NoError(t, err)
	at := []float64{-1.5, -0.25, 0.5, 2}
	values := run(t, []autodiff.Feed{x.Feed(tensor.New(tensor.WithBacking(append([]float64(nil), at...))))}, grads[0])
	for i, v := range at {
		y := math.Tanh(v)
		assert.InEpsilon(t, (1-y*y)*(3*y*y+math.Exp(y)+3), values[0].Float64s()[i], 1e-13)
	}
}

// Batches of none and of one, and a graph of four numbers.
func TestSmallBatches(t *testing.T) {
	for _, n := range []int{0, 1, 2} {
		g := autodiff.NewGraph(tensor.Float32)
		x, y := g.Input("x", n, 3), g.Labels("y", n)
		w := autodiff.NewParam("w", full(tensor.Float32, 0.5, 4, 3))
		W := g.Param(w)
		loss := x.MatMul(W.T()).LogSoftmax(1).Pick(y).Neg().Sum()
		grads, err := autodiff.Grad(loss, W)
		require.NoError(t, err)
		feeds := []autodiff.Feed{x.Feed(full(tensor.Float32, 1, n, 3)), y.Feed(classes(make([]int, n)...))}
		values := run(t, feeds, loss, grads[0])
		assert.InDelta(t, float64(n)*math.Log(4), number(values[0]), 1e-6, "n = %d", n)
		for i, v := range values[1].Float32s() {
			want := float32(n) * 0.25
			if i < 3 {
				want -= float32(n)
			}
			assert.InDelta(t, want, v, 1e-6)
		}
	}
	g := autodiff.NewGraph(tensor.Float64)
	a, b, c, d := g.Input("a"), g.Input("b"), g.Input("c"), g.Input("d")
	f := a.Mul(b).Add(c).Mul(d)
	grads, err := autodiff.Grad(f, a, b, c, d)
	require.NoError(t, err)
	feeds := []autodiff.Feed{a.Feed(full(tensor.Float64, 2)), b.Feed(full(tensor.Float64, 3)), c.Feed(full(tensor.Float64, 4)), d.Feed(full(tensor.Float64, 5))}
	values := run(t, feeds, append([]*autodiff.Node{f}, grads...)...)
	for i, want := range []float64{50, 15, 10, 5, 10} {
		assert.Equal(t, want, number(values[i]))
	}
}

// The mean of an empty batch is NaN, as in NumPy, and so is its gradient.
func TestMeanOfNothing(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 0, 3)
	values := run(t, []autodiff.Feed{x.Feed(zeros(tensor.Float64, 0, 3))}, x.Mean(0).MulScalar(0).Exp())
	for _, v := range values[0].Float64s() {
		assert.True(t, math.IsNaN(v))
	}
}

// Softmax and its relatives stay exact where their exponentials would overflow.
func TestSoftmaxIsStable(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		g := autodiff.NewGraph(dt)
		x := g.Input("x", 2, 3)
		l := x.LogSoftmax(1)
		grads, err := autodiff.Grad(l.Slice(1, 1, 2).Sum(), x)
		require.NoError(t, err)
		v := zeros(dt, 2, 3)
		for i, at := range []float64{1e4, 0, -1e4, -1e4, -1e4 + 1, -1e4 + 1} {
			set(v, i, at)
		}
		values := run(t, []autodiff.Feed{x.Feed(v)}, x.Softmax(1), l, x.LogSumExp(1), grads[0])
		e := math.E
		want := [][]float64{
			{1, 0, 0, 1 / (1 + 2*e), e / (1 + 2*e), e / (1 + 2*e)},
			{0, -1e4, -2e4, -math.Log(1 + 2*e), 1 - math.Log(1+2*e), 1 - math.Log(1+2*e)},
			{1e4, -1e4 + math.Log(1+2*e)},
			{-1, 1, 0, -1 / (1 + 2*e), 1 - e/(1+2*e), -e / (1 + 2*e)},
		}
		eps := map[tensor.Dtype]float64{tensor.Float32: 4e-7, tensor.Float64: 1e-15}[dt] // some units in the last place
		for i := range want {
			for j, w := range want[i] {
				got := number(part(values[i], j))
				assert.InDelta(t, w, got, eps*max(1, math.Abs(w)), "%v output %d element %d", dt, i, j)
			}
		}
	}
}

// The gradient at a tie is what the documentation says.
func TestTies(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x, y := g.Input("x", 4), g.Input("y", 4)
	f := func(n *autodiff.Node, wrt ...*autodiff.Node) []*autodiff.Node {
		d, err := autodiff.Grad(n.Sum(), wrt...)
		require.NoError(t, err)
		return d
	}
	var outputs []*autodiff.Node
	outputs = append(outputs, f(x.Max(y), x, y)...)
	outputs = append(outputs, f(x.Min(y), x, y)...)
	outputs = append(outputs, f(x.ReduceMax(), x)...)
	outputs = append(outputs, f(x.ReLU(), x)...)
	outputs = append(outputs, f(x.Abs(), x)...)
	outputs = append(outputs, f(x.Sign().Add(x.MulScalar(0)), x)...)
	values := run(t, []autodiff.Feed{
		x.Feed(tensor.New(tensor.WithBacking([]float64{0, 2, -1, 2}))),
		y.Feed(tensor.New(tensor.WithBacking([]float64{0, 1, 3, 2}))),
	}, outputs...)
	for i, want := range [][]float64{
		{0.5, 1, 0, 0.5}, {0.5, 0, 1, 0.5}, // Max
		{0.5, 0, 1, 0.5}, {0.5, 1, 0, 0.5}, // Min
		{0, 0.5, 0, 0.5}, // ReduceMax
		{0, 1, 0, 1},     // ReLU
		{0, 1, -1, 1},    // Abs
		{0, 0, 0, 0},     // Sign
	} {
		assert.Equal(t, want, values[i].Float64s(), "output %d", i)
	}
}

// Where chooses: what it does not choose may be NaN.
func TestWhereIgnoresTheOther(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 3)
	zero := g.Scalar(0)
	y := x.Greater(zero).Where(x.Log(), zero)
	values := run(t, []autodiff.Feed{x.Feed(tensor.New(tensor.WithBacking([]float64{-1, 1, math.E})))}, y)
	assert.InDeltaSlice(t, []float64{0, 0, 1}, values[0].Float64s(), 1e-15)
}

// A graph of one precision takes a parameter of the other by conversion, at
// every run anew.
func TestParameterOfOtherPrecision(t *testing.T) {
	w := autodiff.NewParam("w", full(tensor.Float32, 0.1, 2))
	g := autodiff.NewGraph(tensor.Float64)
	p, err := autodiff.Compile(g.Param(w).MulScalar(2).Sum())
	require.NoError(t, err)
	require.NoError(t, p.Run())
	assert.Equal(t, 4*float64(float32(0.1)), p.Scalar(0))
	w.Value().Float32s()[1] = 0
	require.NoError(t, p.Run())
	assert.Equal(t, 2*float64(float32(0.1)), p.Scalar(0))
}

// Assignments read every parameter as it was before the run, also those that
// are swapped.
func TestAssignmentsAreSimultaneous(t *testing.T) {
	a, b := autodiff.NewParam("a", full(tensor.Float64, 1, 2, 3)), autodiff.NewParam("b", full(tensor.Float64, 10, 2, 3))
	g := autodiff.NewGraph(tensor.Float64)
	A, B := g.Param(a), g.Param(b)
	p, err := autodiff.Compile(A.Sum(), g.Assign(a, B), g.Assign(b, A.Add(B)), A)
	require.NoError(t, err)
	for _, want := range [][2]float64{{10, 11}, {11, 21}, {21, 32}} {
		old := a.Value().Float64s()[5]
		require.NoError(t, p.Run())
		assert.Equal(t, want, [2]float64{a.Value().Float64s()[5], b.Value().Float64s()[0]})
		assert.Equal(t, 6*old, p.Scalar(0))
		assert.Equal(t, old, p.Value(3).Float64s()[2], "an output that is a parameter has the old value")
	}
}

// An assignment that an output is computed from is made, as one that is an output.
func TestAssignmentAsOperand(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		w := autodiff.NewParam("w", full(dt, 1, 2, 3))
		g := autodiff.NewGraph(dt)
		x := g.Input("x", 2, 3)
		a := g.Assign(w, g.Param(w).Add(x))
		y := a.MulScalar(2).Sum()
		p, err := autodiff.Compile(y, g.Param(w))
		require.NoError(t, err)
		feed := x.Feed(full(dt, 0.5, 2, 3))
		reference, err := autodiff.Interpret([]autodiff.Feed{feed}, y)
		require.NoError(t, err)
		for _, want := range []float64{1.5, 2, 2.5} {
			require.NoError(t, p.Run(feed))
			assert.Equal(t, 12*want, p.Scalar(0))
			assert.Equal(t, want, elements(w.Value())[5])
			assert.Equal(t, want-0.5, elements(p.Value(1))[5], "a parameter is read as it was")
		}
		assert.Equal(t, 18., number(reference[0]))

		bad := g.Assign(w, g.Param(w).Log()).Sum() // of −1, NaN
		q, err := autodiff.Compile(bad)
		require.NoError(t, err)
		for i := range 6 {
			set(w.Value(), i, -1)
		}
		var e *autodiff.NonFiniteError
		require.ErrorAs(t, q.Run(), &e)
		assert.Equal(t, -1., elements(w.Value())[0], "nothing is assigned")
	}
}

// A program assigns a parameter once.
func TestTwoAssignmentsOfOneParameter(t *testing.T) {
	w := autodiff.NewParam("w", full(tensor.Float64, 1, 2))
	g := autodiff.NewGraph(tensor.Float64)
	a, b := g.Assign(w, g.Param(w).AddScalar(1)), g.Assign(w, g.Param(w).AddScalar(10))
	for _, outputs := range [][]*autodiff.Node{{a, b}, {a.Sum(), b}, {a.Add(b)}} {
		_, err := autodiff.Compile(outputs[0], outputs[1:]...)
		var e *autodiff.Error
		require.ErrorAs(t, err, &e)
		assert.Regexp(t, `w is assigned at .*grad_test.go:\d+ and at .*grad_test.go:\d+; a program assigns a parameter once`, err.Error())
	}
	p, err := autodiff.Compile(a, a)
	require.NoError(t, err)
	require.NoError(t, p.Run())
	assert.Equal(t, []float64{2, 2}, w.Value().Float64s())
	assert.Equal(t, []float64{2, 2}, p.Value(1).Float64s())
}

func random(rng *rand.Rand, dt tensor.Dtype, shape ...int) *tensor.Dense {
	t := zeros(dt, shape...)
	for i := range t.Shape().TotalSize() {
		set(t, i, 2*rng.Float64()-1)
	}
	return t
}

// part returns the i-th element as a tensor of its own.
func part(t *tensor.Dense, i int) *tensor.Dense {
	if t.Dtype() == tensor.Float32 {
		return full(t.Dtype(), float64(t.Float32s()[i]))
	}
	return full(t.Dtype(), t.Float64s()[i])
}
