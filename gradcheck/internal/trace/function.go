package trace

import (
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A Function is a function recorded in one precision: a graph with the variables
// as inputs.
type Function struct {
	Vars   []*autodiff.Node // the variables
	Start  [][]float64      // their values when it was recorded; nil in copies
	Output *autodiff.Node
	Fixed  []Feed // everything else that is fed

	loss bool // variables that no derivative reaches have no gradient, not 0
}

// A Feed is the value of an input that stays the same.
type Feed struct {
	Node  *autodiff.Node
	Value *tensor.Dense
}

// Eval returns the function of its variables' elements.
func (f *Function) Eval() (func(x [][]float64) ([]float64, error), error) {
	r, err := NewRunner(f.Vars, f.Fixed, f.Output)
	if err != nil {
		return nil, err
	}
	return func(x [][]float64) ([]float64, error) {
		out, err := r.Run(x)
		if err != nil {
			return nil, err
		}
		return out[0], nil
	}, nil
}

// VJP returns the vector-Jacobian product. Variables that no derivative reaches
// get a nil gradient from a loss, and zeros from an operation: some operations
// have the derivative 0. The graph of f grows by the backward pass.
func (f *Function) VJP() (func(x [][]float64, v []float64) ([][]float64, error), error) {
	dy := f.Incoming()
	grads, place, err := f.gradients(dy)
	if err != nil {
		return nil, err
	}
	r, err := NewRunner(append(slices.Clone(f.Vars), dy), f.Fixed, grads...)
	if err != nil {
		return nil, err
	}
	return func(x [][]float64, v []float64) ([][]float64, error) {
		found, err := r.Run(append(slices.Clone(x), v))
		if err != nil {
			return nil, err
		}
		out := make([][]float64, len(f.Vars))
		for i, n := range f.Vars {
			if place[i] >= 0 {
				out[i] = found[place[i]]
			} else if !f.loss {
				out[i] = make([]float64, n.Shape().Size())
			}
		}
		return out, nil
	}, nil
}

// Gradient returns the gradient at x for the incoming gradient v. The graph of f
// grows by the backward pass.
func (f *Function) Gradient(x [][]float64, v []float64) ([][]float64, error) {
	vjp, err := f.VJP()
	if err != nil {
		return nil, err
	}
	return vjp(x, v)
}

// Incoming records an input for the gradient that comes in at the output.
func (f *Function) Incoming() *autodiff.Node {
	return f.Output.Graph().Input("incoming gradient", f.Output.Shape()...)
}

// gradients records the gradients of the variables that the output depends on,
// and says where each variable's is among them, or −1.
func (f *Function) gradients(dy *autodiff.Node) (grads []*autodiff.Node, place []int, err error) {
	var reached []*autodiff.Node
	for _, x := range f.Vars {
		if !f.Output.DependsOn(x) {
			place = append(place, -1)
			continue
		}
		place = append(place, len(reached))
		reached = append(reached, x)
	}
	grads, err = autodiff.GradOf(f.Output, dy, reached...)
	return grads, place, err
}

// Lengths returns the lengths of all axes in the graph, each once.
func (f *Function) Lengths() []int {
	var out []int
	for _, n := range Needed(f.Output) {
		for _, d := range n.Shape() {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// Moving returns the nodes that depend on variable b, and that itself.
func (f *Function) Moving(b int) map[*autodiff.Node]bool {
	moves := map[*autodiff.Node]bool{f.Vars[b]: true}
	for _, n := range Needed(f.Output) {
		if slices.ContainsFunc(n.Inputs(), func(x *autodiff.Node) bool { return moves[x] }) {
			moves[n] = true
		}
	}
	return moves
}
