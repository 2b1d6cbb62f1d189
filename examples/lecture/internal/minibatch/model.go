package minibatch

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/optim"
	"declive/optim/curvature"
)

// A model is a linear classifier with the loss of softmax. Its inputs have the
// bias as last feature.
type model struct{ w *autodiff.Param }

// newModel returns weights of zero for the examples of d.
func newModel(d *datasets.Dataset, precision tensor.Dtype) *model {
	shape := tensor.WithShape(len(d.Classes()), d.Features())
	return &model{autodiff.NewParam("W", tensor.New(tensor.Of(precision), shape))}
}

func (m *model) scores(x *autodiff.Node) *autodiff.Node { return x.MatMul(x.Graph().Param(m.w).T()) }

func (m *model) loss(x, y *autodiff.Node) *autodiff.Node {
	return losses.SoftmaxCrossEntropy(m.scores(x), y)
}

func (m *model) params() []*autodiff.Param { return []*autodiff.Param{m.w} }

// objective returns the loss on the first example, to begin with.
func (m *model) objective(d *datasets.Dataset) (*curvature.Objective, error) {
	b, err := d.Batch(0)
	if err != nil {
		return nil, err
	}
	return curvature.NewObjective(m.loss, m.params(), b)
}

func (m *model) trainer(rule optim.Rule) (*optim.Trainer, error) {
	return optim.NewTrainer(m.loss, m.params(), rule, optim.WithScores(m.scores))
}
