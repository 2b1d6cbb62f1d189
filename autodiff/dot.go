package autodiff

import (
	"fmt"
	"strings"
)

// DOT returns the graph in the language of Graphviz, for people to look at:
//
//	os.WriteFile("graph.dot", []byte(g.DOT()), 0o644)
//	dot -Tsvg graph.dot > graph.svg
//
// Parameters are drawn as boxes, inputs and labels as houses, constants as plain
// text with their value, ops as ellipses with their shape.
func (g *Graph) DOT() string {
	var b strings.Builder
	b.WriteString("digraph declive {\n\trankdir=BT;\n")
	for _, n := range g.nodes {
		fmt.Fprintf(&b, "\tn%d [%s];\n", n.id, dotStyle(n))
		for i, x := range n.inputs {
			fmt.Fprintf(&b, "\tn%d -> n%d", x.id, n.id)
			if len(n.inputs) > 1 {
				fmt.Fprintf(&b, " [headlabel=%d]", i)
			}
			b.WriteString(";\n")
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func dotStyle(n *Node) string {
	shape, label := "ellipse", n.String()
	switch o := n.op.(type) {
	case parameter:
		shape = "box"
	case input, labels:
		shape = "house"
	case constant:
		shape = "plaintext"
		if o.array == nil {
			label = fmt.Sprint(o.scalar)
		}
	}
	return fmt.Sprintf("shape=%s, label=%q", shape, label)
}
