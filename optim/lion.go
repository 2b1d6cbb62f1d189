package optim

import (
	"cmp"

	"declive/autodiff"
	"declive/internal/setting"
)

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
