package compile

import (
	"cmp"
	"slices"

	"declive/autodiff/internal/arena"
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
)

// scratch assigns scratch memory to the members of a loop.
type scratch struct {
	state   *state
	group   *group
	tile    int // blocks
	members []member
	now     int                    // the member that is being emitted
	free    [domain.Full + 1][]ref // that can be used again, by place
	dying   [][]*holding           // by member: after it, these are free unless they are still read
	held    int                    // how many holdings there have been
	top     int                    // end of the memory
}

// A member is what is known of a loop's member while the loop is emitted.
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
	reads  int // times that members which are not yet emitted read it
}

func newScratch(s *state, g *group, tile int) *scratch {
	b := &scratch{state: s, group: g, tile: tile, members: make([]member, len(g.nodes)), dying: make([][]*holding, len(g.nodes))}
	for i, n := range g.nodes {
		b.members[i].result = s.keeps(g, n)
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
func (b *scratch) member(x *Node) *member {
	b.state.work++
	if b.state.groupOf[x.id] != b.group {
		return nil
	}
	return &b.members[b.state.position[x.id]]
}

// count takes the reads of n, which is emitted, from what is left of them.
func (b *scratch) count(n *Node) {
	for k := range n.inputs {
		if x := b.member(read(n, k)); x != nil && x.holds != nil {
			x.holds.reads--
		}
	}
}

// take returns scratch memory for a tile, in use until the member last.
func (b *scratch) take(at domain.Place, last int) *holding {
	h := &holding{number: b.held, last: last}
	b.held++
	if free := b.free[at]; len(free) > 0 {
		h.ref, b.free[at] = free[0], free[1:]
	} else {
		h.ref = ref{slot: exec.None, scratch: b.top, place: at}
		b.top += arena.Padded(b.group.domain.Extent(at, b.tile))
	}
	b.holdUntil(max(last, b.now), h)
	return h
}

func (b *scratch) holdUntil(i int, h *holding) { b.dying[i] = append(b.dying[i], h) }

// release frees the scratch memory that no member after the one at hand reads.
func (b *scratch) release() {
	dying := b.dying[b.now]
	slices.SortFunc(dying, func(g, h *holding) int { return cmp.Compare(g.number, h.number) })
	for _, h := range dying {
		if h.last > b.now { // read as a broadcast, too
			b.holdUntil(h.last, h)
			continue
		}
		b.free[h.ref.place] = append(b.free[h.ref.place], h.ref)
	}
	b.dying[b.now] = nil
}
