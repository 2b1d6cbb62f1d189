package lanes_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/lanes"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

type node = autodiff.Node

// laneCases are functions of one variable (3, 4), a matrix of data (5, 4), a
// matrix (5, 3), a vector (4) and labels, one for each way a move can spread.
var laneCases = []struct {
	name string
	f    func(w, x, z, v, y *node) *node
}{
	{"elementwise", func(w, _, _, _, _ *node) *node { return w.Exp().Mul(w).AddScalar(2).Sqrt() }},
	{"elementwise with a row", func(w, _, _, v, _ *node) *node { return w.Mul(v).Add(v).Tanh() }},
	{"elementwise with a column", func(w, x, _, _, _ *node) *node { return w.Mul(x.Slice(0, 0, 3).Slice(1, 0, 1)) }},
	{"transposed", func(w, x, _, _, _ *node) *node { return w.T().Add(x.Slice(0, 0, 3).T()).Square() }},
	{"reshaped", func(w, _, _, _, _ *node) *node { return w.Reshape(2, 6).Square().Mul(w.Reshape(2, 6)) }},
	{"sum of squares", func(w, _, _, _, _ *node) *node { return w.Square().Sum() }},
	{"sum over an axis", func(w, _, _, _, _ *node) *node { return w.Square().Sum(0).Exp() }},
	{"linear", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()) }},
	{"linear the other way", func(w, x, z, _, _ *node) *node { return z.MatMul(w) }},
	{"left factor", func(w, x, _, _, _ *node) *node { return w.MatMul(x.T()).Tanh() }},
	{"linear, activation, linear", func(w, x, z, _, _ *node) *node { return x.MatMul(w.T()).Tanh().MatMul(z.T()).Exp() }},
	{"column with a matrix", func(w, x, z, _, _ *node) *node { return x.MatMul(w.T()).Add(z).Mul(z).Sigmoid() }},
	{"column with a column", func(w, x, z, _, _ *node) *node { return x.MatMul(w.T()).Mul(z.Slice(1, 1, 2)) }},
	{"sum over rows of a column", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Square().Sum(1).Log() }},
	{"sum over all of a column", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Square().Mean() }},
	{"sum over columns", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Square().Sum(0) }},
	{"hinge", func(w, x, _, _, y *node) *node {
		s := x.MatMul(w.T())
		return s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).Mean().Add(w.Square().Sum())
	}},
	{"softmax", func(w, x, _, _, y *node) *node { return x.MatMul(w.T()).LogSoftmax(1).Pick(y).Mean() }},
	{"used twice", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).MatMul(w) }},
	{"shared by two products", func(w, x, _, _, _ *node) *node { return x.MatMul(w.T()).Add(x.Square().MatMul(w.T())) }},
	{"concat, pad, slice", func(w, x, z, _, _ *node) *node {
		return autodiff.Concat(1, x.MatMul(w.T()), z).Pad(0, 1, 0).Slice(1, 1, 5)
	}},
	{"three axes", func(w, _, _, v, _ *node) *node {
		return w.Reshape(3, 2, 2).Transpose(2, 0, 1).Mul(v.Slice(0, 0, 2)).ReduceMax(1)
	}},
	{"broadcast", func(w, _, _, _, _ *node) *node { return w.Broadcast(2, 3, 4).Square().Sum(0, 2) }},
	{"stop", func(w, _, _, _, _ *node) *node { return w.StopGradient().Mul(w) }},
	{"masks", func(w, _, _, v, _ *node) *node { return w.Greater(v).Where(w, w.Square()) }},
	{"vector moves a matrix", func(w, x, _, _, _ *node) *node {
		return x.Add(w.Reshape(12).Slice(0, 2, 6)).Tanh()
	}},
	{"functions", func(w, _, _, _, _ *node) *node {
		y := w.Exp().Add(w.Expm1()).Sub(w.Log()).Mul(w.Log1p()).Div(w.Sqrt()).Add(w.Pow(1.5)).Sub(w.Neg())
		return y.Add(w.Sin().Mul(w.Cos())).Add(w.Tanh().Sub(w.Sigmoid()).Mul(w.Softplus()))
	}},
	{"error functions", func(w, _, _, _, _ *node) *node { return w.Erf().Add(w.Erfc().Mul(w)).Add(w.GELU()) }},
	{"piecewise functions", func(w, _, _, v, _ *node) *node {
		a := w.AddScalar(-0.7)
		y := a.ReLU().Add(a.Abs()).Add(a.Sign()).Add(w.Max(v)).Sub(w.Min(v))
		return y.Add(w.GreaterEqual(v)).Add(w.Equal(v)).Add(w.NotEqual(v))
	}},
	{"convolution of images", func(w, x, _, v, _ *node) *node {
		return w.Reshape(2, 3, 2, 1).Conv2D(x.Slice(0, 0, 3).Reshape(2, 3, 2, 1), autodiff.Window{Pad: 1}).Exp()
	}},
	{"convolution with weights", func(w, x, _, v, _ *node) *node {
		return x.Reshape(1, 5, 2, 2).Conv2D(w.Reshape(3, 2, 1, 2), autodiff.Window{Strides: [2]int{2, 1}}).Exp()
	}},
	{"convolution of both", func(w, _, _, _, _ *node) *node {
		return w.Reshape(2, 3, 2, 1).Conv2D(w.Exp().Reshape(2, 3, 2, 1), autodiff.Window{Pad: 1})
	}},
	{"gradients of a convolution", func(w, x, _, _, _ *node) *node {
		return gradientSum(w.Reshape(2, 3, 1, 2).Conv2D(x.Slice(0, 0, 3).Reshape(3, 2, 1, 2), autodiff.Window{Pad: 1}).Tanh(), w, x)
	}},
	{"gradients of a convolution by weights", func(w, x, _, _, _ *node) *node {
		return gradientSum(x.Reshape(1, 5, 2, 2).Conv2D(w.Reshape(3, 2, 1, 2), autodiff.Window{}).Tanh(), x, w)
	}},
	{"pool", func(w, _, _, _, _ *node) *node {
		return w.Reshape(1, 3, 2, 2).MaxPool2D(2, 1, autodiff.Window{Pads: [2][2]int{{1, 0}, {}}}).Exp()
	}},
	{"gradients of a pool", func(w, x, _, _, _ *node) *node {
		pool := func(x *node) *node { return x.MaxPool2D(2, 2, autodiff.Window{}) }
		z := x.Slice(0, 0, 3).Reshape(1, 3, 2, 2)
		y := pool(w.Reshape(1, 3, 2, 2)).Tanh().Sum().Add(pool(z).Mul(pool(w.Sin().Reshape(1, 3, 2, 2))).Sum())
		return gradientSum(gradientSum(y, w, x), w, x)
	}},
	{"sparse matrix", func(w, x, _, _, y *node) *node {
		s := autodiff.Sparse{Values: w.Slice(0, 0, 1).Reshape(4).Mul(x.Slice(0, 0, 1).Reshape(4)).Pad(0, 1, 0), Columns: y, Ends: y}
		return s.MatMul(x.Slice(0, 0, 3)).Tanh()
	}},
	{"gradients of a sparse matrix", func(w, x, _, v, y *node) *node {
		s := autodiff.Sparse{Values: v.Mul(v).Pad(0, 0, 1), Columns: y, Ends: y}
		return gradientSum(s.MatMul(w).Tanh(), v, w)
	}},
	{"normalised", func(w, x, _, _, _ *node) *node {
		return w.Normalize(0.1, 0).Mul(x.Slice(0, 0, 3)).Tanh()
	}},
	{"gradients of functions", func(w, _, _, _, _ *node) *node {
		grads, err := autodiff.Grad(w.Tanh().Add(w.Sigmoid()).Add(w.Softplus()).Add(w.Erf()).Add(w.GELU()).Sum(), w)
		if err != nil {
			panic(err)
		}
		more, err := autodiff.Grad(w.Mul(grads[0]).Sum(), w)
		if err != nil {
			panic(err)
		}
		return grads[0].Mul(more[0])
	}},
}

