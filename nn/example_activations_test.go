package nn_test

import (
	"fmt"

	"declive/nn"
)

func ExampleGELU() {
	printForward(nn.GELU{}, []int{2, 2}, -1, 0, 0.5, 2)
	// Output: (2, 2) [-0.1587 0 0.3457 1.954]
}

func ExampleSiLU() {
	printForward(nn.SiLU{}, []int{2, 2}, -1, 0, 0.5, 2)
	// Output: (2, 2) [-0.2689 0 0.3112 1.762]
}

// Of two images of 2×2 pixels and one channel the largest pixel is left.
func ExampleMaxPool2D() {
	printForward(nn.MaxPool2D{Size: 2}, []int{2, 2, 2, 1}, 1, 2, 3, 4, 8, 7, 6, 5)
	// Output: (2, 1, 1, 1) [4 8]
}

// Of two images of 2×2 pixels and one channel the mean is left.
func ExampleAvgPool2D() {
	printForward(nn.AvgPool2D{Size: 2}, []int{2, 2, 2, 1}, 1, 2, 3, 4, 8, 7, 6, 5)
	// Output: (2, 1, 1, 1) [2.5 6.5]
}

// What a model remembers besides its parameters is saved and loaded with them.
func ExampleStatistics() {
	model := nn.Sequential{nn.NewBatchNorm("norm", 3), nn.ReLU{}}
	fmt.Print(nn.Summary(append(model.Params(), nn.Statistics(model)...)))
	// Output:
	// name           shape  parameters
	// norm/gamma     (3)    3
	// norm/beta      (3)    3
	// norm/mean      (3)    3
	// norm/variance  (3)    3
	// total                 12
}
