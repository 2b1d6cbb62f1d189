package gradcheck

import (
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

// LossProblem returns the problem of a loss's gradient with respect to
// parameters on one batch. The gradient is computed in the precision of the
// first parameter, the function always in float64 and from the same code.
//
// It returns an error if the loss cannot be recorded or is no scalar, if there is
// no parameter or one is given twice, and if the batch is empty or a tensor of it
// is not contiguous and row-major. A parameter that the loss does not depend on
// has a nil gradient.
func LossProblem(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch) (p Problem, err error) {
	source, err := trace.Loss(loss, params, batch)
	if err != nil {
		return p, err
	}
	return graphProblem(source)
}

// OpProblem returns the problem of the gradient of f, any function of nodes,
// with respect to its inputs of float32 or float64. Inputs of Int are labels.
// The gradient is computed in float32 if an input is float32, the function
// always in float64. It returns an error if f cannot be recorded or there is
// nothing to differentiate with respect to, and if a tensor is not contiguous and
// row-major.
func OpProblem(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense) (p Problem, err error) {
	source, err := trace.Op(f, in)
	if err != nil {
		return p, err
	}
	return graphProblem(source)
}

// Grad2Problem returns the problem of the gradient of the gradient of f. The
// function is the vector-Jacobian product B(x, v) of f, flattened, and its
// variables are the inputs of f and the incoming gradient v.
func Grad2Problem(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense) (Problem, error) {
	source, err := trace.Op(f, in)
	if err != nil {
		return Problem{}, err
	}
	once, err := source.Record(source.Precision)
	if err != nil {
		return Problem{}, err
	}
	v := make([]float64, once.Output.Shape().Size())
	for j := range v {
		v[j] = 0.5 + math.Mod(float64(j)*0.618, 1) // no two alike
	}
	product := func(nodes ...*autodiff.Node) *autodiff.Node {
		n := len(nodes) - 1
		return flatGradient(f(nodes[:n]...), nodes[n], nodes[:n])
	}
	return OpProblem(product, append(in[:len(in):len(in)], dense.New(source.Precision, once.Output.Shape(), v)))
}

// flatGradient returns the gradients of y·dy with respect to each x that y
// depends on, one after the other. It panics with an *autodiff.Error.
func flatGradient(y, dy *autodiff.Node, xs []*autodiff.Node) *autodiff.Node {
	var reached []*autodiff.Node
	for _, x := range xs {
		if !x.IsLabels() && y.DependsOn(x) {
			reached = append(reached, x)
		}
	}
	grads, err := autodiff.GradOf(y, dy, reached...)
	if err != nil {
		panic(err)
	}
	flat := []*autodiff.Node{y.Graph().Scalar(0).Reshape(1)}
	for _, g := range grads {
		flat = append(flat, g.Reshape(g.Shape().Size()))
	}
	return autodiff.Concat(0, flat...)
}

// graphProblem records a function in float64 for F, and in its own precision for
// the gradient.
func graphProblem(source trace.Source) (p Problem, err error) {
	exact, err := source.Record(tensor.Float64)
	if err != nil {
		return p, err
	}
	p = Problem{GradFloat32: source.Precision == tensor.Float32, graph: exact}
	for i, n := range exact.Vars {
		p.Vars = append(p.Vars, Var{Name: n.Name(), Shape: n.Shape(), Value: exact.Start[i]})
	}
	if p.F, err = exact.Eval(); err != nil {
		return p, err
	}
	tested, err := source.Record(source.Precision)
	if err != nil {
		return p, err
	}
	p.VJP, err = tested.VJP()
	return p, err
}
