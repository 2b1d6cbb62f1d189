package bridge_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/autodiff/bridge"
	"declive/gradcheck"
)

type (
	node = autodiff.Node
	dims = []int
)

// opTests has a row for every op: the shapes of its operands, all lengths
// different, and the interval that they are drawn from.
var opTests = []struct {
	name   string
	f      func(in []*node) *node
	shapes [][]dims
	lo, hi float64
}{
	{"Add", func(in []*node) *node { return in[0].Add(in[1]) }, pairs, -2, 2},
	{"Sub", func(in []*node) *node { return in[0].Sub(in[1]) }, pairs, -2, 2},
	{"Mul", func(in []*node) *node { return in[0].Mul(in[1]) }, pairs, -2, 2},
	{"Div", func(in []*node) *node { return in[0].Div(in[1]) }, pairs, 0.5, 2},
	{"Max", func(in []*node) *node { return in[0].Max(in[1]) }, pairs, -2, 2},
	{"Min", func(in []*node) *node { return in[0].Min(in[1]) }, pairs, -2, 2},
	{"Max", func(in []*node) *node { return in[0].Max(in[0].Mul(in[1])) }, pairs, 1, 1},
	{"Greater", func(in []*node) *node { return in[0].Greater(in[1]).Mul(in[0]) }, pairs, -2, 2},
	{"GreaterEqual", func(in []*node) *node { return in[0].GreaterEqual(in[1]).Mul(in[0]) }, pairs, -2, 2},
	{"Equal", func(in []*node) *node { return in[0].Equal(in[1]).AddScalar(1).Mul(in[0]) }, pairs, -2, 2},
	{"NotEqual", func(in []*node) *node { return in[0].NotEqual(in[1]).Mul(in[0]) }, pairs, -2, 2},
	{"Where", func(in []*node) *node { return in[0].Greater(in[1]).Where(in[0].Square(), in[1]) }, pairs, -2, 2},

	{"Neg", each((*node).Neg), single, -2, 2},
	{"Exp", each((*node).Exp), single, -2, 2},
	{"Expm1", each((*node).Expm1), single, -2, 2},
	{"Log", each((*node).Log), single, 0.5, 2},
	{"Log", each(func(x *node) *node { y := x.AddScalar(1); return y.Log().Mul(y) }), single, 0.5, 2},
	{"Log", each(func(x *node) *node { return x.Sigmoid().Log() }), single, -2, 2},
	{"Log1p", each((*node).Log1p), single, -0.5, 2},
	{"Sqrt", each((*node).Sqrt), single, 0.5, 2},
	{"Pow", each(func(x *node) *node { return x.Pow(3) }), single, -2, 2},
	{"Pow", each(func(x *node) *node { return x.Pow(-1.5) }), single, 0.5, 2},
	{"Pow", each(func(x *node) *node { return x.Pow(0).Add(x) }), single, 0.5, 2},
	{"Sin", each((*node).Sin), single, -4, 4},
	{"Cos", each((*node).Cos), single, -4, 4},
	{"Tanh", each((*node).Tanh), single, -2, 2},
	{"Sigmoid", each((*node).Sigmoid), single, -2, 2},
	{"derivative of Tanh", each(derivative((*node).Tanh)), single, -2, 2},
	{"derivative of Sigmoid", each(derivative((*node).Sigmoid)), single, -2, 2},
	{"Softplus", each((*node).Softplus), single, -2, 2},
	{"ReLU", each((*node).ReLU), single, -2, 2},
	{"ReLU", each(func(x *node) *node { return x.ReLU().Add(x) }), single, 0, 0},
	{"Abs", each((*node).Abs), single, -2, 2},
	{"Sign", each(func(x *node) *node { return x.Sign().Mul(x) }), single, -2, 2},
	{"Sign", each(func(x *node) *node { return x.Sign().AddScalar(1).Mul(x) }), single, 0, 0},
	{"StopGradient", each(func(x *node) *node { return x.Exp().StopGradient().Mul(x) }), single, -2, 2},

	{"MatMul", func(in []*node) *node { return in[0].MatMul(in[1]) }, products, -2, 2},
	{"MatMul", func(in []*node) *node { return in[1].T().MatMul(in[0].T()) }, products, -2, 2},
	{"Transpose", each((*node).T), []([]dims){{{2, 3}}, {{1, 3}}, {{3, 1}}, {{1, 1}}}, -2, 2},
	{"Transpose", each(func(x *node) *node { return x.Transpose(2, 0, 1) }), [][]dims{{{2, 3, 4}}, {{1, 3, 4}}, {{2, 1, 4}}}, -2, 2},
	{"Reshape", each(func(x *node) *node { return x.Reshape(-1, 2) }), [][]dims{{{2, 3, 4}}, {{6}}, {{1, 2}}, {{3, 2}}}, -2, 2},
	{"Reshape", each(func(x *node) *node { return x.Reshape().Exp().Reshape(1, 1, 1) }), [][]dims{{{}}, {{1}}, {{1, 1}}}, -2, 2},
	{"Broadcast", each(func(x *node) *node { return x.Broadcast(5, 2, 4, 3) }), [][]dims{{{5, 1, 1, 3}}, {{1, 2, 1, 3}}, {{1, 2, 4, 1}}, {{1, 1, 1, 3}}, {{4, 1}}, {{5, 2, 4, 3}}}, -2, 2},
	{"Broadcast", each(func(x *node) *node { return x.Broadcast(2, 3, 2, 4, 3) }), [][]dims{{{2, 1, 2, 1, 3}}, {{1, 3, 1, 4, 1}}, {{2, 1, 3}}}, -2, 2},
	{"Broadcast", each(func(x *node) *node { return x.Broadcast(5, 2, 3) }), [][]dims{{{2, 3}}, {{3}}, {{}}, {{1}}, {{2, 1}}, {{5, 1, 3}}, {{5, 1, 1}}}, -2, 2},
	{"Sum", each(func(x *node) *node { return x.Sum() }), single, -2, 2},
	{"Sum", each(func(x *node) *node { return x.SumKeep(0) }), arrays, -2, 2},
	{"Sum", each(func(x *node) *node { return x.Sum(len(x.Shape()) - 1) }), arrays, -2, 2},
	{"Sum", each(func(x *node) *node { return x.Sum(1) }), [][]dims{{{2, 3, 4}}, {{2, 1, 4}}, {{2, 3, 1}}, {{1, 3, 4}}}, -2, 2},
	{"Sum", each(func(x *node) *node { return x.Mean(0, 2) }), [][]dims{{{2, 3, 4}}, {{2, 1, 4}}, {{2, 3, 1}}, {{1, 3, 4}}}, -2, 2},
	{"ReduceMax", each(func(x *node) *node { return x.ReduceMax() }), single, -2, 2},
	{"ReduceMax", each(func(x *node) *node { return x.ReduceMaxKeep(0) }), arrays, -2, 2},
	{"ReduceMax", each(func(x *node) *node { return x.ReduceMax(len(x.Shape()) - 1) }), arrays, -2, 2},
	{"ReduceMax", each(func(x *node) *node { return x.ReduceMax(1).Add(x.Sum(1)) }), [][]dims{{{2, 3, 4}}}, 1, 1},
	{"LogSumExp", each(func(x *node) *node { return x.LogSumExp(len(x.Shape()) - 1) }), arrays, -2, 2},
	{"Softmax", each(func(x *node) *node { return x.Softmax(0) }), arrays, -2, 2},
	{"LogSoftmax", each(func(x *node) *node { return x.LogSoftmax(len(x.Shape()) - 1) }), arrays, -2, 2},
	{"Slice", each(func(x *node) *node { return x.Slice(0, 1, 2) }), [][]dims{{{2}}, {{4, 3}}, {{3, 1}}, {{2, 3, 4}}}, -2, 2},
	{"Slice", each(func(x *node) *node { return x.Slice(1, 1, 3) }), [][]dims{{{4, 3}}, {{1, 4}}, {{2, 3, 4}}}, -2, 2},
	{"Slice", each(func(x *node) *node { return x.Slice(0, 0, 2).Add(x.Slice(0, 300, 302)) }), [][]dims{{{302}}}, -2, 2},
	{"Pad", each(func(x *node) *node { return x.Pad(len(x.Shape())-1, 1, 2) }), arrays, -2, 2},
	{"Pad", each(func(x *node) *node { return x.Pad(0, 2, 0) }), arrays, -2, 2},
	{"Conv2D", func(in []*node) *node { return in[0].Conv2D(in[1], autodiff.Window{}) }, filters, -2, 2},
	{"Conv2D", func(in []*node) *node {
		return in[0].Conv2D(in[1], autodiff.Window{Strides: [2]int{2, 1}, Pads: [2][2]int{{1, 1}, {2, 2}}})
	}, filters, -2, 2},
	{"Conv2D", func(in []*node) *node {
		return in[0].Conv2D(in[1], autodiff.Window{Strides: [2]int{1, 2}, Pads: [2][2]int{{0, 2}, {1, 0}}})
	}, filters, -2, 2},
	{"MaxPool2D", each(func(x *node) *node { return x.MaxPool2D(2, 3, autodiff.Window{Strides: [2]int{2, 1}}) }), images, -2, 2},
	{"MaxPool2D", each(func(x *node) *node { return x.MaxPool2D(3, 3, autodiff.Window{Stride: 2, Pad: 1}) }), images, -2, 2},
	{"Normalize", each(func(x *node) *node { return x.Normalize(0.1) }), [][]dims{{{7}}, {{3, 5}}, {{2, 3, 4}}}, -2, 2},
	{"Normalize", each(func(x *node) *node { return x.Normalize(0.1, 0, 1, 2) }), images, -2, 2},
	{"Normalize", each(func(x *node) *node { return x.Normalize(1e-3, 0, 2) }), [][]dims{{{2, 3, 4}}}, -2, 2},
	{"Random", each(func(x *node) *node { return x.Mul(x.Graph().Random(1, x.Graph().Scalar(3), x.Shape()...)) }), single, -2, 2},
	{"Concat", func(in []*node) *node { return autodiff.Concat(0, in...) }, [][]dims{{{2}, {3}, {1}}, {{2, 3}, {1, 3}}, {{1, 1}, {2, 1}}}, -2, 2},
	{"Concat", func(in []*node) *node { return autodiff.Concat(1, in...) }, [][]dims{{{2, 3}, {2, 1}}, {{1, 1}, {1, 3}}, {{2, 3, 4}, {2, 5, 4}}}, -2, 2},
	{"Pick", func(in []*node) *node { return in[0].Pick(in[0].Graph().Labels("y", in[0].Shape()[0])) }, scores, -2, 2},
	{"OneHot", func(in []*node) *node { return in[0].Graph().Labels("y", in[0].Shape()[0]).OneHot(5).Mul(in[0].Sum()) }, scores, -2, 2},
	{"LogSoftmax", func(in []*node) *node {
		return in[0].LogSoftmax(1).Pick(in[0].Graph().Labels("y", in[0].Shape()[0])).Neg()
	}, scores, -2, 2},
}

