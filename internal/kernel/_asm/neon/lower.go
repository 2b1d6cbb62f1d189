// Package neon turns the kernels for AVX2 into kernels for arm64, so that each is
// written once.
//
// The generators emit instructions of amd64 through avo, which finds their
// registers. [Use] adds a pass behind that, which replaces every instruction by
// those of arm64 that do the same; an avo program then prints assembly for arm64.
// A register of 16 bytes is a register of NEON. A register of 32 bytes is two of
// them, except that one which only ever holds a number from memory in all lanes,
// as a factor, is a single one: NEON multiplies by an element.
//
// The pass knows what the generators emit, and panics on anything else. The
// results are those of AVX2, bit for bit, but for the sign and payload of NaN, and
// the larger of 0 and −0, which is 0.
package neon

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
)

// Use makes this avo program write assembly for arm64. It has to come before
// build.Generate.
func Use() {
	pass.Compile = pass.Concat(
		pass.Verify,
		pass.FunctionPass(pass.PruneJumpToFollowingLabel),
		pass.FunctionPass(pass.PruneDanglingLabels),
		pass.FunctionPass(pass.LabelTarget),
		pass.FunctionPass(pass.CFG),
		pass.InstructionPass(pass.ZeroExtend32BitOutputs),
		pass.FunctionPass(pass.Liveness),
		pass.FunctionPass(pass.AllocateRegisters),
		pass.FunctionPass(pass.BindRegisters),
		pass.FunctionPass(pass.VerifyAllocation),
		pass.FunctionPass(pass.PruneSelfMoves),
		pass.Func(pass.IncludeTextFlagHeader),
		pass.Func(lower),
	)
}

// lower replaces the functions of a file, and joins its constants to one block,
// of which a register holds the address.
func lower(f *ir.File) error {
	c := constants{at: map[string]int{}}
	var sections []ir.Section
	for _, s := range f.Sections {
		if global, ok := s.(*ir.Global); ok {
			c.add(global)
		} else {
			sections = append(sections, s)
		}
	}
	for _, fn := range f.Functions() {
		lowerFunction(fn, &c)
	}
	if c.block != nil {
		sections = append([]ir.Section{c.block}, sections...)
	}
	f.Sections = sections
	return nil
}

// constants is the block of all constants of a file.
type constants struct {
	block *ir.Global
	at    map[string]int // offset of a constant, by its symbol
}

func (c *constants) add(g *ir.Global) {
	if c.block == nil {
		c.block = ir.NewStaticGlobal("constants")
		c.block.Attributes = attr.RODATA | attr.NOPTR
	}
	start := c.block.Size
	c.at[g.Symbol.Name] = start
	for _, d := range g.Data {
		c.block.AddDatum(ir.NewDatum(start+d.Offset, d.Value))
	}
}

// A lowering is a function on its way from amd64 to arm64.
type lowering struct {
	name      string
	registers registers
	constants *constants
	out       []ir.Node
	labels    int
	usesBlock bool // of constants
	sets      bool // whether a conditional branch follows the instruction at hand

	addresses addressCache     // sums of a base and an index
	jumps     map[string]jumps // by label

	unreachable bool // what follows, unless it has a label
}

// jumps are the branches to a label: how many are still to come, and what sums
// all of those before know.
type jumps struct {
	ahead int
	known addressCache
	any   bool // before
}

func lowerFunction(fn *ir.Function, c *constants) {
	l := &lowering{name: fn.Name, registers: assign(fn), constants: c, jumps: map[string]jumps{}}
	for _, i := range fn.Instructions() {
		if target := i.TargetLabel(); target != nil {
			j := l.jumps[string(*target)]
			j.ahead++
			l.jumps[string(*target)] = j
		}
	}
	for i, n := range fn.Nodes {
		switch n := n.(type) {
		case *ir.Instruction:
			l.sets = branchFollows(fn.Nodes[i+1:])
			l.instruction(n)
		case ir.Label:
			l.label(string(n))
		default:
			l.out = append(l.out, n)
		}
	}
	if l.usesBlock {
		l.out = append([]ir.Node{goInstruction("MOVD", fmt.Sprintf("$constants<>(SB), R%d", blockRegister))}, l.out...)
	}
	fn.Nodes = l.out
}

// branchFollows reports whether the flags of an instruction are looked at: those
// of the last before a conditional branch are.
func branchFollows(rest []ir.Node) bool {
	for _, n := range rest {
		if i, ok := n.(*ir.Instruction); ok {
			return i.IsConditional
		}
	}
	return false
}

func (l *lowering) instruction(i *ir.Instruction) {
	if f, ok := generals[i.Opcode]; ok {
		f(l, i.Operands)
		return
	}
	if f, ok := vectors[i.Opcode]; ok {
		f(l, i.Operands)
		return
	}
	panic(fmt.Sprintf("neon: %s: no lowering of %s", l.name, i.Opcode))
}

// raw is the text of operands.
type raw string

func (r raw) Asm() string { return string(r) }

func goInstruction(opcode, operands string) *ir.Instruction {
	i := &ir.Instruction{Opcode: opcode}
	if operands != "" {
		i.Operands = []operand.Op{raw(operands)}
	}
	return i
}

// emit appends an instruction in the syntax of Go's assembler.
func (l *lowering) emit(opcode, format string, args ...any) {
	l.out = append(l.out, goInstruction(opcode, fmt.Sprintf(format, args...)))
}

// words appends encoded instructions.
func (l *lowering) words(codes ...code) {
	for _, c := range codes {
		l.emit("WORD", "$0x%08x // %s", c.word, c.text)
	}
}

// jump appends a branch to a label.
func (l *lowering) jump(opcode, name string) {
	l.emit(opcode, "%s", name)
	j := l.jumps[name]
	if j.ahead--; !j.any {
		j.known, j.any = l.addresses, true
	}
	j.known.common(l.addresses)
	l.jumps[name] = j
	l.unreachable = opcode == "JMP"
}

// label appends a label, at which the sums of addresses are known that are known
// wherever it is reached from: none if that is from behind.
func (l *lowering) label(name string) {
	switch j := l.jumps[name]; {
	case j.ahead > 0:
		l.addresses = addressCache{}
	case l.unreachable:
		l.addresses = j.known
	case j.any:
		l.addresses.common(j.known)
	}
	l.unreachable = false
	l.out = append(l.out, ir.Label(name))
}

// newLabel returns the name of a label within one instruction.
func (l *lowering) newLabel() string {
	l.labels++
	return fmt.Sprintf("part%d", l.labels)
}
