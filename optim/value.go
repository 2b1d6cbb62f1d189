package optim

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

type float interface{ float32 | float64 }

// zeros returns a tensor of zeros.
func zeros(precision tensor.Dtype, shape autodiff.Shape) *tensor.Dense {
	if precision == tensor.Float32 {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(make([]float32, shape.Size())))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(make([]float64, shape.Size())))
}

// set writes v to the only element of a scalar tensor.
func set(scalar *tensor.Dense, v float64) {
	if scalar.Dtype() == tensor.Float32 {
		scalar.Float32s()[0] = float32(v)
		return
	}
	scalar.Float64s()[0] = v
}

// assign copies src to dst, of the same shape and precision.
func assign(dst, src *tensor.Dense) {
	if dst.Dtype() == tensor.Float32 {
		copy(dst.Float32s(), src.Float32s())
		return
	}
	copy(dst.Float64s(), src.Float64s())
}

// uniform returns the precision that parameters share. It is an error if there
// are none, if they differ in precision or if one stands twice in the list.
func uniform(params []*autodiff.Param) (tensor.Dtype, error) {
	if len(params) == 0 {
		return tensor.Dtype{}, fmt.Errorf("optim: there are no parameters")
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
