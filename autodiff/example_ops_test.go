package autodiff_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// One example for each family of ops. show prints values of a graph without inputs.
func show(outputs ...*autodiff.Node) {
	values, err := autodiff.Interpret(nil, outputs...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, v := range values {
		fmt.Printf("%v %.4v\n", outputs[i].Shape(), v.Data())
	}
}

// Arithmetic broadcasts: a row is added to each row, a column to each column.
func ExampleNode_Add() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(1, 2, 3, 4, 5, 6)).Reshape(2, 3)
	row, column := g.Constant(vector(10, 20, 30)), g.Constant(vector(100, 200)).Reshape(2, 1)
	show(x.Add(row), x.Add(column), row.Add(column))
	// Output:
	// (2, 3) [11 22 33 14 25 36]
	// (2, 3) [101 102 103 204 205 206]
	// (2, 3) [110 120 130 210 220 230]
}

// A power has a constant exponent. A negative number to one that is no integer is
// NaN.
func ExampleNode_Pow() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node { return x.Pow(3) }, -2, 0, 2)
	slopeOf(func(x *autodiff.Node) *autodiff.Node { return x.Pow(-0.5) }, -1, 4)
	// Output:
	// [-8 0 8] [12 0 12]
	// [NaN 0.5] [NaN -0.0625]
}

// The derivative is right where tanh rounds to 1.
func ExampleNode_Tanh() {
	slopeOf((*autodiff.Node).Tanh, -1, 0, 20)
	// Output: [-0.7616 0 1] [0.42 1 1.699e-17]
}

func ExampleNode_Sin() {
	slopeOf((*autodiff.Node).Sin, 0, 0.5, 1)
	// Output: [0 0.4794 0.8415] [1 0.8776 0.5403]
}

// At the kink the derivative is 0.
func ExampleNode_ReLU() {
	slopeOf((*autodiff.Node).ReLU, -3, 0, 2)
	// Output: [0 0 2] [0 0 1]
}

// The larger of two numbers; at a tie each has half of the gradient.
func ExampleNode_Max() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node { return x.Max(x.Graph().Constant(vector(1, 1, 1))) }, 0, 1, 5)
	// Output: [1 1 5] [0 0.5 1]
}

// A comparison is 1 or 0: here for those of three scores above their mean.
func ExampleNode_Greater() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(1, 7, 4.5))
	show(x.Greater(x.Mean()))
	// Output: (3) [0 1 1]
}

// A batch of two examples times weights of shape (outputs, inputs), transposed.
func ExampleNode_MatMul() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(1, 2, 3, 4, 5, 6)).Reshape(2, 3)
	w := g.Constant(vector(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1)).Reshape(4, 3)
	show(x.MatMul(w.T()))
	// Output: (2, 4) [1 2 3 6 4 5 6 15]
}

// Axes that are summed over disappear, or stay with length 1, so that the result
// broadcasts.
func ExampleNode_Sum() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(1, 2, 3, 4, 5, 6)).Reshape(2, 3)
	show(x.Sum(), x.Sum(1), x.Sum(0), x.Div(x.SumKeep(1)))
	// Output:
	// () 21
	// (2) [6 15]
	// (3) [5 7 9]
	// (2, 3) [0.1667 0.3333 0.5 0.2667 0.3333 0.4]
}

// Elements that share the maximum share its gradient.
func ExampleNode_ReduceMax() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node { return x.Reshape(2, 2).ReduceMax(1) }, 3, 1, 7, 7)
	// Output: [3 7] [1 0 0.5 0.5]
}

// Scores of any size become probabilities, and their logarithms.
func ExampleNode_Softmax() {
	g := autodiff.NewGraph(tensor.Float64)
	s := g.Constant(vector(1000, 1001, 998)).Reshape(1, 3)
	show(s.Softmax(1), s.LogSoftmax(1))
	// Output:
	// (1, 3) [0.2595 0.7054 0.03512]
	// (1, 3) [-1.349 -0.349 -3.349]
}

// Images with channels last become images with channels first, of which one is
// taken out.
func ExampleNode_Transpose() {
	g := autodiff.NewGraph(tensor.Float64)
	images := g.Constant(vector(1, 10, 2, 20, 3, 30, 4, 40)).Reshape(1, 2, 2, 2)
	first := images.Transpose(0, 3, 1, 2)
	show(first, first.Slice(1, 1, 2))
	// Output:
	// (1, 2, 2, 2) [1 2 3 4 10 20 30 40]
	// (1, 1, 2, 2) [10 20 30 40]
}

