package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/internal/kernel/vec"
)

// A loopEmitter makes the instruction of a fused loop: it asks one member after the
// other for its micro-instructions.
type loopEmitter struct {
	*state
	*scratch
	group  *group
	domain domain.Domain
	loop   *exec.Loop
	micros []micro
}

// A micro is a micro-instruction with where its arrays lie.
type micro struct {
	exec.Micro
	dst ref
	in  []ref
}

// A ref is where a loop finds an array: in a slot, or in scratch memory.
type ref struct {
	slot    int // exec.None for scratch
	scratch int // offset there
	place   domain.Place
}

// partWork is how many elements a part of a loop computes at least, counting
// each micro-instruction: some tens of microseconds. There are at most maxParts.
const (
	partWork = 1 << 17
	maxParts = 32
)

// loop returns the instruction of a group of looped ops.
func (e *emitter) loop(g *group) exec.Instruction {
	d := g.domain
	l := &exec.Loop{Blocks: d.Blocks()}
	l.Tile = max(1, min(l.Blocks, domain.Tile/max(1, d.Block*d.Cols)))
	l.Tiles = (l.Blocks + l.Tile - 1) / l.Tile
	l.Parts = max(1, min(l.Tiles, maxParts, d.Size()*len(g.nodes)/partWork))
	b := &loopEmitter{state: e.state, scratch: newScratch(e.state, g, l.Tile), group: g, domain: d, loop: l, micros: e.micros[:0]}
	for i, n := range g.nodes {
		b.now = i
		n.op.(looped).micros(b, n)
		b.count(n)
		b.release()
	}
	l.Scratch, l.Micros = b.top, make([]exec.Micro, 0, len(b.micros))
	for i := range b.micros {
		l.Micros = append(l.Micros, b.settled(&b.micros[i]))
	}
	e.micros = b.micros
	return l
}

// append appends a micro-instruction that computes n at dst.
func (e *loopEmitter) append(n *Node, dst ref, m exec.Micro, in ...ref) {
	e.members[e.position[n.id]].ref = dst
	e.micros = append(e.micros, micro{m, dst, in})
}

// settled returns a micro-instruction with its arrays and its loops.
func (e *loopEmitter) settled(m *micro) exec.Micro {
	out := m.Micro
	out.Dst, out.Operands = e.array(m.dst), len(m.in)
	places := make([]domain.Place, len(m.in))
	for i, r := range m.in {
		out.In[i], places[i] = e.array(r), r.place
	}
	switch m.Kind {
	case exec.DoBinary, exec.DoSelect, exec.DoFunction:
		out.Grid = e.domain.Grid(e.loop.Tile, m.dst.place, places...)
	}
	return out
}

func (e *loopEmitter) array(r ref) exec.Ref {
	out := exec.Ref{Slot: r.slot, Offset: r.scratch}
	if n := e.domain.Extent(r.place, 1); r.place&domain.ByBlock != 0 {
		out.PerBlock = n
	} else {
		out.Size = n
	}
	return out
}

// labels returns the labels y of the rows of an array at a place.
func (e *loopEmitter) labels(y *Node, at domain.Place) exec.Ref {
	return e.array(ref{slot: y.id, place: at &^ domain.ByCol})
}

// cols returns the length of the rows of an array at a place.
func (e *loopEmitter) cols(at domain.Place) int {
	if at&domain.ByCol == 0 {
		return 1
	}
	return e.domain.Cols
}

// closing appends the closing n of an operand at a place.
func (e *loopEmitter) closing(n *Node, o reduce, at domain.Place) {
	m := exec.Micro{Kind: exec.DoCloseCols, Reduce: o.of, Closing: len(e.loop.Closings)}
	width := e.domain.Cols
	if o.to == len(n.inputs[0].shape) || at&domain.ByCol == 0 {
		m.Kind, width = exec.DoCloseAll, 0
	}
	x := e.dense(n, 0, at)
	e.loop.Closings = append(e.loop.Closings, exec.Closing{Op: o.of, Dst: n.id, Width: width})
	if !e.closeProduct(n, m) {
		e.micros = append(e.micros, micro{m, ref{}, []ref{x}})
	}
}

// broadcast reads a broadcast from its operand, or writes it out if others read it.
func (e *loopEmitter) broadcast(n *Node) {
	src := e.operand(n, 0)
	own := &e.members[e.now]
	if own.result {
		own.ref = e.result(n)
		e.copy(own.ref, src)
		return
	}
	own.ref = src
	if x := e.member(stored(n.inputs[0])); x != nil && x.holds != nil {
		own.holds = x.holds
		own.holds.last = max(own.holds.last, own.last)
		own.holds.reads += own.reads
	}
}

