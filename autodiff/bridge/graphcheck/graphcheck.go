// Package graphcheck compares the gradients of a Gorgonia graph with numerical
// ones, by package gradcheck: one line in a test of a Gorgonia program.
//
//	func TestModel(t *testing.T) {
//		graphcheck.Check(t, cost, gorgonia.Nodes{w, b})
//	}
//
// The cost and its gradients are both what Gorgonia's tape machine computes, at
// the values that are bound to the graph's inputs. [Problem] is for programs
// without a testing.TB, and for gradcheck's other functions.
//
// A wrong gradient fails the test with gradcheck's report. What Gorgonia refuses
// or panics with while the graph is differentiated or run is an error. Graphs
// with random nodes, such as dropout, cannot be checked.
package graphcheck

import (
	"fmt"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/gradcheck"
	"declive/internal/values"
)

// Check fails t unless the gradients of cost with respect to wrt, inputs of its
// graph, are right. It differentiates the graph if that has not been done, and
// leaves the values of wrt as they were.
func Check(t testing.TB, cost *G.Node, wrt G.Nodes, opts ...gradcheck.Option) *gradcheck.Report {
	t.Helper()
	p, err := Problem(cost, wrt)
	if err != nil {
		t.Error(err)
		return &gradcheck.Report{}
	}
	report, err := gradcheck.Compute(t.Context(), p, opts...)
	if err == nil {
		err = report.Err()
	}
	if err != nil {
		t.Error(err)
	}
	return report
}

// Problem returns the problem that [Check] checks. It adds to the graph the
// gradients, unless it has them, and statements that read results. It returns an
// error if cost is no scalar of float32 or float64, if wrt holds a node without a
// value, or if Gorgonia cannot differentiate the graph.
func Problem(cost *G.Node, wrt G.Nodes) (p gradcheck.Problem, err error) {
	defer recovered("Problem", &err)
	switch {
	case !cost.IsScalar():
		return p, fmt.Errorf("graphcheck: cost: the shape is %v, want ()", cost.Shape())
	case cost.Dtype() != tensor.Float32 && cost.Dtype() != tensor.Float64:
		return p, fmt.Errorf("graphcheck: cost: the values are %v, want float32 or float64", cost.Dtype())
	}
	p.Float32 = cost.Dtype() == tensor.Float32
	p.GradFloat32 = p.Float32
	for _, n := range wrt {
		if n.Value() == nil {
			return p, fmt.Errorf("graphcheck: %s: no value is bound", n.Name())
		}
		x, err := values.Elements(n.Value())
		if err != nil {
			return p, fmt.Errorf("graphcheck: %s: %w", n.Name(), err)
		}
		p.Vars = append(p.Vars, gradcheck.Var{Name: n.Name(), Shape: n.Shape(), Value: x})
	}
	r, err := newRunner(cost, wrt)
	if err != nil {
		return p, err
	}
	p.F = func(x [][]float64) ([]float64, error) {
		if err := r.run(x); err != nil {
			return nil, err
		}
		return values.Elements(r.cost)
	}
	p.Grad = func(x [][]float64) ([][]float64, error) {
		if err := r.run(x); err != nil {
			return nil, err
		}
		return r.gradients()
	}
	return p, nil
}

// recovered turns what Gorgonia panics with into an error.
func recovered(function string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("graphcheck: %s: Gorgonia panics: %v", function, r)
	}
}
