package gradcheck

import (
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// Grad2Problem returns the problem of the gradient of the gradient of f. The
// function is the vector-Jacobian product B(x, v) of f, flattened, and its
// variables are the inputs of f and the incoming gradient v.
func Grad2Problem(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense) (Problem, error) {
	once, err := OpProblem(f, in)
	if err != nil {
		return Problem{}, err
	}
	v := make([]float64, once.graph.output.Shape().Size())
	for j := range v {
		v[j] = 0.5 + math.Mod(float64(j)*0.618, 1) // no two alike
	}
	dt := tensor.Float64
	if once.GradFloat32 {
		dt = tensor.Float32
	}
	incoming := dense.New(dt, once.graph.output.Shape(), v)
	product := func(nodes ...*autodiff.Node) *autodiff.Node {
		n := len(nodes) - 1
		return flatGradient(f(nodes[:n]...), nodes[n], nodes[:n])
	}
	return OpProblem(product, append(in[:len(in):len(in)], incoming))
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
