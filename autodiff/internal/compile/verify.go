package compile

import (
	"cmp"
	"slices"

	"declive/autodiff/internal/arena"
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
)

// verify looks for contradictions in what the last pass has written, and fails at the
// first. Tests run it after every pass.
func (s *state) verify() {
	switch s.done {
	case "demand":
		s.verifyReaders()
	case "partition":
		s.verifyGroups(s.pieces)
	case "merge":
		s.verifyGroups(s.groupOf)
		s.verifyLoops()
	case "assign":
		s.verifyAssignments()
	case "schedule":
		s.verifyOrder()
	case "layout":
		s.verifyBuffers()
	case "emit":
		s.verifyCode()
	default:
		s.verifyGraph()
	}
}

// wrong fails with what is wrong after the last pass.
func (s *state) wrong(format string, args ...any) {
	failf("after %s: "+format, append([]any{s.done}, args...)...)
}

// verifyGraph: ids count the nodes, operands come before their readers, and each
// shape is the one that the op gives.
func (s *state) verifyGraph() {
	for i, n := range s.graph.nodes {
		if n.id != i {
			s.wrong("node %d has the id %d", i, n.id)
		}
		for _, x := range n.inputs {
			if x.id >= i || s.graph.nodes[x.id] != x {
				s.wrong("%%%d reads %%%d, which is not before it", i, x.id)
			}
		}
		if len(n.inputs) == 0 {
			continue
		}
		if to := n.op.shape(n.inputs); !to.Equal(n.shape) {
			s.wrong("%%%d, %s, has the shape %v instead of %v", i, n.op.name(), n.shape, to)
		}
		if _, ok := n.op.(elementwise); ok {
			s.verifyBroadcasts(n)
		}
	}
	for _, n := range s.outputs {
		if s.graph.nodes[n.id] != n {
			s.wrong("output %%%d is of another graph", n.id)
		}
	}
}

// verifyBroadcasts: a loop can read every operand of n.
func (s *state) verifyBroadcasts(n *Node) {
	d := broadcastDomain(n.inputs, n.shape)
	for i, x := range n.inputs {
		if _, ok := d.PlaceIn(x.shape, n.shape); !ok {
			s.wrong("operand %d of %%%d, of shape %v, does not lie in a loop over %v", i, n.id, x.shape, d)
		}
	}
}

// verifyReaders: what is needed are the outputs and what needed values read, and the
// readers of each are those that do.
func (s *state) verifyReaders() {
	needed, reads := make([]bool, len(s.graph.nodes)), make([]int, len(s.graph.nodes))
	for _, n := range s.outputs {
		needed[stored(n).id] = true
	}
	for id := len(needed) - 1; id >= 0; id-- {
		if n := s.graph.nodes[id]; needed[id] {
			for i := range n.inputs {
				x := read(n, i)
				needed[x.id] = true
				reads[x.id]++
			}
		}
	}
	for id, n := range s.graph.nodes {
		if needed[id] != s.needed[id] || reads[id] != len(s.readers[id]) {
			s.wrong("%%%d, %s, is read %d times, not %d", id, n.op.name(), reads[id], len(s.readers[id]))
		}
		for _, m := range s.readers[id] {
			if !reading(m, n) {
				s.wrong("%%%d does not read %%%d", m.id, id)
			}
		}
	}
}

// reading reports whether m reads x.
func reading(m, x *Node) bool {
	for i := range m.inputs {
		if read(m, i) == x {
			return true
		}
	}
	return false
}

// verifyGroups: every needed value that is computed has one group, of which it is
// one member; leaves, views and what nobody needs have none.
func (s *state) verifyGroups(of []*group) {
	member := make([]*group, len(s.graph.nodes))
	known := map[*group]bool{nil: true}
	for _, g := range of {
		if known[g] {
			continue
		}
		known[g] = true
		for i, n := range g.nodes {
			if member[n.id] != nil || of[n.id] != g {
				s.wrong("%%%d, %s, is a member of two groups", n.id, n.op.name())
			}
			if i > 0 && g.nodes[i-1].id >= n.id {
				s.wrong("the members of %s are not in recording order", g.ops())
			}
			member[n.id] = g
		}
	}
	for id, n := range s.graph.nodes {
		if computed := s.needed[id] && len(n.inputs) > 0; computed != (member[id] != nil) {
			s.wrong("%%%d, %s, needed %v, has a group: %v", id, n.op.name(), s.needed[id], member[id] != nil)
		}
	}
}

// verifyLoops: in a loop every member's result and operands have their place, and
// what it reads of another member lies where that writes it. A closing is not read
// there.
func (s *state) verifyLoops() {
	for id, n := range s.graph.nodes {
		g := s.groupOf[id]
		if g == nil || g.kind != loop {
			continue
		}
		if g.nodes[s.position[id]] != n {
			s.wrong("%%%d is not the member %d of its loop", id, s.position[id])
		}
		if _, ok := g.domain.Place(n.shape); !ok && !closes(n) {
			s.wrong("%%%d, of shape %v, does not lie in its loop over %v", id, n.shape, g.domain)
		}
		for i := range n.inputs {
			s.verifyRead(g, n, i)
		}
	}
}

