package verify

import (
	"context"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/gradcheck"
	"declive/losses"
	"declive/nn"
)

// decay is the λ of the linear models that are checked.
const decay = 0.01

// A subject is a linear model of a few weights on a batch, to be checked.
type subject struct {
	weights *autodiff.Param // W (classes, features), drawn anew, in float64
	batch   autodiff.Batch
}

// newSubject returns a model of 4 classes and 5 features on n points.
func newSubject(n int, rng *rand.Rand) (subject, error) {
	points, err := datasets.Blobs(n, 5, 4, 0.6, rng)
	if err != nil {
		return subject{}, err
	}
	batch, err := points.Float64().All()
	w := nn.NewParam("W", nn.Normal(0.5), rng, 4, 5)
	w.Convert(tensor.Float64)
	return subject{w, batch}, err
}

func (s subject) params() []*autodiff.Param { return []*autodiff.Param{s.weights} }

// svm is the loss of the linear support vector machine.
func (s subject) svm(x, y *autodiff.Node) *autodiff.Node {
	g := x.Graph()
	return losses.MulticlassHinge(x.MatMul(g.Param(s.weights).T()), y).Add(losses.L2(decay, g, s.weights))
}

// softmax is the smooth loss of the same scores.
func (s subject) softmax(x, y *autodiff.Node) *autodiff.Node {
	g := x.Graph()
	return losses.SoftmaxCrossEntropy(x.MatMul(g.Param(s.weights).T()), y).Add(losses.L2(decay, g, s.weights))
}

// check compares the gradient that Declive derives with a numerical one.
func (s subject) check(ctx context.Context) (*gradcheck.Report, error) {
	p, err := gradcheck.LossProblem(s.svm, s.params(), s.batch)
	if err != nil {
		return nil, err
	}
	return gradcheck.Compute(ctx, p, gradcheck.Seed(1))
}
