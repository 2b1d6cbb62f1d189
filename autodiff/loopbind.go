package autodiff

import (
	"fmt"

	"declive/internal/kernel/vec"
)

// bindLoop makes the instruction of a fused loop.
func (m *machine[F]) bindLoop(a *analysis, u *unit) step {
	s := &loopStep[F]{m: m, domain: u.domain, feeds: -1}
	blocks := u.domain.blocks()
	s.tileSize = max(1, min(blocks, tile/max(1, u.domain.block*u.domain.cols)))
	s.tiles = (blocks + s.tileSize - 1) / s.tileSize
	s.parts = max(1, min(s.tiles, maxParts, u.domain.size()*len(u.nodes)/partWork))
	b := newLoopBinder(s, a, u)
	for i, n := range u.nodes {
		b.now = i
		b.bind(n)
		b.count(n)
		b.release()
	}
	for i := range s.micros {
		b.arrange(&s.micros[i])
	}
	for range s.parts {
		s.scratch = append(s.scratch, make([]F, b.top))
		s.operands = append(s.operands, make([]float64, len(micro{}.in)))
	}
	s.bounds = make([]bound[F], len(s.micros))
	s.part = s.runPart
	return s
}

// partWork is how many elements a part of a loop computes at least, counting
// each micro-instruction: some tens of microseconds. There are at most maxParts.
const (
	partWork = 1 << 17
	maxParts = 32
)

// bind appends the micro-instructions of a member.
func (b *loopBinder[F]) bind(n *Node) {
	if closes(n) {
		b.bindClosing(n)
		return
	}
	if _, ok := n.op.(stretch); ok {
		b.bindStretch(n)
		return
	}
	m := micro{dst: b.place(n)}
	switch o := n.op.(type) {
	case interface{ kernel() vec.UnaryOp }:
		m.kind, m.unary, m.in[0] = doUnary, o.kernel(), b.dense(n, 0, m.dst.at)
	case pow:
		m.kind, m.power, m.in[0] = doPower, o.exponent, b.dense(n, 0, m.dst.at)
	case interface{ kernel() vec.BinaryOp }:
		m.kind, m.binary = doBinary, o.kernel()
		m.in[0], m.in[1] = b.operand(n, 0), b.operand(n, 1)
		m = b.addScaled(n, m)
	case where:
		m.kind = doSelect
		m.in = [3]ref{b.operand(n, 0), b.operand(n, 1), b.operand(n, 2)}
	case sum, reduceMax:
		b.bindReduce(n, &m)
	case pick:
		at, _ := b.domain.place(n.inputs[0].shape)
		m.kind, m.in[0], m.labels = doPick, b.dense(n, 0, at), n.inputs[1].id
	case oneHot:
		m.kind, m.labels = doOneHot, n.inputs[0].id
	case elementwise:
		m.kind, m.op, m.width = doValue, o, len(n.inputs)
		for i := range n.inputs {
			m.in[i] = b.operand(n, i)
		}
	default:
		panic(fmt.Sprintf("autodiff: no loop computes %s", n.Op()))
	}
	b.members[b.now].ref = m.dst
	b.micros = append(b.micros, m)
}

// bindReduce reduces the rows of n's operand, which is a copy where they are of
// length 1 in a wider domain, or the columns of each block.
func (b *loopBinder[F]) bindReduce(n *Node, m *micro) {
	x := n.inputs[0].shape
	at, _ := b.domain.place(x)
	_, to, r := reduction(n.op)
	m.kind, m.reduce = doRowReduce, r
	switch {
	case to < len(x):
		m.kind = doBlockReduce
	case at&byCol == 0 && b.domain.cols != 1:
		m.kind, m.binary = doBinary, vec.Max
		m.in[0], m.in[1] = b.operand(n, 0), b.operand(n, 0)
		return
	}
	m.in[0] = b.dense(n, 0, at)
}

func (b *loopBinder[F]) bindClosing(n *Node) {
	_, to, r := reduction(n.op)
	m := micro{reduce: r, closing: len(b.closings)}
	x := n.inputs[0].shape
	at, _ := b.domain.place(x)
	m.in[0] = b.dense(n, 0, at)
	m.kind = doCloseCols
	width := b.domain.cols
	if to == len(x) || at&byCol == 0 {
		m.kind, width = doCloseAll, 0
	}
	m = b.closeProduct(n, m)
	b.closings = append(b.closings, newClosing[F](m.reduce, n.id, width, b.parts, b.tiles/b.parts+1))
	b.micros = append(b.micros, m)
}

// bindStretch reads a broadcast from its operand, or writes it out if others
// read it.
func (b *loopBinder[F]) bindStretch(n *Node) {
	src := b.operand(n, 0)
	own := &b.members[b.now]
	if own.result {
		own.ref = b.place(n)
		b.copy(own.ref, src)
		return
	}
	own.ref = src
	if x := b.member(stored(n.inputs[0])); x != nil && x.holds != nil {
		own.holds = x.holds
		own.holds.last = max(own.holds.last, own.last)
		own.holds.reads += own.reads
	}
}

// copy appends the copy of an array: the maximum of it and itself.
func (b *loopBinder[F]) copy(dst, src ref) {
	b.micros = append(b.micros, micro{kind: doBinary, binary: vec.Max, dst: dst, in: [3]ref{src, src}})
}

// operand returns where the i-th operand of n is.
func (b *loopBinder[F]) operand(n *Node, i int) ref {
	view := n.inputs[i]
	x := stored(view)
	if m := b.member(x); m != nil {
		return m.ref
	}
	at, ok := b.domain.read(n, i)
	if !ok {
		panic(fmt.Sprintf("autodiff: %v does not lie in a loop of %v", view, b.domain))
	}
	return ref{slot: x.id, at: at}
}

// dense returns where the i-th operand of n is, written out if it is broadcast
// from elsewhere than at.
func (b *loopBinder[F]) dense(n *Node, i int, at place) ref {
	r := b.operand(n, i)
	if r.at == at || r.at == perLoop && b.domain.rows == 1 && at == perRow {
		return r
	}
	out := b.scratchFor(at, b.now)
	b.copy(out.ref, r)
	return out.ref
}

// arrange finds the loops of an elementwise micro-instruction.
func (b *loopBinder[F]) arrange(m *micro) {
	switch m.kind {
	case doBinary, doSelect, doValue:
		var in []place
		for _, r := range m.in[:m.operands()] {
			in = append(in, r.at)
		}
		m.grid = b.domain.gridOf(b.tileSize, m.dst.at, in...)
	}
}

// place returns where n is written: its slot if others read it, else scratch.
func (b *loopBinder[F]) place(n *Node) ref {
	at, ok := b.domain.place(n.shape)
	if !ok {
		panic(fmt.Sprintf("autodiff: %v does not lie in a loop of %v", n, b.domain))
	}
	if at == perLoop {
		at = perRow // of a single row
	}
	m := &b.members[b.now]
	if m.result {
		return ref{slot: n.id, at: at}
	}
	m.holds = b.scratchFor(at, m.last)
	m.holds.reads = m.reads
	return m.holds.ref
}
