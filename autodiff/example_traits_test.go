package autodiff_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Whoever walks through a graph asks an op what it does instead of keeping lists
// of names: here for the results that float32 would round.
func ExampleNode_Traits() {
	g := autodiff.NewGraph(tensor.Float64)
	x, w := g.Input("x", 2, 3), g.Input("w", 3, 4)
	x.MatMul(w).ReLU().T().Exp()
	for _, n := range g.Nodes() {
		if n.Traits().Rounds {
			fmt.Println(n)
		}
	}
	// Output:
	// MatMul (2, 4)
	// Exp (4, 2)
}

// The ops that only move numbers, or change their signs.
func ExampleOps() {
	for name, traits := range autodiff.Ops() {
		if traits.Sums && !traits.Rounds {
			fmt.Print(name, " ")
		}
	}
	// Output: Neg Transpose Reshape Broadcast Slice Pad Concat Assign
}
