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
	for _, n := range a.assigns {
		s := assignment{n.op.(assign).param, stored(n)}
		if a.passes.inPlace && a.overwrite(s) {
			a.direct[s.value.id] = s.param
		} else {
			a.copied = append(a.copied, s)
		}
	}
}

// overwrite orders the units so that the loop that computes s can write to the
// parameter, and reports whether that is possible.
func (a *analysis) overwrite(s assignment) bool {
	u := a.unitOf[s.value.id]
	if u == nil || !u.writesTo(s) || a.direct[s.value.id] != nil {
		return false
	}
	before, ok := a.readers(s, u)
	if !ok {
		return false
	}
	before = append(before, a.watchers()...)
	for _, n := range a.outputs {
		if len(n.shape) == 0 && a.unitOf[stored(n).id] != nil {
			before = append(before, a.unitOf[stored(n).id])
		}
	}
	for _, w := range before {
		if w == u || a.reaches(u, w) {
			return false
		}
	}
	for _, w := range before {
		a.after[w] = append(a.after[w], u)
	}
	return true
}

// writesTo reports whether the unit that computes s.value can write it anywhere.
func (u *unit) writesTo(s assignment) bool {
	switch u.kind {
	case loop:
		return !closes(s.value)
	case gemm:
		return u.product.onto != nil && u.product.onto.value.Param() == s.param
	}
	return false
}

// readers returns the other units that read the parameter, and whether u itself
// reads an element no later than it writes it.
func (a *analysis) readers(s assignment, u *unit) ([]*unit, bool) {
	var before []*unit
	for _, leaf := range a.graph.nodes {
		if leaf.Param() != s.param {
			continue
		}
		for _, m := range a.users[leaf.id] {
			switch w := a.unitOf[m.id]; {
			case w != u:
				before = append(before, w)
			case !a.aligned(leaf, m, s.value):
				return nil, false
			}
		}
	}
	return before, true
}

// aligned reports whether reader, in the loop that computes v, is done with each
// element of x when the same element of v is written. Those who read a broadcast
// may come later.
func (a *analysis) aligned(x, reader, v *Node) bool {
	if p := a.unitOf[v.id].product; p != nil {
		return p.a != x && p.b != x
	}
	if _, ok := reader.op.(stretch); ok {
		return false
	}
	d := a.unitOf[v.id].domain
	to, _ := d.place(v.shape)
	for i, view := range reader.inputs {
		if at, ok := d.read(reader, i); stored(view) == x && (!ok || at != to) {
			return false
		}
	}
	return reader.id <= v.id && to&byBlock != 0
}

// reaches reports whether v must come after u.
func (a *analysis) reaches(u, v *unit) bool {
	seen := map[*unit]bool{}
	next := []*unit{u}
	for len(next) > 0 {
		w := next[len(next)-1]
		next = next[:len(next)-1]
		if w == v {
			return true
		}
		if !seen[w] {
			seen[w] = true
			next = append(next, a.followers(w)...)
		}
	}
	return false
}

// overwrites reports whether u writes into a parameter.
func (a *analysis) overwrites(u *unit) bool {
	return slices.ContainsFunc(u.nodes, func(n *Node) bool { return a.direct[n.id] != nil })
}
