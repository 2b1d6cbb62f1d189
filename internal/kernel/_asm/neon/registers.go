package neon

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// General registers of avo keep their numbers, up to 15. Those of the platform,
// of Go and of its assembler (R18, R26 to R31) are never used.
const (
	temporary     g = 16 // a value within one instruction
	another       g = 17
	blockRegister g = 19 // address of the constants
	firstSum      g = 20 // the first of those for sums of addresses
	numSums         = 6
)

// registers says which vector registers of NEON are a register of AVX2.
type registers struct {
	number  map[reg.Index]v
	factor  map[reg.Index]bool // those that only hold factors, in lane 0
	wide    bool               // whether registers of 32 bytes are in use
	scratch []v                // two that are free
}

// assign finds the registers of a function.
func assign(fn *ir.Function) registers {
	r := registers{number: map[reg.Index]v{}, factor: map[reg.Index]bool{}}
	var used [32]bool
	other := map[reg.Index]bool{}
	for _, i := range fn.Instructions() {
		for k, o := range i.Operands {
			x, ok := o.(reg.Register)
			if !ok || x.Kind() != reg.KindVector {
				continue
			}
			used[index(x)] = true
			r.wide = r.wide || x.Size() == 32
			if !isFactor(i, k) {
				other[index(x)] = true
			}
		}
	}
	next := v(0)
	for i := range used {
		if n := reg.Index(i); r.wide && used[i] {
			r.number[n] = next
			next += 2
			if r.factor[n] = !other[n]; r.factor[n] {
				next--
			}
		} else if !r.wide {
			r.number[n] = v(i)
			if used[i] {
				next = v(i) + 1
			}
		}
	}
	if next > 32 {
		panic(fmt.Sprintf("neon: %s: %d vector registers", fn.Name, next))
	}
	if next <= 30 {
		r.scratch = []v{30, 31}
	}
	return r
}

// isFactor reports whether operand k of i is a factor, or a number from memory in
// all lanes.
func isFactor(i *ir.Instruction, k int) bool {
	switch {
	case strings.HasPrefix(i.Opcode, "VBROADCAST"):
		_, memory := i.Operands[0].(operand.Mem)
		return memory && k == 1
	case strings.HasPrefix(i.Opcode, "VFMADD231"), strings.HasPrefix(i.Opcode, "VMULP"):
		if k == 2 || i.Operands[0] == i.Operands[1] || i.Operands[k] == i.Operands[2] {
			return false
		}
		_, memory := i.Operands[1-k].(operand.Mem)
		return !memory || k == 1
	}
	return false
}

func index(r reg.Register) reg.Index { return r.(reg.Physical).PhysicalIndex() }

// vector returns the registers of o, as many as it has.
func (l *lowering) vector(o operand.Op) []v {
	r := o.(reg.Register)
	n := l.registers.number[index(r)]
	if r.Size() == 32 {
		return []v{n, n + 1}
	}
	return []v{n}
}

// isFactor reports whether o holds a factor in lane 0.
func (l *lowering) isFactor(o operand.Op) bool {
	r, ok := o.(reg.Register)
	return ok && r.Kind() == reg.KindVector && l.registers.factor[index(r)]
}

// scratch returns a vector register for use within one instruction.
func (l *lowering) scratch(i int) v {
	if l.registers.scratch == nil {
		panic("neon: " + l.name + ": no free vector register")
	}
	return l.registers.scratch[i]
}

// general returns the number of a general register.
func general(o operand.Op) g {
	r := o.(reg.Register)
	if r == reg.StackPointer || r.Kind() == reg.KindPseudo {
		return sp
	}
	return g(index(r))
}
