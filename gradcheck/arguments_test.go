package gradcheck_test

import (
	"context"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/internal/exported"
)

// Every function is called with arguments that have no meaning.
func TestArguments(t *testing.T) {
	calls := append(problemCalls(), computeCalls()...)
	calls = append(calls, optionCalls()...)
	exported.Check(t, ".", append(calls, testingCalls(t)...))
}

// nowhere is a context that was never given.
var nowhere context.Context

func matrixOf(rows, cols int, x ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(x))
}

// transposed returns a matrix (3, 2) that is read across its memory.
func transposed() *tensor.Dense {
	m := matrixOf(2, 3, 1, 2, 3, 4, 5, 6)
	if err := m.T(); err != nil {
		panic(err)
	}
	return m
}

// column returns the second column of a matrix, a view.
func column() *tensor.Dense {
	v, err := matrixOf(3, 2, 1, 2, 3, 4, 5, 6).Slice(nil, tensor.S(1))
	if err != nil {
		panic(err)
	}
	return v.(*tensor.Dense)
}

func problemCalls() []exported.Call {
	w := autodiff.NewParam("w", matrixOf(2, 1, 0.5, -1))
	moved := autodiff.NewParam("moved", matrixOf(2, 3, 1, 2, 3, 4, 5, 6))
	if err := moved.Value().T(); err != nil {
		panic(err)
	}
	square := func(x, y *autodiff.Node) *autodiff.Node {
		return x.MatMul(x.Graph().Param(w)).Sub(y).Square().Mean()
	}
	picked := func(x, y *autodiff.Node) *autodiff.Node {
		return x.MatMul(x.Graph().Param(w)).Broadcast(3, 2).Pick(y).Mean()
	}
	x, y := matrixOf(3, 2, 1, 2, 3, 4, 5, 6), matrixOf(3, 1, 1, 0, 2)
	ints := func(shape ...int) *tensor.Dense { return tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Int)) }
	small := tensor.New(tensor.WithShape(3), tensor.Of(tensor.Int32))
	params := []*autodiff.Param{w}
	loss := func(with string, f autodiff.LossFunc, params []*autodiff.Param, x, y *tensor.Dense) exported.Call {
		return exported.Call{Of: "LossProblem", With: with, Do: func() error {
			_, err := gradcheck.LossProblem(f, params, autodiff.Batch{X: x, Y: y})
			return err
		}}
	}
	calls := []exported.Call{
		loss("a nil loss", nil, params, x, y),
		loss("a loss that returns nil", func(_, _ *autodiff.Node) *autodiff.Node { return nil }, params, x, y),
		loss("a loss of another graph", func(_, _ *autodiff.Node) *autodiff.Node { return autodiff.NewGraph(tensor.Float64).Scalar(1) }, params, x, y),
		loss("a loss that is labels", func(_, y *autodiff.Node) *autodiff.Node { return y }, params, x, ints(3)),
		loss("a loss that is a matrix", func(x, _ *autodiff.Node) *autodiff.Node { return x }, params, x, y),
		loss("no parameters", square, nil, x, y),
		loss("a nil parameter", square, []*autodiff.Param{nil}, x, y),
		loss("a parameter that is not made", square, []*autodiff.Param{{}}, x, y),
		loss("a parameter given twice", square, []*autodiff.Param{w, w}, x, y),
		loss("a transposed parameter", square, []*autodiff.Param{w, moved}, x, y),
		loss("an empty batch", square, params, nil, nil),
		loss("nil examples", square, params, nil, y),
		loss("nil targets", square, params, x, nil),
		loss("examples that are not made", square, params, &tensor.Dense{}, y),
		loss("transposed examples", square, params, transposed(), y),
		loss("a column of examples", square, params, column(), y),
		loss("a column of targets", square, params, x, column()),
		loss("examples of int", square, params, ints(3, 2), y),
		loss("scalar targets of another shape than the scores", picked, params, x, tensor.New(tensor.FromScalar(1.0))),
		loss("a scalar label", picked, params, x, tensor.New(tensor.FromScalar(1))),
		loss("labels of int32", picked, params, x, small),
		loss("labels in a matrix", picked, params, x, ints(3, 1)),
		loss("too few labels", picked, params, x, ints(2)),
	}
	tanh := func(in ...*autodiff.Node) *autodiff.Node { return in[0].Tanh() }
	for name, of := range map[string]func(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense) (gradcheck.Problem, error){
		"OpProblem": gradcheck.OpProblem, "Grad2Problem": gradcheck.Grad2Problem,
	} {
		call := func(with string, f func(in ...*autodiff.Node) *autodiff.Node, in ...*tensor.Dense) {
			calls = append(calls, exported.Call{Of: name, With: with, Do: func() error { _, err := of(f, in); return err }})
		}
		call("nil", nil, x)
		call("a function that returns nil", func(...*autodiff.Node) *autodiff.Node { return nil }, x)
		call("a function of another graph", func(...*autodiff.Node) *autodiff.Node { return autodiff.NewGraph(tensor.Float64).Scalar(1) }, x)
		call("a function that does not fit", func(in ...*autodiff.Node) *autodiff.Node { return in[0].MatMul(in[0]) }, x)
		call("no operands", tanh)
		call("a nil operand", tanh, x, nil)
		call("an operand that is not made", tanh, &tensor.Dense{})
		call("a transposed operand", tanh, transposed())
		call("a column", tanh, column())
		call("labels alone", tanh, ints(3))
		call("labels in a matrix", tanh, x, ints(3, 1))
		call("operands of int32", tanh, small)
	}
	return calls
}

