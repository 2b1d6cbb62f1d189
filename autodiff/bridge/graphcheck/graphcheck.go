// Package graphcheck compares the gradients of a Gorgonia graph with numerical
// ones, by package gradcheck: one line in a test of a Gorgonia program.
//
//	func TestModel(t *testing.T) {
//		graphcheck.Check(t, cost, gorgonia.Nodes{w, b})
//	}
//
// The gradients are what Gorgonia's tape machine computes, at the values that are
// bound to the graph's inputs. The slopes that they are compared with are those of
// the cost that package bridge imports, in float64 also where the graph is float32:
// fast, and not hidden by rounding. Where an op has no counterpart there, or the
// imported cost is another than the tape machine's, they are those of the latter.
// [Problem] is for programs without a testing.TB, and for gradcheck's other
// functions.
//
// A wrong gradient fails the test with gradcheck's report. What Gorgonia refuses
// or panics with while the graph is differentiated or run is an error. Graphs
// with random nodes, such as dropout, cannot be checked.
package graphcheck

import (
	"errors"
	"fmt"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/internal/values"
)

// Check fails t unless the gradients of cost with respect to wrt, inputs of its
// graph, are right. It differentiates the graph if that has not been done, and
// leaves the values of wrt as they were.
func Check(t testing.TB, cost *G.Node, wrt G.Nodes, opts ...gradcheck.Option) *gradcheck.Report {
	if t == nil {
		autodiff.Fail("graphcheck.Check", "t is nil; programs without a testing.TB call Problem")
	}
	t.Helper()
	p, err := Problem(cost, wrt)
	if err != nil {
		t.Error(err)
		return &gradcheck.Report{Faults: []string{err.Error()}}
	}
	report, err := gradcheck.Compute(t.Context(), p, opts...)
	if err != nil {
		t.Error(err)
		return &gradcheck.Report{Faults: []string{err.Error()}}
	}
	if err := report.Err(); err != nil {
		t.Error(err)
	}
	return report
}

// Problem returns the problem that [Check] checks. It adds to the graph the
// gradients, unless it has them, and statements that read results. It returns an
// error if cost is no scalar of float32 or float64, if wrt is empty, or holds a node
// twice, one that is no input of cost's graph or one without a value, or if Gorgonia
// cannot differentiate the graph.
func Problem(cost *G.Node, wrt G.Nodes) (p gradcheck.Problem, err error) {
	defer recovered("Problem", &err)
	if err := checkCost(cost); err != nil {
		return p, err
	}
	if err := checkInputs(cost.Graph(), wrt); err != nil {
		return p, err
	}
	vars, err := variables(wrt)
	if err != nil {
		return p, err
	}
	r, err := newRunner(cost, wrt)
	if err != nil {
		return p, err
	}
	if p = imported(cost, wrt, vars); p.F == nil || !agree(p, r) {
		p = onMachine(cost, vars, r)
	}
	p.Grad, p.VJP = r.gradient, nil
	return p, nil
}

// onMachine returns the problem of the value that the tape machine computes.
func onMachine(cost *G.Node, vars []gradcheck.Var, r *runner) gradcheck.Problem {
	single := cost.Dtype() == tensor.Float32
	return gradcheck.Problem{Vars: vars, F: r.value, Float32: single, GradFloat32: single}
}

func variables(wrt G.Nodes) ([]gradcheck.Var, error) {
	var vars []gradcheck.Var
	for _, n := range wrt {
		if n.Value() == nil {
			return nil, fmt.Errorf("graphcheck: %s: no value is bound", n.Name())
		}
		x, err := values.Elements(n.Value())
		if err != nil {
			return nil, fmt.Errorf("graphcheck: %s: %w", n.Name(), err)
		}
		vars = append(vars, gradcheck.Var{Name: n.Name(), Shape: n.Shape(), Value: x})
	}
	return vars, nil
}

func checkCost(cost *G.Node) error {
	switch {
	case cost == nil:
		return errors.New("graphcheck: cost: the node is nil")
	case cost.Graph() == nil:
		return errors.New("graphcheck: cost: the node belongs to no graph")
	case !cost.IsScalar():
		return fmt.Errorf("graphcheck: cost: the shape is %v, want ()", cost.Shape())
	case cost.Dtype() != tensor.Float32 && cost.Dtype() != tensor.Float64:
		return fmt.Errorf("graphcheck: cost: the values are %v, want float32 or float64", cost.Dtype())
	}
	return nil
}

func checkInputs(g *G.ExprGraph, wrt G.Nodes) error {
	if len(wrt) == 0 {
		return errors.New("graphcheck: there are no inputs to differentiate with respect to")
	}
	seen := map[*G.Node]bool{}
	for i, n := range wrt {
		switch {
		case n == nil:
			return fmt.Errorf("graphcheck: input %d is nil", i)
		case n.Graph() != g:
			return fmt.Errorf("graphcheck: input %d belongs to another graph than the cost, or to none", i)
		case n.Op() != nil:
			return fmt.Errorf("graphcheck: %s is the result of an op, not an input", n.Name())
		case seen[n]:
			return fmt.Errorf("graphcheck: %s is given twice", n.Name())
		}
		seen[n] = true
	}
	return nil
}

// recovered turns what Gorgonia panics with into an error.
func recovered(function string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("graphcheck: %s: Gorgonia panics: %v", function, r)
	}
}
