package main

import (
	"fmt"
	"slices"

	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of finishArgs.
const (
	finishS       = 8 * iota // address of the sums
	finishC                  // address of the block of C, which may be the same
	finishBias               // address of the bias of the first column; 0 for none
	finishRows               // number of rows, at least 1; counted down to 0
	finishRowS               // bytes from row to row of the sums
	finishRowC               // bytes from row to row of C
	finishVectors            // number of whole vectors in a row
	finishMask               // lanes of one more vector; 0 for none
	finishAdd                // whether beta is not 0
	finishReLU               // whether to apply ReLU
	finishAlpha              // followed by beta
)

// finish writes the kernel that turns sums into elements of C:
//
//	C = max(alpha·S + beta·C + bias, 0)
func finish(v isa.Vector, d *declarations) {
	s, c, bias, at, count := reg.RAX, reg.RBX, reg.RDX, reg.R8, reg.RCX
	alpha, beta, zero, x, y := v.Reg(0), v.Reg(1), v.Reg(2), v.Reg(3), v.Reg(4)
	mask := v.MaskReg()
	d.begin(v, "finish", "finishArgs")
	MOVQ(arg(finishS), s)
	MOVQ(arg(finishC), c)
	MOVQ(arg(finishBias), bias)
	v.Broadcast(arg(finishAlpha), alpha)
	v.Broadcast(arg(finishAlpha+v.Size()), beta)
	v.Zero(zero)
	MOVQ(arg(finishMask), at)
	TESTQ(at, at)
	JZ(LabelRef("row"))
	v.LoadMask(at, mask)
	Label("row")
	XORQ(at, at)
	MOVQ(arg(finishVectors), count)
	element := func(base reg.GPPhysical) Mem { return Mem{Base: base, Index: at, Scale: 1} }
	vector := func(name string, load func(src, dst Op), store func(src, dst Op)) {
		load(element(s), x)
		v.Mul(alpha, x, x)
		CMPQ(arg(finishAdd), U8(0))
		JE(LabelRef(name + "added"))
		load(element(c), y)
		v.FMA(y, beta, x)
		Label(name + "added")
		TESTQ(bias, bias)
		JZ(LabelRef(name + "biased"))
		load(element(bias), y)
		v.Add(y, x, x)
		Label(name + "biased")
		CMPQ(arg(finishReLU), U8(0))
		JE(LabelRef(name + "store"))
		v.Max(x, zero, x)
		Label(name + "store")
		store(x, element(c))
	}
	TESTQ(count, count)
	JZ(LabelRef("tail"))
	Label("vector")
	vector("", v.Load, v.Store)
	ADDQ(U32(uint32(v.Width())), at)
	DECQ(count)
	JNZ(LabelRef("vector"))
	Label("tail")
	CMPQ(arg(finishMask), U8(0))
	JE(LabelRef("next"))
	vector("tail",
		func(src, dst Op) { v.LoadMasked(src, mask, dst) },
		func(src, dst Op) { v.StoreMasked(src, mask, dst) })
	Label("next")
	ADDQ(arg(finishRowS), s)
	ADDQ(arg(finishRowC), c)
	DECQ(arg(finishRows))
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// Offsets of the fields of axpyArgs.
const (
	axpyX       = 8 * iota // address of the rows
	axpyA                  // address of their factors
	axpyY                  // address of the sums
	axpyRowX               // bytes from row to row
	axpyStepA              // bytes from factor to factor
	axpyVectors            // number of whole vectors in a row
	axpyMask               // lanes of one more vector; 0 for none
	axpyAdd                // whether to add to the sums
	axpyHead               // lanes of a vector before the others; 0 for none
	axpyLead               // bytes of that vector
)

// axpys writes the kernels that add multiples of one, four or eight rows,
//
//	y[j] = Σₚ a[p]·X[p][j]     (or +=)
//
// in one chain of FMAs for each element. Rows are read as long runs, which suits
// matrices that come from memory.
func axpys(v isa.Vector, d *declarations) {
	for _, rows := range []int{1, 4, 8} {
		axpy(v, rows, d)
	}
}

func axpy(v isa.Vector, rows int, d *declarations) {
	px, y, count, row, step, a, add := []reg.GPPhysical{reg.RAX, reg.RBX, reg.RDX}[:(rows+2)/3], reg.R8, reg.RCX, reg.R10, reg.R11, reg.R12, reg.R13
	sum, x, mask := v.Reg(rows), v.Reg(rows+1), v.MaskReg()
	d.beginShape(v, "axpy", rows, 1, "axpyArgs")
	MOVQ(arg(axpyX), px[0])
	MOVQ(arg(axpyRowX), row)
	threes(px, row)
	MOVQ(arg(axpyY), y)
	MOVQ(arg(axpyA), a)
	MOVQ(arg(axpyStepA), step)
	for p := range rows {
		v.Broadcast(Mem{Base: a}, v.Reg(p))
		if p < rows-1 {
			ADDQ(step, a)
		}
	}
	MOVQ(arg(axpyAdd), add)
	vector := func(name string, ahead int, mask Op) {
		v.Zero(sum)
		TESTQ(add, add)
		JZ(LabelRef(name + "add"))
		v.LoadLanes(Mem{Base: y, Disp: ahead}, mask, sum)
		Label(name + "add")
		for p := range rows {
			var m Op = threesRow(px, row, p).Offset(ahead)
			if mask != nil {
				v.LoadMasked(m, mask, x)
				m = x
			}
			v.FMA(m, v.Reg(p), sum)
		}
		v.StoreLanes(sum, mask, Mem{Base: y, Disp: ahead})
	}
	beside := func(n int) { // n vectors at once, whose sums do not wait for each other
		at := func(u int) Mem { return Mem{Base: y, Disp: u * v.Width()} }
		for u := range n {
			v.Zero(v.Reg(rows + u))
		}
		TESTQ(add, add)
		JZ(LabelRef("add"))
		for u := range n {
			v.Load(at(u), v.Reg(rows+u))
		}
		Label("add")
		for p := range rows {
			for u := range n {
				v.FMA(threesRow(px, row, p).Offset(u*v.Width()), v.Reg(p), v.Reg(rows+u))
			}
		}
		for u := range n {
			v.Store(v.Reg(rows+u), at(u))
		}
	}
	masked := func(name string, lanes int, none string) {
		MOVQ(arg(lanes), count)
		TESTQ(count, count)
		JZ(LabelRef(none))
		v.LoadMask(count, mask)
		vector(name, 0, mask)
	}
	pointers := slices.Concat(px, []reg.GPPhysical{y})
	if v.Wide {
		masked("head", axpyHead, "whole")
		advance(pointers, arg(axpyLead))
		Label("whole")
	}
	MOVQ(arg(axpyVectors), count)
	loop(count, 4, func(n int) {
		switch {
		case v.NEON && n > 1:
			beside(n)
		default:
			for u := range n {
				vector(fmt.Sprintf("of%dat%d", n, u), u*v.Width(), nil)
			}
		}
		advance(pointers, U32(uint32(n*v.Width())))
	})
	masked("tail", axpyMask, "done")
	Label("done")
	VZEROUPPER()
	RET()
}
