// Package dense is the door through which tensors come into the library: it
// says whether the memory behind a tensor can be read and written as it lies.
// [Numbers], [Of], [Batch] and [Labels] do, and [Size] for shapes. Of tensors
// that have passed, and of its own, the library reads and writes elements with
// the rest of the package, which makes no checks.
package dense

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// Numbers says why v cannot be used as an array of numbers, or "" if it can: it
// must be a contiguous row-major tensor of float32 or float64.
func Numbers(v *tensor.Dense) string {
	if reason := untyped(v); reason != "" {
		return reason
	}
	if dt := v.Dtype(); !IsFloat(dt) {
		return "precision " + dt.String() + " is neither float32 nor float64"
	}
	return layout(v)
}

// Of says why v cannot be used as an array of elements of type dt, or "" if it
// can: it must be a contiguous row-major tensor of that type.
func Of(dt tensor.Dtype, v *tensor.Dense) string {
	if reason := untyped(v); reason != "" {
		return reason
	}
	if v.Dtype() != dt {
		return fmt.Sprintf("elements are %v, want %v", v.Dtype(), dt)
	}
	return layout(v)
}

// untyped says that there is no tensor, or one that was not made by tensor.New.
func untyped(v *tensor.Dense) string {
	switch {
	case v == nil:
		return "the tensor is nil"
	case v.Dtype().Type == nil:
		return "the tensor has no element type; make it with tensor.New"
	}
	return ""
}

func layout(v *tensor.Dense) string {
	switch {
	case rowMajor(v):
		return ""
	case v.IsMaterializable():
		return "the tensor is not contiguous and row-major; use its Materialize method"
	}
	return "the tensor is not contiguous and row-major; copy its elements into one that tensor.New makes"
}

// rowMajor reports whether the elements of v lie in memory one after another in
// the order of their indices, and none is masked. Strides of axes of length 1 do
// not matter.
func rowMajor(v *tensor.Dense) bool {
	shape, strides := v.Shape(), v.Strides()
	if len(shape) == 0 {
		return true
	}
	n, inOrder := 1, true
	for i := len(shape) - 1; i >= 0; i-- {
		d := shape[i]
		inOrder = inOrder && (d == 1 || strides[i] == n)
		n *= d
	}
	return n == 0 || inOrder && v.DataSize() == n && !v.IsMasked()
}

// Size returns the number of elements of an array of the given shape, 1 for
// none, or the reason why there is no such array: a length is negative, or the
// product of the lengths but for zeros, which are the strides, is no int.
func Size(shape ...int) (n int, reason string) {
	size, empty := 1, false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, "negative length in the shape"
		case d == 0:
			empty = true
		case d > math.MaxInt/size:
			return 0, "more elements than an int can count"
		default:
			size *= d
		}
	}
	if empty {
		return 0, ""
	}
	return size, ""
}
