package autodiff

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
	"declive/internal/pool"
)

// blockElements is about how many elements of the batch a block has: its rows
// are read twice, and the second time from the nearest cache but one.
const blockElements = 1 << 18

// blockParts is the largest number of parts, each with machines and sums of its
// own, that the blocks are divided into; partSums limits their memory, in
// elements.
const (
	blockParts = 16
	partSums   = 1 << 24
)

// fittingSize returns how many rows a block has: a multiple of 16.
func (b *blocked) fittingSize() int {
	width := 0
	for i, x := range b.operands {
		if b.byRow[i] && !x.IsLabels() {
			width += x.shape.Size() / b.rows
		}
	}
	size := blockElements / max(1, width) / 16 * 16
	return min(b.rows, max(16, size))
}

// sums returns the number of elements of all results.
func (b *blocked) sums() int {
	n := 0
	for _, s := range b.shapes {
		n += s.Size()
	}
	return n
}

// A blockPlan is the compiled computation for blocks of one size.
type blockPlan struct {
	analysis *analysis
	layout   *layout
	results  []*Node
	operands []*Node
}

func (b *blocked) plan(size int, ps passes) *blockPlan {
	results, operands := b.record(size)
	a := analyse(results, ps)
	return &blockPlan{a, a.plan(), results, operands}
}

// blockStep runs a blocked computation.
type blockStep[F kernel.Float] struct {
	m       *machine[F]
	unit    *unit
	of      *blocked
	operand []int // slots
	size    int   // rows of a block
	blocks  int   // whole ones
	parts   int
	workers []*blockWorker[F] // one for each part
	tail    *blockWorker[F]   // for the rows that are left, or nil
	sums    []F               // parts × all results
	part    func(part int)
}

// A blockWorker runs blocks of one size and adds up their results.
type blockWorker[F kernel.Float] struct {
	*machine[F]
	plan    *blockPlan
	sums    [][]F     // one for each result
	totals  []float64 // of the results that are single numbers
	inPlace []bool    // results that a product adds to by itself
}

func (m *machine[F]) bindBlocks(a *analysis, u *unit) step {
	b := u.nodes[0].op.(blockSum).of
	s := &blockStep[F]{m: m, unit: u, of: b, size: b.size}
	for _, x := range u.nodes[0].inputs {
		s.operand = append(s.operand, stored(x).id)
	}
	s.blocks = b.rows / s.size
	s.parts = max(1, min(blockParts, s.blocks/2, partSums/max(1, b.sums())))
	s.sums = make([]F, s.parts*b.sums())
	for part := range s.parts {
		s.workers = append(s.workers, newBlockWorker[F](u.blocks.whole, b, s.sums[part*b.sums():(part+1)*b.sums()]))
	}
	if u.blocks.tail != nil {
		s.tail = newBlockWorker[F](u.blocks.tail, b, s.sums[(s.parts-1)*b.sums():])
		s.tail.totals = s.workers[s.parts-1].totals
	}
	s.part = s.runPart
	return s
}

func newBlockWorker[F kernel.Float](p *blockPlan, b *blocked, sums []F) *blockWorker[F] {
	w := &blockWorker[F]{machine: newMachine[F](p.analysis, p.layout), plan: p}
	w.totals = make([]float64, len(b.results))
	w.inPlace = make([]bool, len(b.results))
	for i, n := range p.results {
		own := sums[:n.shape.Size()]
		sums = sums[len(own):]
		w.sums = append(w.sums, own)
		w.inPlace[i] = w.addInPlace(stored(n), own)
	}
	w.expect(b)
	return w
}

// expect tells the products which of their operands follow each other from block
// to block.
func (w *blockWorker[F]) expect(b *blocked) {
	next := map[int]int{} // of an operand, by slot
	for i, x := range w.plan.operands {
		if b.byRow[i] {
			next[x.id] = x.shape.Size()
		}
	}
	for _, s := range w.steps {
		if p, ok := s.(*productStep[F]); ok {
			p.gemm.Expect(next[p.a], next[p.b])
		}
	}
}

