package graphcheck_test

import (
	"errors"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff/bridge/graphcheck"
	"declive/internal/exported"
)

// Every function is called with arguments that have no meaning.
func TestArguments(t *testing.T) {
	x := vector("x", 3)
	square := G.Must(G.Square(x))
	cost := G.Must(G.Sum(square))
	apart := vector("apart", 3)
	empty := G.NewVector(x.Graph(), G.Float64, G.WithName("empty"), G.WithShape(3))
	whole := G.NewScalar(G.NewGraph(), tensor.Int, G.WithName("whole"), G.WithValue(1))
	var calls []exported.Call
	call := func(with string, cost *G.Node, wrt ...*G.Node) {
		calls = append(calls, exported.Call{Of: "Problem", With: with, Do: problem(cost, wrt...)})
	}
	call("nil", nil, x)
	call("a cost that is not made", &G.Node{}, x)
	call("a cost of int", whole, whole)
	call("a cost that is a vector", square, x)
	call("no inputs", cost)
	call("a nil input", cost, x, nil)
	call("an input that is not made", cost, &G.Node{})
	call("an input of another graph", cost, apart)
	call("an input given twice", cost, x, x)
	call("the result of an op", cost, square)
	call("an input without a value", cost, empty)
	exported.Check(t, ".", append(calls,
		exported.Call{Of: "Check", With: "no test", Do: exported.Panics(func() { graphcheck.Check(nil, cost, G.Nodes{x}) })},
		exported.Call{Of: "Check", With: "nil", Do: func() error {
			r := &recorder{TB: t}
			if graphcheck.Check(r, nil, nil).OK() {
				return nil
			}
			return r.err
		}},
		exported.Call{Of: "Check", With: "a nil option", Do: func() error {
			r := &recorder{TB: t}
			if graphcheck.Check(r, cost, G.Nodes{x}, nil).OK() {
				return nil
			}
			return r.err
		}},
	))
}

// A recorder is a testing.TB that keeps the error that would fail the test.
type recorder struct {
	testing.TB
	err error
}

func (r *recorder) Error(args ...any) {
	if err, ok := args[0].(error); ok {
		r.err = errors.Join(r.err, err)
	}
}
