package autodiff

import (
	"math"

	"declive/internal/dense"
	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/vec"
)

var nan = math.NaN()

// A step is one instruction of a program.
type step interface{ run() }

// A machine holds a program's memory and instructions in one precision.
type machine[F kernel.Float] struct {
	slots  [][]F   // by node id: the memory of leaves and of values
	labels [][]int // by node id
	arena  []F
	steps  []step
	guard  int // index of the first step that overwrites a parameter

	suspect bool              // a watched product was not finite
	feeds   int               // counts the times that an input was fed from other memory than before
	loads   []func()          // conversions of parameters of the other precision, before the steps
	early   []early[F]        // outputs and assigned values that are leaves, before anything changes
	copies  []assignedCopy[F] // assignments that are made at the end
}

// early is a copy of a leaf.
type early[F kernel.Float] struct {
	to   []F
	slot int
}

type assignedCopy[F kernel.Float] struct{ to, from []F }

// newMachine lays out the memory and binds the units.
func newMachine[F kernel.Float](a *analysis, l *layout) *machine[F] {
	m := &machine[F]{
		slots:  make([][]F, len(a.graph.nodes)),
		labels: make([][]int, len(a.graph.nodes)),
		arena:  make([]F, l.size),
	}
	m.bindLeaves(a)
	for n, b := range l.of {
		m.slots[n.id] = m.arena[b.offset : b.offset+n.shape.Size()]
	}
	for id, p := range a.direct {
		if p != nil {
			m.slots[id] = dense.Memory[F](p.value)
		}
	}
	m.guard = len(a.order)
	for i, u := range a.order {
		m.steps = append(m.steps, m.bind(a, u))
		if m.guard == len(a.order) && a.overwrites(u) {
			m.guard = i
		}
	}
	for _, s := range a.copied {
		m.copies = append(m.copies, assignedCopy[F]{dense.Memory[F](s.param.value), m.result(s.value)})
	}
	return m
}

// result returns the memory in which a value stays as it was computed: for a
// leaf, a copy of it.
func (m *machine[F]) result(v *Node) []F {
	if len(v.inputs) > 0 {
		return m.slots[v.id]
	}
	own := make([]F, v.shape.Size())
	m.early = append(m.early, early[F]{own, v.id})
	return own
}

// bindLeaves gives parameters and constants their memory; inputs get theirs at
// every run.
func (m *machine[F]) bindLeaves(a *analysis) {
	for _, n := range a.graph.nodes {
		if !a.needed[n.id] {
			continue
		}
		switch o := n.op.(type) {
		case constant:
			if o.array != nil {
				m.slots[n.id] = dense.Converted[F](o.array)
			} else {
				m.slots[n.id] = []F{F(o.scalar)}
			}
		case parameter:
			m.bindParam(n, o.param)
		}
	}
}

func (m *machine[F]) bindParam(n *Node, p *Param) {
	if p.Precision() == n.graph.precision {
		m.slots[n.id] = dense.Memory[F](p.value)
		return
	}
	own := make([]F, n.shape.Size())
	m.slots[n.id] = own
	m.loads = append(m.loads, func() { dense.Convert(own, p.value) })
}

func (m *machine[F]) bind(a *analysis, u *unit) step {
	switch u.kind {
	case matrixProduct:
		return m.bindProduct(u)
	case move:
		return m.bindMove(u.nodes[0])
	case folding:
		return m.bindFold(u.nodes[0])
	case blocks:
		return m.bindBlocks(a, u)
	case definition:
		return m.bindDefinition(u.nodes[0])
	}
	return m.bindLoop(a, u)
}

// run executes the steps up to, not including, to.
func (m *machine[F]) run(from, to int) {
	for _, s := range m.steps[from:to] {
		s.run()
	}
}

// productStep is a matrix product with its epilogue.
type productStep[F kernel.Float] struct {
	m       *machine[F]
	gemm    *gemm.Plan[F]
	a, b, c int
	bias    int // −1 for none
	act     vec.UnaryOp
	beta    F // 1 to add to what is there
	onto    *accumulator
	watch   bool
}

func (m *machine[F]) bindProduct(u *unit) step {
	p := u.product
	out, inner := u.nodes[0].shape, u.nodes[0].inputs[0].shape[1]
	s := &productStep[F]{m: m, a: p.a.id, b: p.b.id, c: p.out.id, bias: -1, onto: p.onto, watch: p.watch}
	s.gemm = gemm.New[F](out[0], out[1], inner, p.transA, p.transB,
		width(out[0], inner, p.transA), width(inner, out[1], p.transB), out[1])
	if p.bias != nil {
		s.bias = p.bias.id
	}
	if p.activation != nil {
		s.act = p.activation.op.(interface{ kernel() vec.UnaryOp }).kernel()
	}
	return s
}

// width returns the length of a stored row of a matrix of shape (rows, cols)
// after transposition.
func width(rows, cols int, trans bool) int {
	if trans {
		return rows
	}
	return cols
}

func (s *productStep[F]) run() {
	slots := s.m.slots
	ep := gemm.Epilogue[F]{Act: s.act}
	if s.bias >= 0 {
		ep.Bias = slots[s.bias]
	}
	alpha, beta := F(1), s.beta
	if s.onto != nil {
		alpha, beta = s.accumulate()
	}
	s.gemm.Run(alpha, slots[s.a], slots[s.b], beta, slots[s.c], ep)
	if s.watch && !vec.AllFinite(slots[s.c]) {
		s.m.suspect = true
	}
}

// accumulate puts what the product adds to in its place, and returns the factors.
func (s *productStep[F]) accumulate() (alpha, beta F) {
	slots := s.m.slots
	if from, to := slots[s.onto.value.id], slots[s.c]; len(to) > 0 && &from[0] != &to[0] {
		copy(to, from)
	}
	return slots[s.onto.alpha.id][0], slots[s.onto.beta.id][0]
}

// foldStep reduces the middle axis of an array seen as (outer, middle, inner).
type foldStep[F kernel.Float] struct {
	m                    *machine[F]
	reduce               vec.Reduction
	outer, middle, inner int
	x, y                 int
}

func (m *machine[F]) bindFold(n *Node) step {
	s := &foldStep[F]{m: m, x: stored(n.inputs[0]).id, y: n.id}
	from, to, r := reduction(n.op)
	s.reduce = r
	x := n.inputs[0].shape
	s.outer, s.middle, s.inner = x[:from].Size(), x[from:to].Size(), x[to:].Size()
	return s
}

func (s *foldStep[F]) run() {
	x, y := s.m.slots[s.x], s.m.slots[s.y]
	if s.inner == 1 {
		vec.ReduceRows(s.reduce, s.outer, s.middle, y, x, s.middle)
		return
	}
	for i := range s.outer {
		vec.ReduceCols(s.reduce, s.middle, s.inner, y[i*s.inner:(i+1)*s.inner], x[i*s.middle*s.inner:(i+1)*s.middle*s.inner], s.inner, false)
	}
}
