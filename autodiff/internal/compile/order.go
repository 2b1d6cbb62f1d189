package compile

import (
	"container/heap"
	"iter"
	"slices"

	"declive/autodiff/internal/domain"
)

// An assignment is a parameter with the value that it takes at the end of a run.
type assignment struct {
	param Parameter
	value *Node
}

// placeAssignments decides how parameters take their new values. A value that
// a loop computes is written straight into the parameter's memory, by a loop
// that is scheduled after everything else that reads the old value and after
// the scalar outputs, which are looked at before anything is overwritten. Where
// no order allows that, the value is computed beside and copied at the end.
func (s *state) placeAssignments() {
	o := overwriting{state: s, leaves: map[Parameter][]*Node{}, reached: map[*group]int{}}
	if len(s.assigns) > 0 {
		o.prepare()
	}
	s.direct, s.after = make([]Parameter, len(s.graph.nodes)), map[*group][]*group{}
	for _, n := range s.assigns {
		to := assignment{n.op.(assign).to, stored(n)}
		if s.InPlace && o.overwrite(to) {
			s.direct[to.value.id] = to.param
		} else {
			s.copied = append(s.copied, to)
		}
	}
}

// overwriting looks for the assignments that are made in place.
type overwriting struct {
	*state
	leaves  map[Parameter][]*Node // the nodes of a parameter
	first   []*group              // what must have run before any
	reached map[*group]int        // the last search that came here
	search  int
}

func (o *overwriting) prepare() {
	for _, n := range o.graph.nodes {
		if p := n.param(); p != nil {
			o.leaves[p] = append(o.leaves[p], n)
		}
	}
	known := map[*group]bool{nil: true}
	add := func(g *group) {
		if !known[g] {
			known[g] = true
			o.first = append(o.first, g)
		}
	}
	for _, g := range o.guarding() {
		add(g)
	}
	for _, n := range o.outputs {
		if len(n.shape) == 0 {
			add(o.groupOf[stored(n).id])
		}
	}
}

// overwrite orders the groups so that the one that computes a.value can write to the
// parameter, and reports whether that is possible.
func (o *overwriting) overwrite(a assignment) bool {
	g := o.groupOf[a.value.id]
	if g == nil || !g.writesTo(a) || o.direct[a.value.id] != nil {
		return false
	}
	before, ok := o.otherReaders(a, g)
	if !ok {
		return false
	}
	before = append(before, o.first...)
	o.reach(g)
	for _, w := range before {
		if o.reached[w] == o.search {
			return false
		}
	}
	for _, w := range before {
		o.after[w] = append(o.after[w], g)
	}
	return true
}

// writesTo reports whether the group that computes a.value can write it anywhere.
func (g *group) writesTo(a assignment) bool {
	switch g.kind {
	case loop:
		return !closes(a.value)
	case multiply:
		return g.product.onto != nil && g.product.onto.value.param() == a.param
	}
	return false
}

// otherReaders returns the groups but g that read the parameter, and whether g
// itself reads an element no later than it writes it.
func (o *overwriting) otherReaders(a assignment, g *group) ([]*group, bool) {
	var before []*group
	for _, leaf := range o.leaves[a.param] {
		for _, m := range o.readers[leaf.id] {
			switch w := o.groupOf[m.id]; {
			case w != g:
				before = append(before, w)
			case !o.doneBefore(leaf, m, a.value):
				return nil, false
			}
		}
	}
	return before, true
}

// doneBefore reports whether reader, in the group that computes v, is done with each
// element of x when the same element of v is written.
func (s *state) doneBefore(x, reader, v *Node) bool {
	g := s.groupOf[v.id]
	if p := g.product; p != nil {
		return p.a != x && p.b != x
	}
	to, _ := g.domain.Place(v.shape)
	at, ok := placeRead(g.domain, x, reader)
	return ok && at == to && reader.id <= v.id && to&domain.ByBlock != 0
}

// placeRead returns how x lies in the domain of a loop of which reader is a member;
// false if that reads it in several ways, or a broadcast of it, which others may
// read later.
func placeRead(d domain.Domain, x, reader *Node) (at domain.Place, ok bool) {
	if _, ok := reader.op.(broadcast); ok {
		return 0, false
	}
	for i, view := range reader.inputs {
		if stored(view) != x {
			continue
		}
		now, found := reads(d, reader, i)
		if !found || ok && now != at {
			return 0, false
		}
		at, ok = now, true
	}
	return at, ok
}

// placeRead returns how x lies in the domain of g, and the id of its last reader
// there; false if it is read in several ways, or a broadcast of it.
func (s *state) placeRead(g *group, x *Node) (at domain.Place, last int, ok bool) {
	for _, m := range s.readers[x.id] {
		s.work++
		if s.groupOf[m.id] != g {
			continue
		}
		now, found := placeRead(g.domain, x, m)
		if !found || ok && now != at {
			return 0, 0, false
		}
		at, last, ok = now, max(last, m.id), true
	}
	return at, last, ok
}

// reach notes which groups come after g, and g.
func (o *overwriting) reach(g *group) {
	o.search++
	o.reached[g] = o.search
	next := []*group{g}
	for len(next) > 0 {
		w := next[len(next)-1]
		next = next[:len(next)-1]
		for v := range o.followers(w) {
			if o.reached[v] != o.search {
				o.reached[v] = o.search
				next = append(next, v)
			}
		}
	}
}

// overwrites reports whether g writes into a parameter.
func (s *state) overwrites(g *group) bool {
	return slices.ContainsFunc(g.nodes, func(n *Node) bool { return s.direct[n.id] != nil })
}

// schedule puts the groups in an order in which every value is computed before
// it is read, and otherwise close to the order of recording.
func (s *state) schedule() {
	waits := map[*group]int{}
	groups := s.groups()
	for _, g := range groups {
		for w := range s.followers(g) {
			waits[w]++
		}
	}
	var ready groupHeap
	for _, g := range groups {
		if waits[g] == 0 {
			heap.Push(&ready, g)
		}
	}
	for ready.Len() > 0 {
		g := heap.Pop(&ready).(*group)
		s.order = append(s.order, g)
		for w := range s.followers(g) {
			if waits[w]--; waits[w] == 0 {
				heap.Push(&ready, w)
			}
		}
	}
}

// followers yields the groups that must come after g, some of them repeatedly: they
// read its values, or overwrite what it reads.
func (s *state) followers(g *group) iter.Seq[*group] {
	return func(yield func(*group) bool) {
		for _, w := range s.after[g] {
			if !yield(w) {
				return
			}
		}
		for _, n := range g.nodes {
			for _, m := range s.readers[n.id] {
				if w := s.groupOf[m.id]; w != g && !yield(w) {
					return
				}
			}
		}
	}
}

// groups returns all groups, in the order of their first members.
func (s *state) groups() []*group {
	var out []*group
	for _, n := range s.graph.nodes {
		if g := s.groupOf[n.id]; g != nil && g.nodes[0] == n {
			out = append(out, g)
		}
	}
	return out
}

// groupHeap yields the group whose last member was recorded first.
type groupHeap []*group

func (h groupHeap) Len() int           { return len(h) }
func (h groupHeap) Less(i, j int) bool { return h[i].last() < h[j].last() }
func (h groupHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *groupHeap) Push(g any)        { *h = append(*h, g.(*group)) }
func (h *groupHeap) Pop() any {
	old := *h
	g := old[len(old)-1]
	*h = old[:len(old)-1]
	return g
}
