package optim

import (
	"errors"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// checkBatch is the door for batches: see [dense.Batch]. That the precision is
// another than the parameters' the run sees.
func checkBatch(b autodiff.Batch) error {
	if reason := dense.Batch(b.X, b.Y); reason != "" {
		return errors.New("optim: " + reason)
	}
	return nil
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
