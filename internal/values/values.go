// Package values copies numbers into and out of values of Gorgonia's graphs:
// tensors and its scalars, of float32 or float64. [New] makes them, [Elements]
// reads them; what is of another type is an error. Of tensors that the library
// itself has made or let in, package dense reads and writes the elements.
package values

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// New returns a copy of x as a value of the given type: an array of the given
// shape, or a scalar if it has no axes.
func New(dt tensor.Dtype, shape []int, x []float64) G.Value {
	switch {
	case len(shape) > 0:
		return dense.New(dt, shape, x)
	case dt == tensor.Float64:
		return G.NewF64(x[0])
	}
	return G.NewF32(float32(x[0]))
}

// Elements returns a copy of v's elements in row-major order.
func Elements(v G.Value) ([]float64, error) {
	if v == nil {
		return nil, fmt.Errorf("there is no value")
	}
	if d, ok := v.(*tensor.Dense); ok && (d.RequiresIterator() || !d.DataOrder().IsRowMajor()) {
		v = d.Materialize() // a copy; that of a clone, which is no view, would be wrong
	}
	switch x := v.Data().(type) {
	case float64:
		return []float64{x}, nil
	case float32:
		return []float64{float64(x)}, nil
	case []float64:
		return slices.Clone(x), nil
	case []float32:
		out := make([]float64, len(x))
		for i, e := range x {
			out[i] = float64(e)
		}
		return out, nil
	}
	return nil, fmt.Errorf("elements are %v, want float32 or float64", v.Dtype())
}
