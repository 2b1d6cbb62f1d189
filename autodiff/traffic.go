package autodiff

import "slices"

// What units read from memory and leave there.

// operands returns the values that the unit reads but does not compute.
func (a *analysis) operands(u *unit) []*Node {
	var out distinct
	for _, n := range u.nodes {
		for i := range n.inputs {
			if x := read(n, i); a.unitOf[x.id] != u {
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
func (a *analysis) results(u *unit) []*Node {
	var out []*Node
	for _, n := range u.nodes {
		if a.keeps(u, n) {
			out = append(out, n)
		}
	}
	return out
}

// keeps reports whether the member n of u is one of its results.
func (a *analysis) keeps(u *unit, n *Node) bool {
	return a.output[n.id] || slices.ContainsFunc(a.users[n.id], func(m *Node) bool { return a.unitOf[m.id] != u || closes(n) })
}
