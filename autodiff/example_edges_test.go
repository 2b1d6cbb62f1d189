package autodiff_test

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// slopeOf prints a function's values and derivatives at some points.
func slopeOf(f func(x *autodiff.Node) *autodiff.Node, at ...float64) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", len(at))
	y := f(x)
	dx, err := autodiff.Grad(y.Sum(), x)
	if err != nil {
		fmt.Println(err)
		return
	}
	values, err := autodiff.Interpret([]autodiff.Feed{x.Feed(vector(at...))}, y, dx[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4v %.4v\n", values[0].Data(), values[1].Data())
}

// The branch that is not taken may be undefined, and its derivative infinite.
func ExampleNode_Where() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node {
		zero := x.Graph().Scalar(0)
		return x.Greater(zero).Where(x.Sqrt(), zero)
	}, -1, 0, 4)
	// Output: [0 0 2] [0 0 0.25]
}

func ExampleNode_Clamp() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node { return x.Clamp(-1, 2) }, -3, -1, 0.5, 4)
	// Output: [-1 -1 0.5 2] [0 1 1 0]
}

func ExampleNode_LogSigmoid() {
	slopeOf((*autodiff.Node).LogSigmoid, -1000, 0, 40)
	// Output: [-1000 -0.6931 -4.248e-18] [1 0.5 4.248e-18]
}

// The norm of a row of zeros has the derivative 0.
func ExampleNode_Norm() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node { return x.Reshape(2, 2).Norm(1) }, 3, -4, 0, 0)
	// Output: [5 0] [0.6 -0.8 0 0]
}

// A row of which all is masked sums to −∞ instead of NaN.
func ExampleNode_LogSumExp() {
	slopeOf(func(x *autodiff.Node) *autodiff.Node {
		keep := x.Graph().Constant(vector(1, 1, 0, 0))
		return keep.Where(x, x.Graph().Scalar(math.Inf(-1))).Reshape(2, 2).LogSumExp(1)
	}, 0, 0, 7, 8)
	// Output: [0.6931 -Inf] [0.5 0.5 0 0]
}

// Results are those of one run; a value is a copy, and Read fills a tensor again
// and again.
func ExampleResults() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 3)
	p, err := autodiff.Compile(x.Sum(), x.MulScalar(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	doubled := vector(0, 0, 0)
	var first autodiff.Results
	for _, batch := range []*tensor.Dense{vector(1, 2, 3), vector(4, 5, 6)} {
		out, err := p.Run(x.Feed(batch))
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := out.Read(1, doubled); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(out.Scalar(0), doubled.Data())
		if first == (autodiff.Results{}) {
			first = out
		}
	}
	fmt.Println(first.Read(1, doubled))
	// Output:
	// 6 [2 4 6]
	// 15 [8 10 12]
	// autodiff: Read at example_edges_test.go:91: the program has run again since; read the results before, or compile a program for each goroutine
}
