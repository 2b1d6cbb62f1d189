package bridge

import (
	"math"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"
)

// wants says what a machine computes for the user of a graph.
type wants struct {
	outputs   []*G.Node
	gradients []gradient
	reads     []*G.Node // statements
}

// A gradient is a node of the graph with the input that it is the derivative of.
type gradient struct{ of, node *G.Node }

// solves reports whether n is a gradient, whose memory solvers compute in.
func (w wants) solves(n *G.Node) bool {
	return slices.ContainsFunc(w.gradients, func(d gradient) bool { return d.node == n })
}

// wanted returns the nodes of g that somebody may be waiting for; see [Machine].
func wanted(g *G.ExprGraph, keep []*G.Node) wants {
	w := wants{outputs: slices.Clone(keep)}
	x := newIndex(g)
	w.gradients = gradients(g)
	forward := firstDerivative(g)
	read := map[*G.Node]bool{} // by other nodes than derivatives and statements
	for _, n := range g.AllNodes() {
		switch {
		case isRead(n):
			w.reads = append(w.reads, n)
			w.outputs = append(w.outputs, x.children(n)[0])
		case isSet(n):
			w.outputs = append(w.outputs, x.children(n)[1])
		case n.ID() < forward:
			for _, child := range x.children(n) {
				read[child] = true
			}
		}
	}
	for _, n := range g.AllNodes() {
		if computes(n) && (n.ID() < forward && (n.IsScalar() || !read[n]) || slices.Contains(g.ByName(n.Name()), n)) {
			w.outputs = append(w.outputs, n)
		}
	}
	for _, d := range w.gradients {
		w.outputs = append(w.outputs, d.node)
	}
	w.outputs = unique(w.outputs)
	return w
}

func unique(nodes []*G.Node) []*G.Node {
	var out []*G.Node
	for _, n := range nodes {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// computes reports whether n is the result of an op on other nodes, and more
// than a length.
func computes(n *G.Node) bool {
	if n.Op() == nil || statement(n) {
		return false
	}
	name := n.Op().String()
	return !strings.HasPrefix(name, "const ") && !strings.HasPrefix(name, "SizeOf")
}

// gradients returns, for each input of g that Gorgonia has differentiated by,
// the last node that is its derivative.
func gradients(g *G.ExprGraph) []gradient {
	var out []gradient
	for _, n := range g.AllNodes() {
		for _, of := range n.DerivOf() {
			if of.Op() != nil {
				continue
			}
			if i := slices.IndexFunc(out, func(d gradient) bool { return d.of == of }); i >= 0 {
				out[i].node = n
			} else {
				out = append(out, gradient{of, n})
			}
		}
	}
	return out
}

// firstDerivative returns the least ID of the derivatives that Gorgonia has
// added to g; what was recorded before is the user's.
func firstDerivative(g *G.ExprGraph) int64 {
	first := int64(math.MaxInt64)
	for _, n := range g.AllNodes() {
		if len(n.DerivOf()) > 0 && computes(n) {
			first = min(first, n.ID())
		}
	}
	return first
}
