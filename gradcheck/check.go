package gradcheck

import (
	"testing"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Check differentiates loss on a batch and compares the gradient of every
// parameter with a numerical one:
//
//	func TestModel(t *testing.T) {
//		gradcheck.Check(t, loss, model.Params(), batch)
//	}
//
// Every parameter has its subtest if t is a *testing.T, so go test -run
// 'TestModel/W1' compares that one only. With -short three random directions of
// each are compared. Where the test's deadline is too near for all coordinates,
// a sample is compared and the report says so. With -artifacts the whole table
// of a failure is written to W1.csv. The environment variable GRADCHECK_SEED
// replaces the seed.
//
// The gradient is computed in the precision of the parameters, the function in
// float64. Check fails t if the gradient is wrong, and returns the report.
func Check(t testing.TB, loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch, opts ...Option) *Report {
	needs(t, "Check")
	t.Helper()
	p, err := LossProblem(loss, params, batch)
	if err != nil {
		t.Error(err)
		return refusedReport(err)
	}
	return runTest(t, p, true, opts)
}

// Op checks one operation, or any function of nodes, through random incoming
// gradients. Inputs of Int are labels. Where the function has kinks, they are
// checked as with [Strict].
func Op(t testing.TB, f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense, opts ...Option) *Report {
	needs(t, "Op")
	t.Helper()
	p, err := OpProblem(f, in)
	if err != nil {
		t.Error(err)
		return refusedReport(err)
	}
	return runTest(t, p, false, append([]Option{Kinks(Strict)}, opts...))
}

// Grad2 checks the gradient of the gradient of f: its vector-Jacobian product,
// as a function of the inputs and of the incoming gradient.
func Grad2(t testing.TB, f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense, opts ...Option) *Report {
	needs(t, "Grad2")
	t.Helper()
	p, err := Grad2Problem(f, in)
	if err != nil {
		t.Error(err)
		return refusedReport(err)
	}
	return runTest(t, p, false, opts)
}

// Func checks a hand-written gradient of any function of a vector, from any
// library, at x:
//
//	gradcheck.Func(t, loss, gradient, []float64{0.3, -1.2})
//
// Where variables other than 0 are equal it also looks along directions in which
// they stay so: a maximum of equals may share its gradient, not hand it out twice.
//
// It fails t with the report if the gradient is wrong, and returns the report.
func Func(t testing.TB, f func(x []float64) float64, grad func(x []float64) []float64, x []float64, opts ...Option) *Report {
	needs(t, "Func")
	t.Helper()
	return runTest(t, FuncProblem(f, grad, x), false, opts)
}
