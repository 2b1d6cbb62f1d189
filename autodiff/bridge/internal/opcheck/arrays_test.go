package opcheck

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// along fixes the axes of a reduction.
func along(f func(x *G.Node, axes ...int) (*G.Node, error), axes ...int) func(G.Nodes) (*G.Node, error) {
	return unary(func(x *G.Node) (*G.Node, error) { return f(x, axes...) })
}

// sumAlong is the reference of Sum along an axis of an array of the given shape.
func sumAlong(axis int, of ...int) func(x [][]float64) []float64 {
	inner, length := shape(of[axis+1:]).TotalSize(), of[axis]
	return func(x [][]float64) []float64 {
		out := make([]float64, len(x[0])/length)
		for i, v := range x[0] {
			out[i/(inner*length)*inner+i%inner] += v
		}
		return out
	}
}

// Reductions and what is made of them.
var reductions = []subject{
	{op: "Sum", f: along(G.Sum), shapes: array, lo: -2, hi: 2},
	{op: "Sum", f: along(G.Sum), shapes: []shape{{2, 3, 5}}, lo: -2, hi: 2},
	{op: "Sum along 0", f: along(G.Sum, 0), shapes: array, lo: -2, hi: 2},
	{op: "Sum along 1", f: along(G.Sum, 1), shapes: array, lo: -2, hi: 2},
	{op: "Sum along 1", f: along(G.Sum, 1), shapes: []shape{{2, 3, 5}}, lo: -2, hi: 2, want: sumAlong(1, 2, 3, 5)},
	{op: "Sum along 0, 2", f: along(G.Sum, 0, 2), shapes: []shape{{2, 3, 5}}, lo: -2, hi: 2},
	{op: "Sum along 2", f: along(G.Sum, 2), shapes: []shape{{2, 3, 5, 4}}, lo: -2, hi: 2, want: sumAlong(2, 2, 3, 5, 4)},
	{op: "Sum along 3", f: along(G.Sum, 3), shapes: []shape{{2, 3, 5, 4}}, lo: -2, hi: 2, want: sumAlong(3, 2, 3, 5, 4)},
	{op: "Sum along 0", f: along(G.Sum, 0), shapes: []shape{{2, 3, 5, 4}}, lo: -2, hi: 2, want: sumAlong(0, 2, 3, 5, 4)},
	{op: "Mean", f: along(G.Mean), shapes: array, lo: -2, hi: 2},
	{op: "Mean along 0", f: along(G.Mean, 0), shapes: array, lo: -2, hi: 2},
	{op: "Mean along 1", f: along(G.Mean, 1), shapes: []shape{{2, 3, 5}}, lo: -2, hi: 2},
	{op: "Max", f: along(G.Max), shapes: array, lo: -2, hi: 2},
	{op: "Max along 0", f: along(G.Max, 0), shapes: array, lo: -2, hi: 2},
	{op: "Max along 1", f: along(G.Max, 1), shapes: array, lo: -2, hi: 2},
	{op: "Max along 1", f: along(G.Max, 1), shapes: []shape{{2, 3, 5}}, lo: -2, hi: 2},
	{op: "Max along 1", f: along(G.Max, 1), shapes: []shape{{2, 3, 5, 4}}, lo: -2, hi: 2},
	{op: "Max, a tie", f: along(G.Max), shapes: []shape{{3}}, at: [][]float64{{1, 2, 2}}},
	{op: "Norm 2 along 0", f: unary(func(x *G.Node) (*G.Node, error) { return G.Norm(x, 0, 2) }), shapes: array, lo: 0.5, hi: 2},
	{op: "Norm 3 along 0", f: unary(func(x *G.Node) (*G.Node, error) { return G.Norm(x, 0, 3) }), shapes: array, lo: 0.5, hi: 2},
	{op: "LogSumExp", f: unary(func(x *G.Node) (*G.Node, error) { return G.LogSumExp(x, 0) }), shapes: []shape{{7}}, lo: -2, hi: 2, want: logSumExp},
	{op: "LogSumExp along 1", f: unary(func(x *G.Node) (*G.Node, error) { return G.LogSumExp(x, 1) }), shapes: array, lo: -2, hi: 2},
	{op: "ReduceAdd", f: func(in G.Nodes) (*G.Node, error) { return G.ReduceAdd(in) }, shapes: []shape{{3, 5}, {3, 5}, {3, 5}}, lo: -2, hi: 2},
	{op: "ReduceMul", f: func(in G.Nodes) (*G.Node, error) { return G.ReduceMul(in) }, shapes: []shape{{3, 2}, {2, 5}, {5, 4}}, lo: -2, hi: 2},
	{op: "SoftMax", f: along(G.SoftMax), shapes: []shape{{7}}, lo: -2, hi: 2},
	{op: "SoftMax along 0", f: along(G.SoftMax, 0), shapes: array, lo: -2, hi: 2},
	{op: "SoftMax along 1", f: along(G.SoftMax, 1), shapes: array, lo: -2, hi: 2},
	{op: "SoftMax along 1", f: along(G.SoftMax, 1), shapes: []shape{{2, 3, 5}}, lo: -2, hi: 2},
	{op: "LogSoftMax along 0", f: along(G.LogSoftMax, 0), shapes: array, lo: -2, hi: 2},
	{op: "LogSoftMax along 1", f: along(G.LogSoftMax, 1), shapes: array, lo: -2, hi: 2},
	{op: "SoftMax and LogSoftMax", f: unary(func(x *G.Node) (*G.Node, error) {
		return G.Add(G.Must(G.SoftMax(x, 1)), G.Must(G.LogSoftMax(x, 1)))
	}), shapes: array, lo: -2, hi: 2, want: bothSoftmaxes},
	{op: "Sparsemax", f: along(G.Sparsemax), shapes: []shape{{7}}, lo: -1, hi: 1},
	{op: "Sparsemax along 1", f: along(G.Sparsemax, 1), shapes: array, lo: -1, hi: 1},
}