// addInPlace lets the product that computes n add to the sums by itself, if a
// plain product does.
func (w *blockWorker[F]) addInPlace(n *Node, sums []F) bool {
	u := w.plan.analysis.unitOf[n.id]
	if u == nil || u.kind != matrixProduct || len(u.nodes) > 1 || len(w.plan.analysis.users[n.id]) > 0 || len(sums) == 1 {
		return false
	}
	for i, v := range w.plan.analysis.order {
		if v == u {
			w.steps[i].(*productStep[F]).beta = 1
		}
	}
	w.slots[n.id] = sums
	return true
}

func (s *blockStep[F]) run() {
	if s.tail != nil {
		s.tail.prepare()
	}
	if s.parts == 1 {
		s.runPart(0)
	} else {
		pool.Do(s.parts, s.part)
	}
	for _, n := range s.unit.nodes {
		i := n.op.(blockSum).index
		s.join(i, s.of.offset(i), s.m.slots[n.id])
	}
	for _, w := range s.workers {
		s.m.suspect = s.m.suspect || w.suspect
	}
	s.m.suspect = s.m.suspect || s.tail != nil && s.tail.suspect
}

// offset returns where the i-th result lies among the sums.
func (b *blocked) offset(i int) int {
	at := 0
	for _, s := range b.shapes[:i] {
		at += s.Size()
	}
	return at
}

// join adds up the parts' sums of the i-th result, in order.
func (s *blockStep[F]) join(i, at int, dst []F) {
	if len(dst) == 1 {
		sum := 0.0
		for _, w := range s.workers {
			sum += w.totals[i]
		}
		dst[0] = F(sum)
		return
	}
	vec.ReduceCols(vec.ReduceSum, s.parts, len(dst), dst, s.sums[at:], s.of.sums(), false)
}

// runPart runs the blocks of one part; the last takes the rows that are left.
func (s *blockStep[F]) runPart(part int) {
	w := s.workers[part]
	w.start()
	for b := part * s.blocks / s.parts; b < (part+1)*s.blocks/s.parts; b++ {
		s.runBlock(w, b*s.size, s.size)
	}
	if s.tail != nil && part == s.parts-1 {
		s.runBlock(s.tail, s.blocks*s.size, s.of.rows-s.blocks*s.size)
	}
}

// start prepares a worker for the blocks of its part.
func (w *blockWorker[F]) start() {
	w.prepare()
	clear(w.totals)
	for _, sum := range w.sums {
		clear(sum)
	}
}

// prepare converts parameters of the other precision.
func (w *blockWorker[F]) prepare() {
	w.suspect = false
	for _, load := range w.loads {
		load()
	}
}

// runBlock runs a worker on size rows from the row from.
func (s *blockStep[F]) runBlock(w *blockWorker[F], from, size int) {
	for i, x := range w.plan.operands {
		outer := s.operand[i]
		switch {
		case x.Param() != nil:
		case x.IsLabels():
			w.labels[x.id] = s.m.labels[outer][from : from+size]
		case s.of.byRow[i]:
			width := x.shape.Size() / size
			w.slots[x.id] = s.m.slots[outer][from*width : (from+size)*width]
		default:
			w.slots[x.id] = s.m.slots[outer]
		}
	}
	w.feeds++
	w.run(0, len(w.steps))
	w.collect()
}

// collect adds the results of a block to the sums.
func (w *blockWorker[F]) collect() {
	for i, n := range w.plan.results {
		x := w.slots[stored(n).id]
		switch {
		case w.inPlace[i]:
		case len(x) == 1:
			w.totals[i] += float64(x[0])
		default:
			vec.Axpby(1, x, 1, w.sums[i])
		}
	}
}
