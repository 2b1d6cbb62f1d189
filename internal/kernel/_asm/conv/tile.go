package main

import (
	"fmt"

	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of tileArgs.
const (
	tileA      = 8 * iota // address to which rows and taps of A are relative
	tileB                 // address of the panel of B
	tileC                 // address to which rows of C are relative
	tileBias              // address of what a sum begins with
	tileTable             // address of the first of the rows
	tileTaps              // address of the taps
	tileNTaps             // number of taps, which may be 0
	tileK                 // number of steps of a tap, at least 1
	tileStep              // bytes from step to step of A
	tileStepB             // bytes from step to step of B
	tileStrips            // number of strips of rows, at least 1; counted down to 0
	tileMask              // lanes of the last vector of C; 0 for all
	tileAdd               // whether to add to C
	tileFloor             // the least result
)

// tileRows is the number of rows of a strip: as many as pointers fit in registers.
const tileRows = 6

// tileVectors is the largest number of vectors of a panel. With AVX-512, four make
// up for the few rows.
func tileVectors(v isa.Vector) int {
	if v.Wide {
		return 4
	}
	return 2
}

// tiles writes the kernels of all shapes for v.
func tiles(v isa.Vector, d *declarations) {
	for rows := 1; rows <= tileRows; rows++ {
		for vectors := 1; vectors <= tileVectors(v); vectors++ {
			tile{v, rows, vectors}.write(d)
		}
	}
}

// A tile is a kernel that computes strips of rows of C,
//
//	C[to][:] = max(floor, bias + Σ_t Σ_q A[from + taps[t] + q·step]·B[t·k+q][:])    (or C + instead of bias)
//
// with from and to of each row from a table, for one panel of B after another
// strip. Rows and taps count elements. Every element is one chain of FMAs.
type tile struct {
	isa.Vector
	rows, vectors int
}

var (
	tileRow   = []reg.GPPhysical{reg.RAX, reg.RBX, reg.RSI, reg.R8, reg.R9, reg.R10} // where rows begin, in elements
	tileAt    = reg.R11                                                              // address of the step, to which rows are relative
	tileRowB  = reg.R12
	tileTap   = reg.R13
	tileRest  = reg.RDX // taps
	tileNext  = reg.R14 // of the table of rows
	tileMove  = reg.R15 // bytes from step to step of A
	tileCount = reg.RCX
)

func (t tile) acc(i, j int) reg.VecPhysical { return t.Reg(i*t.vectors + j) }
func (t tile) b(j int) reg.VecPhysical      { return t.Reg(t.rows*t.vectors + j) }

// element is one of two registers that hold an element of A.
func (t tile) element(i int) reg.VecPhysical { return t.Reg((t.rows+1)*t.vectors + i%2) }

func (t tile) write(d *declarations) {
	d.begin(t.Vector, fmt.Sprintf("tile%dx%d", t.rows, t.vectors), "tileArgs", "tile", fmt.Sprintf("%d<<3 | %d", t.rows, t.vectors))
	MOVQ(arg(tileTable), tileNext)
	MOVQ(arg(tileStep), tileMove)
	Label("strip")
	t.prefetchC()
	t.start()
	t.sum()
	t.finish()
	ADDQ(U8(8*t.rows), tileNext)
	DECQ(arg(tileStrips))
	JNZ(LabelRef("strip"))
	VZEROUPPER()
	RET()
}

// prefetchC asks for the strip of C, if sums are to be added to it.
func (t tile) prefetchC() {
	CMPQ(arg(tileAdd), U8(0))
	JE(LabelRef("start"))
	MOVQ(arg(tileC), tileAt)
	for i := range t.rows {
		MOVLQSX(Mem{Base: tileNext, Disp: 8*i + 4}, tileRow[i])
		for at := 0; at < t.vectors*t.Width(); at += 64 {
			PREFETCHT0(Mem{Base: tileAt, Index: tileRow[i], Scale: uint8(t.Size()), Disp: at})
		}
	}
	Label("start")
}

// start sets all rows of the sums to the bias.
func (t tile) start() {
	MOVQ(arg(tileBias), tileAt)
	for j := range t.vectors {
		t.Load(Mem{Base: tileAt, Disp: j * t.Width()}, t.acc(0, j))
	}
	for i := 1; i < t.rows; i++ {
		for j := range t.vectors {
			t.Load(t.acc(0, j), t.acc(i, j))
		}
	}
}

// sum adds the products of all steps of all taps.
func (t tile) sum() {
	MOVQ(arg(tileB), tileRowB)
	MOVQ(arg(tileTaps), tileTap)
	MOVQ(arg(tileNTaps), tileRest)
	TESTQ(tileRest, tileRest)
	JZ(LabelRef("summed"))
	for i := range t.rows {
		MOVLQSX(Mem{Base: tileNext, Disp: 8 * i}, tileRow[i])
		if t.NEON { // adds one register to another for an address, but no multiple
			SHLQ(U8(t.shift()), tileRow[i])
		}
	}
	Label("tap")
	MOVLQSX(Mem{Base: tileTap}, tileAt)
	SHLQ(U8(t.shift()), tileAt)
	ADDQ(arg(tileA), tileAt)
	MOVQ(arg(tileK), tileCount)
	Label("step")
	for j := range t.vectors {
		t.Load(Mem{Base: tileRowB, Disp: j * t.Width()}, t.b(j))
	}
	for i := range t.rows {
		x := Mem{Base: tileAt, Index: tileRow[i], Scale: t.scale()}
		if t.Wide && t.vectors == 1 {
			t.FMABroadcast(x, t.b(0), t.acc(i, 0))
			continue
		}
		t.Broadcast(x, t.element(i))
		for j := range t.vectors {
			t.FMA(t.b(j), t.element(i), t.acc(i, j))
		}
	}
	ADDQ(tileMove, tileAt)
	ADDQ(arg(tileStepB), tileRowB)
	DECQ(tileCount)
	JNZ(LabelRef("step"))
	ADDQ(U8(4), tileTap)
	DECQ(tileRest)
	JNZ(LabelRef("tap"))
	Label("summed")
}

// scale is the size of what rows of A count.
func (t tile) scale() uint8 {
	if t.NEON {
		return 1
	}
	return uint8(t.Size())
}

// shift is the binary logarithm of an element's size.
func (t tile) shift() uint8 {
	if t.Double {
		return 3
	}
	return 2
}

// finish applies the floor and stores the sums, with or without a mask.
func (t tile) finish() {
	floor, c, mask := t.b(0), tileAt, tileRest
	t.Broadcast(arg(tileFloor), floor)
	MOVQ(arg(tileC), c)
	for i := range t.rows {
		MOVLQSX(Mem{Base: tileNext, Disp: 8*i + 4}, tileRow[i])
	}
	MOVQ(arg(tileMask), mask)
	TESTQ(mask, mask)
	JNZ(LabelRef("masked"))
	t.store("whole", nil)
	JMP(LabelRef("stored"))
	Label("masked")
	t.LoadMask(mask, t.MaskReg())
	t.store("part", t.MaskReg())
	Label("stored")
}

// spare is a register that is free when sums are finished. For NEON, an element of A
// is a factor and must not be anything else.
func (t tile) spare() reg.VecPhysical {
	switch {
	case t.vectors > 1:
		return t.b(1)
	case t.NEON:
		return t.Reg(t.Registers() - 1)
	}
	return t.element(0)
}

// store finishes the strip; mask is that of its last vectors.
func (t tile) store(name string, mask Op) {
	floor, x := t.b(0), t.spare()
	each := func(f func(m Mem, mask Op, acc Op)) {
		for i := range t.rows {
			for j := range t.vectors {
				lanes := mask
				if j < t.vectors-1 {
					lanes = nil
				}
				f(Mem{Base: tileAt, Index: tileRow[i], Scale: uint8(t.Size()), Disp: j * t.Width()}, lanes, t.acc(i, j))
			}
		}
	}
	CMPQ(arg(tileAdd), U8(0))
	JE(LabelRef(name + "added"))
	each(func(m Mem, mask, acc Op) {
		if mask == nil {
			t.Add(m, acc, acc)
			return
		}
		t.LoadMasked(m, mask, x)
		t.Add(x, acc, acc)
	})
	Label(name + "added")
	each(func(m Mem, mask, acc Op) {
		t.Max(acc, floor, acc)
		t.StoreLanes(acc, mask, m)
	})
}
