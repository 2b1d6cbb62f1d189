package graphcheck

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A runner evaluates a cost and its gradients on Gorgonia's tape machine.
type runner struct {
	vm    G.VM
	wrt   G.Nodes
	cost  G.Value
	grads []G.Value
}

func newRunner(cost *G.Node, wrt G.Nodes) (*runner, error) {
	grads, err := gradients(cost, wrt)
	if err != nil {
		return nil, err
	}
	r := &runner{wrt: wrt, grads: make([]G.Value, len(grads))}
	G.Read(cost, &r.cost)
	for i, n := range grads {
		G.Read(n, &r.grads[i])
	}
	r.vm = G.NewTapeMachine(cost.Graph())
	return r, nil
}

// gradients returns the derivatives that the graph has, or adds them.
func gradients(cost *G.Node, wrt G.Nodes) (G.Nodes, error) {
	var out G.Nodes
	for _, n := range wrt {
		if d := n.Deriv(); d != nil {
			out = append(out, d)
		}
	}
	switch len(out) {
	case len(wrt):
		return out, nil
	case 0:
		out, err := G.Grad(cost, wrt...)
		if err != nil {
			return nil, fmt.Errorf("graphcheck: Gorgonia cannot differentiate: %w", err)
		}
		return out, nil
	}
	return nil, fmt.Errorf("graphcheck: the graph is differentiated by %d of the %d inputs; name all in one call of Grad", len(out), len(wrt))
}

// run evaluates the graph at x and puts the values of before back.
func (r *runner) run(x [][]float64) (err error) {
	defer recovered("Run", &err)
	for i, n := range r.wrt {
		before := n.Value()
		defer func() {
			if e := G.Let(n, before); err == nil {
				err = e
			}
		}()
		if err := G.Let(n, value(n, x[i])); err != nil {
			return fmt.Errorf("graphcheck: %s: %w", n.Name(), err)
		}
	}
	defer r.vm.Reset()
	if err := r.vm.RunAll(); err != nil {
		return fmt.Errorf("graphcheck: Gorgonia's tape machine: %w", err)
	}
	return nil
}

// value returns a copy of x in the type and shape of n.
func value(n *G.Node, x []float64) G.Value {
	if n.Dtype() == tensor.Float64 {
		if n.IsScalar() {
			return G.NewF64(x[0])
		}
		return tensor.New(tensor.WithShape(n.Shape()...), tensor.WithBacking(append([]float64(nil), x...)))
	}
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	if n.IsScalar() {
		return G.NewF32(out[0])
	}
	return tensor.New(tensor.WithShape(n.Shape()...), tensor.WithBacking(out))
}

// numbers returns a copy of a value's elements.
func numbers(v G.Value) []float64 {
	if v == nil {
		return nil
	}
	switch x := v.Data().(type) {
	case float64:
		return []float64{x}
	case float32:
		return []float64{float64(x)}
	case []float64:
		return append([]float64(nil), x...)
	case []float32:
		out := make([]float64, len(x))
		for i, e := range x {
			out[i] = float64(e)
		}
		return out
	}
	return nil
}
