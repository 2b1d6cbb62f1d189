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
