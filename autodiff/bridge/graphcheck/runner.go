package graphcheck

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"declive/internal/values"
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
		if err := G.Let(n, values.New(n.Dtype(), n.Shape(), x[i])); err != nil {
			return fmt.Errorf("graphcheck: %s: %w", n.Name(), err)
		}
	}
	defer r.vm.Reset()
	if err := r.vm.RunAll(); err != nil {
		return fmt.Errorf("graphcheck: Gorgonia's tape machine: %w", err)
	}
	return nil
}

// value returns the cost at x.
func (r *runner) value(x [][]float64) ([]float64, error) {
	if err := r.run(x); err != nil {
		return nil, err
	}
	return values.Elements(r.cost)
}

// gradient returns copies of the gradients at x.
func (r *runner) gradient(x [][]float64) (out [][]float64, err error) {
	if err := r.run(x); err != nil {
		return nil, err
	}
	out = make([][]float64, len(r.grads))
	for i, v := range r.grads {
		if out[i], err = values.Elements(v); err != nil {
			return nil, fmt.Errorf("graphcheck: gradient of %s: %w", r.wrt[i].Name(), err)
		}
	}
	return out, nil
}
