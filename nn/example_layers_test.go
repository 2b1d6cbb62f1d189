package nn_test

import (
	"fmt"
	"math/rand/v2"

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

// A small network for images of 8×8 pixels in three colours: each pool halves their
// sides, and the last takes what is left of them.
func ExampleConv2D() {
	rng := rand.New(rand.NewPCG(1, 2))
	at := autodiff.Window{Pad: 1}
	model := nn.Sequential{
		nn.NewConv2D("first", 3, 16, 3, at, nn.HeNormal(), rng), nn.ReLU{}, nn.MaxPool2D{Size: 2},
		nn.NewConv2D("second", 16, 32, 3, at, nn.HeNormal(), rng), nn.ReLU{}, nn.MaxPool2D{Size: 2},
		nn.GlobalPool{}, nn.NewLinear("scores", 32, 10, nn.HeNormal(), rng),
	}
	x := autodiff.NewGraph(tensor.Float32).Input("x", 64, 8, 8, 3)
	fmt.Println(model.Forward(x).Shape())
	fmt.Print(nn.Summary(model.Params()))
	// Output:
	// (64, 10)
	// name      shape           parameters
	// first/W   (16, 3, 3, 3)   432
	// first/b   (16)            16
	// second/W  (32, 3, 3, 16)  4608
	// second/b  (32)            32
	// scores/W  (10, 32)        320
	// scores/b  (10)            10
	// total                     5418
}

// The mean and the largest pixel of each of two images.
func ExampleGlobalPool() {
	printForward(nn.GlobalPool{}, []int{2, 1, 3, 1}, 1, 2, 6, 0, 0, 3)
	printForward(nn.GlobalPool{Max: true}, []int{2, 1, 3, 1}, 1, 2, 6, 0, 0, 3)
	// Output:
	// (2, 1) [3 1]
	// (2, 1) [6 3]
}

// A block that begins as the identity: its weights are 0.
func ExampleResidual() {
	block := nn.Residual{Body: nn.Sequential{nn.NewLinear("l", 2, 2, nn.Zeros(), nil), nn.ReLU{}}}
	printForward(block, []int{2, 2}, 1, -2, 3, 4)
	// Output: (2, 2) [1 -2 3 4]
}

// Examples of other sizes become alike.
func ExampleLayerNorm() {
	printForward(nn.NewLayerNorm("norm", 3), []int{2, 3}, 1, 2, 3, -100, 0, 100)
	// Output: (2, 3) [-1.225 0 1.225 -1.225 0 1.225]
}

func ExampleRMSNorm() {
	printForward(nn.NewRMSNorm("norm", 2), []int{2, 2}, 3, 4, -30, 40)
	// Output: (2, 2) [0.8485 1.131 -0.8485 1.131]
}

// One image of two pixels with four channels, in two groups.
func ExampleGroupNorm() {
	printForward(nn.NewGroupNorm("norm", 2, 4), []int{1, 1, 2, 4}, 1, 2, 10, 20, 3, 4, 30, 40)
	// Output: (1, 1, 2, 4) [-1.342 -0.4472 -1.342 -0.4472 0.4472 1.342 0.4472 1.342]
}

// A layer of three outputs that passes on its two inputs; the third output begins
// with 0.
func ExampleDirac() {
	l := nn.NewLinear("l", 2, 3, nn.Dirac(nn.Zeros()), nil)
	printForward(l, []int{2, 2}, 1, 2, 3, 4)
	// Output: (2, 3) [1 2 0 3 4 0]
}

// A new layer normalises by means 0 and variances 1 until it has been trained; one
// that trains normalises by its minibatch.
func ExampleBatchNorm() {
	l := nn.NewBatchNorm("norm", 1)
	printForward(l, []int{2, 1}, 1, 5)
	x := autodiff.NewTrainingGraph(tensor.Float32).Constant(tensor.New(tensor.WithShape(2, 1), tensor.WithBacking([]float32{1, 5})))
	values, err := autodiff.Interpret(nil, l.Forward(x))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[0].Data())
	// Output:
	// (2, 1) [1 5]
	// [-0.99999875 0.99999875]
}

// Nothing is left out where a model is judged. In the first step of a training it is
// every second element, on average.
func ExampleDropout() {
	l := nn.Dropout{Rate: 0.5, Seed: 1}
	printForward(l, []int{1, 8}, 1, 1, 1, 1, 1, 1, 1, 1)
	g := autodiff.NewTrainingGraph(tensor.Float64)
	step, x := g.Input("step"), g.Input("x", 1, 8)
	values, err := autodiff.Interpret([]autodiff.Feed{
		step.Feed(tensor.New(tensor.FromScalar(1.0))),
		x.Feed(tensor.New(tensor.WithShape(1, 8), tensor.WithBacking([]float64{1, 1, 1, 1, 1, 1, 1, 1}))),
	}, l.Forward(x))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[0].Data())
	// Output:
	// (1, 8) [1 1 1 1 1 1 1 1]
	// [0 2 2 0 2 0 2 0]
}

// Scores at a higher temperature.
func ExampleScale() {
	printForward(nn.Scale{Factor: 0.5}, []int{2, 2}, 1, 2, 3, 4)
	// Output: (2, 2) [0.5 1 1.5 2]
}

// The three formulas agree to two digits.
func ExampleGELUForm() {
	for _, form := range []nn.GELUForm{nn.GELUExact, nn.GELUTanh, nn.GELUSigmoid} {
		printForward(nn.GELU{Form: form}, []int{2, 2}, -1, 0, 0.5, 2)
	}
	// Output:
	// (2, 2) [-0.1587 0 0.3457 1.954]
	// (2, 2) [-0.1588 0 0.3457 1.955]
	// (2, 2) [-0.1542 0 0.3504 1.936]
}

// Two channels that are nearly the same. The first filter sees what they have in
// common, the second their small difference, enlarged; two more are the negatives.
func ExampleWhitening() {
	images := tensor.New(tensor.WithShape(2, 1, 1, 2), tensor.WithBacking([]float64{1, 1.1, -1, -0.9}))
	l := nn.NewConv2D("first", 2, 4, 1, autodiff.Window{}, nn.Whitening(images, 1, 1e-4), nil)
	printForward(l, []int{2, 1, 1, 2}, 1, 1.1, -1, -0.9)
	// Output:
	// (2, 1, 1, 4) [1.049 -0.9393 -1.049 0.9393 -0.9487 -1.038 0.9487 1.038]
}
