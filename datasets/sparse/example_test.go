package sparse_test

import (
	"fmt"

	"declive/autodiff"
	"declive/datasets/sparse"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// Two texts as counts of words, of which there are thousands.
func Example() {
	x, err := sparse.New(sparse.Rows{Width: 50_000, Columns: []int32{7, 40_000, 7}, Values: []float64{1, 2, 1}, Ends: []int{2, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err = x.WithLabels([]int{1, 0}, "letter", "poem")
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := x.All()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.X.Shape(), b.Y)
	for _, part := range b.More {
		fmt.Println(part.Name, part.Value)
	}
	// Output:
	// (2, 0) [1  0]
	// sparse.values [1  2  1]
	// sparse.columns [    7  40000      7]
	// sparse.ends [2  3]
}

// A linear model that knows nothing yet has the loss ln 2.
func ExampleExamples_Consecutive() {
	x, err := sparse.New(sparse.Rows{Width: 50_000, Columns: []int32{7, 40_000, 7}, Values: []float64{1, 2, 1}, Ends: []int{2, 3}})
	if err == nil {
		x, err = x.WithLabels([]int{1, 0})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	l := nn.NewLinear("l", x.Features(), 2, nn.Zeros(), nil)
	trainer, err := optim.NewTrainer(func(x, y *autodiff.Node) *autodiff.Node {
		return losses.SoftmaxCrossEntropy(l.ForwardSparse(x.Graph().GivenSparse()), y)
	}, l.Params(), optim.SGD{LearningRate: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := trainer.Evaluate(x.Consecutive(0))
	fmt.Printf("%.4f of %d examples %v\n", e.Loss, e.Examples, err)
	// Output: 0.6931 of 2 examples <nil>
}
