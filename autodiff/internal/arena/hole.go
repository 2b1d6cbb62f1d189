package arena

// A hole is a free range of an arena and the root of others: a treap by offset, in
// which each knows the greatest size below it. So the lowest hole that is large
// enough is found in log n time (Seidel and Aragon, Randomized Search Trees, 1996).
type hole struct {
	from, to    int
	rank        uint64 // not lower than those below
	most        int    // size of the largest hole, this one or below
	left, right *hole
}

func newHole(from, to int) *hole {
	const golden = 0x9e3779b97f4a7c15 // multiples of it are spread evenly
	return &hole{from: from, to: to, most: to - from, rank: uint64(from/Align+1) * golden}
}

// take returns the lowest offset at which there is room for n elements, and the
// holes that are left. There is such room.
func (h *hole) take(n int) (rest *hole, at int) {
	switch {
	case n == 0:
		return h, 0
	case h.left.largest() >= n:
		h.left, at = h.left.take(n)
	case h.to-h.from >= n:
		at = h.from
		if h.from += n; h.from == h.to {
			return join(h.left, h.right), at
		}
	default:
		h.right, at = h.right.take(n)
	}
	return h.measured(), at
}

// give adds a range that is no longer in use, and joins it with its neighbours.
func (h *hole) give(from, to int) *hole {
	if from == to {
		return h
	}
	below, above := h.split(from)
	if last := below.end(false); last != nil && last.to == from {
		from = last.from
		below, _ = below.split(from)
	}
	if first := above.end(true); first != nil && first.from == to {
		to = first.to
		_, above = above.split(first.from + 1)
	}
	return join(join(below, newHole(from, to)), above)
}

// split returns the holes that begin below at, and the others.
func (h *hole) split(at int) (below, above *hole) {
	if h == nil {
		return nil, nil
	}
	if h.from < at {
		h.right, above = h.right.split(at)
		return h.measured(), above
	}
	below, h.left = h.left.split(at)
	return below, h.measured()
}

// join returns the holes of a and b, which lie above those of a.
func join(a, b *hole) *hole {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.rank > b.rank:
		a.right = join(a.right, b)
		return a.measured()
	}
	b.left = join(a, b.left)
	return b.measured()
}

// end returns the first hole, or the last.
func (h *hole) end(first bool) *hole {
	for h != nil {
		next := h.right
		if first {
			next = h.left
		}
		if next == nil {
			return h
		}
		h = next
	}
	return nil
}

func (h *hole) largest() int {
	if h == nil {
		return 0
	}
	return h.most
}

// measured returns h after its holes have changed.
func (h *hole) measured() *hole {
	h.most = max(h.to-h.from, h.left.largest(), h.right.largest())
	return h
}
