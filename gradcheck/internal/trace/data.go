package trace

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

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
	return Feed{n, dense.New(g.Precision(), v.Shape(), dense.Floats(v))}
}
