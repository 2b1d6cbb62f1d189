package optim

import (
	"errors"

	"declive/autodiff"
	"declive/internal/setting"
)

// wrapped is embedded in rules that are made of another.
type wrapped struct{ Rule }

// Unwrap returns the rule inside.
func (r wrapped) Unwrap() Rule { return r.Rule }

// WeightDecay adds λ·w to the gradient before the rule sees it, as a term
// ½·λ·Σ w² of the loss would, but without a part in the loss that is reported:
//
//	g ← g + λ·w, then the rule
//
// λ may be zero. A rule that rescales gradients rescales the decay with them;
// see [DecoupledWeightDecay].
func WeightDecay(rule Rule, lambda float64) Rule { return weightDecay{wrapped{rule}, lambda} }

type weightDecay struct {
	wrapped
	lambda float64
}

func (r weightDecay) Check() error { return setting.NotNegative("optim: WeightDecay: λ", r.lambda) }

func (r weightDecay) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	u.G = u.G.Add(u.W.MulScalar(r.lambda))
	return r.Rule.Update(u)
}

// DecoupledWeightDecay shrinks the weights beside the rule's own step, which
// with [Adam] is AdamW (Loshchilov and Hutter, Decoupled weight decay
// regularization, arXiv 1711.05101):
//
//	w ← (the rule's new w) − η·λ·w
//
// λ may be zero.
func DecoupledWeightDecay(rule Rule, lambda float64) Rule {
	return decoupledDecay{wrapped{rule}, lambda}
}

type decoupledDecay struct {
	wrapped
	lambda float64
}

func (r decoupledDecay) Check() error {
	return setting.NotNegative("optim: DecoupledWeightDecay: λ", r.lambda)
}

func (r decoupledDecay) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	w, slots := r.Rule.Update(u)
	return w.Sub(u.Rate.MulScalar(r.lambda).Mul(u.W)), slots
}

// ClipValue limits every element of the gradient to −c … c before the rule sees
// it. Not a number stays so.
//
//	g ← min(max(g, −c), c), then the rule
func ClipValue(rule Rule, c float64) Rule { return clipValue{wrapped{rule}, c} }

type clipValue struct {
	wrapped
	limit float64
}

func (r clipValue) Check() error { return setting.Positive("optim: ClipValue: c", r.limit) }

func (r clipValue) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	g := u.G.Graph()
	u.G = u.G.Max(g.Scalar(-r.limit)).Min(g.Scalar(r.limit))
	return r.Rule.Update(u)
}

// Scheduled multiplies the rule's learning rate by a schedule's factor for the
// step:
//
//	optim.Scheduled(optim.SGD{LearningRate: 0.1}, optim.Cosine(1000, 0.01))
//
// Schedules multiply when they are nested, so that a warm-up goes with any
// other.
func Scheduled(rule Rule, factor Schedule) Rule { return scheduled{wrapped{rule}, factor} }

type scheduled struct {
	wrapped
	factor Schedule
}

func (r scheduled) Check() error {
	if r.factor == nil {
		return errors.New("optim: Scheduled: the schedule is nil")
	}
	return nil
}

func (r scheduled) Rate(step int) float64 { return r.Rule.Rate(step) * r.factor(step) }
