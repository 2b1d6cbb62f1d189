package compile

import (
	"cmp"
	"container/heap"
	"slices"

	"declive/autodiff/internal/arena"
	"declive/autodiff/internal/domain"
)

// layOut finds out how long each value lives, lets results take over the memory of
// operands that die, and puts what lives at different times at the same place.
func (s *state) layOut() {
	s.buffers = map[*Node]*arena.Buffer{}
	var all []*arena.Buffer
	last, operands := s.lastReads()
	for i, g := range s.order {
		h := s.heirs(g, i, operands[i], last)
		for _, n := range s.results(g) {
			if s.direct[n.id] != nil {
				continue
			}
			until := max(last[n.id], i)
			if s.output[n.id] {
				until = len(s.order)
			}
			b := h.takesOver(n)
			if b == nil {
				b = &arena.Buffer{Size: n.size(), First: i}
				all = append(all, b)
			}
			b.Last = until
			s.buffers[n] = b
		}
	}
	s.arena = arena.Place(all, s.Reuse)
}

// lastReads returns for each value the last group that reads it, and for each group
// what it reads.
func (s *state) lastReads() (last []int, operands [][]*Node) {
	last = make([]int, len(s.graph.nodes))
	for i, g := range s.order {
		operands = append(operands, s.operands(g))
		for _, x := range operands[i] {
			last[x.id] = i
		}
	}
	return last, operands
}

// heirs are the operands of a loop whose memory its results may take over, because
// the loop is their last reader.
type heirs struct {
	domain domain.Domain
	dying  [domain.Full + 1][]dying // by place, in the order of their last readers
	free   [domain.Full + 1]intHeap // of those that have been read, by number
	of     []*arena.Buffer          // by number
}

// dying is an operand whose memory can be written over once a member of the loop
// has read it.
type dying struct{ number, reader int }

// heirs returns the operands of g, the i-th group, that its results may take over.
func (s *state) heirs(g *group, i int, operands []*Node, last []int) *heirs {
	if !s.Reuse || g.kind != loop {
		return nil
	}
	h := &heirs{domain: g.domain}
	for _, x := range operands {
		b := s.buffers[x]
		if b == nil || b.Last != i || s.output[x.id] || last[x.id] != i {
			continue
		}
		if at, reader, ok := s.placeRead(g, x); ok && at&domain.ByBlock != 0 {
			h.dying[at] = append(h.dying[at], dying{len(h.of), reader})
			h.of = append(h.of, b)
		}
	}
	for _, d := range h.dying {
		slices.SortStableFunc(d, func(x, y dying) int { return cmp.Compare(x.reader, y.reader) })
	}
	return h
}

// takesOver returns the memory of the first operand that n can be written over, or
// nil. Results take in recording order.
func (h *heirs) takesOver(n *Node) *arena.Buffer {
	if h == nil || closes(n) {
		return nil
	}
	at, _ := h.domain.Place(n.shape)
	for len(h.dying[at]) > 0 && h.dying[at][0].reader <= n.id {
		heap.Push(&h.free[at], h.dying[at][0].number)
		h.dying[at] = h.dying[at][1:]
	}
	if len(h.free[at]) == 0 {
		return nil
	}
	return h.of[heap.Pop(&h.free[at]).(int)]
}

// intHeap yields the smallest number first.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(n any)        { *h = append(*h, n.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	n := old[len(old)-1]
	*h = old[:len(old)-1]
	return n
}