func tensordot(a, b []int) func(G.Nodes) (*G.Node, error) {
	return binary(func(x, y *G.Node) (*G.Node, error) { return G.Tensordot(a, b, x, y) })
}

func batched(transposed ...bool) func(G.Nodes) (*G.Node, error) {
	return binary(func(a, b *G.Node) (*G.Node, error) { return G.BatchedMatMul(a, b, transposed...) })
}

// Products of arrays.
var products = []subject{
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{}, {}}, lo: -2, hi: 2},
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{7}, {7}}, lo: -2, hi: 2},
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{3, 5}, {5}}, lo: -2, hi: 2},
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{3}, {3, 5}}, lo: -2, hi: 2},
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{3, 5}, {5, 2}}, lo: -2, hi: 2},
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{1, 5}, {5, 2}}, lo: -2, hi: 2},
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{3, 5}, {5, 1}}, lo: -2, hi: 2},
	{op: "Mul", f: binary(G.Mul), shapes: []shape{{3, 5}, {}}, lo: -2, hi: 2},
	{op: "OuterProd", f: binary(G.OuterProd), shapes: []shape{{4}, {4}}, lo: -2, hi: 2},
	{op: "OuterProd", f: binary(G.OuterProd), shapes: []shape{{3}, {5}}, lo: -2, hi: 2},
	{op: "BatchedMatMul", f: batched(), shapes: []shape{{2, 3, 5}, {2, 5, 4}}, lo: -2, hi: 2},
	{op: "BatchedMatMul, aᵀ", f: batched(true), shapes: []shape{{2, 5, 3}, {2, 5, 4}}, lo: -2, hi: 2},
	{op: "BatchedMatMul, bᵀ", f: batched(false, true), shapes: []shape{{2, 3, 5}, {2, 4, 5}}, lo: -2, hi: 2},
	{op: "BatchedMatMul, aᵀ bᵀ", f: batched(true, true), shapes: []shape{{2, 5, 3}, {2, 4, 5}}, lo: -2, hi: 2},
	{op: "Tensordot 1, 0", f: tensordot([]int{1}, []int{0}), shapes: []shape{{3, 5}, {5, 2}}, lo: -2, hi: 2},
	{op: "Tensordot 0, 0", f: tensordot([]int{0}, []int{0}), shapes: []shape{{3, 5}, {3, 2}}, lo: -2, hi: 2},
	{op: "Tensordot 0, 0", f: tensordot([]int{0}, []int{0}), shapes: []shape{{7}, {7}}, lo: -2, hi: 2},
	{op: "Tensordot 1 2, 0 1", f: tensordot([]int{1, 2}, []int{0, 1}), shapes: []shape{{2, 3, 5}, {3, 5, 4}}, lo: -2, hi: 2},
}

func slice(at ...tensor.Slice) func(G.Nodes) (*G.Node, error) {
	return unary(func(x *G.Node) (*G.Node, error) { return G.Slice(x, at...) })
}

func concat(axis int) func(G.Nodes) (*G.Node, error) {
	return func(in G.Nodes) (*G.Node, error) { return G.Concat(axis, in...) }
}

