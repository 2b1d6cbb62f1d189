// Downstream is a user's program: it learns w = 3 from four points.
package main

import (
	"fmt"
	"os"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

func main() {
	model := nn.NewLinear("w", 1, 1, nn.Zeros(), nil)
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.Squared(model.Forward(x), y) }
	trainer, err := optim.NewTrainer(loss, model.Params(), optim.SGD{LearningRate: 0.1})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	batch := autodiff.Batch{
		X: tensor.New(tensor.WithShape(4, 1), tensor.WithBacking([]float32{-1, 0, 1, 2})),
		Y: tensor.New(tensor.WithShape(4), tensor.WithBacking([]float32{-3, 0, 3, 6})),
	}
	for range 200 {
		if _, err := trainer.Step(batch); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	fmt.Printf("%.3f\n", model.Weight.Value().Float32s()[0])
}
