package nn_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

// printForward prints what a layer makes of a minibatch of two examples.
func printForward(l nn.Layer, shape []int, x ...float64) {
	g := autodiff.NewGraph(tensor.Float64)
	for _, p := range l.Params() {
		p.Convert(tensor.Float64)
	}
	y := l.Forward(g.Constant(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))))
	values, err := autodiff.Interpret(nil, y)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v %.4v\n", y.Shape(), values[0].Data())
}

// Three inputs, two outputs, every weight ½ and every bias 0.
func ExampleLinear() {
	l := nn.NewLinear("scores", 3, 2, nn.Constant(0.5), nil)
	printForward(l, []int{2, 3}, 1, 2, 3, -4, 0, 1)
	fmt.Print(nn.Summary(l.Params()))
	// Output:
	// (2, 2) [3 3 -1.5 -1.5]
	// name      shape   parameters
	// scores/W  (2, 3)  6
	// scores/b  (2)     2
	// total             8
}

func ExampleReLU() {
	printForward(nn.ReLU{}, []int{2, 2}, -1, 0, 0.5, 2)
	// Output: (2, 2) [0 0 0.5 2]
}

func ExampleTanh() {
	printForward(nn.Tanh{}, []int{2, 2}, -1, 0, 0.5, 2)
	// Output: (2, 2) [-0.7616 0 0.4621 0.964]
}

func ExampleSigmoid() {
	printForward(nn.Sigmoid{}, []int{2, 2}, -1, 0, 0.5, 2)
	// Output: (2, 2) [0.2689 0.5 0.6225 0.8808]
}

// Two images of 2×3 pixels become two rows.
func ExampleFlatten() {
	printForward(nn.Flatten{}, []int{2, 2, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	// Output: (2, 6) [1 2 3 4 5 6 7 8 9 10 11 12]
}

// An activation that leaks: x above 0, x/10 below.
func ExampleFunc() {
	leaky := nn.Func(func(x *autodiff.Node) *autodiff.Node { return x.Max(x.MulScalar(0.1)) })
	printForward(leaky, []int{2, 2}, -1, 0, 0.5, 2)
	// Output: (2, 2) [-0.1 0 0.5 2]
}