// copy appends the copy of an array: the maximum of it and itself.
func (e *loopEmitter) copy(dst, src ref) {
	e.micros = append(e.micros, micro{exec.Micro{Kind: exec.DoBinary, Binary: vec.Max}, dst, []ref{src, src}})
}

// operand returns where the i-th operand of n is.
func (e *loopEmitter) operand(n *Node, i int) ref {
	x := stored(n.inputs[i])
	if m := e.member(x); m != nil {
		return m.ref
	}
	at, ok := reads(e.domain, n, i)
	if !ok {
		failf("operand %d of %s, of shape %v, does not lie in a loop of %v", i, n.op.name(), n.inputs[i].shape, e.domain)
	}
	return ref{slot: x.id, place: at}
}

// dense returns where the i-th operand of n is, written out if it is broadcast
// from elsewhere than at.
func (e *loopEmitter) dense(n *Node, i int, at domain.Place) ref {
	r := e.operand(n, i)
	if r.place == at || r.place == domain.PerLoop && e.domain.Rows == 1 && at == domain.PerRow {
		return r
	}
	out := e.take(at, e.now)
	e.copy(out.ref, r)
	return out.ref
}

// result returns where n is written: its slot if others read it, else scratch.
func (e *loopEmitter) result(n *Node) ref {
	at, ok := e.domain.Place(n.shape)
	if !ok {
		failf("%s of shape %v does not lie in a loop of %v", n.op.name(), n.shape, e.domain)
	}
	if at == domain.PerLoop {
		at = domain.PerRow // of a single row
	}
	m := &e.members[e.now]
	if m.result {
		return ref{slot: n.id, place: at}
	}
	m.holds = e.take(at, m.last)
	m.holds.reads = m.reads
	return m.holds.ref
}

// Of two micro-instructions in turn the first may write, to scratch memory, what
// nobody but the second reads. Where both together are a kernel they are one
// pass over memory, with the same roundings: y ± s·x, as in most updates, and
// sums of products, as in the norm of a gradient.

// readOnce reports whether the last micro-instruction writes x, and the member at
// hand is all that reads it, also as a broadcast that is read in place.
func (e *loopEmitter) readOnce(x *Node) bool {
	m := e.member(x)
	return m != nil && m.holds != nil && m.holds.reads == 1 &&
		e.Contract && len(e.micros) > 0 && e.micros[len(e.micros)-1].dst == m.ref
}

// replace takes the last micro-instruction back for another.
func (e *loopEmitter) replace(m micro) { e.micros[len(e.micros)-1] = m }

// addScaled makes one micro-instruction of n, the sum or difference of x and y at
// dst, and a product with a scalar, if one of the two is that. Else it returns
// false.
func (e *loopEmitter) addScaled(f vec.BinaryOp, n *Node, dst ref, x, y ref) bool {
	if f != vec.Add && f != vec.Sub {
		return false
	}
	for i, other := range []ref{y, x} {
		if !e.readOnce(stored(n.inputs[i])) {
			continue
		}
		p := e.micros[len(e.micros)-1]
		if p.Kind != exec.DoBinary || p.Binary != vec.Mul {
			continue
		}
		factor, scale := p.in[0], p.in[1]
		if factor.place == domain.PerLoop {
			factor, scale = scale, factor
		}
		if scale.place != domain.PerLoop || factor.place != dst.place || other.place != dst.place || p.dst.place != dst.place {
			continue
		}
		m := exec.Micro{Kind: exec.DoAddScaled, Signs: [2]int8{1, 1}}
		if f == vec.Sub {
			m.Signs[1-i] = -1
		}
		e.members[e.now].ref = dst
		e.replace(micro{m, dst, []ref{factor, other, scale}})
		return true
	}
	return false
}

// closeProduct makes one micro-instruction of m, the sum n of everything, and its
// operand, if that is a product. Else it returns false.
func (e *loopEmitter) closeProduct(n *Node, m exec.Micro) bool {
	if m.Kind != exec.DoCloseAll || m.Reduce != vec.ReduceSum || !e.readOnce(stored(n.inputs[0])) {
		return false
	}
	p := e.micros[len(e.micros)-1]
	if p.Kind != exec.DoBinary || p.Binary != vec.Mul || p.in[0].place != p.dst.place || p.in[1].place != p.dst.place {
		return false
	}
	m.Kind = exec.DoCloseProduct
	e.replace(micro{m, ref{}, p.in})
	return true
}
