package optim

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// uniform returns the precision that parameters share. It is an error if there
// are none, if one is not as it was made, if they differ in precision or if one
// stands twice in the list.
func uniform(params []*autodiff.Param) (tensor.Dtype, error) {
	if len(params) == 0 {
		return tensor.Dtype{}, fmt.Errorf("optim: there are no parameters")
	}
	for i, p := range params {
		if err := p.Check(); err != nil {
			return tensor.Dtype{}, fmt.Errorf("optim: parameter %d: %w", i, err)
		}
	}
	precision := params[0].Precision()
	seen := map[*autodiff.Param]bool{}
	for _, p := range params {
		if p.Precision() != precision {
			return precision, fmt.Errorf("optim: parameter %s is %v and %s is %v, want one precision; use Param.Convert",
				params[0].Name(), precision, p.Name(), p.Precision())
		}
		if seen[p] {
			return precision, fmt.Errorf("optim: parameter %s is given twice", p.Name())
		}
		seen[p] = true
	}
	return precision, nil
}
