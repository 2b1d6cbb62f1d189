package optim

import (
	"declive/autodiff"
	"declive/internal/dense"
)

// WithAverage keeps a running mean of every trained parameter, which is often better
// than the parameter itself (Polyak and Juditsky, Acceleration of stochastic
// approximation by averaging, 1992), and of what the loss assigns, such as running
// statistics. [Trainer.Evaluate] judges the means:
//
//	a ← d·a + (1 − d)·w    d = min(decay, (1 + t)/(10 + t)), with the new w
//
// It starts with the parameter as it is. [Trainer.TakeAverage] ends a training with
// it. It is an error of [NewTrainer] if the decay is not between 0 and 1.
func WithAverage(decay float64) Option {
	return func(t *Trainer) { t.decay, t.averaged = decay, true }
}

// A mean is a parameter with an average of its past values.
type mean struct{ of, average *autodiff.Param }

// newMean returns the mean of a parameter before the first step.
func newMean(p *autodiff.Param) mean {
	return mean{p, autodiff.NewParam(p.Name()+" (average)", dense.Copy(p.Value()))}
}

// exchange exchanges the parameter and its average.
func (m mean) exchange() {
	w := dense.Copy(m.of.Value())
	dense.Assign(m.of.Value(), m.average.Value())
	dense.Assign(m.average.Value(), w)
}

// follow records the mean's new value, given the parameter's and 1 − d.
func (m mean) follow(w, rest *autodiff.Node) *autodiff.Node {
	a := w.Graph().Param(m.average)
	return w.Graph().Assign(m.average, a.Add(rest.Mul(w.Sub(a))))
}

// keepsMeans reports whether there is an average of each parameter.
func (t *Trainer) keepsMeans() bool { return t.averaged || t.lookahead != nil }

// average records the new averages, given the new values of parameters and of what
// the loss assigns.
func (u *update) average(next map[*autodiff.Param]*autodiff.Node) {
	if !u.trainer.averaged {
		return
	}
	d := u.step.AddScalar(1).Div(u.step.AddScalar(10)).Min(u.Graph.Scalar(u.trainer.decay))
	rest := u.Graph.Scalar(1).Sub(d)
	for _, m := range u.trainer.means {
		if w, ok := next[m.of]; ok {
			u.assigned = append(u.assigned, m.follow(w, rest))
		}
	}
}

// TakeAverage gives the parameters, and what the loss assigns, the values of their
// averages, if [WithAverage] or [WithLookahead] keeps them. Steps after that go on
// from there.
func (t *Trainer) TakeAverage() {
	if !t.made() {
		return
	}
	for _, m := range t.means {
		dense.Assign(m.of.Value(), m.average.Value())
	}
}

// exchange exchanges the parameters and their averages, also those that are found
// before it is called again.
func (t *Trainer) exchange() {
	t.exchanged = !t.exchanged
	for _, m := range t.means {
		m.exchange()
	}
}
