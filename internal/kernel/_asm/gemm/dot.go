package main

import (
	"slices"

	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of dotArgs.
const (
	dotA       = 8 * iota // address of the rows of A
	dotB                  // address of the rows of B
	dotS                  // address of the sums
	dotRowA               // bytes from row to row of A
	dotRowB               // bytes from row to row of B
	dotRowS               // bytes from row to row of the sums
	dotVectors            // number of whole vectors in a row
	dotMask               // lanes of one more vector; 0 for none
	dotBlocks             // number of blocks, at least 1; counted down to 0
	dotNextA              // bytes from block to block of A
	dotNextB              // bytes from block to block of B
	dotNextS              // bytes from block to block of the sums
	dotHead               // lanes of a vector before the others; 0 for none
	dotLead               // bytes of that vector
	dotAhead              // bytes from where A is read to where it is prefetched, for packed rows of B
)

// dotRows is the number of rows of A in a block of five rows of B.
func dotRows(v isa.Vector) int {
	if v.Wide {
		return 4
	}
	return 2
}

// dots writes the kernels of all shapes for v: up to five rows of B, and more
// rows of A for a single one, where the product is one of matrix and vector. For
// AVX2 there are kernels for several packed rows of B, too.
func dots(v isa.Vector, d *declarations) {
	for rows := 1; rows <= 8; rows *= 2 {
		for cols := 1; cols <= 5; cols++ {
			if rows <= dotRows(v) || cols == 1 {
				dot{v, rows, cols, false}.write(d, "dot")
			}
		}
	}
	if v.Wide || v.NEON {
		return
	}
	for rows := 1; rows <= dotRows(v); rows++ {
		for cols := 2; cols <= 5; cols++ {
			dot{v, rows, cols, true}.write(d, "packedDot")
		}
	}
}

// A dot is a kernel that computes the inner products of rows of A with rows of
// B, both contiguous,
//
//	s[i][j] += Σₚ A[i][p]·B[j][p]
//
// as one chain of FMAs for each lane and then a sum over lanes in one order,
// whatever the shape of the block; and then those of more blocks. The sums of a
// single column are contiguous.
//
// Packed rows of B are one run: the first vector of each row of a block, then the
// second of each, and so on. The products of a whole matrix with a few such rows
// stream through A, which is prefetched from memory.
type dot struct {
	isa.Vector
	rows, cols int
	packed     bool
}

var (
	dotPointersA = []reg.GPPhysical{reg.RAX, reg.RBX, reg.RDX}
	dotPointersB = []reg.GPPhysical{reg.RSI, reg.R8}

	dotStrideA = reg.R10
	dotStrideB = reg.R11
	dotCount   = reg.RCX

	dotBlockA, dotBlockB, dotBlockS = reg.R9, reg.R12, reg.R13

	dotFetch = []reg.GPPhysical{reg.R14}
)

func (t dot) acc(i, j int) reg.VecPhysical { return t.Reg(i*t.cols + j) }
func (t dot) spare(i int) reg.VecPhysical  { return t.Reg(t.rows*t.cols + i) }

// vectorA is vector u from the pointers of row i of A.
func (t dot) vectorA(i, u int) Mem {
	return threesRow(dotPointersA, dotStrideA, i).Offset(u * t.Width())
}

// vectorB is vector u from the pointers of row j of B.
func (t dot) vectorB(j, u int) Mem {
	if t.packed {
		return Mem{Base: dotPointersB[0], Disp: (u*t.cols + j) * t.Width()}
	}
	return threesRow(dotPointersB, dotStrideB, j).Offset(u * t.Width())
}

func (t dot) write(d *declarations, field string) {
	d.beginShape(t.Vector, field, t.rows, t.cols, "dotArgs")
	pa, pb := dotPointersA[:(t.rows+2)/3], dotPointersB[:(t.cols+2)/3]
	if t.packed {
		pb = pb[:1]
	}
	MOVQ(arg(dotRowA), dotStrideA)
	MOVQ(arg(dotRowB), dotStrideB)
	MOVQ(arg(dotA), dotBlockA)
	MOVQ(arg(dotB), dotBlockB)
	MOVQ(arg(dotS), dotBlockS)
	Label("block")
	MOVQ(dotBlockA, pa[0])
	MOVQ(dotBlockB, pb[0])
	threes(pa, dotStrideA)
	threes(pb, dotStrideB)
	for i := range t.rows * t.cols {
		t.Zero(t.Reg(i))
	}
	pointers := slices.Concat(pa, pb)
	if t.Wide {
		t.masked(dotHead, "whole")
		advance(pointers, arg(dotLead))
		Label("whole")
	}
	MOVQ(arg(dotVectors), dotCount)
	switch {
	case t.packed:
		t.wholePacked(pa[0], pb[0])
	case t.cols == 1:
		t.whole(pointers, 4)
	default:
		t.whole(pointers, 1)
	}
	t.masked(dotMask, "summed")
	Label("summed")
	t.reduce()
	ADDQ(arg(dotNextA), dotBlockA)
	ADDQ(arg(dotNextB), dotBlockB)
	ADDQ(arg(dotNextS), dotBlockS)
	DECQ(arg(dotBlocks))
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// whole adds the products of all whole vectors, up to most in one go.
func (t dot) whole(pointers []reg.GPPhysical, most int) {
	loop(dotCount, most, func(n int) {
		for u := range n {
			t.products(u, nil)
		}
		advance(pointers, U32(uint32(n*t.Width())))
	})
}

// wholePacked is whole for packed rows of B, and prefetches A.
func (t dot) wholePacked(a, b reg.GPPhysical) {
	MOVQ(a, dotFetch[0])
	ADDQ(arg(dotAhead), dotFetch[0])
	loop(dotCount, 4, func(n int) {
		for u := range n {
			t.products(u, nil)
		}
		for i := range t.rows {
			for at := 0; at < n*t.Width(); at += 64 {
				PREFETCHT0(threesRow(dotFetch, dotStrideA, i).Offset(at))
			}
		}
		advance([]reg.GPPhysical{a, dotFetch[0]}, U32(uint32(n*t.Width())))
		ADDQ(U32(uint32(n*t.cols*t.Width())), b)
	})
}

// products adds the products of vector u from the pointers of every row, or of the
// lanes of it that a mask selects. The smaller of the two blocks stays in
// registers; what is used once comes from memory, so that more loads are on their
// way.
func (t dot) products(u int, mask Op) {
	kept, keptAt := t.rows, t.vectorA
	passing, passingAt := t.cols, t.vectorB
	acc := t.acc
	if t.cols < t.rows {
		kept, passing, keptAt, passingAt = passing, kept, passingAt, keptAt
		acc = func(i, j int) reg.VecPhysical { return t.acc(j, i) }
	}
	for i := range kept {
		t.LoadLanes(keptAt(i, u), mask, t.spare(i))
	}
	for j := range passing {
		var x Op = passingAt(j, u)
		if kept > 1 || mask != nil {
			x = t.spare(kept)
			t.LoadLanes(passingAt(j, u), mask, x)
		}
		for i := range kept {
			t.FMA(x, t.spare(i), acc(i, j))
		}
	}
}

// masked adds the products of the lanes in the field at an offset, or goes to
// the label none.
func (t dot) masked(lanes int, none string) {
	MOVQ(arg(lanes), dotCount)
	TESTQ(dotCount, dotCount)
	JZ(LabelRef(none))
	mask := t.MaskReg()
	t.LoadMask(dotCount, mask)
	t.products(0, mask)
}

// reduce adds the lanes of every accumulator, four or two of a row at once, to
// the sums in memory. It may write up to three sums more than a row has.
func (t dot) reduce() {
	s, rows, cols := reg.RAX, t.rows, t.cols
	if cols == 1 {
		rows, cols = 1, rows
	}
	MOVQ(dotBlockS, s)
	for i := range rows {
		for j := 0; j < cols; {
			n := 16 / t.Size()
			if cols-j == 1 {
				n = 1
			}
			t.addSums(t.halves(i*cols+j, min(n, cols-j)), n, Mem{Base: s, Disp: j * t.Size()})
			j += n
		}
		if i < rows-1 {
			ADDQ(arg(dotRowS), s)
		}
	}
}

// halves adds the halves of n 64-byte accumulators into the first registers,
// which are free or hold these very sums.
func (t dot) halves(first, n int) []reg.Register {
	var sums []reg.Register
	for q := range n {
		x := t.Reg(first + q)
		sum := x.AsY()
		if t.Wide {
			tmp := t.spare(q % 2).AsY()
			VEXTRACTF64X4(U8(1), x, tmp)
			sum = t.Reg(q).AsY()
			t.Add(tmp, x.AsY(), sum)
		}
		sums = append(sums, sum)
	}
	return sums
}

// addSums adds the lanes of 32-byte registers: neighbours first, then the halves.
func (t dot) addSums(x []reg.Register, n int, s Mem) {
	last := len(x) - 1
	sum, other := x[0].(reg.VecPhysical), x[0]
	switch {
	case t.Double:
		VHADDPD(x[last], sum, sum)
	case len(x) > 2:
		other = x[2]
		VHADDPS(x[last], other, other)
		fallthrough
	default:
		VHADDPS(x[min(1, last)], sum, sum)
		VHADDPS(other, sum, sum)
	}
	half := t.spare(0).AsX()
	if t.Wide {
		VEXTRACTF64X2(U8(1), sum.AsY(), half)
	} else {
		VEXTRACTF128(U8(1), sum, half)
	}
	t.Add(half, sum.AsX(), sum.AsX())
	switch {
	case n > 1:
		t.Add(s, sum.AsX(), sum.AsX())
		t.Store(sum.AsX(), s)
	case t.Double:
		VADDSD(s, sum.AsX(), sum.AsX())
		VMOVSD(sum.AsX(), s)
	default:
		VADDSS(s, sum.AsX(), sum.AsX())
		VMOVSS(sum.AsX(), s)
	}
}