func square1(x []float64) float64       { return x[0] * x[0] }
func square1Grad(x []float64) []float64 { return []float64{2 * x[0]} }

func computeCalls() []exported.Call {
	good := gradcheck.FuncProblem(square1, square1Grad, []float64{1.5})
	var calls []exported.Call
	call := func(with string, change func(p *gradcheck.Problem), opts ...gradcheck.Option) {
		calls = append(calls, exported.Call{Of: "Compute", With: with, Do: func() error {
			p := good
			p.Vars = append([]gradcheck.Var(nil), good.Vars...)
			change(&p)
			r, err := gradcheck.Compute(context.Background(), p, opts...)
			if err == nil {
				err = r.Err()
			}
			return err
		}})
	}
	fails := errors.New("no")
	call("nothing", func(p *gradcheck.Problem) { *p = gradcheck.Problem{} })
	call("no function", func(p *gradcheck.Problem) { p.F = nil })
	call("no gradient", func(p *gradcheck.Problem) { p.Grad = nil })
	call("no variables", func(p *gradcheck.Problem) { p.Vars = nil })
	call("a variable that is not made", func(p *gradcheck.Problem) { p.Vars[0] = gradcheck.Var{} })
	call("negative lengths", func(p *gradcheck.Problem) {
		p.Vars[0] = gradcheck.Var{Name: "x", Shape: []int{-1, -2}, Value: []float64{1, 2}}
	})
	call("lengths that overflow", func(p *gradcheck.Problem) { p.Vars[0] = gradcheck.Var{Name: "x", Shape: []int{math.MaxInt, 2}} })
	call("NaN", func(p *gradcheck.Problem) { p.Vars[0].Value = []float64{math.NaN()} })
	call("a function that returns nothing", func(p *gradcheck.Problem) { p.F = func([][]float64) ([]float64, error) { return nil, nil } })
	call("a function that fails", func(p *gradcheck.Problem) { p.F = func([][]float64) ([]float64, error) { return nil, fails } })
	call("a gradient that returns nothing", func(p *gradcheck.Problem) { p.Grad = func([][]float64) ([][]float64, error) { return nil, nil } })
	call("a gradient of nothing", func(p *gradcheck.Problem) {
		p.Grad = func([][]float64) ([][]float64, error) { return [][]float64{nil}, nil }
	})
	call("a gradient that fails", func(p *gradcheck.Problem) { p.Grad = func([][]float64) ([][]float64, error) { return nil, fails } })
	call("a nil option", func(*gradcheck.Problem) {}, nil)
	return append(calls,
		exported.Call{Of: "Compute", With: "a nil context", Do: func() error { _, err := gradcheck.Compute(nowhere, good); return err }},
		exported.Call{Of: "FuncProblem", With: "nil", Do: func() error {
			_, err := gradcheck.Compute(context.Background(), gradcheck.FuncProblem(nil, nil, nil))
			return err
		}},
		exported.Call{Of: "FuncProblem", With: "a nil gradient", Do: func() error {
			_, err := gradcheck.Compute(context.Background(), gradcheck.FuncProblem(square1, nil, []float64{1}))
			return err
		}},
		exported.Call{Of: "Forward", With: "nil", Do: exported.Panics(func() { gradcheck.Forward(nil, []float64{1}, 1e-5) })},
		exported.Call{Of: "Forward", With: "no step", Do: exported.Panics(func() { gradcheck.Forward(square1, []float64{1}, 0) })},
		exported.Call{Of: "Forward", With: "NaN", Do: exported.Panics(func() { gradcheck.Forward(square1, []float64{1}, math.NaN()) })},
		exported.Call{Of: "Forward", With: "no weights", Do: exported.Panics(func() {
			gradcheck.Forward(func([]float64) float64 { return 0 }, nil, 1)
		}), Accepted: true},
		exported.Call{Of: "VarReport.WriteCSV", With: "nil", Do: func() error { return (&gradcheck.VarReport{}).WriteCSV(nil) }},
		exported.Call{Of: "VarReport.WriteCSV", With: "a report that is not made", Do: func() error {
			return (&gradcheck.VarReport{Coords: []gradcheck.Coord{{Index: 3}}}).WriteCSV(io.Discard)
		}, Accepted: true},
		exported.Call{Of: "Report.Err", With: "a report that is not made", Do: (&gradcheck.Report{}).Err},
		exported.Call{Of: "Report.OK", With: "a report that is not made", Do: exported.Panics(func() { (&gradcheck.Report{}).OK() }), Accepted: true},
		exported.Call{Of: "Report.String", With: "a report that is not made", Do: exported.Panics(func() { _ = (&gradcheck.Report{Vars: make([]gradcheck.VarReport, 2)}).String() }), Accepted: true},
		exported.Call{Of: "Report.Wrong", With: "a report that is not made", Do: exported.Panics(func() { (&gradcheck.Report{}).Wrong() }), Accepted: true},
		exported.Call{Of: "Score.String", With: "a score that is not made", Do: exported.Panics(func() { _ = gradcheck.Score{}.String() }), Accepted: true},
		exported.Call{Of: "Verdict.String", With: "a number of no verdict", Do: exported.Panics(func() { _ = gradcheck.Verdict(99).String() }), Accepted: true},
	)
}

