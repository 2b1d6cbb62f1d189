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
// or with OfGradients, as PyTorch has it,
//
//	v ← μ·v + g
//	w ← w − η·v
//
// which is the same while the rate is. Where that changes, the first goes on with the
// steps as they were, the second takes the whole velocity at the new rate. Where the
// gradient stays the same the steps grow to η·g/(1 − μ).
type Momentum struct {
	LearningRate float64 // η
	Momentum     float64 // μ, between 0 and 1; 0 stands for 0.9
	OfGradients  bool    // the velocity adds gradients, not steps
}

var _ Rule = Momentum{}

// Slots returns 1, the velocity.
func (Momentum) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r Momentum) Rate(int) float64 { return r.LearningRate }

func (r Momentum) momentum() float64 { return cmp.Or(r.Momentum, standardMomentum) }

// Check refuses a momentum that is not between 0 and 1.
func (r Momentum) Check() error {
	return setting.Fraction("optim: Momentum: Momentum", r.momentum())
}

// Update records the new parameter and velocity.
func (r Momentum) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	kept := u.kept(r.momentum())
	if r.OfGradients {
		v := kept.Add(u.G)
		return u.W.Sub(u.Rate.Mul(v)), []*autodiff.Node{v}
	}
	v := kept.Sub(u.Rate.Mul(u.G))
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
//
// or with OfGradients, as PyTorch has it, see [Momentum],
//
//	v ← μ·v + g
//	w ← w − η·(g + μ·v)
type Nesterov struct {
	LearningRate float64 // η
	Momentum     float64 // μ, between 0 and 1; 0 stands for 0.9
	OfGradients  bool    // the velocity adds gradients, not steps
}

var _ Rule = Nesterov{}

// Slots returns 1, the velocity.
func (Nesterov) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r Nesterov) Rate(int) float64 { return r.LearningRate }

func (r Nesterov) momentum() float64 { return cmp.Or(r.Momentum, standardMomentum) }

// Check refuses a momentum that is not between 0 and 1.
func (r Nesterov) Check() error {
	return setting.Fraction("optim: Nesterov: Momentum", r.momentum())
}

// Update records the new parameter and velocity.
func (r Nesterov) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	mu := r.momentum()
	if r.OfGradients {
		v := u.kept(mu).Add(u.G)
		return u.W.Sub(u.Rate.Mul(u.G.Add(u.times(v, mu)))), []*autodiff.Node{v}
	}
	pull := u.Rate.Mul(u.G)
	v := u.kept(mu).Sub(pull)
	return u.W.Add(u.times(v, mu)).Sub(pull), []*autodiff.Node{v}
}

const standardMomentum = 0.9

// kept returns what is left of the velocity, μ·v.
func (u Update) kept(mu float64) *autodiff.Node { return u.times(u.Slots[0], mu) }

// times returns v times the momentum of this step: μ, unless there is a schedule of it.
func (u Update) times(v *autodiff.Node, mu float64) *autodiff.Node {
	if u.Momentum != nil {
		return v.Mul(u.Momentum)
	}
	return v.MulScalar(mu)
}

// Lion moves every weight by the rate, in the direction of the sign of a running mean
// that the gradient has a larger part in than in the one that is remembered (Chen and
// others, Symbolic discovery of optimization algorithms, arXiv 2302.06675):
//
//	w ← w − η·sign(β₁·m + (1 − β₁)·g)
//	m ← β₂·m + (1 − β₂)·g
//
// Its rate is some three to ten times smaller than Adam's, its decay larger by as much;
// see [DecoupledWeightDecay].
type Lion struct {
	LearningRate float64 // η
	Beta1        float64 // β₁, between 0 and 1; 0 stands for 0.9
	Beta2        float64 // β₂, between 0 and 1; 0 stands for 0.99
}

var _ Rule = Lion{}

// complete returns r with its standard values in the place of zeros.
func (r Lion) complete() Lion {
	r.Beta1, r.Beta2 = cmp.Or(r.Beta1, 0.9), cmp.Or(r.Beta2, 0.99)
	return r
}

// Slots returns 1, the mean of the gradient.
func (Lion) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r Lion) Rate(int) float64 { return r.LearningRate }

// Check refuses a β that is not between 0 and 1.
func (r Lion) Check() error {
	r = r.complete()
	return cmp.Or(setting.Fraction("optim: Lion: Beta1", r.Beta1), setting.Fraction("optim: Lion: Beta2", r.Beta2))
}

// Update records the new parameter and mean.
func (r Lion) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	r = r.complete()
	way := average(u.Slots[0], u.G, r.Beta1).Sign()
	return u.W.Sub(u.Rate.Mul(way)), []*autodiff.Node{average(u.Slots[0], u.G, r.Beta2)}
}
