package main

import (
	"fmt"
	"math"
	"math/big"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// A constant is a number in memory, repeated to fill a vector of AVX2 or NEON.
// AVX-512 reads the first and broadcasts it.
type constant struct{ Mem }

var constants = map[string]constant{}

// bits returns the constant with the given representation.
func (v vec) bits(u uint64) constant {
	name := fmt.Sprintf("c%d_%0*x", 8*v.Size(), 2*v.Size(), u)
	if c, ok := constants[name]; ok {
		return c
	}
	c := constant{GLOBL(name, attr.RODATA|attr.NOPTR)}
	for o := 0; o < min(32, v.Width()); o += v.Size() {
		if v.Double {
			DATA(o, U64(u))
		} else {
			DATA(o, U32(u))
		}
	}
	constants[name] = c
	return c
}

// num returns the constant nearest to x.
func (v vec) num(x float64) constant {
	if v.Double {
		return v.bits(math.Float64bits(x))
	}
	return v.bits(uint64(math.Float32bits(float32(x))))
}

// The layout of a number: bits of the mantissa, and of special values.
func (v vec) mantissa() int     { return pick(v, 23, 52) }
func (v vec) one() uint64       { return pick[uint64](v, 0x3f800000, 0x3ff0000000000000) }
func (v vec) signBit() constant { return v.bits(1 << (8*v.Size() - 1)) }

// pick returns s for float32 and d for float64.
func pick[T any](v vec, s, d T) T {
	if v.Double {
		return d
	}
	return s
}

// masks returns the address of 32 bytes of ones followed by 32 of zeros: a
// vector loaded n bytes before the zeros selects the first n.
func masks() Mem {
	if c, ok := constants["masks"]; ok {
		return c.Mem
	}
	m := GLOBL("masks", attr.RODATA|attr.NOPTR)
	for o := 0; o < 64; o += 8 {
		var u uint64
		if o < 32 {
			u = math.MaxUint64
		}
		DATA(o, U64(u))
	}
	constants["masks"] = constant{m}
	return m
}

// ln2 returns ln 2 as the sum of two numbers of the element type.
func (v vec) ln2() (hi, lo constant) {
	return v.split("0.693147180559945309417232121458176568075500134360255254120680009")
}

// split returns a decimal number as the sum of two of the element type, the first
// nearest to it and the second to what is left.
func (v vec) split(decimal string) (hi, lo constant) {
	x := parse(decimal)
	head, _ := x.Float64()
	if !v.Double {
		f, _ := x.Float32()
		head = float64(f)
	}
	rest, _ := new(big.Float).SetPrec(precision).Sub(x, big.NewFloat(head)).Float64()
	return v.num(head), v.num(rest)
}