// Ops that move elements.
var moves = []subject{
	{op: "Reshape", f: unary(func(x *G.Node) (*G.Node, error) { return G.Reshape(x, shape{5, 3}) }), shapes: array, lo: -2, hi: 2},
	{op: "Reshape, squared", f: unary(func(x *G.Node) (*G.Node, error) {
		y := G.Must(G.Reshape(x, shape{5, 3}))
		return G.HadamardProd(y, y)
	}), shapes: array, lo: -2, hi: 2},
	{op: "Ravel", f: unary(G.Ravel), shapes: array, lo: -2, hi: 2},
	{op: "Transpose", f: along(G.Transpose), shapes: array, lo: -2, hi: 2},
	{op: "Transpose 2, 0, 1", f: along(G.Transpose, 2, 0, 1), shapes: []shape{{2, 3, 5}}, lo: -2, hi: 2},
	{op: "DiagFlat", f: unary(G.DiagFlat), shapes: []shape{{4}}, lo: -2, hi: 2},
	{op: "Slice [1:3]", f: slice(G.S(1, 3)), shapes: []shape{{7}}, lo: -2, hi: 2},
	{op: "Slice [2]", f: slice(G.S(2)), shapes: []shape{{7}}, lo: -2, hi: 2},
	{op: "Slice [0:7:2]", f: slice(G.S(0, 7, 2)), shapes: []shape{{7}}, lo: -2, hi: 2},
	{op: "Slice [1:3]", f: slice(G.S(1, 3)), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "Slice [2]", f: slice(G.S(2)), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "Slice [:, 1:4]", f: slice(nil, G.S(1, 4)), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "Slice [:, 2]", f: slice(nil, G.S(2)), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "Slice [1:3, 2:4]", f: slice(G.S(1, 3), G.S(2, 4)), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "Slice [0:2] + [256:258]", f: unary(func(x *G.Node) (*G.Node, error) {
		return G.Add(G.Must(G.Slice(x, G.S(0, 2))), G.Must(G.Slice(x, G.S(256, 258))))
	}), shapes: []shape{{258}}, lo: -2, hi: 2, want: func(x [][]float64) []float64 {
		return []float64{x[0][0] + x[0][256], x[0][1] + x[0][257]}
	}},
	{op: "At 1, 2", f: unary(func(x *G.Node) (*G.Node, error) { return G.At(x, 1, 2) }), shapes: array, lo: -2, hi: 2},
	{op: "Concat along 0", f: concat(0), shapes: []shape{{2, 5}, {3, 5}}, lo: -2, hi: 2},
	{op: "Concat along 1", f: concat(1), shapes: []shape{{3, 2}, {3, 4}, {3, 1}}, lo: -2, hi: 2},
	{op: "Concat along 0", f: concat(0), shapes: []shape{{2}, {5}}, lo: -2, hi: 2},
	{op: "Concat along 1", f: concat(1), shapes: []shape{{2, 3, 4}, {2, 5, 4}}, lo: -2, hi: 2},
	{op: "Concat along 1", f: concat(1), shapes: []shape{{2, 3, 4, 5}, {2, 1, 4, 5}}, lo: -2, hi: 2},
	{op: "Unconcat, both parts", f: unary(func(x *G.Node) (*G.Node, error) {
		parts, err := G.Unconcat(x, 0, 2)
		if err != nil {
			return nil, err
		}
		return G.HadamardProd(parts[0], parts[1])
	}), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "ByIndices along 0", f: byIndices(0), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "ByIndices along 1", f: byIndices(1), shapes: []shape{{4, 5}}, lo: -2, hi: 2},
	{op: "KeepDims of Sum", f: unary(func(x *G.Node) (*G.Node, error) {
		return G.KeepDims(x, false, func(x *G.Node) (*G.Node, error) { return G.Sum(x, 1) })
	}), shapes: array, lo: -2, hi: 2},
	{op: "ConvType to float64 and back", f: unary(converted), shapes: array, lo: -2, hi: 2},
}

// converted squares x in float64, whatever its type.
func converted(x *G.Node) (*G.Node, error) {
	if x.Dtype() == tensor.Float64 {
		return G.Square(x)
	}
	y, err := G.ConvType(x, tensor.Float32, tensor.Float64)
	if err != nil {
		return nil, err
	}
	return G.ConvType(G.Must(G.Square(y)), tensor.Float64, tensor.Float32)
}

// byIndices takes rows or columns 3, 0 and 3.
func byIndices(axis int) func(G.Nodes) (*G.Node, error) {
	return unary(func(x *G.Node) (*G.Node, error) {
		return G.ByIndices(x, integers(x.Graph(), "indices", []int{3}, 3, 0, 3), axis)
	})
}

func integers(g *G.ExprGraph, name string, shape shape, x ...int) *G.Node {
	if len(shape) == 1 {
		shape[0] = len(x)
	}
	v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
	return G.NewTensor(g, tensor.Int, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(v))
}
