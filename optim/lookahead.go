package optim

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// WithLookahead lets any rule run ahead for some steps and then goes back to an
// average of where it has been (Zhang, Lucas, Hinton and Ba, Lookahead Optimizer: k
// steps forward, 1 step back, arXiv 1907.08610, in which 1 − d is α):
//
//	a ← d·a + (1 − d)·w, then w ← a    after steps t = every, 2·every, …, with d = decay(t)
//
// Trained parameters have such an average, also while a group leaves them alone, and
// so has what the loss assigns, such as the running statistics of a batch
// normalisation. The slots of rules stay as they are. [Trainer.Evaluate] judges the
// averages, with which [Trainer.TakeAverage] ends a training.
//
// It is an error of [NewTrainer] if every is below 1, if decay is nil or if
// [WithAverage] is given, too, and one of the step if d is not from 0 to 1. Then the
// step changes nothing.
func WithLookahead(every int, decay Schedule) Option {
	return func(t *Trainer) { t.lookahead = &lookahead{every: every, decay: decay} }
}

// A lookahead is a program that goes back to the averages.
type lookahead struct {
	every int
	decay Schedule

	program *autodiff.Program
	rest    *autodiff.Node // 1 − d
	feeds   []autodiff.Feed
	value   *tensor.Dense // of rest
	means   int           // that the program changes
}

func (l *lookahead) check() error {
	if l.every < 1 {
		return fmt.Errorf("optim: WithLookahead: every is %d, want 1 or more", l.every)
	}
	if l.decay == nil {
		return errors.New("optim: WithLookahead: the decay is nil")
	}
	_, err := l.decayAt(l.every)
	return err
}

func (l *lookahead) decayAt(step int) (float64, error) {
	d := l.decay(step)
	if !(d >= 0 && d <= 1) {
		return d, fmt.Errorf("optim: WithLookahead: the decay at step %d is %v, want 0 to 1", step, d)
	}
	return d, nil
}

// due reports whether a step is one after which the weights go back.
func (l *lookahead) due(step int) bool { return l != nil && step%l.every == 0 }

// prepare makes ready for going back after a step.
func (l *lookahead) prepare(t *Trainer, step int) error {
	d, err := l.decayAt(step)
	if err != nil {
		return err
	}
	if l.program == nil || l.means != len(t.means) {
		if err := l.compile(t); err != nil {
			return err
		}
	}
	dense.SetElement(l.value, 0, 1-d)
	return nil
}

func (l *lookahead) compile(t *Trainer) (err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(t.precision)
	l.rest, l.value, l.means = g.Input("1 - d"), dense.Zeros(t.precision), len(t.means)
	l.feeds = []autodiff.Feed{l.rest.Feed(l.value)}
	var assigned []*autodiff.Node
	for _, m := range t.means {
		next := m.follow(g.Param(m.of), l.rest)
		assigned = append(assigned, next, g.Assign(m.of, next))
	}
	l.program, err = autodiff.Compile(l.rest, assigned...)
	return err
}

// goBack moves the averages towards the weights, and these there.
func (l *lookahead) goBack() error {
	_, err := l.program.Run(l.feeds...)
	return err
}
