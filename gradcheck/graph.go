package gradcheck

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A graphProblem is what a problem built from a graph knows of the function's
// inside: the graph in float64 that numerical derivatives are taken of, with
// the variables as inputs.
type graphProblem struct {
	vars   []*autodiff.Node // the variables
	output *autodiff.Node
	fixed  []feed // everything else that is fed
}

// A feed is the value of an input that stays the same during a check.
type feed struct {
	node  *autodiff.Node
	value *tensor.Dense
}

// LossProblem returns the problem of a loss's gradient with respect to
// parameters on one batch. The gradient is computed in the precision of the
// first parameter, the function always in float64 and from the same code.
//
// It returns an error if the loss cannot be recorded or is no scalar, if there is
// no parameter or one is given twice, and if the batch is empty or a tensor of it
// is not contiguous and row-major. A parameter that the loss does not depend on
// has a nil gradient.
func LossProblem(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch) (p Problem, err error) {
	if err := checkLoss(loss, params, batch); err != nil {
		return p, err
	}
	record := func(dt tensor.Dtype) (*recording, error) { return recordLoss(loss, params, batch, dt) }
	return newGraphProblem(record, params[0].Precision())
}

// OpProblem returns the problem of the gradient of f, any function of nodes,
// with respect to its inputs of float32 or float64. Inputs of Int are labels.
// The gradient is computed in float32 if an input is float32, the function
// always in float64. It returns an error if f cannot be recorded or there is
// nothing to differentiate with respect to, and if a tensor is not contiguous and
// row-major.
func OpProblem(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense) (p Problem, err error) {
	if err := checkOperands(f, in); err != nil {
		return p, err
	}
	dt := tensor.Float64
	for _, v := range in {
		if v.Dtype() == tensor.Float32 {
			dt = tensor.Float32
		}
	}
	record := func(dt tensor.Dtype) (*recording, error) { return recordOp(f, in, dt) }
	return newGraphProblem(record, dt)
}

// A recording is a function recorded in one precision: a graph with the
// variables as inputs.
type recording struct {
	vars   []*autodiff.Node
	values [][]float64
	output *autodiff.Node
	fixed  []feed
	loss   bool
}

// recordLoss records the loss with its parameters, then copies the graph with
// inputs in their place.
func recordLoss(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch, dt tensor.Dtype) (rec *recording, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(dt)
	x, xv := dataNode(g, "batch.X", batch.X)
	y, yv := dataNode(g, "batch.Y", batch.Y)
	l, err := callLoss(loss, x, y)
	if err != nil {
		return nil, err
	}
	if err := checkNode("the loss", l, g); err != nil {
		return nil, err
	}
	to := autodiff.NewGraph(dt)
	r := newReplay(to)
	rec = &recording{loss: true}
	for _, d := range []struct {
		node  *autodiff.Node
		value *tensor.Dense
	}{{x, xv}, {y, yv}} {
		if d.node != nil {
			c, v := dataNode(to, d.node.Name(), d.value)
			r.copies[d.node] = c
			rec.fixed = append(rec.fixed, feed{c, v})
		}
	}
	for _, p := range params {
		n := to.Input(p.Name(), p.Shape()...)
		r.copies[g.Param(p)] = n
		rec.vars = append(rec.vars, n)
		rec.values = append(rec.values, dense.Floats(p.Value()))
	}
	for _, n := range needed(l) {
		if p := n.Param(); p != nil && r.copies[n] == nil {
			c, v := dataNode(to, p.Name(), p.Value())
			r.copies[n] = c
			rec.fixed = append(rec.fixed, feed{c, v})
		}
	}
	rec.output = r.node(l)
	if len(l.Shape()) != 0 {
		return nil, fmt.Errorf("gradcheck: the loss has shape %v, not (); use Sum or Mean", l.Shape())
	}
	return rec, nil
}

// callLoss records the loss. One that uses what the batch lacks, and so calls a
// method of a nil node, has the error that says so.
func callLoss(loss autodiff.LossFunc, x, y *autodiff.Node) (l *autodiff.Node, err error) {
	missing := ""
	switch {
	case x == nil:
		missing = "examples: X is nil"
	case y == nil:
		missing = "targets: Y is nil"
	default:
		return loss(x, y), nil
	}
	defer func() {
		r := recover()
		if e, ours := r.(*autodiff.Error); ours {
			err = e
		} else if r != nil {
			err = fmt.Errorf("gradcheck: the loss function panics for a batch without %s", missing)
		}
	}()
	return loss(x, y), nil
}

