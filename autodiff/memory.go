package autodiff

import (
	"cmp"
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
	end := len(a.order)
	last := a.lastUses()
	for i, u := range a.order {
		for _, n := range a.results(u) {
			if a.direct[n.id] != nil {
				continue
			}
			until := max(last[n.id], i)
			if a.output[n.id] {
				until = end
			}
			if b := l.heir(a, u, i, n, last); b != nil {
				b.last = until
				l.of[n] = b
				continue
			}
			b := &buffer{size: n.shape.Size(), first: i, last: until}
			l.of[n], l.all = b, append(l.all, b)
		}
	}
	l.place(a.passes.reuse)
	return l
}

// lastUses returns for each value the last unit that reads it.
func (a *analysis) lastUses() []int {
	last := make([]int, len(a.graph.nodes))
	for i, u := range a.order {
		for _, x := range a.operands(u) {
			last[x.id] = i
		}
	}
	return last
}

// heir returns the buffer of an operand of u that n can be written over.
func (l *layout) heir(a *analysis, u *unit, i int, n *Node, last []int) *buffer {
	if !a.passes.reuse || u.kind != loop || closes(n) {
		return nil
	}
	for _, x := range a.operands(u) {
		b := l.of[x]
		if b == nil || b.last != i || a.output[x.id] || last[x.id] != i {
			continue
		}
		ok := true
		for _, m := range a.users[x.id] {
			ok = ok && (a.unitOf[m.id] != u || a.aligned(x, m, n))
		}
		if ok {
			return b
		}
	}
	return nil
}

// place gives every buffer its offset, the largest first, each as low as what
// overlaps it in time allows.
func (l *layout) place(reuse bool) {
	sorted := slices.Clone(l.all)
	slices.SortStableFunc(sorted, func(a, b *buffer) int { return cmp.Compare(b.size, a.size) })
	for i, b := range sorted {
		b.offset = lowest(b, sorted[:i], reuse)
		l.size = max(l.size, b.offset+padded(b.size))
	}
	for _, b := range l.all {
		sum := 0
		for _, c := range l.all {
			if c.first <= b.first && b.first <= c.last {
				sum += padded(c.size)
			}
		}
		l.live = max(l.live, sum)
	}
}

func padded(n int) int { return (n + align - 1) / align * align }

// lowest returns the lowest offset at which b overlaps none of placed in time and
// space.
func lowest(b *buffer, placed []*buffer, reuse bool) int {
	var rivals []*buffer
	for _, c := range placed {
		if !reuse || c.first <= b.last && b.first <= c.last {
			rivals = append(rivals, c)
		}
	}
	slices.SortFunc(rivals, func(a, b *buffer) int { return cmp.Compare(a.offset, b.offset) })
	at := 0
	for _, c := range rivals {
		if at+padded(b.size) <= c.offset {
			break
		}
		at = max(at, c.offset+padded(c.size))
	}
	return at
}
