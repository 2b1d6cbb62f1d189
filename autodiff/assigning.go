package autodiff

import "slices"

// An assignment is a parameter with the value that it takes at the end of a run.
type assignment struct {
	param *Param
	value *Node
}

// placeAssignments decides how parameters take their new values. A value that
// a loop computes is written straight into the parameter's memory, by a loop
// that is scheduled after everything else that reads the old value and after
// the scalar outputs, which are looked at before anything is overwritten. Where
// no order allows that, the value is computed beside and copied at the end.
func (a *analysis) placeAssignments() {
	o := overwriting{analysis: a, leaves: map[*Param][]*Node{}, reached: map[*unit]int{}}
	if len(a.assigns) > 0 {
		o.prepare()
	}
	for _, n := range a.assigns {
		s := assignment{n.op.(assign).param, stored(n)}
		if a.passes.inPlace && o.overwrite(s) {
			a.direct[s.value.id] = s.param
		} else {
			a.copied = append(a.copied, s)
		}
	}
}

// overwriting looks for the assignments that are made in place.
type overwriting struct {
	*analysis
	leaves  map[*Param][]*Node // the nodes of a parameter
	first   []*unit            // what must have run before any
	reached map[*unit]int      // the last search that came here
	search  int
}

func (o *overwriting) prepare() {
	for _, n := range o.graph.nodes {
		if p := n.Param(); p != nil {
			o.leaves[p] = append(o.leaves[p], n)
		}
	}
	known := map[*unit]bool{nil: true}
	add := func(u *unit) {
		if !known[u] {
			known[u] = true
			o.first = append(o.first, u)
		}
	}
	for _, u := range o.watchers() {
		add(u)
	}
	for _, n := range o.outputs {
		if len(n.shape) == 0 {
			add(o.unitOf[stored(n).id])
		}
	}
}

// overwrite orders the units so that the loop that computes s can write to the
// parameter, and reports whether that is possible.
func (o *overwriting) overwrite(s assignment) bool {
	u := o.unitOf[s.value.id]
	if u == nil || !u.writesTo(s) || o.direct[s.value.id] != nil {
		return false
	}
	before, ok := o.readers(s, u)
	if !ok {
		return false
	}
	before = append(before, o.first...)
	o.reach(u)
	for _, w := range before {
		if o.reached[w] == o.search {
			return false
		}
	}
	for _, w := range before {
		o.after[w] = append(o.after[w], u)
	}
	return true
}

// writesTo reports whether the unit that computes s.value can write it anywhere.
func (u *unit) writesTo(s assignment) bool {
	switch u.kind {
	case loop:
		return !closes(s.value)
	case matrixProduct:
		return u.product.onto != nil && u.product.onto.value.Param() == s.param
	}
	return false
}

// readers returns the other units that read the parameter, and whether u itself
// reads an element no later than it writes it.
func (o *overwriting) readers(s assignment, u *unit) ([]*unit, bool) {
	var before []*unit
	for _, leaf := range o.leaves[s.param] {
		for _, m := range o.users[leaf.id] {
			switch w := o.unitOf[m.id]; {
			case w != u:
				before = append(before, w)
			case !o.aligned(leaf, m, s.value):
				return nil, false
			}
		}
	}
	return before, true
}

// aligned reports whether reader, in the unit that computes v, is done with each
// element of x when the same element of v is written.
func (a *analysis) aligned(x, reader, v *Node) bool {
	u := a.unitOf[v.id]
	if p := u.product; p != nil {
		return p.a != x && p.b != x
	}
	to, _ := u.domain.place(v.shape)
	at, ok := u.domain.readAt(x, reader)
	return ok && at == to && reader.id <= v.id && to&byBlock != 0
}

// readAt returns how x lies in the domain of a loop of which reader is a member;
// false if that reads it in several ways, or a broadcast of it, which others may
// read later.
func (d domain) readAt(x, reader *Node) (at place, ok bool) {
	if _, ok := reader.op.(stretch); ok {
		return 0, false
	}
	for i, view := range reader.inputs {
		if stored(view) != x {
			continue
		}
		now, found := d.read(reader, i)
		if !found || ok && now != at {
			return 0, false
		}
		at, ok = now, true
	}
	return at, ok
}

// readAt returns how x lies in the domain of u, and the id of its last reader
// there; false if it is read in several ways, or a broadcast of it.
func (a *analysis) readAt(u *unit, x *Node) (at place, reader int, ok bool) {
	for _, m := range a.users[x.id] {
		a.work++
		if a.unitOf[m.id] != u {
			continue
		}
		now, found := u.domain.readAt(x, m)
		if !found || ok && now != at {
			return 0, 0, false
		}
		at, reader, ok = now, max(reader, m.id), true
	}
	return at, reader, ok
}

// reach notes which units come after u, and u.
func (o *overwriting) reach(u *unit) {
	o.search++
	o.reached[u] = o.search
	next := []*unit{u}
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

// overwrites reports whether u writes into a parameter.
func (a *analysis) overwrites(u *unit) bool {
	return slices.ContainsFunc(u.nodes, func(n *Node) bool { return a.direct[n.id] != nil })
}
