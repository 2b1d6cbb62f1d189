package compile

import (
	"container/heap"
	"iter"
)

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