func optionCalls() []exported.Call {
	good := gradcheck.FuncProblem(square1, square1Grad, []float64{1.5})
	right := func(x []float64) []float64 { return square1Grad(x) }
	var calls []exported.Call
	call := func(of, with string, accepted bool, opt gradcheck.Option) {
		calls = append(calls, exported.Call{Of: of, With: with, Accepted: accepted, Do: func() error {
			_, err := gradcheck.Compute(context.Background(), good, opt)
			return err
		}})
	}
	for name, v := range map[string]float64{"0": 0, "1": 1, "NaN": math.NaN(), "a negative number": -1} {
		call("RelTol", name, false, gradcheck.RelTol(v))
	}
	call("Fast", "0", false, gradcheck.Fast(0))
	call("Fast", "a negative number", false, gradcheck.Fast(-1))
	call("Sample", "0", false, gradcheck.Sample(0))
	call("Seed", "0", true, gradcheck.Seed(0))
	call("Kinks", "a number of no mode", false, gradcheck.Kinks(99))
	call("MaxUnresolved", "NaN", false, gradcheck.MaxUnresolved(math.NaN()))
	call("MaxUnresolved", "2", false, gradcheck.MaxUnresolved(2))
	call("At", "nothing", false, gradcheck.At())
	call("At", "nil", false, gradcheck.At(nil))
	call("At", "too many values", false, gradcheck.At([]float64{1, 2}))
	call("At", "NaN", false, gradcheck.At([]float64{math.NaN()}))
	call("Bounds", "NaN", false, gradcheck.Bounds(math.NaN(), 1))
	call("Bounds", "nothing between", false, gradcheck.Bounds(1, 1))
	call("Bounds", "the point outside", false, gradcheck.Bounds(2, 3))
	call("Expect", "nil", false, gradcheck.Expect("x", nil))
	call("Expect", "a name of no variable", false, gradcheck.Expect("no such variable", right))
	call("Expect", "the name of the variable", true, gradcheck.Expect("x", right))
	return calls
}

