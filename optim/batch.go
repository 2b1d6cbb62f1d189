package optim

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// checkBatch is the door for batches: it refuses tensors that cannot be read as
// they lie, and labels that are not one for each example. Either tensor may be
// missing. That the precision is another than the parameters' the run sees.
func checkBatch(b autodiff.Batch) error {
	if b.X != nil {
		if reason := dense.Numbers(b.X); reason != "" {
			return refused("examples", b.X, reason)
		}
	}
	switch {
	case b.Y == nil:
		return nil
	case b.Y.Dtype() == tensor.Int:
		return checkLabels(b)
	}
	if reason := dense.Numbers(b.Y); reason != "" {
		return refused("targets", b.Y, reason+" (class labels are int)")
	}
	return nil
}

func checkLabels(b autodiff.Batch) error {
	if reason := dense.Of(tensor.Int, b.Y); reason != "" {
		return refused("labels", b.Y, reason)
	}
	if b.Y.Dims() != 1 {
		return fmt.Errorf("optim: labels have shape %v, want one axis", autodiff.Shape(b.Y.Shape()))
	}
	if b.X != nil && b.X.Dims() > 0 && b.X.Shape()[0] != b.Y.Shape()[0] {
		return refused("labels", b.Y, fmt.Sprintf("there are %d for %d examples", b.Y.Shape()[0], b.X.Shape()[0]))
	}
	return nil
}

func refused(what string, v *tensor.Dense, reason string) error {
	return fmt.Errorf("optim: %s of shape %v: %s", what, autodiff.Shape(v.Shape()), reason)
}

// size returns the number of examples in a batch, 1 if it has no axis of them.
func size(b autodiff.Batch) int {
	for _, v := range []*tensor.Dense{b.X, b.Y} {
		if v != nil && v.Dims() > 0 {
			return v.Shape()[0]
		}
	}
	return 1
}
