package trace

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A Runner computes nodes of a graph from values of some of its inputs; the
// other inputs are fixed. It is used by one goroutine at a time.
type Runner struct {
	inputs  []*tensor.Dense // fed in place
	feeds   []autodiff.Feed
	program *autodiff.Program
	outputs int
}

// NewRunner compiles the outputs as functions of the inputs.
func NewRunner(inputs []*autodiff.Node, fixed []Feed, outputs ...*autodiff.Node) (*Runner, error) {
	r := &Runner{outputs: len(outputs)}
	for _, f := range fixed {
		r.feeds = append(r.feeds, f.Node.Feed(f.Value))
	}
	for _, n := range inputs {
		v := dense.Zeros(n.Graph().Precision(), n.Shape()...)
		r.inputs = append(r.inputs, v)
		r.feeds = append(r.feeds, n.Feed(v))
	}
	if len(outputs) == 0 {
		return r, nil
	}
	var err error
	r.program, err = autodiff.Compile(outputs[0], outputs[1:]...)
	return r, err
}

// Run computes the outputs at x, one slice for each input, and returns copies of
// their elements.
func (r *Runner) Run(x [][]float64) ([][]float64, error) {
	for i, v := range r.inputs {
		dense.Fill(v, x[i])
	}
	out := make([][]float64, r.outputs)
	if r.program == nil {
		return out, nil
	}
	if _, err := r.program.Run(r.feeds...); err != nil {
		return nil, err
	}
	for i := range out {
		out[i] = dense.Floats(r.program.Output(i))
	}
	return out, nil
}
