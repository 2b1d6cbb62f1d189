package autodiff_test

import (
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
)

// Every function is called with arguments that have no meaning.
func TestArguments(t *testing.T) {
	exported.Check(t, ".", append(append(graphCalls(), nodeCalls()...), programCalls(t)...))
}

// argumentGraph is a graph with a matrix x, labels y, a scalar loss and a
// parameter, and a node of another graph.
type argumentGraph struct {
	g                 *autodiff.Graph
	x, y, loss, other *node
	p                 *autodiff.Param
}

func newArgumentGraph() argumentGraph {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 2, 3)
	return argumentGraph{
		g: g, x: x, y: g.Labels("y", 2), loss: x.Sum(),
		other: autodiff.NewGraph(tensor.Float64).Input("x", 2, 3),
		p:     autodiff.NewParam("p", zeros(tensor.Float64, 2, 3)),
	}
}

func graphCalls() []exported.Call {
	a := newArgumentGraph()
	g, x, loss := a.g, a.x, a.loss
	panics := exported.Panics
	var none *autodiff.Node
	scalar := tensor.New(tensor.FromScalar(1.0))
	grad := func(y *node, xs ...*node) func() error {
		return func() error { _, err := autodiff.Grad(y, xs...); return err }
	}
	gradOf := func(y, dy *node, xs ...*node) func() error {
		return func() error { _, err := autodiff.GradOf(y, dy, xs...); return err }
	}
	return []exported.Call{
		{Of: "NewGraph", With: "no type", Do: panics(func() { autodiff.NewGraph(tensor.Dtype{}) })},
		{Of: "NewGraph", With: "integers", Do: panics(func() { autodiff.NewGraph(tensor.Int) })},
		{Of: "NewTrainingGraph", With: "no type", Do: panics(func() { autodiff.NewTrainingGraph(tensor.Dtype{}) })},
		{Of: "NewTrainingGraph", With: "integers", Do: panics(func() { autodiff.NewTrainingGraph(tensor.Int) })},
		{Of: "NewParam", With: "no name", Do: panics(func() { autodiff.NewParam("", scalar) })},
		{Of: "NewParam", With: "nil", Do: panics(func() { autodiff.NewParam("a", nil) })},
		{Of: "NewParam", With: "a tensor that is not made", Do: panics(func() { autodiff.NewParam("a", &tensor.Dense{}) })},
		{Of: "Param.Convert", With: "no type", Do: panics(func() { a.p.Convert(tensor.Dtype{}) })},
		{Of: "Param.Convert", With: "integers", Do: panics(func() { a.p.Convert(tensor.Int) })},
		{Of: "Param.Check", With: "a parameter that is not made", Do: (&autodiff.Param{}).Check},
		{Of: "Graph.Input", With: "no name", Do: panics(func() { g.Input("") })},
		{Of: "Graph.Input", With: "a negative length", Do: panics(func() { g.Input("n", -1) })},
		{Of: "Graph.Input", With: "a name that is taken", Do: panics(func() { g.Input("x") })},
		{Of: "Graph.Labels", With: "a negative number", Do: panics(func() { g.Labels("n", -1) })},
		{Of: "Graph.Labels", With: "no name", Do: panics(func() { g.Labels("", 1) })},
		{Of: "Graph.Given", With: "no name", Do: panics(func() { g.Given("") })},
		{Of: "Graph.Given", With: "a name that nothing has", Do: panics(func() { g.Given("z") })},
		{Of: "Graph.Param", With: "nil", Do: panics(func() { g.Param(nil) })},
		{Of: "Graph.Param", With: "a parameter that is not made", Do: panics(func() { g.Param(&autodiff.Param{}) })},
		{Of: "Graph.Scalar", With: "NaN", Do: panics(func() { g.Scalar(nan) }), Accepted: true},
		{Of: "Graph.Constant", With: "nil", Do: panics(func() { g.Constant(nil) })},
		{Of: "Graph.Constant", With: "a tensor that is not made", Do: panics(func() { g.Constant(&tensor.Dense{}) })},
		{Of: "Graph.SetStream", With: "any number", Do: panics(func() { autodiff.NewGraph(tensor.Float32).SetStream(math.MaxUint64) }), Accepted: true},
		{Of: "Graph.Random", With: "a nil step", Do: panics(func() { g.Random(1, nil, 2) })},
		{Of: "Graph.Random", With: "a step of many numbers", Do: panics(func() { g.Random(1, x, 2) })},
		{Of: "Graph.Random", With: "labels", Do: panics(func() { g.Random(1, a.y, 2) })},
		{Of: "Graph.Random", With: "a negative length", Do: panics(func() { g.Random(1, loss, -2) })},
		{Of: "Graph.Random", With: "huge lengths", Do: panics(func() { g.Random(1, loss, math.MaxInt, 3) })},
		{Of: "Graph.Assign", With: "nil", Do: panics(func() { g.Assign(nil, x) })},
		{Of: "Graph.Assign", With: "a nil value", Do: panics(func() { g.Assign(a.p, nil) })},
		{Of: "Graph.Assign", With: "another shape", Do: panics(func() { g.Assign(a.p, loss) })},
		{Of: "Graph.Assign", With: "another graph's value", Do: panics(func() { g.Assign(a.p, a.other) })},
		{Of: "Graph.Repeat", With: "nil", Do: panics(func() { g.Repeat(nil) })},
		{Of: "Graph.Repeat", With: "a nil operand", Do: panics(func() { g.Repeat(loss, nil) })},
		{Of: "Graph.Repeat", With: "too few operands", Do: panics(func() { g.Repeat(loss) })},
		{Of: "Graph.Repeat", With: "an input", Do: panics(func() { g.Repeat(x) })},
		{Of: "Grad", With: "nil", Do: grad(nil, x)},
		{Of: "Grad", With: "a nil variable", Do: grad(loss, x, nil)},
		{Of: "Grad", With: "nothing to differentiate for", Do: grad(loss), Accepted: true},
		{Of: "Grad", With: "another graph's variable", Do: grad(loss, a.other)},
		{Of: "Grad", With: "a matrix", Do: grad(x, x)},
		{Of: "Grad", With: "a node that is not made", Do: grad(&node{}, x)},
		{Of: "Grad", With: "a variable that is not made", Do: grad(loss, &node{})},
		{Of: "GradOf", With: "nil", Do: gradOf(nil, x, x)},
		{Of: "GradOf", With: "a nil cotangent", Do: gradOf(x, nil, x)},
		{Of: "GradOf", With: "a nil variable", Do: gradOf(x, x, none)},
		{Of: "GradOf", With: "another graph's cotangent", Do: gradOf(x, a.other, x)},
		{Of: "GradOf", With: "labels", Do: gradOf(a.y, a.y, a.y)},
		{Of: "Concat", With: "nothing", Do: panics(func() { autodiff.Concat(0) })},
		{Of: "Concat", With: "nil", Do: panics(func() { autodiff.Concat(0, nil) })},
		{Of: "Concat", With: "nil behind", Do: panics(func() { autodiff.Concat(0, x, nil) })},
		{Of: "Concat", With: "a negative axis", Do: panics(func() { autodiff.Concat(-1, x, x) })},
		{Of: "SparseMore", With: "nil", Do: panics(func() { autodiff.SparseMore(nil, nil, nil) }), Accepted: true}, // the batch is refused
		{Of: "Graph.GivenSparse", With: "no sparse matrix", Do: panics(func() { g.GivenSparse() })},
		{Of: "Sparse.MatMul", With: "an empty matrix", Do: panics(func() { autodiff.Sparse{}.MatMul(x) })},
		{Of: "Sparse.MatMul", With: "nil", Do: panics(func() { autodiff.Sparse{Values: x.Reshape(6), Columns: a.y, Ends: a.y}.MatMul(nil) })},
		{Of: "Sparse.MatMul", With: "another number of columns", Do: panics(func() { autodiff.Sparse{Values: x.Reshape(6), Columns: a.y, Ends: a.y}.MatMul(x) })},
		{Of: "Sparse.MatMul", With: "a matrix of values", Do: panics(func() { autodiff.Sparse{Values: x, Columns: a.y, Ends: a.y}.MatMul(x) })},
		{Of: "Sparse.MatMul", With: "numbers for labels", Do: panics(func() { autodiff.Sparse{Values: x.Reshape(6), Columns: x, Ends: a.y}.MatMul(x) })},
		{Of: "Sparse.MatMul", With: "a vector", Do: panics(func() {
			autodiff.Sparse{Values: x.Reshape(6).Slice(0, 0, 2), Columns: a.y, Ends: a.y}.MatMul(x.Reshape(6))
		})},
		{Of: "Sparse.MatMul", With: "another graph", Do: panics(func() { autodiff.Sparse{Values: x.Reshape(6).Slice(0, 0, 2), Columns: a.y, Ends: a.y}.MatMul(a.other) })},
		{Of: "Fail", With: "no text", Do: func() error {
			defer func() { _ = recover() }()
			autodiff.Fail("", "")
			return nil
		}, Accepted: true},
		{Of: "Catch", With: "nil", Do: func() error {
			defer autodiff.Catch(nil)
			return nil
		}, Accepted: true},
		{Of: "Shape.Equal", With: "nil", Do: panics(func() { autodiff.Shape{1}.Equal(nil) }), Accepted: true},
	}
}

