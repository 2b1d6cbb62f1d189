package autodiff

import (
	"cmp"
	"slices"

	"declive/internal/kernel"
)

// loopBinder assigns scratch memory to the members of a loop.
type loopBinder[F kernel.Float] struct {
	*loopStep[F]
	a       *analysis
	u       *unit
	members []member
	now     int             // the member that is being bound
	free    [full + 1][]ref // scratch that can be used again, by place
	dying   [][]*holding    // by member: after it, these are free unless they are still read
	held    int             // how many holdings there have been
	top     int             // end of the scratch memory
}

// A member is what is known of a loop's member while the loop is bound.
type member struct {
	result bool     // others read it
	reads  int      // times that members of the loop read it
	last   int      // the last member that does
	ref    ref      // where it is
	holds  *holding // the scratch memory in which it is, or nil
}

// A holding is scratch memory in use.
type holding struct {
	ref    ref
	number int
	last   int // the member after which it is free
	reads  int // times that members which are not yet bound read it
}

func newLoopBinder[F kernel.Float](s *loopStep[F], a *analysis, u *unit) *loopBinder[F] {
	b := &loopBinder[F]{loopStep: s, a: a, u: u, members: make([]member, len(u.nodes)), dying: make([][]*holding, len(u.nodes))}
	for i, n := range u.nodes {
		b.members[i].result = a.keeps(u, n)
		for k := range n.inputs {
			if x := b.member(read(n, k)); x != nil {
				x.last = i
				x.reads++
			}
		}
	}
	return b
}

// member returns the member that computes x, or nil if none does.
func (b *loopBinder[F]) member(x *Node) *member {
	b.a.work++
	if b.a.unitOf[x.id] != b.u {
		return nil
	}
	return &b.members[b.a.position[x.id]]
}

// count takes the reads of n, which is bound, from what is left of them.
func (b *loopBinder[F]) count(n *Node) {
	for k := range n.inputs {
		if x := b.member(read(n, k)); x != nil && x.holds != nil {
			x.holds.reads--
		}
	}
}

// scratchFor returns scratch memory for a tile, in use until the member last.
func (b *loopBinder[F]) scratchFor(at place, last int) *holding {
	h := &holding{number: b.held, last: last}
	b.held++
	if free := b.free[at]; len(free) > 0 {
		h.ref, b.free[at] = free[0], free[1:]
	} else {
		h.ref = ref{slot: -1, scratch: b.top, at: at}
		b.top += padded(b.domain.extent(at, b.tileSize))
	}
	b.holdUntil(max(last, b.now), h)
	return h
}

func (b *loopBinder[F]) holdUntil(i int, h *holding) { b.dying[i] = append(b.dying[i], h) }

// release frees the scratch memory that no member after the one at hand reads.
func (b *loopBinder[F]) release() {
	dying := b.dying[b.now]
	slices.SortFunc(dying, func(g, h *holding) int { return cmp.Compare(g.number, h.number) })
	for _, h := range dying {
		if h.last > b.now { // read as a broadcast, too
			b.holdUntil(h.last, h)
			continue
		}
		b.free[h.ref.at] = append(b.free[h.ref.at], h.ref)
	}
	b.dying[b.now] = nil
}
