package autodiff

import (
	"fmt"
	"slices"

	"declive/internal/kernel"
)

// A fused loop runs tile by tile, a tile being some rows of its domain. On each
// tile the members run one after the other as micro-instructions on pieces of
// arrays; values that nobody else reads live in scratch memory the size of a
// tile, which stays in the nearest cache.

// A ref is where a micro-instruction finds an array: in a slot of the machine,
// or in the scratch memory of its part of the loop.
type ref struct {
	slot    int // −1 for scratch
	scratch int // offset there
	at      place
}

type microKind uint8

const (
	doUnary microKind = iota
	doBinary
	doSelect
	doRowReduce // over the columns
	doPick
	doOneHot
	doCloseAll  // over rows and columns
	doCloseCols // over the rows
)

type micro struct {
	kind    microKind
	unary   kernel.UnaryOp
	binary  kernel.BinaryOp
	reduce  kernel.Reduction
	dst     ref
	in      [3]ref
	labels  int // slot of the labels of a pick or a one-hot
	closing int // index among the closing sums
}

// A closing is a sum, or maximum, over the rows, taken up tile by tile. Each
// part of the loop has its own, and the parts' are joined in order.
type closing[F kernel.Float] struct {
	reduce kernel.Reduction
	dst    ref
	cols   []F       // parts × columns, nil for one number
	all    []float64 // of each part
	one    []F       // of a tile, in each part
}

type loopStep[F kernel.Float] struct {
	m        *machine[F]
	domain   domain
	tileRows int
	parts    int
	micros   []micro
	closings []closing[F]
	scratch  [][]F // one for each part
	part     func(part int)
}

func (s *loopStep[F]) run() {
	if s.parts == 1 {
		s.runPart(0)
	} else {
		kernel.Do(s.parts, s.part)
	}
	for i := range s.closings {
		s.close(&s.closings[i])
	}
}

// runPart runs the tiles of one part.
func (s *loopStep[F]) runPart(part int) {
	for i := range s.closings {
		s.closings[i].start(part, s.domain.cols)
	}
	tiles := (s.domain.rows + s.tileRows - 1) / s.tileRows
	for t := part * tiles / s.parts; t < (part+1)*tiles/s.parts; t++ {
		from := t * s.tileRows
		w := window[F]{loopStep: s, part: part, from: from, rows: min(s.tileRows, s.domain.rows-from)}
		for i := range s.micros {
			w.run(&s.micros[i])
		}
	}
}

func (c *closing[F]) start(part, cols int) {
	zero := 0.0
	if c.reduce == kernel.ReduceMax {
		zero = minusInf
	}
	if c.cols == nil {
		c.all[part] = zero
		return
	}
	for j := range cols {
		c.cols[part*cols+j] = F(zero)
	}
}

// close joins the parts' results.
func (s *loopStep[F]) close(c *closing[F]) {
	if c.cols != nil {
		cols := s.domain.cols
		kernel.ReduceCols(c.reduce, s.parts, cols, s.m.slots[c.dst.slot][:cols], c.cols, cols, false)
		return
	}
	total := c.all[0]
	for _, v := range c.all[1:] {
		total = c.join(total, v)
	}
	s.m.slots[c.dst.slot][0] = F(total)
}

func (c *closing[F]) join(a, b float64) float64 {
	if c.reduce == kernel.ReduceMax {
		return max(a, b)
	}
	return a + b
}

// A window is a tile of a loop: rows rows from the row from.
type window[F kernel.Float] struct {
	*loopStep[F]
	part, from, rows int
}

// data returns the elements of an array that lie in the window.
func (w *window[F]) data(r ref) []F {
	size, from := 1, 0
	switch r.at {
	case full:
		size, from = w.rows*w.domain.cols, w.from*w.domain.cols
	case perRow:
		size, from = w.rows, w.from
	case perCol:
		size = w.domain.cols
	}
	if r.slot < 0 {
		return w.scratch[w.part][r.scratch : r.scratch+size]
	}
	return w.m.slots[r.slot][from : from+size]
}

func (w *window[F]) run(m *micro) {
	switch m.kind {
	case doUnary:
		kernel.Unary(m.unary, w.data(m.dst), w.data(m.in[0]))
	case doBinary:
		rows, cols := w.extent(m, 2)
		kernel.Binary(m.binary, rows, cols, w.data(m.dst), cols, w.operand(m.in[0], m.dst), w.operand(m.in[1], m.dst))
	case doSelect:
		rows, cols := w.extent(m, 3)
		kernel.Select(rows, cols, w.data(m.dst), cols, w.operand(m.in[0], m.dst), w.operand(m.in[1], m.dst), w.operand(m.in[2], m.dst))
	case doRowReduce:
		kernel.ReduceRows(m.reduce, w.rows, w.domain.cols, w.data(m.dst), w.data(m.in[0]), w.domain.cols)
	case doPick:
		w.pick(m)
	case doOneHot:
		w.oneHot(m)
	case doCloseAll:
		w.closeAll(m)
	case doCloseCols:
		cols := w.domain.cols
		dst := w.closings[m.closing].cols[w.part*cols:][:cols]
		kernel.ReduceCols(m.reduce, w.rows, cols, dst, w.data(m.in[0]), cols, true)
	}
}