var (
	single   = [][]dims{{{}}, {{1}}, {{7}}, {{3, 5}}, {{1, 4}}, {{4, 1}}, {{1, 1}}, {{2, 3, 4}}}
	arrays   = [][]dims{{{1}}, {{7}}, {{3, 5}}, {{1, 4}}, {{4, 1}}, {{1, 1}}, {{2, 3, 4}}}
	products = [][]dims{{{2, 3}, {3, 4}}, {{1, 3}, {3, 4}}, {{2, 1}, {1, 4}}, {{2, 3}, {3, 1}}, {{1, 3}, {3, 1}}, {{1, 1}, {1, 4}}, {{2, 1}, {1, 1}}, {{1, 1}, {1, 1}}}
	filters  = [][]dims{{{2, 4, 5, 3}, {6, 2, 3, 3}}, {{1, 4, 5, 1}, {1, 2, 3, 1}}, {{2, 2, 3, 1}, {1, 2, 3, 1}}}
	images   = [][]dims{{{2, 5, 4, 3}}, {{1, 3, 3, 1}}, {{1, 2, 3, 2}}}
	scores   = [][]dims{{{4, 5}}, {{1, 5}}, {{4, 5}}}
	pairs    = [][]dims{
		{{}, {}}, {{3, 5}, {3, 5}}, {{7}, {7}}, {{}, {3, 5}}, {{3, 5}, {}}, {{5}, {3, 5}}, {{3, 5}, {5}}, {{3, 1}, {3, 5}},
		{{3, 5}, {3, 1}}, {{1, 5}, {3, 1}}, {{3, 1}, {5}}, {{1}, {3, 5}}, {{1, 1}, {7}}, {{2, 3, 4}, {3, 1}}, {{1}, {1, 1}}, {{4}, {1, 1, 4}},
	}
)

