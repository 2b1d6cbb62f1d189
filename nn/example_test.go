package nn_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
	"declive/nn"
)

// A network with two hidden layers, and its loss.
func ExampleNewMLP() {
	rng := rand.New(rand.NewPCG(1, 2))
	model := nn.NewMLP("digits", []int{784, 128, 64, 10}, nn.ReLU{}, nn.HeNormal(), rng)
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.SoftmaxCrossEntropy(model.Forward(x), y) }

	g := autodiff.NewGraph(tensor.Float32)
	fmt.Print(nn.Summary(model.Params()))
	fmt.Println("loss:", loss(g.Input("x", 32, 784), g.Labels("y", 32)).Shape())
	// Output:
	// name        shape       parameters
	// digits/1/W  (128, 784)  100352
	// digits/1/b  (128)       128
	// digits/2/W  (64, 128)   8192
	// digits/2/b  (64)        64
	// digits/3/W  (10, 64)    640
	// digits/3/b  (10)        10
	// total                   109386
	// loss: ()
}

// The same by hand, for images that are not rows yet, with an activation that
// has no layer of its own.
func ExampleSequential() {
	rng := rand.New(rand.NewPCG(1, 2))
	model := nn.Sequential{
		nn.Flatten{},
		nn.NewLinear("hidden", 28*28, 64, nn.HeNormal(), rng),
		nn.Func((*autodiff.Node).Softplus),
		nn.NewLinear("scores", 64, 10, nn.GlorotNormal(), rng),
	}
	x := autodiff.NewGraph(tensor.Float32).Input("x", 32, 28, 28)
	fmt.Println(model.Forward(x).Shape(), len(model.Params()), "parameters,", len(model.Weights()), "to regularise")
	// Output: (32, 10) 4 parameters, 2 to regularise
}

// Parameters travel under their names, through any reader and writer.
func ExampleReadParams() {
	trained := nn.NewLinear("scores", 2, 1, nn.Constant(0.5), nil)
	var file bytes.Buffer
	if err := nn.WriteParams(&file, trained.Params()); err != nil {
		fmt.Println(err)
		return
	}
	fresh := nn.NewLinear("scores", 2, 1, nn.Zeros(), nil)
	fmt.Println(nn.ReadParams(&file, fresh.Params()), fresh.Weight.Value().Float32s())
	// Output: <nil> [0.5 0.5]
}
