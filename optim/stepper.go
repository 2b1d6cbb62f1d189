package optim

import "declive/autodiff"

// A Stepper lowers a loss one step at a time, from one batch each: a [*Trainer]
// by a rule, a Descent of package curvature by a method, and a Weighted or a
// Random of package search by trying around or by luck. Step returns the loss
// that it starts from, the last two the mean and the lowest of their tries, so
// that all can share one plot.
type Stepper interface {
	Step(batch autodiff.Batch) (float64, error)
}

var _ Stepper = (*Trainer)(nil)
