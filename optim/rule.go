package optim

import (
	"errors"
	"fmt"
	"slices"

	"declive/autodiff"
	"declive/internal/setting"
)

// A Rule turns a gradient into an update of its parameter. It is a value: its
// hyperparameters are its fields, and what it remembers between steps, its
// slots, belongs to the [Trainer].
//
// A rule that has hyperparameters beside its rate may also have a method
// Check() error, which [NewTrainer] calls; one that is made of another has
// Unwrap() Rule.
type Rule interface {
	// Slots returns how many arrays of the parameter's shape are remembered
	// from one step to the next. They start as zeros.
	Slots() int

	// Rate returns the learning rate of step 1, 2, …: a positive number, or
	// the step is refused.
	Rate(step int) float64

	// Update records the new value of the parameter and those of the slots. It
	// is called once for each parameter; all that changes from step to step is
	// in the nodes.
	Update(u Update) (w *autodiff.Node, slots []*autodiff.Node)
}

// An Update is what a rule sees of one parameter: nodes of one graph. It sees
// nothing of other parameters: [WithClipNorm] is an option of the trainer.
type Update struct {
	W, G  *autodiff.Node   // the parameter and the gradient of the loss, of one shape
	Slots []*autodiff.Node // as the last step left them, of the same shape
	Rate  *autodiff.Node   // scalar: the learning rate η of this step
	Step  *autodiff.Node   // scalar: t = 1, 2, …

	Momentum *autodiff.Node // scalar: that of this step, under [ScheduledMomentum]; else nil
}

// check panics with an [*autodiff.Error] unless u has what every rule uses, and
// as many slots as this one has.
func (u Update) check(rule Rule) {
	name := fmt.Sprintf("%T.Update", rule)
	switch {
	case u.W == nil || u.G == nil || u.Rate == nil:
		autodiff.Fail(name, "W, G or Rate is nil; a trainer sets all fields")
	case len(u.Slots) != rule.Slots() || slices.Contains(u.Slots, nil):
		autodiff.Fail(name, fmt.Sprintf("the slots are %v, want %d", u.Slots, rule.Slots()))
	}
}

// layers returns a rule and those it is made of, from the outside in.
func layers(rule Rule) []Rule {
	all := []Rule{rule}
	for {
		w, ok := rule.(interface{ Unwrap() Rule })
		if !ok {
			return all
		}
		rule = w.Unwrap()
		all = append(all, rule)
	}
}

// check looks at the hyperparameters of a rule's layers.
func check(layers []Rule) error {
	for _, r := range layers {
		if r == nil {
			return errors.New("optim: the rule is nil")
		}
		if c, ok := r.(interface{ Check() error }); ok {
			if err := c.Check(); err != nil {
				return err
			}
		}
	}
	_, err := rateAt(layers, 1)
	return err
}

// rateAt returns the learning rate at a step, or an error if that or a factor
// of it is no positive number.
func rateAt(layers []Rule, step int) (float64, error) {
	for _, r := range layers {
		if s, ok := r.(scheduled); ok {
			if v := s.factor(step); !setting.IsPositive(v) {
				return 0, fmt.Errorf("optim: schedule at step %d is %v, want a positive number", step, v)
			}
		}
		if rate := r.Rate(step); !setting.IsPositive(rate) {
			return 0, fmt.Errorf("optim: learning rate at step %d is %v, want a positive number", step, rate)
		}
	}
	return layers[0].Rate(step), nil
}
