package declive_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// A linear classifier of generated digits, trained by stochastic gradient
// descent on the multiclass hinge loss.
func Example() {
	rng := rand.New(rand.NewPCG(1, 2))
	digits, err := datasets.Digits(3000, rng)
	if err != nil {
		fmt.Println(err)
		return
	}
	digits, err = digits.With(datasets.Scale(1.0 / 255))
	if err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := digits.Split(0.8, rng)
	if err != nil {
		fmt.Println(err)
		return
	}

	model := nn.NewLinear("scores", 784, 10, nn.Normal(1e-4), rng) // W (10, 784), b (10)
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		s := model.Forward(x)
		return losses.MulticlassHinge(s, y).Add(losses.L2(1e-4, x.Graph(), model.Weights()...))
	}
	trainer, err := optim.NewTrainer(loss, model.Params(), optim.SGD{LearningRate: 0.02}, optim.WithScores(model.Forward))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := trainer.Fit(context.Background(), train, optim.Plan{Epochs: 20, BatchSize: 32, Rand: rng}); err != nil {
		fmt.Println(err)
		return
	}
	result, err := trainer.Evaluate(test.Consecutive(100))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("right on new digits: more than 85 %%: %v\n", result.Accuracy > 0.85)
	// Output: right on new digits: more than 85 %: true
}
