package autodiff

import (
	"cmp"
	"slices"
)

// A contraction is a graph without circles of which vertices are joined, two by
// two. A vertex u and a reader v of it may become one unless a detour leads from
// u to v through other vertices, which would close a circle.
//
// It keeps the vertices in a topological order. A detour runs between u and v
// there, so two walks look for it by turns, one edge at a time: one forwards
// from u, one backwards from v, neither beyond the other's end. The first that
// comes to an end without meeting the other proves that there is none, and has
// found what must leave the place between u and v when they become one (Bender,
// Fineman, Gilbert and Tarjan, A New Approach to Incremental Cycle Detection,
// 2016, on searches in two directions). A detour that is found is remembered,
// and is a short cut for later walks.
type contraction struct {
	order             vertex // the end of the circular list of vertices
	forward, backward walk
	walks             int
	steps             int // of all walks
}

// A vertex of a contraction stands for a unit, or for the end of a loop: what
// closes a sum is read after it.
type vertex struct {
	unit    *unit
	joined  *vertex // the vertex that this one has become a part of, or nil
	out, in []edge

	before, after *vertex
	at            int64 // rises along the order
	met           int   // number of the last walk that came here

	via, to *vertex // a detour through via leads to to
}

// An edge is a read: of the i-th operand of n, if that is not nil.
type edge struct {
	end *vertex
	n   *Node
	i   int
}

func newContraction() *contraction {
	c := &contraction{}
	c.order.before, c.order.after = &c.order, &c.order
	c.forward.forwards = true
	return c
}

// spacing is between the places of vertices that are added at the end.
const spacing = 1 << 36

// add returns a new vertex at the end of the order.
func (c *contraction) add(u *unit) *vertex {
	last := c.order.before
	v := &vertex{unit: u, at: last.at + spacing}
	v.insert(last)
	return v
}

// link records that the i-th operand of n, in v, is computed in u.
func (u *vertex) link(v *vertex, n *Node, i int) {
	u.out = append(u.out, edge{v, n, i})
	v.in = append(v.in, edge{u, n, i})
}

// root returns the vertex that v is now part of.
func (v *vertex) root() *vertex {
	for v.joined != nil {
		if next := v.joined.joined; next != nil {
			v.joined = next
		}
		v = v.joined
	}
	return v
}

// detour reports whether a path leads from u to v, which reads it, through
// another vertex. If none does, join may follow.
func (c *contraction) detour(u, v *vertex) bool {
	if u.to != nil && u.to.root() == v {
		if via := u.via.root(); via != u && via != v {
			return true
		}
	}
	c.walks += 2
	c.forward.start(u, v, c.walks)
	c.backward.start(v, u, c.walks+1)
	for {
		c.steps++
		if via := c.forward.step(); via != nil {
			c.forward.remember(via)
			return true
		}
		if len(c.forward.path) == 0 {
			return false
		}
		if via := c.backward.step(); via != nil {
			u.via, u.to = via, v
			return true
		}
		if len(c.backward.path) == 0 {
			return false
		}
	}
}

// join makes one vertex of u and v, for which detour has just found nothing: at
// v's place if the walk from u has come to its end, with what it met moved behind
// it, and else at u's, with what the walk from v met moved in front.
func (c *contraction) join(u, v *vertex) *vertex {
	place := u
	if len(c.forward.path) == 0 {
		place = v
		c.move(c.forward.seen, v, true)
	} else {
		c.move(c.backward.seen, u.before, false)
	}
	one, other := u, v
	if len(u.in)+len(u.out) < len(v.in)+len(v.out) {
		one, other = v, u
	}
	other.joined = one
	one.out, one.in = concatenated(one.out, other.out), concatenated(one.in, other.in)
	other.out, other.in = nil, nil
	if one.to == nil {
		one.via, one.to = other.via, other.to
	}
	if place == other {
		one.remove()
		one.at = other.at
		one.insert(other)
	}
	other.remove()
	return one
}

