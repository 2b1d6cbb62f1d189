package main

import (
	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of packArgs.
const (
	packSrc    = 8 * iota // address of the first row
	packDst               // address of the first panel
	packRows              // number of rows, at least 1; counted down to 0
	packRowSrc            // bytes from row to row of the source
	packRowDst            // bytes from row to row of a panel
	packPanels            // number of panels, at least 1
	packPanel             // bytes from panel to panel
	packAhead             // bytes from where the source is read to where it is prefetched
	packMask              // lanes of the last vector of a panel
)

// packs writes the kernels that copy rows into panels, one or two vectors wide,
// with zeros behind the lanes of the mask:
//
//	dst[q][p][j] = src[p][q·width+j]
func packs(v isa.Vector, d *declarations) {
	for cols := 1; cols <= 2; cols++ {
		pack(v, cols, d)
	}
}

func pack(v isa.Vector, cols int, d *declarations) {
	src, dst, panels, nextPanel, rowSrc, rowDst := reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.R8, reg.R9
	from, to, ahead, mask := reg.R10, reg.R11, reg.R12, v.MaskReg()
	d.beginShape(v, "pack", 1, cols, "packArgs")
	MOVQ(arg(packMask), src)
	v.LoadMask(src, mask)
	MOVQ(arg(packSrc), src)
	MOVQ(arg(packDst), dst)
	MOVQ(arg(packRowSrc), rowSrc)
	MOVQ(arg(packRowDst), rowDst)
	MOVQ(arg(packPanel), nextPanel)
	MOVQ(arg(packAhead), ahead)
	Label("row")
	MOVQ(src, from)
	MOVQ(dst, to)
	MOVQ(arg(packPanels), panels)
	Label("panel")
	for j := range cols - 1 {
		v.Load(Mem{Base: from, Disp: j * v.Width()}, v.Reg(j))
	}
	v.LoadMasked(Mem{Base: from, Disp: (cols - 1) * v.Width()}, mask, v.Reg(cols-1))
	for j := range cols {
		v.Store(v.Reg(j), Mem{Base: to, Disp: j * v.Width()})
	}
	for at := 0; at < cols*v.Width(); at += 64 {
		PREFETCHT1(Mem{Base: from, Index: ahead, Scale: 1, Disp: at})
	}
	ADDQ(U32(uint32(cols*v.Width())), from)
	ADDQ(nextPanel, to)
	DECQ(panels)
	JNZ(LabelRef("panel"))
	ADDQ(rowSrc, src)
	ADDQ(rowDst, dst)
	DECQ(arg(packRows))
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// Offsets of the fields of transposeArgs.
const (
	transposeSrc     = 8 * iota // address of the first block
	transposeDst                // address of the first transposed block
	transposeRowSrc             // bytes from row to row of the source
	transposeRowDst             // bytes from row to row of the result
	transposeStepSrc            // bytes from block to block of the source
	transposeStepDst            // bytes from block to block of the result
	transposeBlocks             // number of blocks, at least 1
	transposeMask               // columns of a block of the source
)

// transpose writes the kernel that transposes square blocks, of half a vector of
// AVX-512, one after the other. Columns behind the mask are not read; the rows
// of the result that they would be are zeros.
func transpose(v isa.Vector, d *declarations) {
	src, dst, rowSrc, rowDst, blocks, mask := reg.RAX, reg.RBX, reg.R8, reg.R9, reg.RCX, v.MaskReg()
	from, to := reg.R10, reg.R11
	n := 32 / v.Size()
	y := func(i int) reg.Register { return v.Reg(i).AsY() }
	d.begin(v, "transpose", "transposeArgs")
	MOVQ(arg(transposeSrc), src)
	MOVQ(arg(transposeDst), dst)
	MOVQ(arg(transposeRowSrc), rowSrc)
	MOVQ(arg(transposeRowDst), rowDst)
	MOVQ(arg(transposeBlocks), blocks)
	Label("block")
	MOVQ(arg(transposeMask), from)
	v.LoadMask(from, mask)
	MOVQ(src, from)
	for i := range n {
		v.LoadMasked(Mem{Base: from}, mask, y(i))
		if i < n-1 {
			ADDQ(rowSrc, from)
		}
	}
	if v.Double {
		transpose4(y)
	} else {
		transpose8(y)
	}
	MOVQ(dst, to)
	for i := range n {
		v.Store(y(n+i), Mem{Base: to})
		if i < n-1 {
			ADDQ(rowDst, to)
		}
	}
	ADDQ(arg(transposeStepSrc), src)
	ADDQ(arg(transposeStepDst), dst)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// transpose4 transposes registers 0 to 3 into registers 4 to 7.
func transpose4(y func(i int) reg.Register) {
	VUNPCKLPD(y(1), y(0), y(8))
	VUNPCKHPD(y(1), y(0), y(9))
	VUNPCKLPD(y(3), y(2), y(10))
	VUNPCKHPD(y(3), y(2), y(11))
	for i := range 2 {
		VPERM2F128(U8(0x20), y(10+i), y(8+i), y(4+i))
		VPERM2F128(U8(0x31), y(10+i), y(8+i), y(6+i))
	}
}

// transpose8 transposes registers 0 to 7 into registers 8 to 15: pairs of rows,
// then fours, then halves.
func transpose8(y func(i int) reg.Register) {
	for i := 0; i < 8; i += 2 {
		VUNPCKLPS(y(i+1), y(i), y(8+i))
		VUNPCKHPS(y(i+1), y(i), y(9+i))
	}
	for i := range 4 { // columns i and i+4 of rows 0 to 3, then of rows 4 to 7
		pair, half := i/2, U8([2]uint8{0x44, 0xee}[i%2])
		VSHUFPS(half, y(10+pair), y(8+pair), y(i))
		VSHUFPS(half, y(14+pair), y(12+pair), y(4+i))
	}
	for i := range 4 {
		VPERM2F128(U8(0x20), y(4+i), y(i), y(8+i))
		VPERM2F128(U8(0x31), y(4+i), y(i), y(12+i))
	}
}
