package bridge

import (
	"slices"

	G "gorgonia.org/gorgonia"
)

// An index finds the operands of Gorgonia's nodes. ExprGraph.From would, but it
// looks nodes up in a table of positions that is not kept up when the graph
// loses a node, as it does where Log of a sum becomes Log1p; a subgraph of
// everything has a table of its own.
type index struct{ graph *G.ExprGraph }

func newIndex(g *G.ExprGraph) index {
	return index{g.Subgraph(slices.Clone(g.AllNodes())...)}
}

// children returns the operands of n, in their order.
func (x index) children(n *G.Node) []*G.Node {
	var out []*G.Node
	for it := x.graph.From(n.ID()); it.Next(); {
		out = append(out, it.Node().(*G.Node))
	}
	return out
}

// roots returns the nodes that compute and that nothing but statements reads.
func (x index) roots() []*G.Node {
	read := map[*G.Node]bool{}
	for _, n := range x.graph.AllNodes() {
		if !statement(n) {
			for _, child := range x.children(n) {
				read[child] = true
			}
		}
	}
	var out []*G.Node
	for _, n := range x.graph.AllNodes() {
		if n.Op() != nil && !statement(n) && !read[n] {
			out = append(out, n)
		}
	}
	return out
}

// statement reports whether n is a Read or a Set, which has no value.
func statement(n *G.Node) bool { return isRead(n) || isSet(n) }
func isRead(n *G.Node) bool    { return n.Op() != nil && n.Op().String() == "print" }
func isSet(n *G.Node) bool     { return n.Op() != nil && n.Op().String() == "=" }