// concatenated returns the elements of a and b; only the shorter is copied, so that
// an edge is copied log n times at most.
func concatenated(a, b []edge) []edge {
	if len(a) < len(b) {
		a, b = b, a
	}
	return append(a, b...)
}

// move puts vertices behind another, in the order that they have. They lie close
// to its successor, or to itself: the same gap is halved only seldom.
func (c *contraction) move(vs []*vertex, behind *vertex, far bool) {
	if len(vs) == 0 {
		return
	}
	slices.SortFunc(vs, func(a, b *vertex) int { return cmp.Compare(a.at, b.at) })
	for _, v := range vs {
		v.remove()
	}
	room := c.room(behind)
	step := room / 1024 / int64(len(vs))
	if step == 0 {
		c.renumber()
		room = c.room(behind)
		step = max(1, room/1024/int64(len(vs)))
	}
	at := behind.at
	if far {
		at += room - int64(len(vs)+1)*step
	}
	for _, v := range vs {
		v.insert(behind)
		at += step
		v.at, behind = at, v
	}
}

// room returns how far the next vertex is.
func (c *contraction) room(v *vertex) int64 {
	if v.after == &c.order {
		return spacing
	}
	return v.after.at - v.at
}

func (c *contraction) renumber() {
	at := int64(0)
	for v := c.order.after; v != &c.order; v = v.after {
		at += spacing
		v.at = at
	}
}

func (v *vertex) insert(behind *vertex) {
	v.before, v.after = behind, behind.after
	v.before.after, v.after.before = v, v
}

func (v *vertex) remove() { v.before.after, v.after.before = v.after, v.before }

// A walk goes along edges from a vertex, depth first, not beyond another one.
type walk struct {
	forwards bool
	from, to *vertex
	number   int // of a pair of walks the first has an even one
	path     []visit
	seen     []*vertex
}

// A visit is a vertex on the path of a walk with the next of its edges; first, at
// −1, comes the detour that is known.
type visit struct {
	vertex *vertex
	next   int
}

func (w *walk) start(from, to *vertex, number int) {
	w.from, w.to, w.number = from, to, number
	w.path, w.seen = append(w.path[:0], visit{from, -1}), w.seen[:0]
}

// step goes along one edge, or back. It returns a vertex on a detour, if that has
// found one.
func (w *walk) step() *vertex {
	here := &w.path[len(w.path)-1]
	edges := &here.vertex.in
	if w.forwards {
		edges = &here.vertex.out
	}
	if here.next < 0 {
		here.next = 0
		if w.forwards && here.vertex.to != nil {
			return w.meet(here.vertex.to.root())
		}
	}
	if here.next == len(*edges) {
		w.path = w.path[:len(w.path)-1]
		return nil
	}
	end := (*edges)[here.next].end.root()
	if end == here.vertex { // both ends have been joined
		last := len(*edges) - 1
		(*edges)[here.next] = (*edges)[last]
		*edges = (*edges)[:last]
		return nil
	}
	here.next++
	return w.meet(end)
}

// meet extends the path to v, if it is new and not beyond the end.
func (w *walk) meet(v *vertex) *vertex {
	here := w.path[len(w.path)-1].vertex
	switch {
	case v == w.to && here != w.from:
		return here
	case v == w.to, v == here, v.met == w.number, w.forwards == (v.at > w.to.at):
		return nil
	case v.met == w.number^1: // the other walk was here
		return v
	}
	v.met = w.number
	w.path, w.seen = append(w.path, visit{v, -1}), append(w.seen, v)
	return nil
}

// remember notes the detour through via that the walk has found, for all on its
// path.
func (w *walk) remember(via *vertex) {
	for _, p := range w.path {
		if p.vertex != via {
			p.vertex.via, p.vertex.to = via, w.to
		}
	}
}
