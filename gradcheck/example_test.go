package gradcheck_test

import (
	"context"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// A loss of a model is checked outside of tests with Compute.
func ExampleLossProblem() {
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(2, 1), tensor.WithBacking([]float64{0.5, -1})))
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		return x.MatMul(x.Graph().Param(w)).Sub(y).Square().Mean()
	}
	batch := autodiff.Batch{
		X: tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6})),
		Y: tensor.New(tensor.WithShape(3, 1), tensor.WithBacking([]float64{1, 0, 1})),
	}
	p, err := gradcheck.LossProblem(loss, []*autodiff.Param{w}, batch)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := gradcheck.Compute(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.OK(), report.Vars[0].Agree, "weights agree")
	// Output: true 2 weights agree
}