func nodeCalls() []exported.Call {
	a := newArgumentGraph()
	x := a.x
	var calls []exported.Call
	call := func(of, with string, do func()) {
		calls = append(calls, exported.Call{Of: "Node." + of, With: with, Do: exported.Panics(do)})
	}
	accept := func(of, with string, do func()) {
		call(of, with, do)
		calls[len(calls)-1].Accepted = true
	}
	for name, f := range map[string]func(a, b *node) *node{
		"Add": (*node).Add, "Sub": (*node).Sub, "Mul": (*node).Mul, "Div": (*node).Div, "Max": (*node).Max, "Min": (*node).Min,
		"Greater": (*node).Greater, "Less": (*node).Less, "GreaterEqual": (*node).GreaterEqual, "LessEqual": (*node).LessEqual,
		"Equal": (*node).Equal, "NotEqual": (*node).NotEqual, "MatMul": (*node).MatMul, "Pick": (*node).Pick,
	} {
		call(name, "nil", func() { f(x, nil) })
		call(name, "a node of another graph", func() { f(x, a.other) })
		call(name, "a node that is not made", func() { f(x, &node{}) })
		if name != "Pick" {
			call(name, "labels", func() { f(x, a.y) })
		}
	}
	for name, f := range map[string]func(x *node, c float64) *node{
		"AddScalar": (*node).AddScalar, "SubScalar": (*node).SubScalar, "MulScalar": (*node).MulScalar, "DivScalar": (*node).DivScalar, "Pow": (*node).Pow,
	} {
		accept(name, "NaN", func() { f(x, nan) }) // as constants, numbers are what they are
		accept(name, "0", func() { f(x, 0) })
		call(name, "labels", func() { f(a.y, 3) })
	}
	for name, f := range map[string]func(x *node, c float64) *node{"LeakyReLU": (*node).LeakyReLU, "ELU": (*node).ELU} {
		accept(name, "NaN", func() { f(x, nan) })
		call(name, "labels", func() { f(a.y, 3) })
	}
	call("CELU", "NaN", func() { x.CELU(nan) })
	call("CELU", "0", func() { x.CELU(0) })
	call("CELU", "labels", func() { a.y.CELU(1) })
	for name, f := range map[string]func(x *node, axes ...int) *node{
		"Variance": (*node).Variance, "VarianceKeep": (*node).VarianceKeep,
		"Sum": (*node).Sum, "SumKeep": (*node).SumKeep, "Mean": (*node).Mean, "MeanKeep": (*node).MeanKeep, "Norm": (*node).Norm, "NormKeep": (*node).NormKeep,
		"ReduceMax": (*node).ReduceMax, "ReduceMaxKeep": (*node).ReduceMaxKeep, "LogSumExp": (*node).LogSumExp,
	} {
		call(name, "a negative axis", func() { f(x, -1) })
		call(name, "an axis beyond", func() { f(x, 2) })
		call(name, "an axis twice", func() { f(x, 0, 0) })
		call(name, "a huge axis", func() { f(x, math.MaxInt) })
	}
	for with, e := range map[string]float64{"NaN": nan, "a negative number": -1, "an infinity": inf} {
		call("Normalize", with, func() { x.Normalize(e) })
	}
	call("Normalize", "an axis beyond", func() { x.Normalize(1, 2) })
	call("Normalize", "an axis twice", func() { x.Normalize(1, 1, 1) })
	call("Normalize", "labels", func() { a.y.Normalize(1) })
	for name, f := range map[string]func(x *node, axis int) *node{"Softmax": (*node).Softmax, "LogSoftmax": (*node).LogSoftmax} {
		call(name, "a negative axis", func() { f(x, -1) })
		call(name, "an axis beyond", func() { f(x, 2) })
		call(name, "no axes", func() { f(a.loss, 0) })
	}
	call("Clamp", "no interval", func() { x.Clamp(1, 0) })
	call("Clamp", "NaN", func() { x.Clamp(nan, 0) })
	call("Where", "nil", func() { x.Where(nil, x) })
	call("Where", "nil behind", func() { x.Where(x, nil) })
	call("Where", "labels", func() { x.Where(x, a.y) })
	call("OneHot", "a negative number", func() { a.y.OneHot(-1) })
	call("OneHot", "a huge number", func() { a.y.OneHot(math.MaxInt) })
	call("Transpose", "no axes", func() { x.Transpose() })
	call("Transpose", "a huge axis", func() { x.Transpose(0, math.MaxInt) })
	call("Transpose", "axes of more", func() { x.Transpose(2, 0) })
	call("Reshape", "nothing", func() { x.Reshape() })
	call("Reshape", "a length below −1", func() { x.Reshape(-2, -3) })
	call("Reshape", "huge lengths", func() { x.Reshape(huge, huge) })
	call("Broadcast", "nothing", func() { x.Broadcast() })
	call("Broadcast", "a negative length", func() { x.Broadcast(-1, 2, 3) })
	call("Broadcast", "huge lengths", func() { x.Broadcast(huge, huge, 2, 3) })
	images, weights := a.g.Input("images", 2, 5, 4, 3), a.g.Input("weights", 7, 3, 2, 3)
	for with, at := range map[string]autodiff.Window{
		"a negative stride":      {Stride: -1},
		"a negative stride of 2": {Strides: [2]int{1, -1}},
		"stride and strides":     {Stride: 1, Strides: [2]int{1, 1}},
		"negative padding":       {Pad: -1},
		"two paddings":           {Pad: 1, Pads: [2][2]int{{1, 1}, {1, 1}}},
		"huge padding":           {Pad: math.MaxInt},
	} {
		call("Conv2D", with, func() { images.Conv2D(weights, at) })
		call("MaxPool2D", with, func() { images.MaxPool2D(2, 2, at) })
		call("AvgPool2D", with, func() { images.AvgPool2D(2, 2, at) })
	}
	for name, pool := range map[string]func(x *node, rows, columns int, at autodiff.Window) *node{"MaxPool2D": (*node).MaxPool2D, "AvgPool2D": (*node).AvgPool2D} {
		call(name, "a matrix", func() { pool(x, 2, 2, autodiff.Window{}) })
		call(name, "labels", func() { pool(a.y, 2, 2, autodiff.Window{}) })
		call(name, "no window", func() { pool(images, 2, 0, autodiff.Window{}) })
		call(name, "a negative window", func() { pool(images, -1, 2, autodiff.Window{}) })
		call(name, "a large window", func() { pool(images, 6, 2, autodiff.Window{}) })
		call(name, "huge windows", func() { pool(images, math.MaxInt, math.MaxInt, autodiff.Window{}) })
	}
	call("MaxPool2D", "padding as large as the window", func() { images.MaxPool2D(2, 3, autodiff.Window{Pad: 2}) })
	call("MaxPool2D", "more pixels than a byte counts", func() { a.g.Input("wide", 2, 20, 20, 1).MaxPool2D(17, 16, autodiff.Window{}) })
	call("MaxPool2D", "no pixels", func() { a.g.Input("empty", 2, 0, 3, 1).MaxPool2D(2, 2, autodiff.Window{Pad: 1}) })
	call("Conv2D", "nil", func() { images.Conv2D(nil, autodiff.Window{}) })
	call("Conv2D", "labels", func() { images.Conv2D(a.y, autodiff.Window{}) })
	call("Conv2D", "a matrix", func() { x.Conv2D(weights, autodiff.Window{}) })
	call("Conv2D", "other channels", func() { images.Conv2D(a.g.Input("groups", 7, 3, 2, 1), autodiff.Window{}) })
	call("Conv2D", "an image that is too small", func() { images.Conv2D(a.g.Input("large", 7, 6, 2, 3), autodiff.Window{}) })
	call("Conv2D", "an empty window", func() { images.Conv2D(a.g.Input("none", 7, 0, 2, 3), autodiff.Window{}) })
	call("Slice", "a negative axis", func() { x.Slice(-1, 0, 1) })
	call("Slice", "a start beyond", func() { x.Slice(0, 5, 6) })
	call("Slice", "an end before the start", func() { x.Slice(0, 2, 1) })
	call("Slice", "huge bounds", func() { x.Slice(0, math.MinInt, math.MaxInt) })
	call("Pad", "a negative axis", func() { x.Pad(-1, 0, 0) })
	call("Pad", "negative lengths", func() { x.Pad(0, math.MinInt, 0) })
	call("Pad", "huge lengths", func() { x.Pad(0, math.MaxInt, math.MaxInt) })
	accept("DependsOn", "nil", func() { x.DependsOn(nil) })
	accept("DependsOn", "another graph's node", func() { x.DependsOn(a.other) })
	accept("Feed", "nil", func() { x.Feed(nil) }) // Run refuses it
	return calls
}

