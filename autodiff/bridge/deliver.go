package bridge

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// learned is an input that a solver changes, with its gradient. Solvers compute
// in the gradient's memory and clear it, so that no two inputs may share one.
type learned struct {
	input *G.Node
	from  G.Value // of the gradient's node
	value G.Value // what the solver gets: from, or a copy of it
}

// newLearned gives each input a gradient of its own. Where the gradient's node
// is another input's too, or a constant, a node of a graph of its own stands in.
func newLearned(gradients []gradient, outputs []output) []learned {
	var out []learned
	used := map[uintptr]bool{}
	private := G.NewGraph()
	for i, d := range gradients {
		var l learned
		for _, o := range outputs {
			if o.node == d.node {
				l = learned{input: d.of, from: o.value, value: o.value}
			}
		}
		if used[l.from.Uintptr()] || !computes(d.node) {
			stand := like(private, fmt.Sprint("gradient ", i), d.of)
			v, err := G.CloneValue(l.from)
			check(err)
			check(G.Let(stand, v))
			G.SetDerivOf(stand, d.of)
			l.value = v
		}
		used[l.from.Uintptr()] = true
		out = append(out, l)
	}
	return out
}

// like returns an input of g with the type and shape of n.
func like(g *G.ExprGraph, name string, n *G.Node) *G.Node {
	if n.IsScalar() {
		return G.NewScalar(g, n.Dtype(), G.WithName(name))
	}
	return G.NewTensor(g, n.Dtype(), n.Dims(), G.WithShape(n.Shape()...), G.WithName(name))
}

// deliver brings a copied gradient up to date, and the gradient that a tape
// machine with BindDualValues has bound to the input before.
func (l learned) deliver() error {
	if l.value != l.from {
		if _, err := G.Copy(l.value, l.from); err != nil {
			return err
		}
	}
	bound, err := l.input.Grad()
	if err != nil || bound == nil || bound == l.value {
		return err
	}
	_, err = G.Copy(bound, l.from)
	return err
}

// A reader executes Gorgonia's Read statements: the same statements in a graph
// whose inputs are the program's results.
type reader struct {
	vm G.VM
}

func newReader(statements []*G.Node, outputs []output) *reader {
	if len(statements) == 0 {
		return &reader{}
	}
	g := G.NewGraph()
	for i, s := range statements {
		x := newIndex(s.Graph())
		from := x.children(s)[0]
		in := like(g, fmt.Sprint("result ", i), from)
		for _, o := range outputs {
			if o.node == from {
				check(G.Let(in, o.value))
			}
		}
		G.NewUniqueNode(G.WithOp(s.Op()), G.WithChildren(G.Nodes{in}), G.WithName(s.Name()), G.In(g))
	}
	return &reader{G.NewTapeMachine(g)}
}

func (r *reader) run() error {
	if r.vm == nil {
		return nil
	}
	defer r.vm.Reset()
	if err := r.vm.RunAll(); err != nil {
		return fmt.Errorf("bridge: RunAll: Read: %w", err)
	}
	return nil
}
