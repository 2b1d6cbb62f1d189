package bridge

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/values"
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
func elements(v G.Value) []float64 {
	x, err := values.Elements(v)
	check(err)
	return x
}

// valueFor returns elements as a value that n can be bound to.
func valueFor(n *G.Node, x []float64) G.Value {
	return values.New(n.Dtype(), n.Shape(), x)
}

// denseOf returns a copy of a Gorgonia value in the given shape.
func denseOf(v G.Value, shape []int, dt tensor.Dtype) *tensor.Dense {
	return dense.New(dt, shape, elements(v))
}

// scalarOf returns a Gorgonia value of one element.
func scalarOf(v G.Value) float64 {
	switch x := v.Data().(type) {
	case float64:
		return x
	case float32:
		return float64(x)
	}
	return elements(v)[0]
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
