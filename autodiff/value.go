package autodiff

import (
	"slices"

	"gorgonia.org/tensor"

	"declive/internal/kernel"
)

// clone returns a copy of s that shares nothing with it.
func (s Shape) clone() Shape { return slices.Clone(s) }

// strides returns the row-major strides of s, in elements.
func (s Shape) strides() []int {
	out := make([]int, len(s))
	n := 1
	for i := len(s) - 1; i >= 0; i-- {
		out[i] = n
		n *= s[i]
	}
	return out
}

// wrap returns data, without copying it, as a tensor of the given shape.
func wrap[T any](shape Shape, data []T) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// typeName returns the name of an element type, also of none.
func typeName(dt tensor.Dtype) string {
	if dt.Type == nil {
		return "none"
	}
	return dt.String()
}

func isFloat(dt tensor.Dtype) bool { return dt == tensor.Float32 || dt == tensor.Float64 }

// floats returns the memory of v, which holds elements of type F.
func floats[F kernel.Float](v *tensor.Dense) []F {
	var zero F
	if _, ok := any(zero).(float32); ok {
		return any(v.Float32s()).([]F)
	}
	return any(v.Float64s()).([]F)
}

// converted returns a copy of v's elements in precision F.
func converted[F kernel.Float](v *tensor.Dense) []F {
	out := make([]F, v.Shape().TotalSize())
	convertInto(out, v)
	return out
}

// convertInto fills dst with v's elements in precision F.
func convertInto[F kernel.Float](dst []F, v *tensor.Dense) {
	if v.Dtype() == tensor.Float32 {
		for i, x := range v.Float32s() {
			dst[i] = F(x)
		}
		return
	}
	for i, x := range v.Float64s() {
		dst[i] = F(x)
	}
}
