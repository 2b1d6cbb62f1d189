package autodiff

import (
	"cmp"
	"container/heap"
	"slices"
)

// A buffer is a piece of the arena that holds one value, and then another where
// a loop writes its result over an operand that nobody reads again.
type buffer struct {
	size        int // elements
	first, last int // units between which it is in use
	offset      int
}

// A layout assigns memory to the values that units compute.
type layout struct {
	of   map[*Node]*buffer
	all  []*buffer
	size int // of the arena, in elements
	live int // the largest sum of buffers in use at one time
}

// align is what offsets are multiples of, in elements: a cache line holds no two
// buffers.
const align = 16

// plan finds out how long each value lives, lets results take over the memory of
// operands that die, and puts what lives at different times at the same place.
func (a *analysis) plan() *layout {
	l := &layout{of: map[*Node]*buffer{}}
	last, operands := a.lastUses()
	for i, u := range a.order {
		heirs := l.heirs(a, u, i, operands[i], last)
		for _, n := range a.results(u) {
			if a.direct[n.id] != nil {
				continue
			}
			until := max(last[n.id], i)
			if a.output[n.id] {
				until = len(a.order)
			}
			b := heirs.take(n)
			if b == nil {
				b = &buffer{size: n.shape.Size(), first: i}
				l.all = append(l.all, b)
			}
			b.last = until
			l.of[n] = b
		}
	}
	l.place(a.passes.reuse)
	return l
}

// lastUses returns for each value the last unit that reads it, and for each unit
// what it reads.
func (a *analysis) lastUses() (last []int, operands [][]*Node) {
	last = make([]int, len(a.graph.nodes))
	for i, u := range a.order {
		operands = append(operands, a.operands(u))
		for _, x := range operands[i] {
			last[x.id] = i
		}
	}
	return last, operands
}

// Heirs are results of a loop that are written over operands of which the loop is
// the last reader.
type heirs struct {
	domain domain
	dying  [full + 1][]dying // by place, in the order of their last readers
	free   [full + 1]intHeap // of those that have been read, by number
	of     []*buffer         // by number
}

// dying is an operand whose memory can be written over once a member of the loop
// has read it.
type dying struct{ number, reader int }

// heirs returns the memory of operands of u, the i-th unit, that results can be
// written over.
func (l *layout) heirs(a *analysis, u *unit, i int, operands []*Node, last []int) *heirs {
	if !a.passes.reuse || u.kind != loop {
		return nil
	}
	h := &heirs{domain: u.domain}
	for _, x := range operands {
		b := l.of[x]
		if b == nil || b.last != i || a.output[x.id] || last[x.id] != i {
			continue
		}
		if at, reader, ok := a.readAt(u, x); ok && at&byBlock != 0 {
			h.dying[at] = append(h.dying[at], dying{len(h.of), reader})
			h.of = append(h.of, b)
		}
	}
	for _, d := range h.dying {
		slices.SortStableFunc(d, func(x, y dying) int { return cmp.Compare(x.reader, y.reader) })
	}
	return h
}

// take returns the memory of the first operand that n can be written over, or nil.
// Results take in recording order.
func (h *heirs) take(n *Node) *buffer {
	if h == nil || closes(n) {
		return nil
	}
	at, _ := h.domain.place(n.shape)
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
