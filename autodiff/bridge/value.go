package bridge

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A failure is an error on its way to the boundary.
type failure struct{ error }

// check gives up with an error of Gorgonia's.
func check(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// must returns n, or gives up with err.
func must(n *G.Node, err error) *G.Node {
	check(err)
	return n
}

// catch turns failures, and what Gorgonia panics with, into an error.
func catch(function string, err *error) {

	switch r := recover().(type) {
	case nil:
	case failure:
		*err = fmt.Errorf("bridge: %s: %w", function, r.error)
	case error:
		*err = fmt.Errorf("bridge: %s: Gorgonia panics: %w", function, r)
	default:
		*err = fmt.Errorf("bridge: %s: Gorgonia panics: %v", function, r)
	}
}

// elements returns a copy of v's elements in row-major order.
func elements(v tensor.Tensor) []float64 {
	d := v.(*tensor.Dense)
	if d.RequiresIterator() || !d.DataOrder().IsRowMajor() {
		d = d.Clone().(*tensor.Dense).Materialize().(*tensor.Dense)
	}
	switch x := d.Data().(type) {
	case []float64:
		return append([]float64(nil), x...)
	case []float32:
		out := make([]float64, len(x))
		for i, e := range x {
			out[i] = float64(e)
		}
		return out
	case float64:
		return []float64{x}
	case float32:
		return []float64{float64(x)}
	}
	panic(failure{fmt.Errorf("elements are %v, want float32 or float64", v.Dtype())})
}

// denseFrom returns elements as a tensor.
func denseFrom(x []float64, shape []int, dt tensor.Dtype) *tensor.Dense {
	if dt == tensor.Float64 {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
	}
	out := make([]float32, len(x))
	for i, e := range x {
		out[i] = float32(e)
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(out))
}

// valueFor returns elements as a value that n can be bound to.
func valueFor(n *G.Node, x []float64) G.Value {
	switch {
	case !n.IsScalar():
		return denseFrom(x, n.Shape(), n.Dtype())
	case n.Dtype() == tensor.Float64:
		return G.NewF64(x[0])
	}
	return G.NewF32(float32(x[0]))
}

// denseOf returns a copy of a Gorgonia value in the given shape.
func denseOf(v G.Value, shape []int, dt tensor.Dtype) *tensor.Dense {
	if t, ok := v.(tensor.Tensor); ok {
		return denseFrom(elements(t), shape, dt)
	}
	return denseFrom([]float64{scalarOf(v)}, shape, dt)
}

// scalarOf returns a Gorgonia value of one element.
func scalarOf(v G.Value) float64 {
	switch x := v.Data().(type) {
	case float64:
		return x
	case float32:
		return float64(x)
	}
	return elements(v.(tensor.Tensor))[0]
}

// shared returns v as a tensor of the given shape, without copying it where v is
// a contiguous, row-major tensor of that shape.
func shared(v G.Value, shape autodiff.Shape, dt tensor.Dtype) *tensor.Dense {
	d, ok := v.(*tensor.Dense)
	if ok && d.Dtype() == dt && !d.RequiresIterator() && d.DataOrder().IsRowMajor() && shape.Equal(autodiff.Shape(d.Shape())) {
		return d
	}
	return denseOf(v, shape, dt)
}
