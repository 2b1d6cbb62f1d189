package gradcheck

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A runner computes nodes of a graph from values of some of its inputs; the
// other inputs are fixed.
type runner struct {
	inputs  []*autodiff.Node
	fixed   []autodiff.Feed
	outputs []*autodiff.Node
}

func newRunner(inputs []*autodiff.Node, fixed []feed, outputs ...*autodiff.Node) (*runner, error) {
	r := &runner{inputs: inputs, outputs: outputs}
	for _, f := range fixed {
		r.fixed = append(r.fixed, f.node.Feed(f.value))
	}
	return r, nil
}

// run returns the elements of every output.
func (r *runner) run(x [][]float64) ([][]float64, error) {
	feeds := append([]autodiff.Feed(nil), r.fixed...)
	for i, n := range r.inputs {
		feeds = append(feeds, n.Feed(dense(n.Graph().Precision(), n.Shape(), x[i])))
	}
	values, err := autodiff.Interpret(feeds, r.outputs...)
	if err != nil {
		return nil, err
	}
	return elements(values), nil
}

func elements(values []*tensor.Dense) [][]float64 {
	out := make([][]float64, len(values))
	for i, v := range values {
		out[i] = floats(v)
	}
	return out
}
