package trace

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Elements returns a copy of the elements of a tensor of float32 or float64.
func Elements(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float32 {
		in := v.Float32s()
		out := make([]float64, len(in))
		for i, x := range in {
			out[i] = float64(x)
		}
		return out
	}
	return append([]float64(nil), v.Float64s()...)
}

// Dense returns a tensor of float32 or float64 that holds a copy of x.
func Dense(dt tensor.Dtype, shape []int, x []float64) *tensor.Dense {
	if dt == tensor.Float32 {
		out := make([]float32, len(x))
		for i, v := range x {
			out[i] = float32(v)
		}
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(out))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), x...)))
}

// fill copies x into a tensor of float32 or float64.
func fill(v *tensor.Dense, x []float64) {
	if v.Dtype() == tensor.Float64 {
		copy(v.Float64s(), x)
		return
	}
	to := v.Float32s()
	for i, e := range x {
		to[i] = float32(e)
	}
}

// dataNode records an input for a tensor, or labels for one of Int. A nil tensor
// gives a nil node.
func dataNode(g *autodiff.Graph, name string, v *tensor.Dense) *autodiff.Node {
	switch {
	case v == nil:
		return nil
	case v.Dtype() == tensor.Int:
		return g.Labels(name, v.Shape()[0])
	}
	return g.Input(name, v.Shape()...)
}

// Data records in g an input for a value that is fixed, or labels, and returns
// what to feed it: labels as they are, numbers as a copy in g's precision.
func Data(g *autodiff.Graph, name string, v *tensor.Dense) Feed {
	n := dataNode(g, name, v)
	if n.IsLabels() {
		return Feed{n, v}
	}
	return Feed{n, Dense(g.Precision(), v.Shape(), Elements(v))}
}
