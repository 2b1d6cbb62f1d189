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
	plain     form // combineTo where there is no NaN
}

var (
	sum        = reduction{"Sum", 0, func(v vec, acc, x Op) { v.emit(addF, x, acc, acc) }, addF}
	largest    = reduction{"Max", math.Inf(-1), vec.maxTo, maxF}
	reductions = []reduction{sum, largest}
)

// maxTo replaces acc by the larger of acc and x, or NaN if either is.
func (v vec) maxTo(acc, x Op) {
	if v.NEON {
		v.emit(maxF, x, acc, acc)
		return
	}
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
	if v.NEON && op.name == largest.name {
		rem := GP64()
		MOVQ(cols, rem)
		ANDQ(U8(v.Lanes()-1), rem)
		a.row.tail.mask = v.firstLanes(rem)
	}
	return a
}

// reduce emits the reduction of one row to lane 0 of a register; element
// returns the elements at vector k from column i, those outside of t neutral.
// Short rows have their own code, for up to 1, 2, 4, … vectors.
func (a *accumulator) reduce(element func(k int, t *tail) Op) Op {
	done := label("done")
	XORQ(a.i, a.i)
	for n := 1; n <= len(a.partial); n *= 2 {
		longer := label("longer")
		CMPQ(a.cols, U32(uint32(n*a.Lanes())))
		JGT(LabelRef(longer))
		a.short(a.partial[:n], element)
		JMP(LabelRef(done))
		Label(longer)
	}
	a.whole(a.partial, element)
	ADDQ(U32(uint32(len(a.partial)*a.Lanes())), a.i)
	a.loop(a.all4, len(a.partial), func(_ int, t *tail) {
		for k, p := range a.partial {
			a.op.combineTo(a.vec, p, element(k, t))
		}
	})
	a.remainder(element)
	a.halve(a.partial)
	Label(done)
	return a.fold()
}

// whole starts partial results with whole vectors.
func (a *accumulator) whole(partial []Op, element func(k int, t *tail) Op) {
	for k, p := range partial {
		a.Load(element(k, nil), p)
	}
}

// short reduces a row that needs more than half of the partial results.
func (a *accumulator) short(partial []Op, element func(k int, t *tail) Op) {
	fold, half := label("fold"), len(partial)/2
	a.whole(partial[:half], element)
	for _, p := range partial[half:] {
		a.Load(a.identity, p)
	}
	for k := half; k < len(partial); k++ {
		whole := label("whole")
		CMPQ(a.cols, U32(uint32((k+1)*a.Lanes())))
		JGE(LabelRef(whole))
		a.Load(element(k, &a.row.tail), partial[k])
		JMP(LabelRef(fold))
		Label(whole)
		a.Load(element(k, nil), partial[k])
	}
	Label(fold)
	a.halve(partial)
}

// remainder combines the columns after the last whole block.
func (a *accumulator) remainder(element func(k int, t *tail) Op) {
	done := label("done")
	for k, p := range a.partial {
		whole := label("whole")
		CMPQ(a.rest, U32(uint32((k+1)*a.Lanes())))
		JGE(LabelRef(whole))
		a.op.combineTo(a.vec, p, element(k, &a.row.tail))
		JMP(LabelRef(done))
		Label(whole)
		if k < len(a.partial)-1 { // the rest never fills all
			a.op.combineTo(a.vec, p, element(k, nil))
		}
	}
	Label(done)
}

// halve combines the upper half of the partial results with the lower until
// one vector is left.
func (a *accumulator) halve(partial []Op) {
	for n := len(partial) / 2; n > 0; n /= 2 {
		for k := range n {
			a.op.combineTo(a.vec, partial[k], partial[n+k])
		}
	}
}

// fold combines the upper half of the first partial result with the lower
// until one lane is left. A NaN in the result of a maximum is looked for before
// and rare, so that the maxima can be plain. A sum ends with that of 0, which
// turns −0 into 0.
func (a *accumulator) fold() Op {
	p, v := a.partial[0].(reg.VecVirtual), a.vec
	if v.NEON {
		return a.foldLanes(v, p, XMM())
	}
	nan := GP64()
	if a.op.name == largest.name {
		v.signs(v.cmp(unordered, p, p), nan)
	}
	if v.Wide {
		v.Wide = false
		high := YMM()
		VEXTRACTF64X4(U8(1), p, high)
		v.emit(a.op.plain, high, p.AsY(), p.AsY())
	}
	v.short = true
	high, low := XMM(), p.AsX()
	VEXTRACTF128(U8(1), p.AsY(), high)
	v.emit(a.op.plain, high, low, low)
	a.foldLanes(v, low, high)
	if a.op.name != sum.name {
		number := label("number")
		TESTQ(nan, nan)
		JZ(LabelRef(number))
		VMOVUPS(v.num(math.NaN()).Mem, low)
		Label(number)
	}
	return low
}

// foldLanes combines the lanes of a register of 16 bytes; it overwrites high.
func (a *accumulator) foldLanes(v vec, low, high reg.Register) Op {
	VMOVHLPS(low, low, high)
	v.emit(a.op.plain, high, low, low)
	if !v.Double {
		VMOVSHDUP(low, high)
		v.emit(a.op.plain, high, low, low)
	}
	if a.op.name == sum.name {
		v.emit(addF, v.zero(), low, low)
	}
	return low
}

// signs sets bits to a number that is zero exactly if no lane is in the mask.
func (v vec) signs(mask Op, bits Register) {
	switch {
	case v.Wide:
		KMOVW(mask, bits.As32())
	case v.Double:
		VMOVMSKPD(mask, bits.As32())
	default:
		VMOVMSKPS(mask, bits.As32())
	}
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
