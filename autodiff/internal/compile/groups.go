package compile

import (
	"slices"

	"declive/autodiff/internal/domain"
)

// demand marks the values that outputs are computed from, and their readers.
func (s *state) demand() {
	n := len(s.graph.nodes)
	s.needed, s.readers, s.output = make([]bool, n), make([][]*Node, n), make([]bool, n)
	for _, n := range s.outputs {
		if _, ok := n.op.(assign); ok {
			s.assigns = append(s.assigns, n)
		}
		v := stored(n)
		s.needed[v.id], s.output[v.id] = true, true
	}
	for id := n - 1; id >= 0; id-- {
		if !s.needed[id] {
			continue
		}
		n := s.graph.nodes[id]
		for i := range n.inputs {
			x := read(n, i)
			s.needed[x.id] = true
			s.readers[x.id] = append(s.readers[x.id], n)
		}
	}
}

// partition gives every needed value a group of its own, except what a product
// absorbs.
func (s *state) partition() {
	s.pieces = make([]*group, len(s.graph.nodes))
	for _, n := range s.graph.nodes {
		if !s.needed[n.id] || len(n.inputs) == 0 || s.pieces[n.id] != nil {
			continue
		}
		g := s.groupFor(n)
		for _, m := range g.nodes {
			s.pieces[m.id] = g
		}
	}
}

func (s *state) groupFor(n *Node) *group {
	if isProduct(n.op) {
		p := s.productOf(n)
		return &group{kind: multiply, product: p, nodes: p.members(n)}
	}
	if o, ok := n.op.(rowSum); ok {
		return s.groupOfRows(o.of)
	}
	if o, ok := n.op.(looped); ok {
		if d, ok := o.domain(n); ok {
			return &group{kind: loop, nodes: []*Node{n}, domain: d}
		}
	}
	if _, ok := n.op.(single); !ok {
		failf("no instruction computes %s of shape %v", n.op.name(), n.shape)
	}
	return &group{kind: byItself, nodes: []*Node{n}}
}

// reads returns how n's i-th operand lies in the loop over d that computes n.
func reads(d domain.Domain, n *Node, i int) (domain.Place, bool) {
	switch n.op.(type) {
	case elementwise, broadcast:
		return d.PlaceIn(n.inputs[i].shape, n.shape)
	}
	return d.Place(n.inputs[i].shape)
}

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
