package gradcheck

import (
	"fmt"
	"slices"

	"declive/gradcheck/internal/cause"
	"declive/gradcheck/internal/subject"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

// A Problem is a function of one or more tensors, a point, and the code that
// claims to be its gradient there. Build one from a loss with [LossProblem],
// from an operation with [OpProblem], or fill in the fields for anything else.
//
// Tensors are passed flattened in row-major order, one slice for each Var. The
// functions own what they are passed no longer than the call, must not change
// it, and must return the same for the same arguments.
//
// The problem of a loss or an operation still knows its graph when its VJP is
// replaced, or set to nil and Grad set: a report on a gradient that was written by
// hand then says which step of its backward pass is wrong.
type Problem struct {
	// Vars are the tensors to differentiate with respect to, at the point to
	// check.
	Vars []Var

	// F evaluates the function. The result has the same length at every call;
	// a loss has length 1.
	F func(x [][]float64) ([]float64, error)

	// Grad returns the gradient of a function of length 1, one slice for each
	// Var. Exactly one of Grad and VJP is set.
	Grad func(x [][]float64) ([][]float64, error)

	// VJP returns Σ_j v[j]·∂F_j/∂x, the vector-Jacobian product that a
	// backward pass computes, one slice for each Var.
	VJP func(x [][]float64, v []float64) ([][]float64, error)

	// Float32 says that F computes in float32, which costs most of the
	// accuracy of a numerical derivative.
	Float32 bool

	// GradFloat32 says that the gradient is computed in float32.
	GradFloat32 bool

	graph     *trace.Function // what is known of the function's inside, or nil
	equalTies bool            // ties of equal variables are looked at: see ties.go
}

// A Var is a tensor of variables.
type Var struct {
	Name  string
	Shape []int
	Value []float64
}

// precision says what computes in float32.
func (p *Problem) precision() subject.Precision {
	return subject.Precision{Function32: p.Float32, Gradient32: p.GradFloat32}
}

// validate returns an error for a problem that cannot be checked at all.
func (p *Problem) validate() error {
	switch {
	case p.F == nil:
		return fmt.Errorf("gradcheck: problem has no function F")
	case (p.Grad == nil) == (p.VJP == nil):
		return fmt.Errorf("gradcheck: problem needs exactly one of Grad and VJP")
	case len(p.Vars) == 0:
		return fmt.Errorf("gradcheck: problem has no variables")
	}
	for _, v := range p.Vars {
		n, reason := dense.Size(v.Shape...)
		if reason != "" {
			return fmt.Errorf("gradcheck: variable %s: shape %v: %s", v.Name, v.Shape, reason)
		}
		if n != len(v.Value) {
			return fmt.Errorf("gradcheck: variable %s: shape %v holds %d elements, value has %d", v.Name, v.Shape, n, len(v.Value))
		}
		for i, x := range v.Value {
			if !dense.Finite(x) {
				return fmt.Errorf("gradcheck: variable %s: element %s is %v", v.Name, cause.Index(v.Shape, i), x)
			}
			if p.precision().Round(x) != x {
				return fmt.Errorf("gradcheck: variable %s: element %s is not a float32: %v", v.Name, cause.Index(v.Shape, i), x)
			}
		}
	}
	return nil
}

// point returns a copy of the variables' values.
func (p *Problem) point() [][]float64 {
	x := make([][]float64, len(p.Vars))
	for i, v := range p.Vars {
		x[i] = slices.Clone(v.Value)
	}
	return x
}

// backward calls whichever gradient the problem has. A Grad is taken to be
// linear in the cotangent of the function's one output.
func (p *Problem) backward(x [][]float64, v []float64) ([][]float64, error) {
	if p.VJP != nil {
		return p.VJP(x, v)
	}
	return p.Grad(x)
}

// FuncProblem returns the problem that [Func] checks, for [Compute].
func FuncProblem(f func(x []float64) float64, grad func(x []float64) []float64, x []float64) Problem {
	p := Problem{Vars: []Var{{Name: "x", Shape: []int{len(x)}, Value: x}}, equalTies: true}
	if f != nil {
		p.F = func(x [][]float64) ([]float64, error) { return []float64{f(x[0])}, nil }
	}
	if grad != nil {
		p.Grad = func(x [][]float64) ([][]float64, error) { return [][]float64{grad(x[0])}, nil }
	}
	return p
}

// movedTo returns the problem at another point.
func (p *Problem) movedTo(at []float64) (Problem, error) {
	q := *p
	q.Vars = slices.Clone(p.Vars)
	n := 0
	for i, v := range q.Vars {
		if n+len(v.Value) > len(at) {
			return q, fmt.Errorf("%d values for more variables", len(at))
		}
		q.Vars[i].Value = at[n : n+len(v.Value)]
		n += len(v.Value)
	}
	if n != len(at) {
		return q, fmt.Errorf("%d values for %d variables", len(at), n)
	}
	return q, nil
}
