package optim

import (
	"cmp"
	"math"

	"declive/autodiff"
	"declive/internal/setting"
)

// The rules of this file give every weight its own step, from the sizes of its
// past gradients. Squares, roots and quotients are elementwise.

// AdaGrad divides by the root of the sum of all squared gradients (Duchi, Hazan
// and Singer, Adaptive subgradient methods for online learning and stochastic
// optimization, 2011):
//
//	s ← s + g²
//	w ← w − η·g/(√s + ε)
//
// The steps shrink like 1/√t and the first one has length η.
type AdaGrad struct {
	LearningRate float64 // η
	Epsilon      float64 // ε; 0 stands for 1e-8
}

var _ Rule = AdaGrad{}

// complete returns r with its standard values in the place of zeros.
func (r AdaGrad) complete() AdaGrad {
	r.Epsilon = cmp.Or(r.Epsilon, standardEpsilon)
	return r
}

// Slots returns 1, the sum of squares.
func (AdaGrad) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r AdaGrad) Rate(int) float64 { return r.LearningRate }

// Check refuses an ε that is not positive.
func (r AdaGrad) Check() error {
	return setting.Positive("optim: AdaGrad: Epsilon", r.complete().Epsilon)
}

// Update records the new parameter and sum of squares.
func (r AdaGrad) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	r = r.complete()
	s := u.Slots[0].Add(u.G.Square())
	return u.W.Sub(scaled(u, s, r.Epsilon)), []*autodiff.Node{s}
}

// RMSProp divides by the root of a running mean of squared gradients (Tieleman
// and Hinton, Neural networks for machine learning, lecture 6.5, 2012):
//
//	s ← ρ·s + (1 − ρ)·g²
//	w ← w − η·g/(√s + ε)
type RMSProp struct {
	LearningRate float64 // η
	Decay        float64 // ρ, between 0 and 1; 0 stands for 0.9
	Epsilon      float64 // ε; 0 stands for 1e-8
}

var _ Rule = RMSProp{}

// complete returns r with its standard values in the place of zeros.
func (r RMSProp) complete() RMSProp {
	r.Decay, r.Epsilon = cmp.Or(r.Decay, 0.9), cmp.Or(r.Epsilon, standardEpsilon)
	return r
}

// Slots returns 1, the mean of squares.
func (RMSProp) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r RMSProp) Rate(int) float64 { return r.LearningRate }

// Check refuses a decay that is not between 0 and 1 and an ε that is not
// positive.
func (r RMSProp) Check() error {
	r = r.complete()
	return cmp.Or(
		setting.Fraction("optim: RMSProp: Decay", r.Decay),
		setting.Positive("optim: RMSProp: Epsilon", r.Epsilon))
}

// Update records the new parameter and mean of squares.
func (r RMSProp) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	r = r.complete()
	s := average(u.Slots[0], u.G.Square(), r.Decay)
	return u.W.Sub(scaled(u, s, r.Epsilon)), []*autodiff.Node{s}
}

// Adam divides a running mean of the gradients by the root of a running mean of
// their squares, both corrected for having started at zero (Kingma and Ba, Adam:
// a method for stochastic optimization, arXiv 1412.6980, algorithm 1):
//
//	m ← β₁·m + (1 − β₁)·g
//	v ← β₂·v + (1 − β₂)·g²
//	w ← w − η·m̂/(√v̂ + ε)    m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
//
// The first step moves every weight by η·|g|/(|g| + ε), against the sign of its
// gradient. For AdamW see [DecoupledWeightDecay].
type Adam struct {
	LearningRate float64 // η
	Beta1        float64 // β₁, between 0 and 1; 0 stands for 0.9
	Beta2        float64 // β₂, between 0 and 1; 0 stands for 0.999
	Epsilon      float64 // ε; 0 stands for 1e-8
}

var _ Rule = Adam{}

// complete returns r with its standard values in the place of zeros.
func (r Adam) complete() Adam {
	r.Beta1, r.Beta2, r.Epsilon = cmp.Or(r.Beta1, 0.9), cmp.Or(r.Beta2, 0.999), cmp.Or(r.Epsilon, standardEpsilon)
	return r
}

// Slots returns 2, the means of the gradient and of its square.
func (Adam) Slots() int { return 2 }

// Rate returns the learning rate, the same at every step.
func (r Adam) Rate(int) float64 { return r.LearningRate }

// Check refuses a β that is not between 0 and 1 and an ε that is not positive.
func (r Adam) Check() error {
	r = r.complete()
	return cmp.Or(
		setting.Fraction("optim: Adam: Beta1", r.Beta1),
		setting.Fraction("optim: Adam: Beta2", r.Beta2),
		setting.Positive("optim: Adam: Epsilon", r.Epsilon))
}

// Update records the new parameter and the means.
func (r Adam) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	if u.Step == nil {
		autodiff.Fail("optim.Adam.Update", "Step is nil; a trainer sets all fields")
	}
	r = r.complete()
	m := average(u.Slots[0], u.G, r.Beta1)
	v := average(u.Slots[1], u.G.Square(), r.Beta2)
	root := v.Div(missing(r.Beta2, u.Step)).Sqrt().AddScalar(r.Epsilon)
	step := u.Rate.Div(missing(r.Beta1, u.Step)).Mul(m).Div(root)
	return u.W.Sub(step), []*autodiff.Node{m, v}
}

