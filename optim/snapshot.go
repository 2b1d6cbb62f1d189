package optim

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A snapshot is a copy in memory of what training changes: parameters, slots, what the
// loss assigns and the number of steps.
type snapshot struct {
	values []*tensor.Dense
	steps  int
}

// state returns the parameters, then all slots, then the averages that there are, then
// what the loss assigns.
func (t *Trainer) state() []*autodiff.Param {
	all := append([]*autodiff.Param(nil), t.params...)
	for _, slots := range t.slots {
		all = append(all, slots...)
	}
	for _, m := range t.means[:t.trainedMeans] {
		all = append(all, m.average)
	}
	return append(all, t.kept...)
}

// save copies the present state to c.
func (t *Trainer) save(c *snapshot) {
	for i, p := range t.state() {
		if i == len(c.values) {
			c.values = append(c.values, dense.Zeros(t.precision, p.Shape()...))
		}
		dense.Assign(c.values[i], p.Value())
	}
	c.steps = t.steps
}

// restore copies c, which save has filled, to the state.
func (t *Trainer) restore(c *snapshot) {
	state := t.state()
	for i, v := range c.values {
		dense.Assign(state[i].Value(), v)
	}
	t.steps = c.steps
}
