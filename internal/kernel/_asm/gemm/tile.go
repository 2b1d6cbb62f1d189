package main

import (
	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of tileArgs.
const (
	tileA      = 8 * iota // address of the block of op(A)
	tileB                 // address of the first panel of B
	tileC                 // address of the block of C
	tileRowA              // bytes from row to row of op(A)
	tileStepA             // bytes from one k to the next in op(A)
	tileStepB             // bytes from one k to the next in B
	tilePanelB            // bytes from panel to panel of B
	tileRowC              // bytes from row to row of C
	tileAhead             // bytes from where B is read to where it is prefetched
	tileK                 // number of steps
	tilePanels            // number of panels, at least 1; counted down to 0
	tileMask              // lanes of the last vector, for masked kernels
	tileScale             // whether alpha is not 1
	tileAdd               // whether beta is not 0
	tileAlpha             // followed by beta
)

// tileRows is the largest number of rows of a block of two vectors: as many as
// leave registers for a row of B and an element of A.
func tileRows(v isa.Vector) int { return (v.Registers() - 4) / 2 }

// tiles writes the kernels of all shapes for v. Masks are free with AVX-512; for
// AVX2 there are kernels without masks, for panels of full width.
func tiles(v isa.Vector, d *declarations) {
	for rows := 1; rows <= tileRows(v); rows++ {
		for cols := 1; cols <= tileVectors(v, rows); cols++ {
			tile{v, rows, cols, true}.write(d, "tile")
		}
	}
	if v.Wide {
		return
	}
	for rows := 1; rows <= tileRows(v); rows++ {
		tile{v, rows, tileVectors(v, rows), false}.write(d, "full")
	}
}

// tileVectors is the largest number of vectors in a row of a block. Few rows are
// wider, to have as many independent sums as the latency of FMA asks for.
func tileVectors(v isa.Vector, rows int) int {
	if rows <= 4 && rows*4 <= tileRows(v)*2-4 {
		return 4
	}
	return 2
}

// A tile is a kernel that computes blocks of C,
//
//	C = alpha·op(A)·B + beta·C
//
// for one block of rows of op(A) and panels of B side by side. A panel is cols
// vectors wide, of which the last may be masked. Every element is
// one chain of FMAs over k, whatever the shape of its block.
type tile struct {
	isa.Vector
	rows, cols int
	masked     bool
}

var (
	tilePointers = []reg.GPPhysical{reg.RAX, reg.RBX, reg.RSI, reg.R8, reg.R9} // rows 0, 3, 6, … of op(A)

	rowA  = reg.R10
	stepA = reg.R11
	b     = reg.R12
	stepB = reg.R13
	panel = reg.R14
	c     = reg.R15
	ahead = reg.RDX
	steps = reg.RCX
)

func (t tile) acc(i, j int) reg.VecPhysical { return t.Reg(i*t.cols + j) }
func (t tile) rowB(j int) reg.VecPhysical   { return t.Reg(t.rows*t.cols + j) }

// element is one of the registers that hold an element of A; masked kernels of
// AVX2 have just one.
func (t tile) element(i int) reg.VecPhysical {
	first, n := (t.rows+1)*t.cols, 2
	if first+n > t.Registers()-1 {
		n = t.Registers() - first
		if t.masked && !t.Wide {
			n--
		}
	}
	return t.Reg(first + i%n)
}

// spare is a register that is free when all products have been added. For NEON,
// an element of A is a factor and must not be anything else.
func (t tile) spare() reg.VecPhysical {
	switch {
	case t.NEON && t.cols > 1:
		return t.rowB(1)
	case t.NEON:
		return t.Reg(t.Registers() - 1)
	}
	return t.element(0)
}

func (t tile) write(d *declarations, field string) {
	d.beginShape(t.Vector, field, t.rows, t.cols, "tileArgs")
	if t.masked {
		MOVQ(arg(tileMask), reg.RAX)
		t.LoadMask(reg.RAX, t.MaskReg())
	}
	MOVQ(arg(tileStepA), stepA)
	MOVQ(arg(tileStepB), stepB)
	MOVQ(arg(tileAhead), ahead)
	MOVQ(arg(tileB), panel)
	MOVQ(arg(tileC), c)
	Label("panel")
	t.prefetchC()
	t.start()
	t.sum()
	t.finish()
	ADDQ(U32(uint32(t.cols*t.Width())), c)
	ADDQ(arg(tilePanelB), panel)
	DECQ(arg(tilePanels))
	JNZ(LabelRef("panel"))
	VZEROUPPER()
	RET()
}

// prefetchC asks for the block of C, if the sums take long enough for it to
// arrive.
func (t tile) prefetchC() {
	rowC, row := reg.RBX, reg.RAX
	CMPQ(arg(tileK), U8(48))
	JL(LabelRef("start"))
	MOVQ(arg(tileRowC), rowC)
	MOVQ(c, row)
	for i := range t.rows {
		for at := 0; at < t.cols*t.Width(); at += 64 {
			PREFETCHT0(Mem{Base: row, Disp: at})
		}
		if i < t.rows-1 {
			ADDQ(rowC, row)
		}
	}
	Label("start")
}

// start points to the first column of op(A) and the first row of the panel.
func (t tile) start() {
	MOVQ(arg(tileA), tilePointers[0])
	MOVQ(arg(tileRowA), rowA)
	threes(tilePointers[:(t.rows+2)/3], rowA)
	MOVQ(panel, b)
	MOVQ(arg(tileK), steps)
	for i := range t.rows {
		for j := range t.cols {
			t.Zero(t.acc(i, j))
		}
	}
}

// sum adds the products of all steps.
func (t tile) sum() {
	TESTQ(steps, steps)
	JZ(LabelRef("summed"))
	Label("step")
	for j := range t.cols {
		t.load(Mem{Base: b, Disp: j * t.Width()}, j, t.rowB(j))
	}
	for i := range t.rows {
		if t.Wide && t.cols == 1 {
			t.FMABroadcast(threesRow(tilePointers, rowA, i), t.rowB(0), t.acc(i, 0))
			continue
		}
		t.Broadcast(threesRow(tilePointers, rowA, i), t.element(i))
		for j := range t.cols {
			t.FMA(t.rowB(j), t.element(i), t.acc(i, j))
		}
	}
	for j := 0; j*t.Width() < t.cols*t.Width(); j += 64 / t.Width() {
		PREFETCHT1(Mem{Base: b, Index: ahead, Scale: 1, Disp: j * t.Width()})
	}
	for i := range (t.rows + 2) / 3 {
		ADDQ(stepA, tilePointers[i])
	}
	ADDQ(stepB, b)
	DECQ(steps)
	JNZ(LabelRef("step"))
	Label("summed")
}

// finish scales the sums, adds C and stores them.
func (t tile) finish() {
	rowC, row, factor := reg.RBX, reg.RAX, t.rowB(0)
	MOVQ(arg(tileRowC), rowC)
	CMPQ(arg(tileScale), U8(0))
	JE(LabelRef("scaled"))
	t.Broadcast(arg(tileAlpha), factor)
	for i := range t.rows {
		for j := range t.cols {
			t.Mul(factor, t.acc(i, j), t.acc(i, j))
		}
	}
	Label("scaled")
	CMPQ(arg(tileAdd), U8(0))
	JE(LabelRef("added"))
	t.Broadcast(arg(tileAlpha+t.Size()), factor)
	t.eachC(row, rowC, func(m Mem, i, j int) {
		if t.masked && j == t.cols-1 {
			t.load(m, j, t.spare())
			t.FMA(t.spare(), factor, t.acc(i, j))
		} else {
			t.FMA(m, factor, t.acc(i, j))
		}
	})
	Label("added")
	t.eachC(row, rowC, func(m Mem, i, j int) {
		if t.masked && j == t.cols-1 {
			t.StoreMasked(t.acc(i, j), t.MaskReg(), m)
		} else {
			t.Store(t.acc(i, j), m)
		}
	})
}

// eachC calls f for every vector of the block of C; row is overwritten.
func (t tile) eachC(row, rowC reg.GPPhysical, f func(m Mem, i, j int)) {
	MOVQ(c, row)
	for i := range t.rows {
		for j := range t.cols {
			f(Mem{Base: row, Disp: j * t.Width()}, i, j)
		}
		if i < t.rows-1 {
			ADDQ(rowC, row)
		}
	}
}

// load loads vector j of a row.
func (t tile) load(m Mem, j int, dst Op) {
	if t.masked && j == t.cols-1 {
		t.LoadMasked(m, t.MaskReg(), dst)
	} else {
		t.Load(m, dst)
	}
}
