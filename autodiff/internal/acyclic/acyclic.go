// Package acyclic joins the vertices of a graph without circles, two by two, and
// keeps it without circles.
package acyclic

import (
	"cmp"
	"iter"
	"slices"
)

// A Graph is a graph without circles. A vertex u and a reader v of it may become
// one unless a path leads from u to v through another vertex, which would close a
// circle.
//
// It keeps the vertices in a topological order. Such a path runs between u and v
// there, so two walks look for it by turns, one edge at a time: one forwards
// from u, one backwards from v, neither beyond the other's end. The first that
// comes to an end without meeting the other proves that there is none, and has
// found what must leave the place between u and v when they become one (Bender,
// Fineman, Gilbert and Tarjan, A New Approach to Incremental Cycle Detection,
// 2016, on searches in two directions). A path that is found is remembered, and is
// a short cut for later walks.
//
// V is what a vertex stands for, E what an edge does.
type Graph[V, E any] struct {
	order             Vertex[V, E] // the end of the circular list of vertices
	forward, backward walk[V, E]
	walks             int
	steps             int // of all walks
}

// A Vertex of a graph.
type Vertex[V, E any] struct {
	Of V

	joined  *Vertex[V, E] // the vertex that this one has become a part of, or nil
	out, in []edge[V, E]

	before, after *Vertex[V, E]
	at            int64 // rises along the order
	met           int   // number of the last walk that came here

	via, to *Vertex[V, E] // a path through via leads to to
}

type edge[V, E any] struct {
	end *Vertex[V, E]
	of  E
}

// New returns a graph without vertices.
func New[V, E any]() *Graph[V, E] {
	c := &Graph[V, E]{}
	c.order.before, c.order.after = &c.order, &c.order
	c.forward.forwards = true
	return c
}

// Steps returns how many edges have been looked at.
func (c *Graph[V, E]) Steps() int { return c.steps }

// spacing is between the places of vertices that are added at the end.
const spacing = 1 << 36

// Add returns a new vertex at the end of the order.
func (c *Graph[V, E]) Add(of V) *Vertex[V, E] {
	last := c.order.before
	v := &Vertex[V, E]{Of: of, at: last.at + spacing}
	v.insert(last)
	return v
}

// Link adds an edge from u to v, a later one.
func (u *Vertex[V, E]) Link(v *Vertex[V, E], of E) {
	u.out = append(u.out, edge[V, E]{v, of})
	v.in = append(v.in, edge[V, E]{u, of})
}

// EdgesTo yields the edges from u to v. Both are roots.
func (u *Vertex[V, E]) EdgesTo(v *Vertex[V, E]) iter.Seq[E] {
	edges, other := v.in, u
	if len(u.out) < len(v.in) {
		edges, other = u.out, v
	}
	return func(yield func(E) bool) {
		for _, e := range edges {
			if e.end.Root() == other && !yield(e.of) {
				return
			}
		}
	}
}

// Root returns the vertex that v is now part of.
func (v *Vertex[V, E]) Root() *Vertex[V, E] {
	for v.joined != nil {
		if next := v.joined.joined; next != nil {
			v.joined = next
		}
		v = v.joined
	}
	return v
}

// PathThroughOther reports whether a path leads from u to v, which reads it,
// through another vertex. If none does, Join may follow.
func (c *Graph[V, E]) PathThroughOther(u, v *Vertex[V, E]) bool {
	if u.to != nil && u.to.Root() == v {
		if via := u.via.Root(); via != u && via != v {
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

// Before reports whether u comes before v in the order, so that no path leads from v to
// u. Both are roots.
func (u *Vertex[V, E]) Before(v *Vertex[V, E]) bool { return u.at < v.at }

// Join makes one vertex of u and v, for which PathThroughOther has just found none: at
// v's place if the walk from u has come to its end, with what it met moved behind
// it, and else at u's, with what the walk from v met moved in front.
func (c *Graph[V, E]) Join(u, v *Vertex[V, E]) *Vertex[V, E] {
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
func concatenated[T any](a, b []T) []T {
	if len(a) < len(b) {
		a, b = b, a
	}
	return append(a, b...)
}

// move puts vertices behind another, in the order that they have. They lie close
// to its successor, or to itself: the same gap is halved only seldom.
func (c *Graph[V, E]) move(vs []*Vertex[V, E], behind *Vertex[V, E], far bool) {
	if len(vs) == 0 {
		return
	}
	slices.SortFunc(vs, func(a, b *Vertex[V, E]) int { return cmp.Compare(a.at, b.at) })
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
func (c *Graph[V, E]) room(v *Vertex[V, E]) int64 {
	if v.after == &c.order {
		return spacing
	}
	return v.after.at - v.at
}

func (c *Graph[V, E]) renumber() {
	at := int64(0)
	for v := c.order.after; v != &c.order; v = v.after {
		at += spacing
		v.at = at
	}
}

func (v *Vertex[V, E]) insert(behind *Vertex[V, E]) {
	v.before, v.after = behind, behind.after
	v.before.after, v.after.before = v, v
}

func (v *Vertex[V, E]) remove() { v.before.after, v.after.before = v.after, v.before }

// A walk goes along edges from a vertex, depth first, not beyond another one.
type walk[V, E any] struct {
	forwards bool
	from, to *Vertex[V, E]
	number   int // of a pair of walks the first has an even one
	path     []visit[V, E]
	seen     []*Vertex[V, E]
}

// A visit is a vertex on the path of a walk with the next of its edges; first, at
// −1, comes the path that is known.
type visit[V, E any] struct {
	vertex *Vertex[V, E]
	next   int
}

func (w *walk[V, E]) start(from, to *Vertex[V, E], number int) {
	w.from, w.to, w.number = from, to, number
	w.path, w.seen = append(w.path[:0], visit[V, E]{from, -1}), w.seen[:0]
}

// step goes along one edge, or back. It returns a vertex on a path, if that has
// found one.
func (w *walk[V, E]) step() *Vertex[V, E] {
	here := &w.path[len(w.path)-1]
	edges := &here.vertex.in
	if w.forwards {
		edges = &here.vertex.out
	}
	if here.next < 0 {
		here.next = 0
		if w.forwards && here.vertex.to != nil {
			return w.meet(here.vertex.to.Root())
		}
	}
	if here.next == len(*edges) {
		w.path = w.path[:len(w.path)-1]
		return nil
	}
	end := (*edges)[here.next].end.Root()
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
func (w *walk[V, E]) meet(v *Vertex[V, E]) *Vertex[V, E] {
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
	w.path, w.seen = append(w.path, visit[V, E]{v, -1}), append(w.seen, v)
	return nil
}

// remember notes the path through via that the walk has found, for all on its
// path.
func (w *walk[V, E]) remember(via *Vertex[V, E]) {
	for _, p := range w.path {
		if p.vertex != via {
			p.vertex.via, p.vertex.to = via, w.to
		}
	}
}
