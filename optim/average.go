package optim

import (
	"declive/autodiff"
	"declive/internal/dense"
)

// WithAverage keeps a running mean of every trained parameter, which is often better
// than the parameter itself (Polyak and Juditsky, Acceleration of stochastic
// approximation by averaging, 1992), and lets [Trainer.Evaluate] judge the means:
//
//	a ← d·a + (1 − d)·w    d = min(decay, (1 + t)/(10 + t)), with the new w
//
// It starts with the parameter as it is. [Trainer.TakeAverage] ends a training with
// it. It is an error of [NewTrainer] if the decay is not between 0 and 1.
func WithAverage(decay float64) Option {
	return func(t *Trainer) { t.decay, t.averaged = decay, true }
}

// newAverage returns the mean of a parameter before the first step.
func newAverage(p *autodiff.Param) *autodiff.Param {
	return autodiff.NewParam(p.Name()+" (average)", dense.Copy(p.Value()))
}

// average records the mean's new value, given the parameter's.
func (u *update) average(mean *autodiff.Param, w *autodiff.Node) {
	g := u.Graph
	d := u.step.AddScalar(1).Div(u.step.AddScalar(10)).Min(g.Scalar(u.trainer.decay))
	a := g.Param(mean)
	u.assigned = append(u.assigned, g.Assign(mean, a.Add(g.Scalar(1).Sub(d).Mul(w.Sub(a)))))
}

// TakeAverage gives the parameters the values of their means, if [WithAverage] keeps
// them. Steps after that go on from there.
func (t *Trainer) TakeAverage() {
	if !t.made() {
		return
	}
	for i, a := range t.averages {
		if a != nil {
			dense.Assign(t.params[i].Value(), a.Value())
		}
	}
}

// exchange exchanges the parameters and their means.
func (t *Trainer) exchange() {
	for i, a := range t.averages {
		if a != nil {
			w := dense.Copy(t.params[i].Value())
			dense.Assign(t.params[i].Value(), a.Value())
			dense.Assign(a.Value(), w)
		}
	}
}
