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

// element returns an element of v in row-major order.
func element(v *tensor.Dense, i int) float64 {
	if v.Dtype() == tensor.Float32 {
		return float64(v.Float32s()[i])
	}
	return v.Float64s()[i]
}

// setElement changes an element of v in row-major order.
func setElement(v *tensor.Dense, i int, x float64) {
	if v.Dtype() == tensor.Float32 {
		v.Float32s()[i] = float32(x)
		return
	}
	v.Float64s()[i] = x
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
