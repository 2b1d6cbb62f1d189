package bridge_test

import (
	"fmt"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/autodiff/bridge"
	"declive/internal/exported"
)

// Every function is called with arguments that have no meaning.
func TestArguments(t *testing.T) {
	calls := append(importCalls(t), lowerCalls(t)...)
	exported.Check(t, ".", append(calls, productCalls()...))
}

func importCalls(t *testing.T) []exported.Call {
	g, other := G.NewGraph(), G.NewGraph()
	x := vector(g, "x", 1, 2, 3)
	y := G.Must(G.Square(x))
	strange := vector(other, "strange", 1, 2)
	whole := G.Must(G.Add(integer(other, 1), integer(other, 2)))
	imports := func(with string, g *G.ExprGraph, outputs ...*G.Node) exported.Call {
		return exported.Call{Of: "Import", With: with, Do: func() error { _, err := bridge.Import(g, outputs...); return err }}
	}
	machine := func(of, with string, g *G.ExprGraph, opts ...G.VMOpt) exported.Call {
		return exported.Call{Of: of, With: with, Do: func() error { return bridge.NewMachine(g, opts...).Err() }}
	}
	im, err := bridge.Import(g, y)
	if err != nil {
		t.Fatal(err)
	}
	m := bridge.NewMachine(g)
	return []exported.Call{
		imports("nil", nil),
		imports("an empty graph", G.NewGraph()),
		imports("a nil output", g, nil),
		imports("an output that is not made", g, &G.Node{}),
		imports("an output of another graph", g, strange),
		imports("integers", other, whole),
		{Of: "Imported.Node", With: "nil", Do: exported.Panics(func() { im.Node(nil) }), Accepted: true},
		machine("NewMachine", "nil", nil),
		machine("NewMachine", "an empty graph", G.NewGraph()),
		machine("NewMachine", "a nil option", g, nil),
		machine("Keep", "nil", g, bridge.Keep(nil)),
		machine("Keep", "a node of another graph", g, bridge.Keep(strange)),
		{Of: "Machine.Let", With: "nil", Do: func() error { return m.Let(nil, 1.0) }},
		{Of: "Machine.Let", With: "a nil value", Do: func() error { return m.Let(x, nil) }},
		{Of: "Machine.Let", With: "a node of another graph", Do: func() error { return m.Let(strange, 1.0) }},
		{Of: "Machine.Let", With: "another shape", Do: func() error { return m.Let(x, tensor.New(tensor.WithBacking([]float64{1}))) }},
		{Of: "Machine.Set", With: "nil", Do: func() error { return m.Set(nil, nil) }},
		{Of: "Machine.Set", With: "a nil node", Do: func() error { return m.Set(x, nil) }},
		{Of: "Machine.Set", With: "no value", Do: func() error { return m.Set(x, G.NewVector(g, G.Float64, G.WithName("empty"), G.WithShape(3))) }},
	}
}

func integer(g *G.ExprGraph, v int) *G.Node {
	return G.NewScalar(g, tensor.Int, G.WithName(fmt.Sprint("integer ", v)), G.WithValue(v))
}

func lowerCalls(t *testing.T) []exported.Call {
	g := autodiff.NewGraph(tensor.Float64)
	x, labels := g.Input("x", 2, 3), g.Labels("y", 2)
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float64)))
	loss := x.Mul(g.Param(w)).Square().Sum()
	lower := func(with string, loss *autodiff.Node, xs ...*autodiff.Node) exported.Call {
		return exported.Call{Of: "Lower", With: with, Do: func() error { _, err := bridge.Lower(loss, xs...); return err }}
	}
	l, err := bridge.Lower(loss, x)
	if err != nil {
		t.Fatal(err)
	}
	run := func(with string, feeds ...autodiff.Feed) exported.Call {
		return exported.Call{Of: "Lowering.Run", With: with, Do: func() error { _, _, err := l.Run(feeds...); return err }}
	}
	across := tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	if err := across.T(); err != nil {
		t.Fatal(err)
	}
	return []exported.Call{
		lower("nil", nil),
		lower("a loss that is not made", &autodiff.Node{}),
		lower("a matrix", x),
		lower("labels", labels),
		lower("a nil input", loss, nil),
		lower("an input that is not made", loss, &autodiff.Node{}),
		lower("labels as input", loss, labels),
		lower("an input of another graph", loss, autodiff.NewGraph(tensor.Float64).Input("x", 2, 3)),
		lower("the loss itself", loss, loss),
		run("nothing"),
		run("a feed that is not made", autodiff.Feed{}),
		run("a nil tensor", x.Feed(nil)),
		run("a tensor that is not made", x.Feed(&tensor.Dense{})),
		run("a transposed tensor", x.Feed(across)),
		run("another shape", x.Feed(tensor.New(tensor.WithShape(3, 2), tensor.Of(tensor.Float64)))),
		run("integers", x.Feed(tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Int)))),
		{Of: "Lowering.Node", With: "nil", Do: exported.Panics(func() { l.Node(nil) }), Accepted: true},
	}
}

// Products panic with gonum's own words, as they are documented to.
func productCalls() []exported.Call {
	gonums := func(do func()) func() error {
		return func() (err error) {
			defer func() {
				if text, ok := recover().(string); ok && strings.HasPrefix(text, "blas: ") {
					err = fmt.Errorf("%s", text)
				}
			}()
			do()
			return nil
		}
	}
	var none []float64
	return []exported.Call{
		{Of: "BLAS.Sgemm", With: "a negative number of rows", Do: gonums(func() {
			bridge.BLAS{}.Sgemm(blas.NoTrans, blas.NoTrans, -1, 1, 1, 1, nil, 1, nil, 1, 0, nil, 1)
		})},
		{Of: "BLAS.Dgemm", With: "no memory", Do: gonums(func() {
			bridge.BLAS{}.Dgemm(blas.NoTrans, blas.NoTrans, 20, 20, 20, 1, none, 20, none, 20, 0, none, 20)
		})},
		{Of: "BLAS.Dgemm", With: "no transposition", Do: gonums(func() {
			bridge.BLAS{}.Dgemm(0, 0, 1, 1, 1, 1, []float64{1}, 1, []float64{1}, 1, 0, []float64{1}, 1)
		})},
	}
}
