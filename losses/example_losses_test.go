package losses_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

// printLoss prints a loss and its derivatives for the predictions f.
func printLoss(loss autodiff.LossFunc, f, y *tensor.Dense) {
	g := autodiff.NewGraph(tensor.Float64)
	predictions := g.Input("f", f.Shape()...)
	targets, feeds := g.Constant, []autodiff.Feed{predictions.Feed(f)}
	if y.Dtype() == tensor.Int {
		targets = func(y *tensor.Dense) *autodiff.Node {
			labels := g.Labels("y", y.Shape()[0])
			feeds = append(feeds, labels.Feed(y))
			return labels
		}
	}
	l := loss(predictions, targets(y))
	df, err := autodiff.Grad(l, predictions)
	if err != nil {
		fmt.Println(err)
		return
	}
	values, err := autodiff.Interpret(feeds, l, df[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("L = %.4v  dL/df = %.4v\n", values[0].Data(), values[1].Data())
}

func vector(x ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))
}

// Errors of 1, ½ and −2.
func ExampleSquared() {
	printLoss(losses.Squared, vector(3, 5, 1), vector(2, 4.5, 3))
	// Output: L = 1.75  dL/df = [0.6667 0.3333 -1.333]
}

// The errors of ExampleSquared with a threshold of 1: that of −2 pulls no harder than
// that of 1.
func ExampleHuber() {
	huber := func(f, y *autodiff.Node) *autodiff.Node { return losses.Huber(1, f, y) }
	printLoss(huber, vector(3, 5, 1), vector(2, 4.5, 3))
	// Output: L = 0.7083  dL/df = [0.3333 0.1667 -0.3333]
}

// A score that is right by more than the margin, one that is right by less, and a
// wrong one.
func ExampleHinge() {
	printLoss(losses.Hinge, vector(3, 0.5, -2), vector(1, 1, 1))
	// Output: L = 1.167  dL/df = [0 -0.3333 -0.3333]
}

func ExampleLogistic() {
	printLoss(losses.Logistic, vector(3, 0.5, -2), vector(1, 1, 1))
	// Output: L = 0.8832  dL/df = [-0.01581 -0.1258 -0.2936]
}

// The scores of ExampleMulticlassHinge, one image. The derivatives are the
// probabilities, less 1 for the right class.
func ExampleSoftmaxCrossEntropy() {
	s := tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float64{3.2, 5.1, -1.7}))
	printLoss(losses.SoftmaxCrossEntropy, s, labels([]int{0}))
	// Output: L = 2.04  dL/df = [-0.87 0.869 0.0009679]
}

// printPenalty prints a penalty on the weights 3 and −1.
func printPenalty(penalty func(g *autodiff.Graph, params ...*autodiff.Param) *autodiff.Node) {
	g := autodiff.NewGraph(tensor.Float64)
	values, err := autodiff.Interpret(nil, penalty(g, autodiff.NewParam("w", vector(3, -1))))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4v\n", values[0].Data())
}

func ExampleL1() {
	printPenalty(func(g *autodiff.Graph, w ...*autodiff.Param) *autodiff.Node { return losses.L1(0.1, g, w...) })
	// Output: 0.4
}

// Both penalties together: 0.1·(3 + 1) + 0.01·(9 + 1).
func ExampleElasticNet() {
	printPenalty(func(g *autodiff.Graph, w ...*autodiff.Param) *autodiff.Node {
		return losses.ElasticNet(0.1, 0.01, g, w...)
	})
	// Output: 0.5
}

// A part of 0.3 of each target is spread over three classes: 0.8 is left for the right
// one, and being sure of it costs.
func ExampleSmoothedCrossEntropy() {
	s := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{0, 0, 0, 20, 0, 0}))
	printLoss(func(s, y *autodiff.Node) *autodiff.Node {
		return losses.EachSmoothedCrossEntropy(0.3, s, y).Sum()
	}, s, labels([]int{0, 0}))
	// Output: L = 5.099  dL/df = [-0.4667 0.2333 0.2333 0.2 -0.1 -0.1]
}

// The second example counts three times.
func ExampleWeightedMean() {
	weighted := func(f, y *autodiff.Node) *autodiff.Node {
		return losses.WeightedMean(losses.EachSquared(f, y), f.Graph().Constant(vector(1, 3)))
	}
	printLoss(weighted, vector(3, 5), vector(2, 4.5))
	// Output: L = 0.4375  dL/df = [0.5 0.75]
}

// Errors on the rare class 1 count four times.
func ExampleClassWeights() {
	s := tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{0, 0, 1, 0}))
	printLoss(func(s, y *autodiff.Node) *autodiff.Node {
		return losses.WeightedMean(losses.EachSoftmaxCrossEntropy(s, y), losses.ClassWeights(y, 1, 4))
	}, s, labels([]int{0, 1}))
	// Output: L = 1.189  dL/df = [-0.1 0.1 0.5848 -0.5848]
}

// The terms of the loss of ExampleHinge, to be added instead of averaged.
func ExampleEachHinge() {
	g := autodiff.NewGraph(tensor.Float64)
	each := losses.EachHinge(g.Constant(vector(3, 0.5, -2)), g.Constant(vector(1, 1, 1)))
	values, err := autodiff.Interpret(nil, each, each.Sum())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[0].Data(), values[1].Data())
	// Output: [0 0.5 3] 3.5
}
