// Package mutate puts single faults into the backward part of a graph.
//
// [New] records a gradient and lists the faults that its nodes allow;
// [Backward.With] returns the gradient's nodes with one of them. Everything is
// recorded in the graph of the function itself, so that a faulty gradient is
// compiled and run like the right one. It leaves out faults of protocol, such as
// stale buffers, which no graph can have.
package mutate

import (
	"fmt"

	"declive/autodiff"
)

// A Backward is the gradient of a function, recorded in the function's graph.
type Backward struct {
	Grads  []*autodiff.Node // one for each x
	Faults []Fault

	first int // the ID of the first backward node
	nodes []*autodiff.Node
}

// A Fault is a change of one backward node.
type Fault struct {
	Node *autodiff.Node // the right node
	Kind string         // what is wrong with it
	make func() *autodiff.Node
}

// String describes the fault: kind, op, shape and place.
func (f Fault) String() string {
	return fmt.Sprintf("%s: %s %v recorded at %s", f.Kind, f.Node.Op(), f.Node.Shape(), f.Node.Caller())
}

// New records the vector-Jacobian product of y with the incoming gradient dy, and
// lists the faults that can be put into it. Every x must be reached.
func New(y, dy *autodiff.Node, xs ...*autodiff.Node) (*Backward, error) {
	first := len(y.Graph().Nodes())
	grads, err := autodiff.GradOf(y, dy, xs...)
	if err != nil {
		return nil, err
	}
	b := &Backward{Grads: grads, first: first}
	forward := needed(y)
	for _, n := range needed(grads...) {
		if n.ID() >= first && len(n.Inputs()) > 0 {
			b.nodes = append(b.nodes, n)
			b.Faults = append(b.Faults, faults(n, forward)...)
		}
	}
	return b, nil
}

// With returns the gradient with one fault: the faulty node, and everything
// computed from the right one recorded again.
func (b *Backward) With(f Fault) (grads []*autodiff.Node, err error) {
	defer autodiff.Catch(&err)
	changed := map[*autodiff.Node]*autodiff.Node{f.Node: f.make()}
	for _, n := range b.nodes {
		if n.ID() <= f.Node.ID() {
			continue
		}
		in, any := make([]*autodiff.Node, len(n.Inputs())), false
		for i, x := range n.Inputs() {
			in[i] = x
			if c := changed[x]; c != nil {
				in[i], any = c, true
			}
		}
		if any {
			changed[n] = n.Graph().Repeat(n, in...)
		}
	}
	for _, g := range b.Grads {
		if c := changed[g]; c != nil {
			g = c
		}
		grads = append(grads, g)
	}
	return grads, nil
}

// needed returns the nodes that the outputs are computed from, and these, in the
// order of recording.
func needed(outputs ...*autodiff.Node) []*autodiff.Node {
	seen := map[*autodiff.Node]bool{}
	var out []*autodiff.Node
	var visit func(n *autodiff.Node)
	visit = func(n *autodiff.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, x := range n.Inputs() {
			visit(x)
		}
		out = append(out, n)
	}
	for _, n := range outputs {
		visit(n)
	}
	return out
}
