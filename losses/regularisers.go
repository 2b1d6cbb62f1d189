package losses

import (
	"fmt"

	"declive/autodiff"
	"declive/internal/dense"
)

// L2 returns the penalty of ridge regression and of weight decay,
//
//	R = λ Σ w²
//
// over all elements of all params, without the factor ½ that some texts have:
// its derivative is 2λw. The parameters enter the graph g, which is that of the
// loss it is added to. It panics with an [*autodiff.Error] if λ is negative,
// infinite or NaN, if g is nil, or if [autodiff.Param.Check] fails for a
// parameter. Without parameters it is 0.
func L2(lambda float64, g *autodiff.Graph, params ...*autodiff.Param) *autodiff.Node {
	check("losses.L2", lambda, g)
	return total(g, params, func(w *autodiff.Node) *autodiff.Node { return w.Square().Sum() }).MulScalar(lambda)
}

// L1 returns the penalty of the lasso (Tibshirani, Regression Shrinkage and
// Selection via the Lasso, 1996), which drives weights to zero,
//
//	R = λ Σ |w|
//
// with derivative 0 at w = 0. Parameters, graph and λ are as for [L2].
func L1(lambda float64, g *autodiff.Graph, params ...*autodiff.Param) *autodiff.Node {
	check("losses.L1", lambda, g)
	return total(g, params, func(w *autodiff.Node) *autodiff.Node { return w.Abs().Sum() }).MulScalar(lambda)
}

// ElasticNet returns the sum of both penalties (Zou and Hastie, Regularization
// and Variable Selection via the Elastic Net, 2005),
//
//	R = λ₁ Σ |w| + λ₂ Σ w²
//
// with l1 = λ₁ and l2 = λ₂. Parameters and graph are as for [L2].
func ElasticNet(l1, l2 float64, g *autodiff.Graph, params ...*autodiff.Param) *autodiff.Node {
	return L1(l1, g, params...).Add(L2(l2, g, params...))
}

// total returns the sum of a penalty over all parameters.
func total(g *autodiff.Graph, params []*autodiff.Param, penalty func(w *autodiff.Node) *autodiff.Node) *autodiff.Node {
	sum := g.Scalar(0)
	for _, p := range params {
		sum = sum.Add(penalty(g.Param(p)))
	}
	return sum
}

func check(name string, lambda float64, g *autodiff.Graph) {
	if g == nil {
		autodiff.Fail(name, "the graph is nil; pass x.Graph(), that of the loss")
	}
	if lambda < 0 || !dense.Finite(lambda) {
		autodiff.Fail(name, fmt.Sprintf("the weight λ is %v, want 0 or a positive number", lambda))
	}
}
