package dense

import (
	"gorgonia.org/tensor"
)

// Float is the element type of an array of numbers.
type Float interface{ float32 | float64 }

// IsFloat reports whether dt is float32 or float64.
func IsFloat(dt tensor.Dtype) bool { return dt == tensor.Float32 || dt == tensor.Float64 }

// TypeName returns the name of an element type, also of none.
func TypeName(dt tensor.Dtype) string {
	if dt.Type == nil {
		return "none"
	}
	return dt.String()
}

// Wrap returns data itself, not a copy, as a tensor of the given shape.
func Wrap[T any](shape []int, data []T) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// Zeros returns a tensor of zeros, float32 or float64.
func Zeros(dt tensor.Dtype, shape ...int) *tensor.Dense {
	n := tensor.Shape(shape).TotalSize()
	if dt == tensor.Float32 {
		return Wrap(shape, make([]float32, n))
	}
	return Wrap(shape, make([]float64, n))
}

// New returns a tensor, float32 or float64, that holds a copy of x.
func New(dt tensor.Dtype, shape []int, x []float64) *tensor.Dense {
	v := Zeros(dt, shape...)
	Fill(v, x)
	return v
}

// Memory returns the elements of v themselves, which are of type F.
func Memory[F Float](v *tensor.Dense) []F {
	var zero F
	if _, ok := any(zero).(float32); ok {
		return any(v.Float32s()).([]F)
	}
	return any(v.Float64s()).([]F)
}

// Floats returns a copy of v's elements, float32 or float64.
func Floats(v *tensor.Dense) []float64 { return Converted[float64](v) }

// Converted returns a copy of v's elements, float32 or float64, in precision F.
func Converted[F Float](v *tensor.Dense) []F {
	out := make([]F, v.Shape().TotalSize())
	Convert(out, v)
	return out
}

// Append appends v's elements, float32 or float64, to dst.
func Append(dst []float64, v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float64 {
		return append(dst, v.Float64s()...)
	}
	for _, x := range v.Float32s() {
		dst = append(dst, float64(x))
	}
	return dst
}

// Convert fills dst, which is as long as v, with v's elements in precision F.
func Convert[F Float](dst []F, v *tensor.Dense) {
	if v.Dtype() == tensor.Float32 {
		convert(dst, v.Float32s())
		return
	}
	convert(dst, v.Float64s())
}

// Fill gives v, float32 or float64, its elements from the beginning of x and
// returns the rest of x.
func Fill(v *tensor.Dense, x []float64) (rest []float64) {
	n := v.Shape().TotalSize()
	if v.Dtype() == tensor.Float32 {
		convert(v.Float32s(), x[:n])
	} else {
		copy(v.Float64s(), x[:n])
	}
	return x[n:]
}

func convert[F, G Float](dst []F, src []G) {
	for i, x := range src {
		dst[i] = F(x)
	}
}

// Copy returns a copy of v, float32 or float64.
func Copy(v *tensor.Dense) *tensor.Dense {
	c := Zeros(v.Dtype(), v.Shape()...)
	Assign(c, v)
	return c
}

// Assign copies src to dst, of the same shape and precision.
func Assign(dst, src *tensor.Dense) {
	if dst.Dtype() == tensor.Float32 {
		copy(dst.Float32s(), src.Float32s())
		return
	}
	copy(dst.Float64s(), src.Float64s())
}

// Element returns element i of v, float32 or float64, in row-major order.
func Element(v *tensor.Dense, i int) float64 {
	if v.Dtype() == tensor.Float32 {
		return float64(v.Float32s()[i])
	}
	return v.Float64s()[i]
}

// SetElement changes element i of v, float32 or float64, in row-major order.
func SetElement(v *tensor.Dense, i int, x float64) {
	if v.Dtype() == tensor.Float32 {
		v.Float32s()[i] = float32(x)
		return
	}
	v.Float64s()[i] = x
}
