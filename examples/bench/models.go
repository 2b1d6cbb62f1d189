package main

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
	"declive/nn"
)

// A model is a loss with its parameters at their initial values, and a batch to
// evaluate it on.
type model struct {
	loss   autodiff.LossFunc
	params []*autodiff.Param
	batch  autodiff.Batch
}

// A maker makes a model of the given precision.
type maker func(dt tensor.Dtype) *model

const (
	regularisation = 1e-3
	linearScale    = 0.01 // of initial weights of linear models
)

// linear makes a linear classifier of n examples in k classes, without bias.
func linear(head func(w *autodiff.Param) autodiff.LossFunc, n, features, k int, scale float64) maker {
	return func(dt tensor.Dtype) *model {
		w := autodiff.NewParam("W", transposed(dt, weights, scale, k, features))
		return &model{head(w), []*autodiff.Param{w}, autodiff.Batch{
			X: uniform(dt, inputs, 1, n, features),
			Y: classes(n, k),
		}}
	}
}

// svm is the multiclass hinge loss with L2.
func svm(w *autodiff.Param) autodiff.LossFunc {
	return func(x, y *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		s := x.MatMul(g.Param(w).T())
		return losses.MulticlassHinge(s, y).Add(losses.L2(regularisation, g, w))
	}
}

// softmax is the cross entropy with L2.
func softmax(w *autodiff.Param) autodiff.LossFunc {
	return func(x, y *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		s := x.MatMul(g.Param(w).T())
		return losses.SoftmaxCrossEntropy(s, y).Add(losses.L2(regularisation, g, w))
	}
}

// logistic makes a logistic regression.
func logistic(n, features int) maker {
	return func(dt tensor.Dtype) *model {
		return oneOutput(losses.Logistic, features, autodiff.Batch{
			X: uniform(dt, inputs, 1, n, features),
			Y: signs(dt, n),
		})
	}
}

// leastSquares makes a linear regression.
func leastSquares(n, features int) maker {
	return func(dt tensor.Dtype) *model {
		return oneOutput(losses.Squared, features, autodiff.Batch{
			X: uniform(dt, inputs, 1, n, features),
			Y: uniform(dt, targets, 1, n),
		})
	}
}

// oneOutput returns a linear model with one output.
func oneOutput(loss func(f, y *autodiff.Node) *autodiff.Node, features int, b autodiff.Batch) *model {
	w := autodiff.NewParam("w", transposed(b.X.Dtype(), weights, linearScale, 1, features))
	return &model{func(x, y *autodiff.Node) *autodiff.Node {
		return loss(x.MatMul(x.Graph().Param(w).T()), y)
	}, []*autodiff.Param{w}, b}
}

// mlp makes a multilayer perceptron with ReLU and cross entropy.
func mlp(n int, widths ...int) maker {
	return func(dt tensor.Dtype) *model {
		net := perceptron(dt, widths)
		loss := func(x, y *autodiff.Node) *autodiff.Node {
			return losses.SoftmaxCrossEntropy(net.Forward(x), y)
		}
		return &model{loss, net.Params(), autodiff.Batch{
			X: uniform(dt, inputs, 1, n, widths[0]),
			Y: classes(n, widths[len(widths)-1]),
		}}
	}
}

func perceptron(dt tensor.Dtype, widths []int) nn.Sequential {
	var net nn.Sequential
	for k := range len(widths) - 1 {
		in, out := widths[k], widths[k+1]
		if k > 0 {
			net = append(net, nn.ReLU{})
		}
		scale := math.Sqrt(6 / float64(in))
		net = append(net, &nn.Linear{
			Weight: autodiff.NewParam(fmt.Sprintf("W%d", k+1), transposed(dt, weights+uint64(k), scale, out, in)),
			Bias:   autodiff.NewParam(fmt.Sprintf("b%d", k+1), tensor.New(tensor.Of(dt), tensor.WithShape(out))),
		})
	}
	return net
}
