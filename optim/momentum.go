package optim

import (
	"cmp"

	"declive/autodiff"
	"declive/internal/setting"
)

// Momentum is classical momentum: a velocity that forgets slowly, the heavy
// ball of Polyak (Some methods of speeding up the convergence of iteration
// methods, 1964),
//
//	v ← μ·v − η·g
//	w ← w + v
//
// Where the gradient stays the same the steps grow to η·g/(1 − μ).
type Momentum struct {
	LearningRate float64 // η
	Momentum     float64 // μ, between 0 and 1; 0 stands for 0.9
}

var _ Rule = Momentum{}

// Slots returns 1, the velocity.
func (Momentum) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r Momentum) Rate(int) float64 { return r.LearningRate }

// Check refuses a momentum that is not between 0 and 1.
func (r Momentum) Check() error {
	return setting.Fraction("optim: Momentum: Momentum", cmp.Or(r.Momentum, standardMomentum))
}

// Update records the new parameter and velocity.
func (r Momentum) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	v := u.Slots[0].MulScalar(cmp.Or(r.Momentum, standardMomentum)).Sub(u.Rate.Mul(u.G))
	return u.W.Add(v), []*autodiff.Node{v}
}

// Nesterov is momentum with the gradient taken where the velocity is about to
// lead (Nesterov, A method of solving a convex programming problem with
// convergence rate O(1/k²), 1983). With θ the point of the original method, the
// parameter here is w = θ + μ·v, the point at which the gradient is wanted
// (Bengio, Boulanger-Lewandowski and Pascanu, arXiv 1212.0901):
//
//	v ← μ·v − η·g
//	w ← w + μ·v − η·g    with the new v
type Nesterov struct {
	LearningRate float64 // η
	Momentum     float64 // μ, between 0 and 1; 0 stands for 0.9
}

var _ Rule = Nesterov{}

// Slots returns 1, the velocity.
func (Nesterov) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r Nesterov) Rate(int) float64 { return r.LearningRate }

// Check refuses a momentum that is not between 0 and 1.
func (r Nesterov) Check() error {
	return setting.Fraction("optim: Nesterov: Momentum", cmp.Or(r.Momentum, standardMomentum))
}

// Update records the new parameter and velocity.
func (r Nesterov) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	mu := cmp.Or(r.Momentum, standardMomentum)
	pull := u.Rate.Mul(u.G)
	v := u.Slots[0].MulScalar(mu).Sub(pull)
	return u.W.Add(v.MulScalar(mu)).Sub(pull), []*autodiff.Node{v}
}

const standardMomentum = 0.9
