package opcheck

import (
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

type shape = tensor.Shape

var (
	array  = []shape{{3, 5}}
	arrays = []shape{{3, 5}, {3, 5}}
)

func unary(f func(a *G.Node) (*G.Node, error)) func(G.Nodes) (*G.Node, error) {
	return func(in G.Nodes) (*G.Node, error) { return f(in[0]) }
}

func binary(f func(a, b *G.Node) (*G.Node, error)) func(G.Nodes) (*G.Node, error) {
	return func(in G.Nodes) (*G.Node, error) { return f(in[0], in[1]) }
}

// number returns a constant of x's type.
func number(x *G.Node, v float64) *G.Node {
	if x.Dtype() == tensor.Float32 {
		return G.NewConstant(float32(v))
	}
	return G.NewConstant(v)
}

// A function of one number, with the interval that the number is drawn from.
type function struct {
	op     string
	f      func(x *G.Node) (*G.Node, error)
	lo, hi float64
}

// unaries checks functions of one number on a matrix and on a scalar, which
// Gorgonia computes by different code, and at kinks.
func unaries() []subject {
	var out []subject
	for _, u := range functions {
		for _, s := range []shape{{3, 5}, {}} {
			out = append(out, subject{op: u.op, f: unary(u.f), shapes: []shape{s}, lo: u.lo, hi: u.hi})
		}
	}
	kink := [][]float64{{-1, 0, 1}}
	return append(out,
		subject{op: "Abs at 0", f: unary(G.Abs), shapes: []shape{{3}}, at: kink},
		subject{op: "Rectify at 0", f: unary(G.Rectify), shapes: []shape{{3}}, at: kink},
		subject{op: "LeakyRelu at 0", f: unary(leaky), shapes: []shape{{3}}, at: kink})
}

var functions = []function{
	{"Abs", G.Abs, -2, 2},
	{"Ceil", G.Ceil, -2, 2},
	{"Cos", G.Cos, -2, 2},
	{"Cube", G.Cube, -2, 2},
	{"Exp", G.Exp, -2, 2},
	{"Expm1", G.Expm1, -2, 2},
	{"Floor", G.Floor, -2, 2},
	{"Inverse", G.Inverse, 0.5, 2},
	{"InverseSqrt", G.InverseSqrt, 1.5, 2},
	{"LeakyRelu", leaky, -2, 2},
	{"Log", G.Log, 0.5, 2},
	{"Log of Sigmoid", func(x *G.Node) (*G.Node, error) { return G.Log(G.Must(G.Sigmoid(x))) }, -2, 2},
	{"Log of 1 − Sigmoid", func(x *G.Node) (*G.Node, error) {
		return G.Log(G.Must(G.Sub(number(x, 1), G.Must(G.Sigmoid(x)))))
	}, -2, 2},
	{"Log of 1 + x", func(x *G.Node) (*G.Node, error) { return G.Log(G.Must(G.Add(number(x, 1), x))) }, -0.5, 2},
	{"Log1p", G.Log1p, -0.5, 2},
	{"Log2", G.Log2, 0.5, 2},
	{"Mish", G.Mish, -2, 2},
	{"Neg", G.Neg, -2, 2},
	{"Pow, exponent 2.5", func(x *G.Node) (*G.Node, error) { return G.Pow(x, number(x, 2.5)) }, 0.5, 2},
	{"Rectify", G.Rectify, -2, 2},
	{"Sigmoid", G.Sigmoid, -2, 2},
	{"Sign", G.Sign, -2, 2},
	{"Sin", G.Sin, -2, 2},
	{"Softplus", G.Softplus, -2, 2},
	{"Sqrt", G.Sqrt, 0.5, 2},
	{"Square", G.Square, -2, 2},
	{"Tanh", G.Tanh, -2, 2},
}

func leaky(x *G.Node) (*G.Node, error) { return G.LeakyRelu(x, 0.1) }

// broadcast broadcasts b of shape (5) over the rows of a.
func broadcast(f func(a, b *G.Node, left, right []byte) (*G.Node, error), left, right []byte) func(G.Nodes) (*G.Node, error) {
	return binary(func(a, b *G.Node) (*G.Node, error) { return f(a, b, left, right) })
}

// Functions of two numbers.
var binaries = []subject{
	{op: "Add", f: binary(G.Add), shapes: arrays, lo: -2, hi: 2},
	{op: "Add", f: binary(G.Add), shapes: []shape{{3, 5}, {}}, lo: -2, hi: 2},
	{op: "Add", f: binary(G.Add), shapes: []shape{{}, {3, 5}}, lo: -2, hi: 2},
	{op: "Sub", f: binary(G.Sub), shapes: arrays, lo: -2, hi: 2},
	{op: "Sub", f: binary(G.Sub), shapes: []shape{{3, 5}, {}}, lo: -2, hi: 2},
	{op: "Sub", f: binary(G.Sub), shapes: []shape{{}, {3, 5}}, lo: -2, hi: 2},
	{op: "HadamardProd", f: binary(G.HadamardProd), shapes: arrays, lo: -2, hi: 2},
	{op: "HadamardProd", f: binary(G.HadamardProd), shapes: []shape{{3, 5}, {}}, lo: -2, hi: 2},
	{op: "HadamardProd", f: binary(G.HadamardProd), shapes: []shape{{}, {3, 5}}, lo: -2, hi: 2},
	{op: "HadamardProd of a with itself", f: unary(func(a *G.Node) (*G.Node, error) { return G.HadamardProd(a, a) }), shapes: array, lo: -2, hi: 2},
	{op: "HadamardDiv", f: binary(G.HadamardDiv), shapes: arrays, lo: 0.5, hi: 2},
	{op: "HadamardDiv", f: binary(G.HadamardDiv), shapes: []shape{{3, 5}, {}}, lo: 0.5, hi: 2},
	{op: "HadamardDiv", f: binary(G.HadamardDiv), shapes: []shape{{}, {3, 5}}, lo: 0.5, hi: 2},
	{op: "Div", f: binary(G.Div), shapes: []shape{{3, 5}, {}}, lo: 0.5, hi: 2},
	{op: "Pow", f: binary(G.Pow), shapes: arrays, lo: 0.5, hi: 2},
	{op: "Pow", f: binary(G.Pow), shapes: []shape{{3, 5}, {}}, lo: 0.5, hi: 2},
	{op: "Pow", f: binary(G.Pow), shapes: []shape{{}, {}}, lo: 1.5, hi: 2},
	{op: "MaxBetween", f: binary(G.MaxBetween), shapes: arrays, lo: -2, hi: 2},
	{op: "MaxBetween, a tie", f: binary(G.MaxBetween), shapes: []shape{{3}, {3}}, at: [][]float64{{1, 2, 3}, {1.5, 2, 2.5}}},
	{op: "MinBetween", f: binary(G.MinBetween), shapes: arrays, lo: -2, hi: 2},
	{op: "MinBetween, a tie", f: binary(G.MinBetween), shapes: []shape{{3}, {3}}, at: [][]float64{{1, 2, 3}, {1.5, 2, 2.5}}},
	{op: "Gt", f: binary(func(a, b *G.Node) (*G.Node, error) { return G.Gt(a, b, true) }), shapes: arrays, lo: -2, hi: 2},
	{op: "Eq", f: binary(func(a, b *G.Node) (*G.Node, error) { return G.Eq(a, b, true) }), shapes: arrays, lo: -2, hi: 2},
	{op: "BinaryXent", f: binary(G.BinaryXent), shapes: []shape{{7}, {7}}, lo: 0.1, hi: 0.9},
	{op: "BroadcastAdd, rows", f: broadcast(G.BroadcastAdd, nil, []byte{0}), shapes: []shape{{3, 5}, {5}}, lo: -2, hi: 2},
	{op: "BroadcastAdd, columns", f: broadcast(G.BroadcastAdd, nil, []byte{1}), shapes: []shape{{3, 5}, {3}}, lo: -2, hi: 2},
	{op: "BroadcastAdd, left", f: broadcast(G.BroadcastAdd, []byte{0}, nil), shapes: []shape{{1, 5}, {3, 5}}, lo: -2, hi: 2},
	{op: "BroadcastAdd, both", f: broadcast(G.BroadcastAdd, []byte{1}, []byte{0}), shapes: []shape{{3, 1}, {1, 5}}, lo: -2, hi: 2},
	{op: "BroadcastAdd, 3 axes", f: broadcast(G.BroadcastAdd, nil, []byte{0, 2}), shapes: []shape{{2, 3, 5}, {1, 3, 1}}, lo: -2, hi: 2},
	{op: "BroadcastSub, rows", f: broadcast(G.BroadcastSub, nil, []byte{0}), shapes: []shape{{3, 5}, {5}}, lo: -2, hi: 2},
	{op: "BroadcastSub, left", f: broadcast(G.BroadcastSub, []byte{1}, nil), shapes: []shape{{3, 1}, {3, 5}}, lo: -2, hi: 2},
	{op: "BroadcastHadamardProd, rows", f: broadcast(G.BroadcastHadamardProd, nil, []byte{0}), shapes: []shape{{3, 5}, {5}}, lo: -2, hi: 2},
	{op: "BroadcastHadamardProd, both", f: broadcast(G.BroadcastHadamardProd, []byte{1}, []byte{0}), shapes: []shape{{3, 1}, {1, 5}}, lo: -2, hi: 2},
	{op: "BroadcastHadamardDiv, rows", f: broadcast(G.BroadcastHadamardDiv, nil, []byte{0}), shapes: []shape{{3, 5}, {5}}, lo: 0.5, hi: 2},
	{op: "BroadcastHadamardDiv, left", f: broadcast(G.BroadcastHadamardDiv, []byte{1}, nil), shapes: []shape{{3, 1}, {3, 5}}, lo: 0.5, hi: 2},
	{op: "BroadcastPow, rows", f: broadcast(G.BroadcastPow, nil, []byte{0}), shapes: []shape{{3, 5}, {5}}, lo: 0.5, hi: 2},
	{op: "Auto(BroadcastAdd)", f: binary(func(a, b *G.Node) (*G.Node, error) { return G.Auto(G.BroadcastAdd, a, b) }), shapes: []shape{{3, 5}, {3, 1}}, lo: -2, hi: 2},
}

// logSumExp is the reference of LogSumExp of a vector.
func logSumExp(x [][]float64) []float64 {
	sum := 0.0
	for _, v := range x[0] {
		sum += math.Exp(v)
	}
	return []float64{math.Log(sum)}
}
