package losses

import (
	"fmt"

	"declive/autodiff"
	"declive/internal/dense"
)

// WeightedMean returns the mean of the terms of a loss, one for each example, counted
// by weights,
//
//	L = Σᵢ wᵢ·lᵢ / Σᵢ wᵢ
//
// for l and w each of shape (n) or (n, 1). Weights may come with the batch, as a
// further value of it, or from the classes, see [ClassWeights]. Without any weight
// above 0 it is NaN.
func WeightedMean(l, w *autodiff.Node) *autodiff.Node {
	l, w = columns("losses.WeightedMean", l, w)
	return l.Mul(w).Sum().Div(w.Sum())
}

// ClassWeights returns for each example the weight of its class, of shape (n) like the
// labels. The weights are those of classes 0, 1, …, the same at every run. It panics
// with an [*autodiff.Error] if y are no labels, or if a weight is negative or not
// finite; a label without a weight is an error of the run.
func ClassWeights(y *autodiff.Node, weights ...float64) *autodiff.Node {
	const name = "losses.ClassWeights"
	need(name, y, y)
	if !y.IsLabels() {
		autodiff.Fail(name, "the targets are no labels", y.Shape())
	}
	for k, w := range weights {
		if !(w >= 0) || !dense.Finite(w) {
			autodiff.Fail(name, fmt.Sprintf("class %d has the weight %v, want 0 or a positive number", k, w))
		}
	}
	g := y.Graph()
	row := g.Constant(dense.New(g.Precision(), []int{len(weights)}, weights))
	return y.OneHot(len(weights)).Mul(row).Sum(1)
}
