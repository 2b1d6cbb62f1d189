package record

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// Check says why a batch cannot be read as it lies: see [dense.Batch]. That its
// precision is another than the graph's the run sees.
func Check(b autodiff.Batch) error {
	if reason := dense.Batch(b.X, b.Y); reason != "" {
		return errors.New(reason)
	}
	for _, m := range b.More {
		if reason := unreadable(m); reason != "" {
			return fmt.Errorf("the batch's further value %q: %s", m.Name, reason)
		}
	}
	return nil
}

// unreadable says why a further value cannot be read as it lies, or "".
func unreadable(m autodiff.Named) string {
	switch {
	case m.Name == "":
		return "it has no name"
	case m.Value == nil:
		return "the tensor is nil"
	case m.Value.Dtype() == tensor.Int:
		return dense.Labels(m.Value)
	}
	return dense.Numbers(m.Value)
}

// Size returns the number of examples in a batch, 1 if it has no axis of them.
func Size(b autodiff.Batch) int {
	for _, v := range []*tensor.Dense{b.X, b.Y} {
		if v != nil && v.Dims() > 0 {
			return v.Shape()[0]
		}
	}
	return 1
}

// Precision returns the precision that parameters share. It is an error if there
// are none, if one is not as it was made, if they differ in precision or if one
// stands twice in the list.
func Precision(params []*autodiff.Param) (tensor.Dtype, error) {
	if len(params) == 0 {
		return tensor.Dtype{}, errors.New("there are no parameters")
	}
	for i, p := range params {
		if err := p.Check(); err != nil {
			return tensor.Dtype{}, fmt.Errorf("parameter %d: %w", i, err)
		}
	}
	precision := params[0].Precision()
	seen := map[*autodiff.Param]bool{}
	for _, p := range params {
		if p.Precision() != precision {
			return precision, fmt.Errorf("parameter %s is %v and %s is %v, want one precision; use Param.Convert",
				params[0].Name(), precision, p.Name(), p.Precision())
		}
		if seen[p] {
			return precision, fmt.Errorf("parameter %s is given twice", p.Name())
		}
		seen[p] = true
	}
	return precision, nil
}
