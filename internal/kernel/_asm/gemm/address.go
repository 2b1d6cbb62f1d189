package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// arg is the field at an offset of the struct that a kernel is called with.
func arg(offset int) Mem { return Mem{Base: args, Disp: offset} }

// threes sets the pointers behind the first to every third row after it, so that
// an address mode reaches all rows.
func threes(pointers []reg.GPPhysical, stride reg.GPPhysical) {
	for i := 1; i < len(pointers); i++ {
		LEAQ(Mem{Base: pointers[i-1], Index: stride, Scale: 2}, pointers[i])
		ADDQ(stride, pointers[i])
	}
}

// threesRow is the address of row i behind pointers set by threes.
func threesRow(pointers []reg.GPPhysical, stride reg.GPPhysical, i int) Mem {
	m := Mem{Base: pointers[i/3]}
	if i%3 > 0 {
		m.Index, m.Scale = stride, uint8(i%3)
	}
	return m
}

// advance adds a number of bytes to every pointer.
func advance(pointers []reg.GPPhysical, bytes Op) {
	for _, p := range pointers {
		ADDQ(bytes, p)
	}
}

// loop takes count steps, which may be none, most of them at once while there are
// as many: fewer instructions in between leave room for more loads on their way.
func loop(count reg.GPPhysical, most int, steps func(n int)) {
	if most > 1 {
		SUBQ(U8(most), count)
		JL(LabelRef("few"))
		Label("many")
		steps(most)
		SUBQ(U8(most), count)
		JGE(LabelRef("many"))
		Label("few")
		ADDQ(U8(most), count)
	} else {
		TESTQ(count, count)
	}
	JZ(LabelRef("none"))
	Label("one")
	steps(1)
	DECQ(count)
	JNZ(LabelRef("one"))
	Label("none")
}
