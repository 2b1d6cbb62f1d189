package autodiff

import (
	"container/heap"
	"iter"
)

// merge joins loops that pass values to each other, as long as they run over
// one domain and no other unit stands between them: the values then never leave
// the cache.
func (a *analysis) merge() {
	m := &merger{a, newContraction(), make([]*vertex, len(a.graph.nodes)), make([]*vertex, len(a.graph.nodes))}
	m.addUnits()
	for _, n := range a.graph.nodes {
		if m.of[n.id] != nil {
			m.visit(n)
		}
	}
	m.settle()
	a.work += m.contraction.steps
}

// A merger joins the units of an analysis.
type merger struct {
	*analysis
	contraction *contraction
	of          []*vertex // by id, of the unit that computes the node
	readable    []*vertex // by id, from where on others read the node
}

// addUnits makes a vertex of each unit, and one behind it of the end of a loop that
// closes a sum: another loop that reads the sum does not become one with it.
func (m *merger) addUnits() {
	for _, n := range m.graph.nodes {
		u := m.unitOf[n.id]
		if u == nil || u.last() != n.id {
			continue
		}
		v := m.contraction.add(u)
		end := v
		if u.kind == loop && closes(n) {
			end = m.contraction.add(nil)
			v.link(end, nil, 0)
		}
		for _, member := range u.nodes {
			m.of[member.id], m.readable[member.id] = v, end
		}
	}
}

// visit joins the unit of n with those that it reads.
func (m *merger) visit(n *Node) {
	for i := range n.inputs {
		if x := read(n, i).id; m.readable[x] != nil && m.of[x].root() != m.of[n.id].root() {
			m.readable[x].root().link(m.of[n.id].root(), n, i)
		}
	}
	for i := range n.inputs {
		x := read(n, i).id
		if m.of[x] == nil {
			continue
		}
		u, v := m.of[x].root(), m.of[n.id].root()
		if u == v || u.unit.kind != loop || v.unit.kind != loop {
			continue
		}
		if d, ok := u.unit.domain.join(v.unit.domain); ok && !m.contraction.detour(u, v) && aligns(u, v, d) {
			m.contraction.join(u, v).unit.domain = d
		}
	}
}

// aligns reports whether v, in domain d, reads each value of u at the row and
// column where u computes it: a reshape between them may have moved it.
func aligns(u, v *vertex, d domain) bool {
	edges, other := v.in, u
	if len(u.out) < len(v.in) {
		edges, other = u.out, v
	}
	for _, e := range edges {
		if e.end.root() != other {
			continue
		}
		seen, ok1 := d.read(e.n, e.i)
		made, ok2 := d.place(read(e.n, e.i).shape)
		if !ok1 || !ok2 || seen != made {
			return false
		}
	}
	return true
}

// settle gives the units their members, in recording order.
func (m *merger) settle() {
	for _, n := range m.graph.nodes {
		if u := m.unitOf[n.id]; u != nil && u.kind == loop {
			u.nodes = u.nodes[:0]
		}
	}
	for _, n := range m.graph.nodes {
		if u := m.unitOf[n.id]; u != nil && u.kind == loop {
			one := m.of[n.id].root().unit
			m.position[n.id] = len(one.nodes)
			one.nodes = append(one.nodes, n)
			m.unitOf[n.id] = one
		}
	}
}

// followers yields the units that must come after u, some of them repeatedly: they
// read its values, or overwrite what it reads.
func (a *analysis) followers(u *unit) iter.Seq[*unit] {
	return func(yield func(*unit) bool) {
		for _, w := range a.after[u] {
			if !yield(w) {
				return
			}
		}
		for _, n := range u.nodes {
			for _, m := range a.users[n.id] {
				if w := a.unitOf[m.id]; w != u && !yield(w) {
					return
				}
			}
		}
	}
}

// schedule puts the units in an order in which every value is computed before
// it is read, and otherwise close to the order of recording.
func (a *analysis) schedule() {
	waits := map[*unit]int{}
	units := a.units()
	for _, u := range units {
		for v := range a.followers(u) {
			waits[v]++
		}
	}
	var ready unitHeap
	for _, u := range units {
		if waits[u] == 0 {
			heap.Push(&ready, u)
		}
	}
	for ready.Len() > 0 {
		u := heap.Pop(&ready).(*unit)
		a.order = append(a.order, u)
		for v := range a.followers(u) {
			if waits[v]--; waits[v] == 0 {
				heap.Push(&ready, v)
			}
		}
	}
}

// units returns all units, in the order of their first members.
func (a *analysis) units() []*unit {
	var out []*unit
	for _, n := range a.graph.nodes {
		if u := a.unitOf[n.id]; u != nil && u.nodes[0] == n {
			out = append(out, u)
		}
	}
	return out
}

// unitHeap yields the unit whose last member was recorded first.
type unitHeap []*unit

func (h unitHeap) Len() int           { return len(h) }
func (h unitHeap) Less(i, j int) bool { return h[i].last() < h[j].last() }
func (h unitHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *unitHeap) Push(u any)        { *h = append(*h, u.(*unit)) }
func (h *unitHeap) Pop() any {
	old := *h
	u := old[len(old)-1]
	*h = old[:len(old)-1]
	return u
}

func (u *unit) last() int { return u.nodes[len(u.nodes)-1].id }