// gradientSum returns a number that depends on all elements of the gradients of a
// function for variables.
func gradientSum(y *node, xs ...*node) *node {
	grads, err := autodiff.Grad(y.Sum(), xs...)
	if err != nil {
		panic(err)
	}
	sum := y.Sum()
	for _, g := range grads {
		sum = sum.Add(g.Square().Sum())
	}
	return sum
}

// record records a case, for a variable (3, 4).
func record(t *testing.T, f func(w, x, z, v, y *node) *node) *trace.Function {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(shape ...int) *tensor.Dense {
		v := make([]float64, autodiff.Shape(shape).Size())
		for i := range v {
			v[i] = 0.2 + rng.Float64()
		}
		return dense.New(tensor.Float64, shape, v)
	}
	y := tensor.New(tensor.WithShape(5), tensor.WithBacking([]int{2, 0, 1, 1, 2}))
	x, z, v := random(5, 4), random(5, 3), random(4)
	source, err := trace.Op(func(in ...*node) *node {
		g := in[0].Graph()
		return f(in[0], g.Constant(x), g.Constant(z), g.Constant(v), in[1])
	}, []*tensor.Dense{random(3, 4), y})
	require.NoError(t, err)
	rec, err := source.Record(tensor.Float64)
	require.NoError(t, err)
	return rec
}

