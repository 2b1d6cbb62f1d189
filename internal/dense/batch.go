package dense

import (
	"fmt"

	"gorgonia.org/tensor"
)

// Batch says why x and y cannot be the examples and the targets, or labels, of a
// batch, or "": tensors that cannot be read as they lie, and labels that are not
// one for each example. Either may be nil.
func Batch(x, y *tensor.Dense) string {
	if x != nil {
		if reason := Numbers(x); reason != "" {
			return refused("examples", x, reason)
		}
	}
	switch {
	case y == nil:
		return ""
	case y.Dtype() == tensor.Int:
		return labels(x, y)
	}
	if reason := Numbers(y); reason != "" {
		return refused("targets", y, reason+" (class labels are int)")
	}
	return ""
}

func labels(x, y *tensor.Dense) string {
	if reason := Labels(y); reason != "" {
		return reason
	}
	if x != nil && x.Dims() > 0 && x.Shape()[0] != y.Shape()[0] {
		return refused("labels", y, fmt.Sprintf("there are %d for %d examples", y.Shape()[0], x.Shape()[0]))
	}
	return ""
}

// Labels says why y cannot be class labels, a vector of int, or "".
func Labels(y *tensor.Dense) string {
	if reason := Of(tensor.Int, y); reason != "" {
		return refused("labels", y, reason)
	}
	if y.Dims() != 1 {
		return fmt.Sprintf("labels have shape %v, want one axis", y.Shape())
	}
	return ""
}

func refused(what string, v *tensor.Dense, reason string) string {
	return fmt.Sprintf("%s of shape %v: %s", what, v.Shape(), reason)
}
