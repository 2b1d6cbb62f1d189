package checkpoint_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
	"declive/train/checkpoint"
)

// A training that is stopped after its first epoch, as a program that was killed
// would be, and goes on when the program is started again.
func ExampleIn() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	program := func(onEpoch func(optim.Epoch) error) error {
		rng := rand.New(rand.NewPCG(1, 2)) // the same at every start
		data := newSet(rng, 40)
		w := autodiff.NewParam("w", tensor.New(tensor.WithShape(features, classes), tensor.Of(tensor.Float32)))
		loss := func(x, y *autodiff.Node) *autodiff.Node {
			return x.MatMul(x.Graph().Param(w)).LogSoftmax(1).Pick(y).Mean().Neg()
		}
		trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.Momentum{LearningRate: 0.1, Momentum: 0.9})
		if err != nil {
			return err
		}
		folder, err := checkpoint.In(dir, checkpoint.Settings{Steps: 10})
		if err != nil {
			return err
		}
		_, err = trainer.Fit(context.Background(), data, optim.Plan{
			Epochs: 3, BatchSize: 4, Rand: rng, Saver: folder,
			OnEpoch:  onEpoch,
			OnResume: func(s optim.State) { fmt.Println("going on after step", s.Steps) },
		})
		fmt.Println("steps:", trainer.Steps())
		return err
	}
	fmt.Println(program(func(optim.Epoch) error { return fmt.Errorf("killed") }))
	fmt.Println(program(nil))
	// Output:
	// steps: 10
	// killed
	// going on after step 10
	// steps: 30
	// <nil>
}
