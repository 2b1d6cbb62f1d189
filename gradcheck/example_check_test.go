package gradcheck_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// A printer stands in for the *testing.T of a test function: it prints what would
// fail the test.
type printer struct{ testing.TB }

func (printer) Helper()                  {}
func (printer) Context() context.Context { return context.Background() }
func (printer) Attr(_, _ string)         {}
func (printer) Error(args ...any)        { fmt.Println(args...) }

func vector(v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(v)), tensor.WithBacking(v))
}

// A test of a model is one line.
func ExampleCheck() {
	var t printer // in a test, its *testing.T
	w := autodiff.NewParam("w", vector(0.5, -1))
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		return x.Mul(x.Graph().Param(w)).Sub(y).Square().Mean()
	}
	r := gradcheck.Check(t, loss, []*autodiff.Param{w}, autodiff.Batch{X: vector(1, 2), Y: vector(3, 4)})
	fmt.Println(r.OK())
	// Output: true
}

// At a tie a maximum may give its gradient to the first, or share it.
func ExampleOp() {
	var t printer
	r := gradcheck.Op(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].Max(in[1]) },
		[]*tensor.Dense{vector(1, 2, 3), vector(1, 0, 5)})
	fmt.Println(r.OK())
	// Output: true
}

// The gradient of the gradient is checked like any other.
func ExampleGrad2() {
	var t printer
	r := gradcheck.Grad2(t, func(in ...*autodiff.Node) *autodiff.Node { return in[0].Tanh() }, []*tensor.Dense{vector(0.3, -1)})
	fmt.Println(r.OK())
	// Output: true
}

// A hand-written gradient needs no graph: here the chain rule is forgotten.
func ExampleFunc() {
	var t printer
	f := func(x []float64) float64 { return math.Sin(3*x[0]) + math.Sin(3*x[1]) }
	gradient := func(x []float64) []float64 { return []float64{math.Cos(3 * x[0]), math.Cos(3 * x[1])} }
	r := gradcheck.Func(quiet{t}, f, gradient, []float64{0.3, 1.2})
	fmt.Println(r.OK(), r.Vars[0].Suspect)
	// Output: false analytic = 0.333333 x numeric on every coordinate: 3 times too small: divided by 3 once too often
}

// quiet prints nothing.
type quiet struct{ printer }

func (quiet) Error(...any) {}

// Would a test at zero weights notice a mistake?
func ExampleMutants() {
	var t printer
	f := func(x []float64) float64 { return math.Cos(x[0]) + x[1]*x[1] }
	gradient := func(x []float64) []float64 { return []float64{-math.Sin(x[0]), 2 * x[1]} }
	zero := gradcheck.FuncProblem(f, gradient, []float64{0, 0})
	random := gradcheck.FuncProblem(f, gradient, []float64{0.4, -1.1})
	fmt.Println(gradcheck.Mutants(t, random))
	fmt.Println(gradcheck.Mutants(t, zero).Tried)
	// Output:
	// 8 of 8 faults noticed
	// 8
}

// An operation outside of a test, in float32: the function is evaluated in
// float64 from the same code.
func ExampleOpProblem() {
	x := tensor.New(tensor.WithShape(3), tensor.WithBacking([]float32{0.1, 1, -2}))
	p, err := gradcheck.OpProblem(func(in ...*autodiff.Node) *autodiff.Node { return in[0].Softmax(0) }, []*tensor.Dense{x})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := gradcheck.Compute(context.Background(), p)
	fmt.Println(r.OK(), err)
	// Output: true <nil>
}

// A gradient written by hand is compared with a graph: the report says which
// derivative is wrong. This backward pass takes tanh′ to be 1.
func ExampleProblem() {
	p, err := gradcheck.OpProblem(func(in ...*autodiff.Node) *autodiff.Node { return in[0].Tanh().Mul(in[1]).Sum() },
		[]*tensor.Dense{vector(0.3, -1, 0.8), vector(2, 1, -1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	p.VJP = func(in [][]float64, v []float64) ([][]float64, error) {
		dx, dw := make([]float64, 3), make([]float64, 3)
		for i := range dx {
			dx[i], dw[i] = v[0]*in[1][i], v[0]*math.Tanh(in[0][i])
		}
		return [][]float64{dx, dw}, nil
	}
	r, err := gradcheck.Compute(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Vars[0].Suspect[:len("the derivative of op Tanh")], "…")
	fmt.Println(r.Vars[1].Agree, "coordinates of the other variable agree")
	// Output:
	// the derivative of op Tanh …
	// 3 coordinates of the other variable agree
}

func ExampleVarReport_WriteCSV() {
	f := func(x []float64) float64 { return 3 * x[0] }
	r, err := gradcheck.Compute(context.Background(), gradcheck.FuncProblem(f, func([]float64) []float64 { return []float64{3} }, []float64{2}))
	if err != nil {
		fmt.Println(err)
		return
	}
	var table strings.Builder
	if err := r.Vars[0].WriteCSV(&table); err != nil {
		fmt.Println(err)
		return
	}
	head, row, _ := strings.Cut(table.String(), "\n")
	fmt.Println(head)
	fmt.Println(strings.HasPrefix(row, `"[0]",agree,3,`))
	// Output:
	// index,verdict,analytic,numeric,error,tolerance,left,right,x
	// true
}
