package compile

import "slices"

// What groups read from memory and leave there.

// operands returns the values that the group reads but does not compute.
func (s *state) operands(g *group) []*Node {
	var out distinct
	for _, n := range g.nodes {
		for i := range n.inputs {
			if x := read(n, i); s.groupOf[x.id] != g {
				out.add(x)
			}
		}
	}
	return out.nodes
}

// distinct is a list of nodes, each of them once.
type distinct struct {
	nodes []*Node
	known map[*Node]bool // those of a list that is long
}

func (d *distinct) add(n *Node) {
	const long = 16
	switch {
	case d.known == nil && slices.Contains(d.nodes, n), d.known[n]:
		return
	case d.known == nil && len(d.nodes) == long:
		d.known = map[*Node]bool{}
		for _, m := range d.nodes {
			d.known[m] = true
		}
	}
	if d.known != nil {
		d.known[n] = true
	}
	d.nodes = append(d.nodes, n)
}

// results returns the members whose values are kept in memory: others read
// them, or an output is made of them.
func (s *state) results(g *group) []*Node {
	var out []*Node
	for _, n := range g.nodes {
		if s.keeps(g, n) {
			out = append(out, n)
		}
	}
	return out
}

// keeps reports whether the member n of g is one of its results.
func (s *state) keeps(g *group, n *Node) bool {
	return s.output[n.id] || slices.ContainsFunc(s.readers[n.id], func(m *Node) bool { return s.groupOf[m.id] != g || closes(n) })
}
