package optim

import (
	"slices"

	"declive/autodiff"
)

// GradientDescent steps against the gradient of the loss over the whole data
// set (Cauchy, Méthode générale pour la résolution des systèmes d'équations
// simultanées, 1847):
//
//	w ← w − η·g
//
// [Trainer.Fit] makes one step an epoch with it, on all examples, and refuses a
// batch size.
type GradientDescent struct {
	LearningRate float64 // η
}

var _ Rule = GradientDescent{}

// Slots returns 0.
func (GradientDescent) Slots() int { return 0 }

// Rate returns the learning rate, the same at every step.
func (r GradientDescent) Rate(int) float64 { return r.LearningRate }

// Update records w − η·g.
func (r GradientDescent) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	return downhill(u), nil
}

// wantsAll reports whether a rule is meant for the gradient over all examples.
func (t *Trainer) wantsAll() bool {
	return slices.ContainsFunc(t.groups, func(m *members) bool {
		_, ok := m.layers[len(m.layers)-1].(GradientDescent)
		return ok && !m.frozen
	})
}

// SGD is stochastic gradient descent: the step of [GradientDescent], with the
// gradient of a minibatch as an estimate of the whole (Robbins and Monro, A
// stochastic approximation method, 1951):
//
//	w ← w − η·g
type SGD struct {
	LearningRate float64 // η
}

var _ Rule = SGD{}

// Slots returns 0.
func (SGD) Slots() int { return 0 }

// Rate returns the learning rate, the same at every step.
func (r SGD) Rate(int) float64 { return r.LearningRate }

// Update records w − η·g.
func (r SGD) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	return downhill(u), nil
}

// downhill returns w − η·g.
func downhill(u Update) *autodiff.Node { return u.W.Sub(u.Rate.Mul(u.G)) }
