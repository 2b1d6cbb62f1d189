package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A reduction combines numbers into accumulators.
type reduction struct {
	name      string
	identity  float64
	combineTo func(v vec, acc, x Op)
}

var (
	sum        = reduction{"Sum", 0, func(v vec, acc, x Op) { v.emit(addF, x, acc, acc) }}
	largest    = reduction{"Max", math.Inf(-1), vec.maxTo}
	reductions = []reduction{sum, largest}
)

// maxTo replaces acc by the larger of acc and x, or NaN if either is.
func (v vec) maxTo(acc, x Op) {
	nan := v.cmp(unordered, x, x)
	v.emit(maxF, acc, x, acc) // acc if either is NaN
	switch {
	case v.Wide && v.Double:
		VMOVAPD(x, nan, acc)
	case v.Wide:
		VMOVAPS(x, nan, acc)
	case v.Double:
		VBLENDVPD(nan, x, acc, acc)
	default:
		VBLENDVPS(nan, x, acc, acc)
	}
}

// An accumulator reduces rows, one after the other, in the order that
// ReduceRows documents: 256 bytes of partial results, then folded.
type accumulator struct {
	*row
	op       reduction
	identity Op
	partial  []Op
	rest     Register // columns beyond the last block of all partial results
}

func (v vec) accumulator(op reduction, cols Register) *accumulator {
	n := 256 / v.Width()
	a := &accumulator{row: v.row(cols, n), op: op, identity: v.copy(v.num(op.identity)), rest: GP64()}
	for range n {
		a.partial = append(a.partial, v.reg())
	}
	MOVQ(cols, a.rest)
	SUBQ(a.all4, a.rest)
	return a
}

// reduce emits the reduction of one row to lane 0 of a register; element
// returns the elements at vector k from column i, those outside of t neutral.
func (a *accumulator) reduce(element func(k int, t *tail) Op) Op {
	short, fold, done := label("short"), label("fold"), label("done")
	XORQ(a.i, a.i)
	CMPQ(a.cols, U8(a.Lanes()))
	JLT(LabelRef(short))
	for _, p := range a.partial {
		a.Load(a.identity, p)
	}
	a.loop(a.all4, len(a.partial), func(_ int, t *tail) {
		for k, p := range a.partial {
			a.op.combineTo(a.vec, p, element(k, t))
		}
	})
	a.remainder(element, fold)
	Label(fold)
	for n := len(a.partial) / 2; n > 0; n /= 2 {
		for k := range n {
			a.op.combineTo(a.vec, a.partial[k], a.partial[n+k])
		}
	}
	JMP(LabelRef(done))
	Label(short)
	a.Load(a.identity, a.partial[0])
	a.op.combineTo(a.vec, a.partial[0], element(0, &a.row.tail))
	Label(done)
	return a.fold()
}

// remainder combines the columns after the last whole block.
func (a *accumulator) remainder(element func(k int, t *tail) Op, fold string) {
	for k, p := range a.partial {
		whole := label("whole")
		CMPQ(a.rest, U32(uint32((k+1)*a.Lanes())))
		JGE(LabelRef(whole))
		a.op.combineTo(a.vec, p, element(k, &a.row.tail))
		JMP(LabelRef(fold))
		Label(whole)
		if k < len(a.partial)-1 { // the rest never fills all
			a.op.combineTo(a.vec, p, element(k, nil))
		}
	}
}

// fold combines the upper half of the first partial result with the lower
// until one lane is left.
func (a *accumulator) fold() Op {
	p, v := a.partial[0].(reg.VecVirtual), a.vec
	if v.Wide {
		v.Wide = false
		high := YMM()
		VEXTRACTF64X4(U8(1), p, high)
		a.op.combineTo(v, p.AsY(), high)
	}
	v.short = true
	high, low := XMM(), p.AsX()
	VEXTRACTF128(U8(1), p.AsY(), high)
	a.op.combineTo(v, low, high)
	VMOVHLPS(low, low, high)
	a.op.combineTo(v, low, high)
	if !v.Double {
		VMOVSHDUP(low, high)
		a.op.combineTo(v, low, high)
	}
	return low
}

// element loads part of a row for a reduction.
func (a *accumulator) element(m Mem, t *tail) Op {
	x := a.vec.load(m, t)
	if t == nil || a.op.name == sum.name {
		return x
	}
	return a.blend(t.mask, x, a.identity)
}

// storeOne stores lane 0.
func (v vec) storeOne(x Op, m Mem) {
	if v.Double {
		VMOVSD(x, m)
	} else {
		VMOVSS(x, m)
	}
}

// reduceRows emits dst[i] = op_j x(i, j) for rows of cols elements.
func (v vec) reduceRows(op reduction) {
	v.function("rows"+op.name, "(rows, cols int, dst, x *F, ldx int)", "reduces rows of cols elements.")
	rows, dst, x := parameter("rows"), parameter("dst"), parameter("x")
	a := v.accumulator(op, parameter("cols"))
	loop := label("row")
	Label(loop)
	y := a.reduce(func(k int, t *tail) Op { return a.element(a.at(x, k), t) })
	v.storeOne(y, Mem{Base: dst})
	ADDQ(U8(v.Size()), dst)
	ADDQ(address("ldx"), x)
	DECQ(rows)
	JNZ(LabelRef(loop))
	end()
}

// dot emits the sum of the products of n elements.
func (v vec) dot() {
	v.function("dot", "(x, y *F, n int) F", "returns the sum of n products.")
	x, y := parameter("x"), parameter("y")
	a := v.accumulator(sum, parameter("n"))
	s := a.reduce(func(k int, t *tail) Op {
		return v.mul(v.load(a.at(x, k), t), v.load(a.at(y, k), t))
	})
	Store(s.(reg.VecVirtual), ReturnIndex(0))
	end()
}

// zeros emits the sum of n elements times zero, which is NaN if one of them is
// not finite.
func (v vec) zeros() {
	v.function("zeros", "(x *F, n int) F", "returns 0 if n elements are finite, else NaN.")
	x := parameter("x")
	a := v.accumulator(sum, parameter("n"))
	zero := v.zero()
	s := a.reduce(func(k int, t *tail) Op { return v.mul(zero, v.load(a.at(x, k), t)) })
	Store(s.(reg.VecVirtual), ReturnIndex(0))
	end()
}

// reduceCols emits dst[j] = op(dst[j], op_i x(i, j)), a few vectors of columns
// at a time from top to bottom.
func (v vec) reduceCols(op reduction) {
	v.function("cols"+op.name, "(rows, cols int, dst, x *F, ldx int)", "reduces columns into dst.")
	dst, x := parameter("dst"), parameter("x")
	ldx := parameter("ldx")
	r := v.row(parameter("cols"), 4)
	r.blocks(func(n int, t *tail) {
		acc := make([]Op, n)
		for k := range acc {
			acc[k] = v.load(r.at(dst, k), t)
		}
		p, left := GP64(), parameter("rows")
		LEAQ(r.at(x, 0), p)
		loop := label("row")
		Label(loop)
		for k := range acc {
			op.combineTo(v, acc[k], v.load(Mem{Base: p, Disp: k * v.Width()}, t))
		}
		ADDQ(ldx, p)
		DECQ(left)
		JNZ(LabelRef(loop))
		for k := range acc {
			v.store(acc[k], r.at(dst, k), t)
		}
	})
	end()
}
