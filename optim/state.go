package optim

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A State is all that decides how a training goes on: what [Trainer.State] has
// copied, and a trainer made anew, of the same model and rule, goes on from by
// [Trainer.Restore], to the same bits. Package checkpoint keeps states in files.
//
// The values are named after what they are: parameters/W, slots/0/W, averages/W, kept/m
// for a parameter m that the loss itself assigns; those of the best epoch that
// [Trainer.Fit] has seen begin with best/.
type State struct {
	Rule   string // the types that the rule is made of
	Steps  int    // taken
	Values []autodiff.Named
	Place  Place // of Fit in the data
}

const (
	paramPrefix = "parameters/"
	slotPrefix  = "slots/"
	meanPrefix  = "averages/"
	keptPrefix  = "kept/"
	bestPrefix  = "best/"
)

// State returns a copy of everything that steps change. A schedule's position is
// the number of steps.
func (t *Trainer) State() (*State, error) {
	if !t.made() {
		return nil, errUnmade
	}
	return &State{Rule: t.ruleNames(), Steps: t.steps, Values: t.copies("")}, nil
}

// copies returns copies of the state's values, with something before their names.
func (t *Trainer) copies(prefix string) []autodiff.Named {
	var out []autodiff.Named
	for name, v := range t.values() {
		out = append(out, autodiff.Named{Name: prefix + name, Value: dense.Copy(v)})
	}
	return out
}

// set gives the state those of the values whose names begin with a prefix.
func (t *Trainer) set(values []autodiff.Named, prefix string) {
	byName := map[string]*tensor.Dense{}
	for _, v := range values {
		byName[v.Name] = v.Value
	}
	for name, v := range t.values() {
		if from, ok := byName[prefix+name]; ok {
			dense.Assign(v, from)
		}
	}
}

// values yields the tensors of the state with their names, also those that wait
// for the recording of the loss.
func (t *Trainer) values() iter.Seq2[string, *tensor.Dense] {
	return func(yield func(string, *tensor.Dense) bool) {
		state := t.state()
		for i, name := range t.stateNames() {
			if !yield(name, state[i].Value()) {
				return
			}
		}
		for _, v := range t.pending {
			if !yield(v.Name, v.Value) {
				return
			}
		}
	}
}

// stateNames returns the names of [Trainer.state]'s values.
func (t *Trainer) stateNames() []string {
	var names []string
	for _, p := range t.params {
		names = append(names, paramPrefix+p.Name())
	}
	for i, slots := range t.slots {
		for k := range slots {
			names = append(names, fmt.Sprintf("%s%d/%s", slotPrefix, k, t.params[i].Name()))
		}
	}
	for _, m := range t.means[:t.trainedMeans] {
		names = append(names, meanPrefix+m.of.Name())
	}
	for _, p := range t.kept {
		names = append(names, keptPrefix+p.Name())
	}
	return names
}

// Restore gives the parameters and everything else that steps change the values of
// a state. It is an error, which names the first difference, and changes nothing,
// if the state belongs to other parameters or another rule. Hyperparameters may
// differ, and so may values of the loss.
//
// What the loss assigns is known only after its first recording to train, by Step
// or Evaluate, and set then.
func (t *Trainer) Restore(s *State) error {
	if !t.made() {
		return errUnmade
	}
	if s == nil {
		return errors.New("optim: Restore: the state is nil")
	}
	if s.Rule != t.ruleNames() {
		return fmt.Errorf("optim: Restore: the state was left by the rule %s, but the trainer has %s", s.Rule, t.ruleNames())
	}
	if s.Steps < 0 {
		return fmt.Errorf("optim: Restore: the state has %d steps, want 0 or more", s.Steps)
	}
	found, err := t.match(s.Values)
	if err != nil {
		return fmt.Errorf("optim: Restore: %w", err)
	}
	t.pending = nil
	for _, v := range s.Values {
		if _, known := found[v.Name]; !known && strings.HasPrefix(v.Name, keptPrefix) {
			t.pending = append(t.pending, autodiff.Named{Name: v.Name, Value: dense.Copy(v.Value)})
		}
	}
	t.set(s.Values, "")
	t.steps = s.Steps
	return nil
}

// match returns the parameter or slot of each value by its name, or says how the
// values differ from what the trainer has.
func (t *Trainer) match(values []autodiff.Named) (map[string]*autodiff.Param, error) {
	wanted, names := map[string]*autodiff.Param{}, t.stateNames()
	for i, p := range t.state() {
		wanted[names[i]] = p
	}
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v.Name] {
			return nil, fmt.Errorf("the state has %s twice", v.Name)
		}
		seen[v.Name] = true
		name := strings.TrimPrefix(v.Name, bestPrefix)
		p, ok := wanted[name]
		if !ok && !strings.HasPrefix(name, keptPrefix) {
			return nil, fmt.Errorf("the state has %s, which the trainer has not", v.Name)
		}
		if err := t.takes(v, p); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		if !seen[name] && !strings.HasPrefix(name, keptPrefix) {
			return nil, fmt.Errorf("the trainer has %s %v, which the state has not", name, wanted[name].Shape())
		}
	}
	return wanted, nil
}

// takes says why a value is not one for p, which may be nil if it is not known.
func (t *Trainer) takes(v autodiff.Named, p *autodiff.Param) error {
	if reason := dense.Of(t.precision, v.Value); reason != "" {
		return fmt.Errorf("%s: %s", v.Name, reason)
	}
	if shape := autodiff.Shape(v.Value.Shape()); p != nil && !p.Shape().Equal(shape) {
		return fmt.Errorf("%s has the shape %v in the state and %v in the trainer", v.Name, shape, p.Shape())
	}
	return nil
}

// keep adds a parameter that the loss assigns to the state, and its mean if there are
// any.
func (t *Trainer) keep(p *autodiff.Param) error {
	if err := t.take(p); err != nil || !t.keepsMeans() {
		return err
	}
	m := newMean(p)
	if err := t.take(m.average); err != nil {
		return err
	}
	if t.means = append(t.means, m); t.exchanged {
		m.exchange()
	}
	return nil
}

// take adds a parameter to the state, with the value that waits for it, if one does.
func (t *Trainer) take(p *autodiff.Param) error {
	for i, v := range t.pending {
		if v.Name != keptPrefix+p.Name() {
			continue
		}
		if err := t.takes(v, p); err != nil {
			return fmt.Errorf("optim: Restore: %w", err)
		}
		dense.Assign(p.Value(), v.Value)
		t.pending = slices.Delete(t.pending, i, i+1)
		break
	}
	t.kept = append(t.kept, p)
	return nil
}
