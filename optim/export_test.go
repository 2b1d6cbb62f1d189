package optim

import "declive/autodiff"

// Gradients returns the number of parameters whose gradients the next step computes.
func Gradients(t *Trainer, b autodiff.Batch) (int, error) {
	u, err := t.updateFor(b)
	if err != nil {
		return 0, err
	}
	return len(u.grads), nil
}
