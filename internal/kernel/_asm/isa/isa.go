// Package isa lets one generator write a kernel for every instruction set and
// element type: a [Vector] is a pair of them, and its methods emit, through
// avo's build context, the instructions that differ between pairs.
//
// Operands are in the order of Go's assembler: sources first, destination last.
package isa

import (
	"github.com/mmcloughlin/avo/reg"
)

// A Vector is an instruction set with an element type.
type Vector struct {
	Wide   bool // AVX-512 with 64-byte vectors, else AVX2 and FMA with 32-byte ones
	Double bool // float64, else float32
}

// All holds every Vector, in the order in which kernels are written.
var All = []Vector{{false, false}, {false, true}, {true, false}, {true, true}}

// Name is the suffix of the functions for v, such as "AVX2F32".
func (v Vector) Name() string {
	return pick(v.Wide, "AVX512", "AVX2") + pick(v.Double, "F64", "F32")
}

// Type is the element type in Go.
func (v Vector) Type() string { return pick(v.Double, "float64", "float32") }

// Size is the size of an element in bytes.
func (v Vector) Size() int { return pick(v.Double, 8, 4) }

// Width is the size of a vector in bytes.
func (v Vector) Width() int { return pick(v.Wide, 64, 32) }

// Lanes is the number of elements of a vector.
func (v Vector) Lanes() int { return v.Width() / v.Size() }

// Registers is the number of vector registers.
func (v Vector) Registers() int { return pick(v.Wide, 32, 16) }

// Reg is vector register i, in the full width of v.
func (v Vector) Reg(i int) reg.VecPhysical {
	return reg.Vector.Lookup(reg.Index(i), pick(v.Wide, reg.S512, reg.S256)).(reg.VecPhysical)
}

func pick[T any](condition bool, yes, no T) T {
	if condition {
		return yes
	}
	return no
}