func programCalls(t *testing.T) []exported.Call {
	a := newArgumentGraph()
	p, err := autodiff.Compile(a.loss, a.x)
	require.NoError(t, err)
	good := a.x.Feed(zeros(tensor.Float64, 2, 3))
	q, err := autodiff.Compile(a.loss, a.x)
	require.NoError(t, err)
	out, err := q.Run(good)
	require.NoError(t, err)
	var none autodiff.Results
	compile := func(first *node, rest ...*node) func() error {
		return func() error { _, err := autodiff.Compile(first, rest...); return err }
	}
	interpret := func(feeds []autodiff.Feed, outputs ...*node) func() error {
		return func() error { _, err := autodiff.Interpret(feeds, outputs...); return err }
	}
	calls := []exported.Call{
		{Of: "Compile", With: "nil", Do: compile(nil)},
		{Of: "Compile", With: "nil behind", Do: compile(a.loss, nil)},
		{Of: "Compile", With: "labels", Do: compile(a.y)},
		{Of: "Compile", With: "two graphs", Do: compile(a.loss, a.other)},
		{Of: "Compile", With: "a node that is not made", Do: compile(&node{})},
		{Of: "Explain", With: "no writer", Do: func() error { return autodiff.Explain(nil, a.loss) }},
		{Of: "Explain", With: "nil", Do: func() error { return autodiff.Explain(io.Discard, nil) }},
		{Of: "Explain", With: "labels", Do: func() error { return autodiff.Explain(io.Discard, a.loss, a.y) }},
		{Of: "Interpret", With: "nothing", Do: interpret(nil), Accepted: true},
		{Of: "Interpret", With: "nil", Do: interpret(nil, nil)},
		{Of: "Interpret", With: "a node that is not made", Do: interpret(nil, &node{})},
		{Of: "Interpret", With: "two graphs", Do: interpret([]autodiff.Feed{good}, a.loss, a.other)},
		{Of: "Program.Output", With: "an output beyond", Do: exported.Panics(func() { p.Output(2) })},
		{Of: "Program.Watch", With: "nil", Do: exported.Panics(func() { p.Watch(nil) }), Accepted: true},
		{Of: "Program.Output", With: "a negative output", Do: exported.Panics(func() { p.Output(-1) })},
		{Of: "Results.Value", With: "no run", Do: exported.Panics(func() { none.Value(0) })},
		{Of: "Results.Value", With: "an output beyond", Do: exported.Panics(func() { out.Value(2) })},
		{Of: "Results.Value", With: "a negative output", Do: exported.Panics(func() { out.Value(-1) })},
		{Of: "Results.Scalar", With: "no run", Do: exported.Panics(func() { none.Scalar(0) })},
		{Of: "Results.Scalar", With: "an output beyond", Do: exported.Panics(func() { out.Scalar(2) })},
		{Of: "Results.Scalar", With: "a matrix", Do: exported.Panics(func() { out.Scalar(1) })},
		{Of: "Results.Read", With: "no run", Do: func() error { return none.Read(0, good.Value()) }},
		{Of: "Results.Read", With: "an output beyond", Do: func() error { return out.Read(2, good.Value()) }},
		{Of: "Results.Read", With: "nil", Do: func() error { return out.Read(1, nil) }},
		{Of: "Results.Read", With: "another shape", Do: func() error { return out.Read(1, zeros(tensor.Float64, 3, 2)) }},
		{Of: "Results.Read", With: "another precision", Do: func() error { return out.Read(1, zeros(tensor.Float32, 2, 3)) }},
	}
	x := a.x
	for with, feeds := range map[string][]autodiff.Feed{
		"no feed":                   nil,
		"a feed that is not made":   {{}},
		"a feed of a nil node":      {(*node)(nil).Feed(good.Value())},
		"a nil tensor":              {x.Feed(nil)},
		"a tensor that is not made": {x.Feed(&tensor.Dense{})},
		"two feeds of one input":    {good, good},
		"a feed of another graph":   {good, a.other.Feed(good.Value())},
		"a feed of a result":        {good, a.loss.Feed(tensor.New(tensor.FromScalar(1.0)))},
		"another shape":             {x.Feed(zeros(tensor.Float64, 3, 2))},
		"another precision":         {x.Feed(zeros(tensor.Float32, 2, 3))},
		"integers":                  {x.Feed(tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Int)))},
		"an infinity":               {x.Feed(full(tensor.Float64, inf, 2, 3))},
	} {
		calls = append(calls,
			exported.Call{Of: "Program.Run", With: with, Do: func() error { _, err := p.Run(feeds...); return err }},
			exported.Call{Of: "Interpret", With: with, Do: interpret(feeds, a.loss)})
	}
	return calls
}