func each(f func(x *node) *node) func([]*node) *node {
	return func(in []*node) *node { return f(in[0]) }
}

func TestEveryOp(t *testing.T) {
	for _, op := range opTests {
		for _, shapes := range op.shapes {
			t.Run(fmt.Sprint(op.name, shapes), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(7, 7))
				g := autodiff.NewGraph(tensor.Float64)
				c := comparison{t: t}
				in := make([]*node, len(shapes))
				for i, s := range shapes {
					in[i] = g.Input(fmt.Sprintf("x%d", i), s...)
					c.feed(in[i], randomTensor(rng, s, op.lo, op.hi))
				}
				y := op.f(in)
				c.labels(rng, g)
				c.compare(weighted(rng, y))
			})
		}
	}
}

// weighted returns Σ w∘y with random weights, so that the gradient that reaches
// y is different at each element.
func weighted(rng *rand.Rand, y *node) *node {
	return y.Mul(y.Graph().Constant(randomTensor(rng, y.Shape(), -1, 1))).Sum()
}

func randomTensor(rng *rand.Rand, shape dims, lo, hi float64) *tensor.Dense {
	x := make([]float64, autodiff.Shape(shape).Size())
	for i := range x {
		x[i] = lo + (hi-lo)*rng.Float64()
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
}

// A comparison evaluates a loss and its gradients three ways.
type comparison struct {
	t      require.TestingT
	inputs []*node
	values []*tensor.Dense
	fixed  []autodiff.Feed
}

func (c *comparison) feed(x *node, v *tensor.Dense) {
	c.inputs, c.values = append(c.inputs, x), append(c.values, v)
}

// labels feeds the graph's labels, if it has some, with classes 0 to 4.
func (c *comparison) labels(rng *rand.Rand, g *autodiff.Graph) {
	for _, n := range g.Nodes() {
		if n.IsLabels() {
			y := make([]int, n.Shape()[0])
			for i := range y {
				y[i] = rng.IntN(5)
			}
			c.fixed = append(c.fixed, n.Feed(tensor.New(tensor.WithShape(len(y)), tensor.WithBacking(y))))
		}
	}
}

func (c *comparison) compare(loss *node) {
	c.reach(loss)
	grads, err := autodiff.Grad(loss, c.inputs...)
	require.NoError(c.t, err)
	program, err := autodiff.Compile(loss, grads...)
	require.NoError(c.t, err)
	lowering, err := bridge.Lower(loss, c.inputs...)
	require.NoError(c.t, err)
	for run := range 2 {
		out, err := program.Run(c.feeds(nil)...)
		require.NoError(c.t, err)
		l, gs, err := lowering.Run(c.feeds(nil)...)
		require.NoError(c.t, err)
		requireClose(c.t, []float64{out.Scalar(0)}, []float64{l}, "loss, run %d", run)
		for i, x := range c.inputs {
			require.Equal(c.t, x.Shape(), autodiff.Shape(gs[i].Shape()))
			requireClose(c.t, floats(out.Value(1+i)), floats(gs[i]), "gradient of %v, run %d", x, run)
		}
	}
	if !c.stops(loss) {
		c.numerical(program, lowering)
	}
}

// stops reports whether a derivative is stopped that the numerical one sees: a
// StopGradient that is not the maximum of a softmax, which cancels.
func (c *comparison) stops(loss *node) bool {
	for _, n := range loss.Graph().Nodes() {
		if n.Op() == "StopGradient" && n.Inputs()[0].Op() != "ReduceMax" {
			return true
		}
	}
	return false
}

// reach drops the inputs that the loss does not depend on, which Grad refuses.
func (c *comparison) reach(loss *node) {
	all := *c
	c.inputs, c.values = nil, nil
	for i, x := range all.inputs {
		if loss.DependsOn(x) {
			c.feed(x, all.values[i])
		} else {
			c.fixed = append(c.fixed, x.Feed(all.values[i]))
		}
	}
}

// numerical checks Gorgonia's gradient against differences of Declive's loss.
func (c *comparison) numerical(program *autodiff.Program, lowering *bridge.Lowering) {
	p := gradcheck.Problem{
		F: func(x [][]float64) ([]float64, error) {
			out, err := program.Run(c.feeds(x)...)
			if err != nil {
				return nil, err
			}
			return []float64{out.Scalar(0)}, nil
		},
		Grad: func(x [][]float64) ([][]float64, error) {
			_, gs, err := lowering.Run(c.feeds(x)...)
			out := make([][]float64, len(gs))
			for i, g := range gs {
				out[i] = floats(g)
			}
			return out, err
		},
	}
	for i, x := range c.inputs {
		p.Vars = append(p.Vars, gradcheck.Var{Name: x.Name(), Shape: x.Shape(), Value: floats(c.values[i])})
	}
	report, err := gradcheck.Compute(context.Background(), p, gradcheck.Sample(6), gradcheck.MaxUnresolved(1))
	require.NoError(c.t, err)
	require.NoError(c.t, report.Err())
}

func (c *comparison) feeds(x [][]float64) []autodiff.Feed {
	out := append([]autodiff.Feed(nil), c.fixed...)
	for i, n := range c.inputs {
		v := c.values[i]
		if x != nil {
			v = tensor.New(tensor.WithShape(n.Shape()...), tensor.WithBacking(append([]float64(nil), x[i]...)))
		}
		out = append(out, n.Feed(v))
	}
	return out
}

func floats(v *tensor.Dense) []float64 {
	if x, ok := v.Data().(float64); ok {
		return []float64{x}
	}
	return v.Data().([]float64)
}

func requireClose(t require.TestingT, want, got []float64, format string, args ...any) {
	require.Len(t, got, len(want), format, args)
	scale := 1.0
	for _, v := range want {
		scale = max(scale, math.Abs(v))
	}
	for i := range want {
		if math.Abs(want[i]-got[i]) > 1e-9*scale {
			require.Failf(t, "Gorgonia differs", format+": element %d is %v, Declive has %v", append(args, i, got[i], want[i])...)
		}
	}
}

// derivative returns the derivative of an elementwise function.
func derivative(f func(x *node) *node) func(x *node) *node {
	return func(x *node) *node {
		d, err := autodiff.Grad(f(x).Sum(), x)
		if err != nil {
			panic(err)
		}
		return d[0]
	}
}

// withoutCounterpart are the ops that Lower refuses.
var withoutCounterpart = map[string]bool{
	"Assign": true, // a statement

	"SparseMatMul": true, "SparseMatMulT": true, "SampledMatMul": true,
	"Erf": true, "Erfc": true, "Gaussian": true, "GELU": true, "GELUSlope": true,
	"Conv2DData": true, "Conv2DWeights": true, "MaxPool2DSpread": true, "MaxPool2DPick": true, // derivatives, of second order in a loss
}

// Every op of autodiff has a row, or no counterpart on Gorgonia.
func TestEveryOpHasARow(t *testing.T) {
	rows := map[string]bool{}
	for _, op := range opTests {
		g := autodiff.NewGraph(tensor.Float64)
		in := make([]*node, len(op.shapes[0]))
		for i, s := range op.shapes[0] {
			in[i] = g.Input(fmt.Sprintf("x%d", i), s...)
		}
		op.f(in)
		for _, n := range g.Nodes() {
			rows[n.Op()] = true
		}
	}
	for name := range autodiff.Ops() {
		assert.NotEqual(t, rows[name], withoutCounterpart[name], "op %s needs either a row in opTests or its name in withoutCounterpart", name)
	}
}
