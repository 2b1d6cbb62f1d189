package gradcheck

import (
	"context"
	"testing"
)

// Func checks a hand-written gradient of any function of a vector, from any
// library, at x:
//
//	gradcheck.Func(t, loss, gradient, []float64{0.3, -1.2})
//
// It fails t with the report if the gradient is wrong, and returns the report.
func Func(t testing.TB, f func(x []float64) float64, grad func(x []float64) []float64, x []float64, opts ...Option) *Report {
	t.Helper()
	return run(t, FuncProblem(f, grad, x), opts)
}

// FuncProblem returns the problem that [Func] checks, for [Compute].
func FuncProblem(f func(x []float64) float64, grad func(x []float64) []float64, x []float64) Problem {
	return Problem{
		Vars: []Var{{Name: "x", Shape: []int{len(x)}, Value: x}},
		F:    func(x [][]float64) ([]float64, error) { return []float64{f(x[0])}, nil },
		Grad: func(x [][]float64) ([][]float64, error) { return [][]float64{grad(x[0])}, nil },
	}
}

func run(t testing.TB, p Problem, opts []Option) *Report {
	t.Helper()
	r, err := Compute(context.Background(), p, opts...)
	if err != nil {
		t.Error(err)
		return &Report{}
	}
	if !r.OK() {
		t.Error(r.String())
	}
	return r
}