// extent returns the loop of an elementwise micro-instruction, with one row
// where its arrays are contiguous or scalars.
func (w *window[F]) extent(m *micro, operands int) (rows, cols int) {
	if m.dst.at != full {
		return 1, w.rows
	}
	for _, r := range m.in[:operands] {
		if r.at == perRow || r.at == perCol {
			return w.rows, w.domain.cols
		}
	}
	return 1, w.rows * w.domain.cols
}

// operand returns an array as the operand of a loop that writes to a dst.
func (w *window[F]) operand(r, dst ref) kernel.Operand[F] {
	x := kernel.Operand[F]{Data: w.data(r)}
	switch {
	case r.at == full:
		x.Row, x.Col = w.domain.cols, 1
	case r.at == perCol, r.at == perRow && dst.at == perRow:
		x.Col = 1
	case r.at == perRow:
		x.Row = 1
	}
	return x
}

func (w *window[F]) pick(m *micro) {
	dst, x := w.data(m.dst), w.data(m.in[0])
	width := w.width(m.in[0])
	for i, y := range w.m.labels[m.labels][w.from : w.from+w.rows] {
		dst[i] = x[i*width+y]
	}
}

func (w *window[F]) oneHot(m *micro) {
	dst := w.data(m.dst)
	width := w.width(m.dst)
	clear(dst)
	for i, y := range w.m.labels[m.labels][w.from : w.from+w.rows] {
		dst[i*width+y] = 1
	}
}

func (w *window[F]) width(r ref) int {
	if r.at == full {
		return w.domain.cols
	}
	return 1
}

func (w *window[F]) closeAll(m *micro) {
	c := &w.closings[m.closing]
	v := c.one[w.part:][:1]
	x := w.data(m.in[0])
	kernel.ReduceRows(m.reduce, 1, len(x), v, x, len(x))
	c.all[w.part] = c.join(c.all[w.part], float64(v[0]))
}

// bindLoop makes the instruction of a fused loop.
func (m *machine[F]) bindLoop(a *analysis, u *unit) step {
	s := &loopStep[F]{m: m, domain: u.domain}
	s.tileRows = max(1, min(u.domain.rows, tile/max(1, u.domain.cols)))
	if u.domain.cols == 1 {
		s.tileRows = max(1, min(u.domain.rows, tile))
	}
	b := loopBinder[F]{loopStep: s, a: a, u: u, refs: map[*Node]ref{}, results: a.results(u)}
	for i, n := range u.nodes {
		b.bind(n)
		b.release(i)
	}
	tiles := (u.domain.rows + s.tileRows - 1) / s.tileRows
	s.parts = max(1, min(tiles, maxParts, u.domain.size()*len(s.micros)/partWork))
	for range s.parts {
		s.scratch = append(s.scratch, make([]F, b.top))
	}
	for i := range s.closings {
		c := &s.closings[i]
		if c.all == nil {
			c.cols = make([]F, s.parts*u.domain.cols)
		} else {
			c.all, c.one = make([]float64, s.parts), make([]F, s.parts)
		}
	}
	s.part = s.runPart
	return s
}

// partWork is how many elements a part of a loop computes at least, counting
// each micro-instruction: some tens of microseconds. There are at most maxParts.
const (
	partWork = 1 << 17
	maxParts = 32
)

// loopBinder assigns scratch memory to the members of a loop.
type loopBinder[F kernel.Float] struct {
	*loopStep[F]
	a       *analysis
	u       *unit
	refs    map[*Node]ref
	results []*Node
	free    []ref // scratch that can be used again
	owned   []owned
	top     int // end of the scratch memory
}