// dataNode records an input for a tensor, or labels for one of Int, and returns
// the value to feed it. A nil tensor gives a nil node.
func dataNode(g *autodiff.Graph, name string, v *tensor.Dense) (*autodiff.Node, *tensor.Dense) {
	if v == nil {
		return nil, nil
	}
	if v.Dtype() == tensor.Int {
		return g.Labels(name, v.Shape()[0]), v
	}
	return g.Input(name, v.Shape()...), dense.New(g.Precision(), v.Shape(), dense.Floats(v))
}

func recordOp(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense, dt tensor.Dtype) (rec *recording, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(dt)
	rec = &recording{}
	nodes := make([]*autodiff.Node, len(in))
	for i, v := range in {
		n, value := dataNode(g, fmt.Sprintf("in%d", i), v)
		nodes[i] = n
		if n.IsLabels() {
			rec.fixed = append(rec.fixed, feed{n, value})
			continue
		}
		rec.vars = append(rec.vars, n)
		rec.values = append(rec.values, dense.Floats(v))
	}
	rec.output = f(nodes...)
	return rec, checkNode("the function", rec.output, g)
}

// newGraphProblem records a function in float64 for F and in precision dt for
// its gradient.
func newGraphProblem(record func(dt tensor.Dtype) (*recording, error), dt tensor.Dtype) (Problem, error) {
	exact, err := record(tensor.Float64)
	if err != nil {
		return Problem{}, err
	}
	p := Problem{
		GradFloat32: dt == tensor.Float32,
		graph:       &graphProblem{vars: exact.vars, output: exact.output, fixed: exact.fixed},
	}
	for i, n := range exact.vars {
		p.Vars = append(p.Vars, Var{Name: n.Name(), Shape: n.Shape(), Value: exact.values[i]})
	}
	if p.F, err = exact.function(); err != nil {
		return p, err
	}
	tested, err := record(dt)
	if err != nil {
		return p, err
	}
	p.VJP, err = tested.derivative()
	return p, err
}

// function returns F.
func (rec *recording) function() (func([][]float64) ([]float64, error), error) {
	r, err := newRunner(rec.vars, rec.fixed, rec.output)
	if err != nil {
		return nil, err
	}
	return func(x [][]float64) ([]float64, error) {
		out, err := r.run(x)
		if err != nil {
			return nil, err
		}
		return out[0], nil
	}, nil
}

// derivative returns the vector-Jacobian product. Variables that no derivative
// reaches get a nil gradient from a loss, and zeros from an operation: some
// operations have the derivative 0.
func (rec *recording) derivative() (func(x [][]float64, v []float64) ([][]float64, error), error) {
	dy := rec.output.Graph().Input("incoming gradient", rec.output.Shape()...)
	var reached []*autodiff.Node
	place := make([]int, len(rec.vars)) // in reached, plus 1
	for i, x := range rec.vars {
		if rec.output.DependsOn(x) {
			reached = append(reached, x)
			place[i] = len(reached)
		}
	}
	grads, err := autodiff.GradOf(rec.output, dy, reached...)
	if err != nil {
		return nil, err
	}
	r, err := newRunner(append(slices.Clone(rec.vars), dy), rec.fixed, grads...)
	if err != nil {
		return nil, err
	}
	return func(x [][]float64, v []float64) ([][]float64, error) {
		found, err := r.run(append(slices.Clone(x), v))
		if err != nil {
			return nil, err
		}
		out := make([][]float64, len(rec.vars))
		for i, n := range rec.vars {
			if place[i] > 0 {
				out[i] = found[place[i]-1]
			} else if !rec.loss {
				out[i] = make([]float64, n.Shape().Size())
			}
		}
		return out, nil
	}, nil
}

// lengths returns the lengths of all axes in the graph, which factors in a wrong
// gradient may come from.
func (g *graphProblem) lengths() []int {
	if g == nil {
		return nil
	}
	var out []int
	seen := map[int]bool{}
	for _, n := range needed(g.output) {
		for _, d := range n.Shape() {
			if !seen[d] {
				seen[d] = true
				out = append(out, d)
			}
		}
	}
	return out
}
