package autodiff

import (
	"container/heap"
	"slices"
)

// merge joins loops that pass values to each other, as long as they run over
// one domain and no other unit stands between them: the values then never leave
// the cache.
func (a *analysis) merge() {
	for _, n := range a.graph.nodes {
		if !a.needed[n.id] || a.unitOf[n.id] == nil {
			continue
		}
		for _, x := range reads(n) {
			u, v := a.unitOf[x.id], a.unitOf[n.id]
			if u == nil || u == v || u.kind != loop || v.kind != loop {
				continue
			}
			if d, ok := u.domain.join(v.domain); ok && a.aligns(u, v, d) && !a.detour(u, v) {
				a.unite(u, v, d)
			}
		}
	}
}

// aligns reports whether v, in domain d, reads each value of u at the row and
// column where u computes it: a reshape between them may have moved it.
func (a *analysis) aligns(u, v *unit, d domain) bool {
	for _, n := range v.nodes {
		for i, view := range n.inputs {
			x := stored(view)
			if a.unitOf[x.id] != u {
				continue
			}
			seen, ok1 := d.read(n, i)
			made, ok2 := d.place(x.shape)
			if !ok1 || !ok2 || seen != made {
				return false
			}
		}
	}
	return true
}

// unite moves v's members to u.
func (a *analysis) unite(u, v *unit, d domain) {
	u.domain = d
	u.nodes = append(u.nodes, v.nodes...)
	slices.SortFunc(u.nodes, func(m, n *Node) int { return m.id - n.id })
	for _, n := range v.nodes {
		a.unitOf[n.id] = u
	}
}

// detour reports whether a value of u reaches v otherwise than directly, from
// row to row: through another unit, or summed over the rows.
func (a *analysis) detour(u, v *unit) bool {
	for _, n := range u.nodes {
		if closes(n) && slices.ContainsFunc(a.users[n.id], func(m *Node) bool { return a.unitOf[m.id] == v }) {
			return true
		}
	}
	seen := map[*unit]bool{u: true}
	next := a.followers(u)
	for len(next) > 0 {
		w := next[len(next)-1]
		next = next[:len(next)-1]
		if w == v || seen[w] {
			continue
		}
		seen[w] = true
		for _, x := range a.followers(w) {
			if x == v {
				return true
			}
			next = append(next, x)
		}
	}
	return false
}

// followers returns the units that must come after u: they read its values, or
// overwrite what it reads.
func (a *analysis) followers(u *unit) []*unit {
	out := slices.Clone(a.after[u])
	for _, n := range u.nodes {
		for _, m := range a.users[n.id] {
			if w := a.unitOf[m.id]; w != u {
				out = append(out, w)
			}
		}
	}
	return out
}

// schedule puts the units in an order in which every value is computed before
// it is read, and otherwise close to the order of recording.
func (a *analysis) schedule() {
	waits := map[*unit]int{}
	units := a.units()
	for _, u := range units {
		for _, v := range a.followers(u) {
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
		for _, v := range a.followers(u) {
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
