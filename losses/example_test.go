package losses_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

// The scores of three images for the classes cat, car and frog; the third image
// is a frog that the model takes for a car.
func ExampleMulticlassHinge() {
	g := autodiff.NewGraph(tensor.Float64)
	s, y := g.Input("s", 3, 3), g.Labels("y", 3)
	loss := losses.MulticlassHinge(s, y)

	scores := tensor.New(tensor.WithShape(3, 3), tensor.WithBacking([]float64{
		3.2, 5.1, -1.7,
		1.3, 4.9, 2.0,
		2.2, 2.5, -3.1,
	}))
	right := tensor.New(tensor.WithShape(3), tensor.WithBacking([]int{0, 1, 2}))
	out, err := autodiff.Interpret([]autodiff.Feed{s.Feed(scores), y.Feed(right)}, loss)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("(2.9 + 0 + 12.9) / 3 = %.4f\n", out[0].Float64s()[0])
	// Output: (2.9 + 0 + 12.9) / 3 = 5.2667
}

// A weight of 3 and one of −1 under λ = 0.1.
func ExampleL2() {
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{3, -1})))
	g := autodiff.NewGraph(tensor.Float64)
	out, err := autodiff.Interpret(nil, losses.L2(0.1, g, w))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out[0].Float64s()[0])
	// Output: 1
}
