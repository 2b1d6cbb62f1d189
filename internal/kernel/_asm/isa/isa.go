// Package isa lets one generator write a kernel for every instruction set and
// element type: a [Vector] is a pair of them, and its methods emit, through
// avo's build context, the instructions that differ between pairs.
//
// Operands are in the order of Go's assembler: sources first, destination last.
package isa

import (
	"flag"
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"

	"declive/internal/kernel/_asm/neon"
)

// A Vector is an instruction set with an element type.
type Vector struct {
	Wide   bool // AVX-512 with 64-byte vectors, else AVX2 and FMA with 32-byte ones
	Double bool // float64, else float32

	// NEON is for arm64. Its kernels are those for AVX2, with differences where
	// masks are concerned, and are lowered by package neon. A vector is a
	// register of 16 bytes, or two of them.
	NEON, Two bool
}

// amd64 and arm64 hold their Vectors, in the order in which kernels are written.
var (
	amd64 = []Vector{{}, {Double: true}, {Wide: true}, {Wide: true, Double: true}}
	arm64 = []Vector{{NEON: true}, {NEON: true, Double: true}}
)

// Of returns every Vector of an architecture. Behind a call for arm64, avo writes
// assembly for it.
func Of(arch string) ([]Vector, error) {
	switch arch {
	case "amd64":
		return amd64, nil
	case "arm64":
		neon.Use()
		return arm64, nil
	}
	return nil, fmt.Errorf("no vectors for %s", arch)
}

// Arch is the flag that says for which architecture to write kernels.
func Arch() *string { return flag.String("arch", "amd64", "`architecture` of the kernels") }

// Name is the suffix of the functions for v, such as "AVX2F32".
func (v Vector) Name() string {
	if v.NEON {
		return "NEON" + pick(v.Double, "F64", "F32")
	}
	return pick(v.Wide, "AVX512", "AVX2") + pick(v.Double, "F64", "F32")
}

// Type is the element type in Go.
func (v Vector) Type() string { return pick(v.Double, "float64", "float32") }

// Size is the size of an element in bytes.
func (v Vector) Size() int { return pick(v.Double, 8, 4) }

// Width is the size of a vector in bytes.
func (v Vector) Width() int {
	if v.NEON && !v.Two {
		return 16
	}
	return pick(v.Wide, 64, 32)
}

// Lanes is the number of elements of a vector.
func (v Vector) Lanes() int { return v.Width() / v.Size() }

// Registers is the number of vector registers.
func (v Vector) Registers() int { return pick(v.Wide, 32, 16) }

// Reg is vector register i, in the full width of v.
func (v Vector) Reg(i int) reg.VecPhysical {
	return reg.Vector.Lookup(reg.Index(i), pick(v.Wide, reg.S512, reg.S256)).(reg.VecPhysical)
}

// NewReg is a new virtual register in the full width of v.
func (v Vector) NewReg() reg.VecVirtual {
	switch v.Width() {
	case 16:
		return build.XMM()
	case 64:
		return build.ZMM()
	}
	return build.YMM()
}

// MaskReg is the register of masks that kernels without virtual registers use: an
// opmask, the last vector register, or with NEON the number of lanes.
func (v Vector) MaskReg() reg.Register {
	switch {
	case v.NEON:
		return reg.RBP
	case v.Wide:
		return reg.K1
	}
	return v.Reg(v.Registers() - 1)
}

func pick[T any](condition bool, yes, no T) T {
	if condition {
		return yes
	}
	return no
}