// testingCalls are of the functions that fail a test instead of returning an
// error: the recorder has it.
func testingCalls(t *testing.T) []exported.Call {
	good := gradcheck.FuncProblem(square1, square1Grad, []float64{1.5})
	x := []*tensor.Dense{matrixOf(1, 2, 1, 2)}
	tanh := func(in ...*autodiff.Node) *autodiff.Node { return in[0].Tanh() }
	var calls []exported.Call
	call := func(of, with string, do func(t testing.TB) *gradcheck.Report) {
		calls = append(calls, exported.Call{Of: of, With: with, Do: func() error {
			r := record(t)
			if report := do(r); report.OK() {
				return nil
			}
			return errors.New(r.text.String()[:max(0, r.text.Len()-1)])
		}})
	}
	none := exported.Panics
	call("Check", "nil", func(t testing.TB) *gradcheck.Report { return gradcheck.Check(t, nil, nil, autodiff.Batch{}) })
	call("Op", "nil", func(t testing.TB) *gradcheck.Report { return gradcheck.Op(t, nil, nil) })
	call("Op", "a nil option", func(t testing.TB) *gradcheck.Report { return gradcheck.Op(t, tanh, x, nil) })
	call("Grad2", "nil", func(t testing.TB) *gradcheck.Report { return gradcheck.Grad2(t, nil, nil) })
	call("Func", "nil", func(t testing.TB) *gradcheck.Report { return gradcheck.Func(t, nil, nil, nil) })
	call("Func", "an unknown variable", func(t testing.TB) *gradcheck.Report {
		return gradcheck.Func(t, square1, square1Grad, []float64{1}, gradcheck.Expect("y", square1Grad))
	})
	call("Mutants", "nil", func(t testing.TB) *gradcheck.Report {
		gradcheck.Mutants(t, gradcheck.Problem{})
		return &gradcheck.Report{}
	})
	call("Mutants", "a nil option", func(t testing.TB) *gradcheck.Report {
		gradcheck.Mutants(t, good, nil)
		return &gradcheck.Report{}
	})
	return append(calls,
		exported.Call{Of: "Check", With: "no test", Do: none(func() { gradcheck.Check(nil, nil, nil, autodiff.Batch{}) })},
		exported.Call{Of: "Op", With: "no test", Do: none(func() { gradcheck.Op(nil, tanh, x) })},
		exported.Call{Of: "Grad2", With: "no test", Do: none(func() { gradcheck.Grad2(nil, tanh, x) })},
		exported.Call{Of: "Func", With: "no test", Do: none(func() { gradcheck.Func(nil, square1, square1Grad, []float64{1}) })},
		exported.Call{Of: "Mutants", With: "no test", Do: none(func() { gradcheck.Mutants(nil, good) })},
	)
}

// The words are those of optim's trainer.
func TestBatchesAreRefused(t *testing.T) {
	w := autodiff.NewParam("w", matrixOf(2, 1, 0.5, -1))
	loss := func(x, y *autodiff.Node) *autodiff.Node { return x.MatMul(x.Graph().Param(w)).Sub(y).Square().Mean() }
	for want, b := range map[string]autodiff.Batch{
		"gradcheck: examples of shape (3, 2): the tensor is not contiguous and row-major; use its Materialize method":                    {X: transposed()},
		"gradcheck: targets of shape (3): the tensor is not contiguous and row-major; use its Materialize method (class labels are int)": {X: matrixOf(1, 2, 1, 2), Y: column()},
		"gradcheck: targets of shape (3): precision int32 is neither float32 nor float64 (class labels are int)":                         {Y: tensor.New(tensor.WithShape(3), tensor.Of(tensor.Int32))},
		"gradcheck: the batch is empty: X and Y are nil":                                                                                 {},
	} {
		_, err := gradcheck.LossProblem(loss, []*autodiff.Param{w}, b)
		require.Error(t, err)
		assert.Equal(t, want, err.Error())
	}
}