// Lanes compute what complete evaluations do, for every way a move can spread.
func TestLanesEqualCompleteEvaluation(t *testing.T) {
	for _, c := range laneCases {
		f := record(t, c.f)
		values, err := f.Values(f.Start)
		require.NoError(t, err, c.name)
		program, err := lanes.Record(f, 0, values)
		require.NoError(t, err, c.name)
		prober, err := program.Prober()
		require.NoError(t, err, c.name)
		eval, err := f.Eval()
		require.NoError(t, err, c.name)
		var at []lanes.Probe
		var want []float64
		for i, x := range f.Start[0] {
			for _, d := range []float64{0.3, -0.1} {
				moved := slices.Clone(f.Start[0])
				moved[i] += d
				y, err := eval([][]float64{moved})
				require.NoError(t, err, c.name)
				at, want = append(at, lanes.Probe{Index: i, Value: x + d}), append(want, y...)
			}
		}
		got := make([]float64, len(want))
		require.NoError(t, prober.Probe(at, got), c.name)
		// Rank-one updates and sums in another order round differently: some
		// hundred operations at most on numbers up to about 100.
		assert.InDeltaSlice(t, want, got, 1e-11, c.name)
	}
}

// Every op moves in a case, so that a new one that has no lanes, or wrong ones,
// fails.
func TestEveryOpHasLanes(t *testing.T) {
	seen := map[string]bool{
		"OneHot": true, // its operand is labels, which never move
		"Assign": true, // a statement
		"Random": true, // its operand is the number of a step
	}
	for _, c := range laneCases {
		f := record(t, c.f)
		moves := f.Moving(0)
		for _, n := range trace.Needed(f.Output) {
			seen[n.Op()] = seen[n.Op()] || moves[n]
		}
	}
	for name := range autodiff.Ops() {
		assert.True(t, seen[name], "op %s moves in no case", name)
	}
}

// What cannot be done in lanes says so.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(w, x, z, v, y *node) *node
		want string
	}{
		{"fixed", func(_, x, _, _, _ *node) *node { return x.Exp() }, "nothing depends on the variable"},
		{"large", func(w, _, _, _, _ *node) *node { return w.Sum().Broadcast(70, 60).Exp() }, "eight lanes of the largest value have 33600 elements, more than 32768"},
	} {
		f := record(t, c.f)
		values, err := f.Values(f.Start)
		require.NoError(t, err, c.name)
		_, err = lanes.Record(f, 0, values)
		assert.EqualError(t, err, c.want, c.name)
	}
}