// A column of ones behind the examples stands for a bias.
func ExampleConcat() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(1, 2, 3, 4, 5, 6)).Reshape(2, 3)
	show(autodiff.Concat(1, x, g.Scalar(1).Broadcast(2, 1)), x.Pad(1, 0, 1))
	// Output:
	// (2, 4) [1 2 3 1 4 5 6 1]
	// (2, 4) [1 2 3 0 4 5 6 0]
}

// The score of the right class of each example, and a mask for it.
func ExampleNode_Pick() {
	g := autodiff.NewGraph(tensor.Float64)
	s, y := g.Constant(vector(0.1, 0.7, 0.2, 0.5, 0.3, 0.2)).Reshape(2, 3), g.Labels("y", 2)
	values, err := autodiff.Interpret([]autodiff.Feed{y.Feed(classes(1, 0))}, s.Pick(y), y.OneHot(3))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[0].Data(), values[1].Data())
	// Output: [0.7 0.5] [0 1 0 1 0 0]
}

// The factor is held constant: the derivative of x·c is c, not 2x.
func ExampleNode_StopGradient() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node { return x.Mul(x.StopGradient()) }, 1, 3)
	// Output: [1 9] [1 3]
}

// Differences of neighbours in a row of pixels, with a window that reaches one pixel
// beyond the right edge.
func ExampleNode_Conv2D() {
	g := autodiff.NewGraph(tensor.Float64)
	image := g.Constant(vector(1, 2, 4, 8, 16, 32)).Reshape(1, 2, 3, 1)
	edges := g.Constant(vector(-1, 1)).Reshape(1, 1, 2, 1)
	show(image.Conv2D(edges, autodiff.Window{Pads: [2][2]int{{}, {0, 1}}}))
	// Output: (1, 2, 3, 1) [1 2 -4 8 16 -32]
}

// The largest and the mean of two rows by two columns; what does not fill a window is
// left out.
func ExampleNode_MaxPool2D() {
	g := autodiff.NewGraph(tensor.Float64)
	image := g.Constant(vector(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).Reshape(1, 2, 5, 1)
	show(image.MaxPool2D(2, 2, autodiff.Window{Stride: 2}), image.AvgPool2D(2, 2, autodiff.Window{Stride: 2}))
	// Output:
	// (1, 1, 2, 1) [7 9]
	// (1, 1, 2, 1) [4 6]
}

// The activations of transformers and of recent convolutional networks: smooth, and
// below 0 for a while.
func ExampleNode_GELU() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(-2, -1, 0, 1, 2))
	show(x.GELU(), x.GELUSigmoid(), x.SiLU(), x.ELU(1))
	// Output:
	// (5) [-0.0455 -0.1587 0 0.8413 1.954]
	// (5) [-0.06434 -0.1542 0 0.8458 1.936]
	// (5) [-0.2384 -0.2689 0 0.7311 1.762]
	// (5) [-0.8647 -0.6321 0 1 2]
}

// The variance of each column.
func ExampleNode_Variance() {
	g := autodiff.NewGraph(tensor.Float64)
	show(g.Constant(vector(1, 20, 3, 20, 5, 50)).Reshape(3, 2).Variance(0))
	// Output: (2) [2.667 200]
}

// Columns with the mean 0 and the variance 1.
func ExampleNode_Normalize() {
	g := autodiff.NewGraph(tensor.Float64)
	show(g.Constant(vector(1, 20, 3, 20, 5, 50)).Reshape(3, 2).Normalize(1e-5, 0))
	// Output: (3, 2) [-1.225 -0.7071 0 -0.7071 1.225 1.414]
}

// Two rows of four columns: (0 5 0 0) and (1 0 0 2).
func ExampleSparse_MatMul() {
	g := autodiff.NewGraph(tensor.Float64)
	s := autodiff.Sparse{Values: g.Constant(vector(5, 1, 2)), Columns: g.Labels("columns", 3), Ends: g.Labels("ends", 2)}
	b := g.Constant(vector(1, 2, 3, 4)).Reshape(4, 1)
	values, err := autodiff.Interpret([]autodiff.Feed{s.Columns.Feed(classes(1, 0, 3)), s.Ends.Feed(classes(1, 3))}, s.MatMul(b))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[0].Data())
	// Output: [10 9]
}