// owned is scratch memory with the member after which it is free.
type owned struct {
	ref  ref
	last int
}

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
	case interface{ kernel() kernel.UnaryOp }:
		m.kind, m.unary, m.in[0] = doUnary, o.kernel(), b.dense(n, 0, m.dst.at)
	case interface{ kernel() kernel.BinaryOp }:
		m.kind, m.binary = doBinary, o.kernel()
		m.in[0], m.in[1] = b.operand(n, 0), b.operand(n, 1)
	case where:
		m.kind = doSelect
		m.in = [3]ref{b.operand(n, 0), b.operand(n, 1), b.operand(n, 2)}
	case sum, reduceMax:
		b.bindRowReduce(n, &m)
	case pick:
		at, _ := b.domain.place(n.inputs[0].shape)
		m.kind, m.in[0], m.labels = doPick, b.dense(n, 0, at), n.inputs[1].id
	case oneHot:
		m.kind, m.labels = doOneHot, n.inputs[0].id
	default:
		panic(fmt.Sprintf("autodiff: no loop computes %s", n.Op()))
	}
	b.refs[n] = m.dst
	b.micros = append(b.micros, m)
}

// bindRowReduce reduces the rows of n's operand, which is a copy where they are
// of length 1 in a wider domain.
func (b *loopBinder[F]) bindRowReduce(n *Node, m *micro) {
	at, _ := b.domain.place(n.inputs[0].shape)
	if at != full && b.domain.cols != 1 {
		m.kind, m.binary = doBinary, kernel.Max
		m.in[0], m.in[1] = b.operand(n, 0), b.operand(n, 0)
		return
	}
	m.kind, m.in[0] = doRowReduce, b.dense(n, 0, at)
	if _, ok := n.op.(reduceMax); ok {
		m.reduce = kernel.ReduceMax
	}
}

func (b *loopBinder[F]) bindClosing(n *Node) {
	m := micro{reduce: kernel.ReduceSum, closing: len(b.closings)}
	to := 0
	switch o := n.op.(type) {
	case sum:
		to = o.to
	case reduceMax:
		to, m.reduce = o.to, kernel.ReduceMax
	}
	x := n.inputs[0].shape
	at, _ := b.domain.place(x)
	m.in[0] = b.dense(n, 0, at)
	c := closing[F]{reduce: m.reduce, dst: ref{slot: n.id}}
	if to == len(x) || at != full {
		m.kind, c.all = doCloseAll, []float64{}
	} else {
		m.kind = doCloseCols
	}
	b.closings = append(b.closings, c)
	b.micros = append(b.micros, m)
}

// bindStretch reads a broadcast from its operand, or writes it out if others
// read it.
func (b *loopBinder[F]) bindStretch(n *Node) {
	src := b.operand(n, 0)
	if !slices.Contains(b.results, n) {
		b.refs[n] = src
		for i := range b.owned {
			if b.owned[i].ref == src {
				b.owned[i].last = max(b.owned[i].last, b.lastUse(n))
			}
		}
		return
	}
	b.refs[n] = b.place(n)
	b.copy(b.refs[n], src)
}

// copy appends the copy of an array: the maximum of it and itself.
func (b *loopBinder[F]) copy(dst, src ref) {
	b.micros = append(b.micros, micro{kind: doBinary, binary: kernel.Max, dst: dst, in: [3]ref{src, src}})
}

// operand returns where the i-th operand of n is.
func (b *loopBinder[F]) operand(n *Node, i int) ref {
	view := n.inputs[i]
	x := stored(view)
	if r, ok := b.refs[x]; ok && b.a.unitOf[x.id] == b.u {
		return r
	}
	at, ok := b.domain.place(view.shape)
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
	out := b.scratchFor(at, slices.Index(b.u.nodes, n))
	b.copy(out, r)
	return out
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
	if slices.Contains(b.results, n) {
		return ref{slot: n.id, at: at}
	}
	return b.scratchFor(at, b.lastUse(n))
}

// lastUse returns the position of the last member that reads n.
func (b *loopBinder[F]) lastUse(n *Node) int {
	last := 0
	for i, m := range b.u.nodes {
		if slices.Contains(reads(m), n) {
			last = i
		}
	}
	return last
}

// scratchFor returns scratch memory for a tile, in use until the member last.
func (b *loopBinder[F]) scratchFor(at place, last int) ref {
	for i, r := range b.free {
		if r.at == at {
			b.free = slices.Delete(b.free, i, i+1)
			b.owned = append(b.owned, owned{r, last})
			return r
		}
	}
	size := b.tileRows
	if at == full {
		size *= b.domain.cols
	}
	r := ref{slot: -1, scratch: b.top, at: at}
	b.top += padded(size)
	b.owned = append(b.owned, owned{r, last})
	return r
}

// release frees the scratch memory that no member after the i-th reads.
func (b *loopBinder[F]) release(i int) {
	b.owned = slices.DeleteFunc(b.owned, func(o owned) bool {
		if o.last <= i {
			b.free = append(b.free, o.ref)
		}
		return o.last <= i
	})
}