func (s *state) verifyRead(g *group, n *Node, i int) {
	x := read(n, i)
	if x.isLabels() {
		return
	}
	seen, ok := reads(g.domain, n, i)
	if !ok {
		s.wrong("operand %d of %%%d does not lie in its loop over %v", i, n.id, g.domain)
	}
	if s.groupOf[x.id] != g {
		return
	}
	if made, _ := g.domain.Place(x.shape); made != seen {
		s.wrong("%%%d reads %%%d elsewhere than it is written", n.id, x.id)
	}
	if closes(x) {
		s.wrong("%%%d reads the closing %%%d inside its loop", n.id, x.id)
	}
}

// verifyAssignments: every assignment is made, once.
func (s *state) verifyAssignments() {
	made := len(s.copied)
	for id, p := range s.direct {
		if p == nil {
			continue
		}
		made++
		if s.groupOf[id] == nil {
			s.wrong("%s takes the value %%%d, which no group computes", p.Name(), id)
		}
	}
	if made != len(s.assigns) {
		s.wrong("%d assignments are made of %d", made, len(s.assigns))
	}
}

// verifyOrder: each group runs once, after what it reads, and what is written into a
// parameter after all other readers of that.
func (s *state) verifyOrder() {
	at, written := map[*group]int{}, map[Parameter]*group{}
	for i, g := range s.order {
		at[g] = i
	}
	if len(at) != len(s.order) || len(at) != len(s.groups()) {
		s.wrong("%d groups are run %d times", len(s.groups()), len(s.order))
	}
	for id, p := range s.direct {
		if p != nil {
			written[p] = s.groupOf[id]
		}
	}
	for i, g := range s.order {
		for _, x := range s.operands(g) {
			if w := s.groupOf[x.id]; w != nil && at[w] >= i {
				s.wrong("%s runs before %%%d, which it reads", g.ops(), x.id)
			}
			if w := written[x.param()]; w != nil && at[w] < i {
				s.wrong("%s reads %s after that has its new value", g.ops(), x.param().Name())
			}
		}
	}
}

// verifyBuffers: values in use at one time share no memory, and every result that is
// not a parameter's has some.
func (s *state) verifyBuffers() {
	for _, g := range s.order {
		for _, n := range s.results(g) {
			if b := s.buffers[n]; s.direct[n.id] == nil && (b == nil || b.Size != n.size()) {
				s.wrong("%%%d has not the memory of its size", n.id)
			}
		}
	}
	all := slices.Clone(s.arena.Buffers)
	slices.SortFunc(all, func(a, b *arena.Buffer) int { return cmp.Compare(a.First, b.First) })
	var live []*arena.Buffer // by offset
	for _, b := range all {
		live = slices.DeleteFunc(live, func(c *arena.Buffer) bool { return c.Last < b.First })
		i, _ := slices.BinarySearchFunc(live, b, func(c, b *arena.Buffer) int { return cmp.Compare(c.Offset, b.Offset) })
		switch {
		case b.Size == 0:
			continue
		case b.Offset < 0, b.Offset+b.Size > s.arena.Size,
			i > 0 && live[i-1].Offset+live[i-1].Size > b.Offset,
			i < len(live) && b.Offset+b.Size > live[i].Offset:
			s.wrong("a buffer of %d elements at %d overlaps another", b.Size, b.Offset)
		}
		live = slices.Insert(live, i, b)
	}
}

// verifyCode: there is an instruction for each group, loops stay within their
// scratch memory, and every array that they name has memory.
func (s *state) verifyCode() {
	if len(s.code.Instructions) != len(s.order) {
		s.wrong("%d instructions for %d groups", len(s.code.Instructions), len(s.order))
	}
	for i, in := range s.code.Instructions {
		if l, ok := in.(*exec.Loop); ok {
			for k := range l.Micros {
				s.verifyMicro(s.order[i].domain, l, &l.Micros[k])
			}
		}
	}
}

func (s *state) verifyMicro(d domain.Domain, l *exec.Loop, m *exec.Micro) {
	refs := append([]exec.Ref{}, m.In[:m.Operands]...)
	switch m.Kind {
	case exec.DoCloseAll, exec.DoCloseCols, exec.DoCloseProduct:
		if m.Closing >= len(l.Closings) {
			s.wrong("a loop over %v has no closing %d", d, m.Closing)
		}
	default:
		refs = append(refs, m.Dst)
	}
	for _, r := range refs {
		size := r.Size
		if r.PerBlock > 0 {
			size = r.PerBlock * l.Tile
		}
		if r.Slot == exec.None && r.Offset+size > l.Scratch {
			s.wrong("a loop over %v needs more than %d elements of scratch memory", d, l.Scratch)
		}
		if r.Slot >= len(s.graph.nodes) || r.Slot < exec.None {
			s.wrong("a loop over %v reads the slot %d of %d", d, r.Slot, len(s.graph.nodes))
		}
	}
}
