package compile

import (
	"declive/autodiff/internal/acyclic"
	"declive/autodiff/internal/domain"
)

// merge joins loops that pass values to each other, as long as they run over
// one domain and no other group stands between them: the values then never leave
// the cache.
func (s *state) merge() {
	n := len(s.graph.nodes)
	s.groupOf, s.position = make([]*group, n), make([]int, n)
	m := &merger{s, acyclic.New[*group, operandRead](), make([]*vertex, n), make([]*vertex, n)}
	m.addGroups()
	if s.Fuse {
		for _, n := range s.graph.nodes {
			if m.of[n.id] != nil {
				m.visit(n)
			}
		}
	}
	m.settle()
	s.work += m.joined.Steps()
}

// A merger joins the pieces of a state.
type merger struct {
	*state
	joined   *acyclic.Graph[*group, operandRead]
	of       []*vertex // by id, of the group that computes the node
	readable []*vertex // by id, from where on others read the node
}

// A vertex stands for a group, or for the end of a loop: a closing is read after it.
type vertex = acyclic.Vertex[*group, operandRead]

// An operandRead is an edge: n reads its i-th operand.
type operandRead struct {
	n *Node
	i int
}

// addGroups makes a vertex of each group, and one behind it of the end of a loop with
// a closing: another loop that reads the sum does not become one with it.
func (m *merger) addGroups() {
	for _, n := range m.graph.nodes {
		g := m.pieces[n.id]
		if g == nil || g.last() != n.id {
			continue
		}
		v := m.joined.Add(g)
		end := v
		if g.kind == loop && closes(n) {
			end = m.joined.Add(nil)
			v.Link(end, operandRead{})
		}
		for _, member := range g.nodes {
			m.of[member.id], m.readable[member.id] = v, end
		}
	}
}

// visit joins the group of n with those that it reads.
func (m *merger) visit(n *Node) {
	for i := range n.inputs {
		if x := read(n, i).id; m.readable[x] != nil && m.of[x].Root() != m.of[n.id].Root() {
			m.readable[x].Root().Link(m.of[n.id].Root(), operandRead{n, i})
		}
	}
	if n.op == (spread{}) {
		m.visitSpread(n)
	}
	for i := range n.inputs {
		x := read(n, i).id
		if m.of[x] == nil {
			continue
		}
		u, v := m.of[x].Root(), m.of[n.id].Root()
		if u == v || u.Of.kind != loop || v.Of.kind != loop {
			continue
		}
		if d, ok := u.Of.domain.Join(v.Of.domain); ok && !m.joined.PathThroughOther(u, v) && sameElement(u, v, d) {
			m.joined.Join(u, v).Of.domain = d
		}
	}
}

// visitSpread joins the loop of a spread with one that sums the same columns, for their
// mean: neither reads the other, but both read all of an array.
func (m *merger) visitSpread(n *Node) {
	x := read(n, 0)
	for _, sum := range m.readers[x.id] {
		o, ok := sum.op.(reduce)
		if !ok || !closes(sum) || o.to != len(n.shape)-1 || !sum.inputs[0].shape.Equal(n.inputs[0].shape) {
			continue
		}
		u, v := m.of[sum.id].Root(), m.of[n.id].Root()
		if v.Before(u) {
			u, v = v, u
		}
		if u != v && u.Of.kind == loop && u.Of.domain == v.Of.domain && !m.joined.PathThroughOther(u, v) && sameElement(u, v, u.Of.domain) {
			m.joined.Join(u, v)
			return
		}
	}
}

// sameElement reports whether v, in domain d, reads each value of u at the row and
// column where u computes it: a reshape between them may have moved it.
func sameElement(u, v *vertex, d domain.Domain) bool {
	for e := range u.EdgesTo(v) {
		seen, ok1 := reads(d, e.n, e.i)
		made, ok2 := d.Place(read(e.n, e.i).shape)
		if !ok1 || !ok2 || seen != made {
			return false
		}
	}
	return true
}

// settle gives the groups their members, in recording order.
func (m *merger) settle() {
	for _, n := range m.graph.nodes {
		if g := m.pieces[n.id]; g != nil && g.kind == loop {
			g.nodes = g.nodes[:0]
		}
	}
	for _, n := range m.graph.nodes {
		g := m.pieces[n.id]
		if g != nil && g.kind == loop {
			g = m.of[n.id].Root().Of
			m.position[n.id] = len(g.nodes)
			g.nodes = append(g.nodes, n)
		}
		m.groupOf[n.id] = g
	}
}