// NAdam is [Adam] with the gradient's own part in the mean counted in advance, as in
// [Nesterov]'s momentum (Dozat, Incorporating Nesterov momentum into Adam, 2016, with
// the same β₁ at every step):
//
//	m and v as in Adam
//	w ← w − η·n/(√v̂ + ε)    n = β₁·m/(1 − β₁ᵗ⁺¹) + (1 − β₁)·g/(1 − β₁ᵗ)
type NAdam Adam

var _ Rule = NAdam{}

// Slots returns 2, the means of the gradient and of its square.
func (NAdam) Slots() int { return 2 }

// Rate returns the learning rate, the same at every step.
func (r NAdam) Rate(int) float64 { return r.LearningRate }

// Check refuses a β that is not between 0 and 1 and an ε that is not positive.
func (r NAdam) Check() error { return Adam(r).Check() }

// Update records the new parameter and the means.
func (r NAdam) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	if u.Step == nil {
		autodiff.Fail("optim.NAdam.Update", "Step is nil; a trainer sets all fields")
	}
	r = NAdam(Adam(r).complete())
	m := average(u.Slots[0], u.G, r.Beta1)
	v := average(u.Slots[1], u.G.Square(), r.Beta2)
	root := v.Div(missing(r.Beta2, u.Step)).Sqrt().AddScalar(r.Epsilon)
	n := m.Mul(u.W.Graph().Scalar(r.Beta1).Div(missing(r.Beta1, u.Step.AddScalar(1)))).Add(
		u.G.Mul(u.W.Graph().Scalar(1 - r.Beta1).Div(missing(r.Beta1, u.Step))))
	return u.W.Sub(u.Rate.Mul(n).Div(root)), []*autodiff.Node{m, v}
}

// RAdam is [Adam] that trusts the mean of squares only as far as it has seen enough
// gradients (Liu and others, On the Variance of the Adaptive Learning Rate and Beyond,
// arXiv 1908.03265), so that it needs no warm-up:
//
//	m and v as in Adam
//	w ← w − η·r·m̂/(√v̂ + ε)    where ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ) is above 5, ρ∞ = 2/(1 − β₂) − 1
//	w ← w − η·m̂               elsewhere
//	r = √((ρ − 4)·(ρ − 2)·ρ∞ / ((ρ∞ − 4)·(ρ∞ − 2)·ρ))
//
// The limit is PyTorch's; the paper's is 4.
type RAdam Adam

var _ Rule = RAdam{}

// Slots returns 2, the means of the gradient and of its square.
func (RAdam) Slots() int { return 2 }

// Rate returns the learning rate, the same at every step.
func (r RAdam) Rate(int) float64 { return r.LearningRate }

// Check refuses a β that is not between 0 and 1 and an ε that is not positive.
func (r RAdam) Check() error { return Adam(r).Check() }

// Update records the new parameter and the means.
func (r RAdam) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	if u.Step == nil {
		autodiff.Fail("optim.RAdam.Update", "Step is nil; a trainer sets all fields")
	}
	r = RAdam(Adam(r).complete())
	m := average(u.Slots[0], u.G, r.Beta1)
	v := average(u.Slots[1], u.G.Square(), r.Beta2)
	seen := missing(r.Beta2, u.Step)
	step := u.Rate.Div(missing(r.Beta1, u.Step)).Mul(m)
	root := v.Div(seen).Sqrt().AddScalar(r.Epsilon)
	trust, enough := rectification(r.Beta2, u.Step, seen)
	return u.W.Sub(enough.Where(step.Mul(trust).Div(root), step)), []*autodiff.Node{m, v}
}

// rectification returns RAdam's r, and a mask that is 0 where ρ is 5 or less.
func rectification(beta2 float64, t, seen *autodiff.Node) (trust, enough *autodiff.Node) {
	most := 2/(1-beta2) - 1
	rho := t.MulScalar(-2).Mul(seen.Neg().AddScalar(1)).Div(seen).AddScalar(most)
	five := t.Graph().Scalar(5)
	enough, rho = rho.Greater(five), rho.Max(five)
	factor := max(0, most/((most-4)*(most-2))) // of no account where ρ∞ is 4 or less
	return rho.SubScalar(4).Mul(rho.SubScalar(2)).Div(rho).MulScalar(factor).Sqrt(), enough
}

const standardEpsilon = 1e-8

// scaled returns η·g/(√s + ε).
func scaled(u Update, s *autodiff.Node, epsilon float64) *autodiff.Node {
	return u.Rate.Mul(u.G).Div(s.Sqrt().AddScalar(epsilon))
}

// average returns β·old + (1 − β)·x.
func average(old, x *autodiff.Node, beta float64) *autodiff.Node {
	return old.MulScalar(beta).Add(x.MulScalar(1 - beta))
}

// missing returns 1 − βᵗ, what a running mean that started at zero has summed
// up of its weights; by Expm1, since βᵗ is close to 1 in the first steps.
func missing(beta float64, t *autodiff.Node) *autodiff.Node {
	return t.MulScalar(math.Log(beta)).Expm1().Neg()
}
