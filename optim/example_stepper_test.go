package optim_test

import (
	"fmt"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
	"declive/optim"
	"declive/optim/curvature"
	"declive/optim/search"
)

// Three ways to lower one loss take their steps in one loop.
func ExampleStepper() {
	data := autodiff.Batch{
		X: tensor.New(tensor.WithShape(3, 1), tensor.WithBacking([]float64{-1, 2, 4})),
		Y: tensor.New(tensor.WithShape(3), tensor.WithBacking([]float64{-1, 1, 1})),
	}
	weights := func() *autodiff.Param {
		return autodiff.NewParam("W", tensor.New(tensor.WithShape(1, 1), tensor.Of(tensor.Float64)))
	}
	loss := func(w *autodiff.Param) autodiff.LossFunc {
		return func(x, y *autodiff.Node) *autodiff.Node {
			return losses.Logistic(x.MatMul(x.Graph().Param(w).T()), y)
		}
	}
	v, w := weights(), weights()
	trainer, err := optim.NewTrainer(loss(v), []*autodiff.Param{v}, optim.SGD{LearningRate: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	weighted, err := search.NewWeighted(losses.Logistic, weights(), search.Weighting{Tries: 100}, search.Tries{Scale: 0.5, Rand: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range []optim.Stepper{trainer, curvature.NewDescent(loss(w), []*autodiff.Param{w}, curvature.Newton{Damping: 0.1}), weighted} {
		first, last := 0.0, 0.0
		for step := range 5 {
			value, err := s.Step(data)
			if err != nil {
				fmt.Println(err)
				return
			}
			if step == 0 {
				first = value
			}
			last = value
		}
		fmt.Printf("%T lowers the loss: %v\n", s, last < first/2)
	}
	// Output:
	// *optim.Trainer lowers the loss: true
	// *curvature.Descent lowers the loss: true
	// *search.Weighted lowers the loss: true
}
