package optim

import (
	"errors"
	"fmt"

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

// ScheduledMomentum multiplies the momentum μ of [Momentum] or [Nesterov], which the
// rule is or is made of, by a schedule's factor for the step:
//
//	rule := optim.Nesterov{LearningRate: 0.4, Momentum: 0.95}
//	optim.ScheduledMomentum(optim.Scheduled(rule, optim.OneCycle(1000, 0.3, 0.01)),
//		optim.OneCycleMomentum(1000, 0.3, 0.85/0.95))
//
// A momentum that is not between 0 and 1 is an error of the step. Schedules multiply
// when they are nested.
func ScheduledMomentum(rule Rule, factor Schedule) Rule {
	return scheduledMomentum{wrapped{rule}, factor}
}

type scheduledMomentum struct {
	wrapped
	factor Schedule
}

func (r scheduledMomentum) Check() error {
	if r.factor == nil {
		return errors.New("optim: ScheduledMomentum: the schedule is nil")
	}
	all := layers(r)
	if _, ok := all[len(all)-1].(interface{ momentum() float64 }); !ok {
		return fmt.Errorf("optim: ScheduledMomentum: %T has no momentum to schedule, want Momentum or Nesterov", all[len(all)-1])
	}
	_, err := momentumAt(all, 1)
	return err
}

// Update records the rule's, with the momentum that the trainer feeds.
func (r scheduledMomentum) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	if u.Momentum == nil {
		autodiff.Fail("optim.ScheduledMomentum", "Momentum is nil; a trainer sets all fields")
	}
	return r.Rule.Update(u)
}

// schedulesMomentum reports whether one of a rule's layers does.
func schedulesMomentum(layers []Rule) bool {
	for _, r := range layers {
		if _, ok := r.(scheduledMomentum); ok {
			return true
		}
	}
	return false
}

// momentumAt returns the momentum of a rule that has one at a step.
func momentumAt(layers []Rule, step int) (float64, error) {
	mu := layers[len(layers)-1].(interface{ momentum() float64 }).momentum()
	for _, r := range layers {
		if s, ok := r.(scheduledMomentum); ok {
			mu *= s.factor(step)
		}
	}
	if !(mu > 0 && mu < 1) {
		return mu, fmt.Errorf("optim: ScheduledMomentum: the momentum at step %d is %v, want a number between 0 and 1", step, mu)
	}
	return mu, nil
}
