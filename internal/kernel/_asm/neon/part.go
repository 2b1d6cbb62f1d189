package neon

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// NEON has no masks. The first elements of a vector are counted, by the low bits
// of a general register: of 32 bytes up to all, of 16 not all.
const (
	loadPartName  = "LOADPART"
	storePartName = "STOREPART"
)

// LoadPart emits a load of the first elements of a vector, size bytes each, that
// clears the others and does not touch memory behind them.
func LoadPart(m operand.Mem, count operand.Op, dst reg.Register, size int) {
	build.Instruction(&ir.Instruction{
		Opcode:   loadPartName,
		Operands: []operand.Op{operand.U8(size), count, m, dst},
		Inputs:   []operand.Op{count, m},
		Outputs:  []operand.Op{dst},
	})
}

// StorePart emits a store of the first elements of a vector.
func StorePart(src reg.Register, count operand.Op, m operand.Mem, size int) {
	build.Instruction(&ir.Instruction{
		Opcode:   storePartName,
		Operands: []operand.Op{operand.U8(size), count, m, src},
		Inputs:   []operand.Op{count, src},
		Outputs:  []operand.Op{m},
	})
}

// A part is the transfer of the first elements of a vector.
type part struct {
	*lowering
	size  int    // of an element
	count string // the register of their number
	one   func(size int, x v, base g, offset int) code
	pair  func(x, y v, base g, offset int) code
	third func(x v, base g) code
	loads bool
}

func (l *lowering) loadPart(o []operand.Op) {
	part{l, int(integer(o[0].(operand.Constant))), l.value(o[1]), load, loadPair, loadThird, true}.transfer(o)
}

func (l *lowering) storePart(o []operand.Op) {
	part{l, int(integer(o[0].(operand.Constant))), l.value(o[1]), store, storePair, storeThird, false}.transfer(o)
}

func (p part) transfer(o []operand.Op) {
	base, x, end := p.exact(p.address(o[2].(operand.Mem))), p.vector(o[3]), p.newLabel()
	if len(x) == 2 {
		p.two(x, base, end)
	} else {
		p.some(x[0], base, 0, end)
	}
	p.here(end)
}

// here appends a label of this instruction. Sums of addresses are found before the
// first branch and stay.
func (p part) here(name string) { p.out = append(p.out, ir.Label(name)) }

// unless jumps to a label if a bit of the count is clear.
func (p part) unless(elements int, label string) {
	p.emit("TBZ", "$%d, %s, %s", map[int]int{1: 0, 2: 1, 4: 2, 8: 3}[elements], p.count, label)
}

// two transfers up to two registers.
func (p part) two(x []v, base g, end string) {
	not, low := p.newLabel(), p.newLabel()
	p.unless(32/p.size, not)
	p.words(p.pair(x[0], x[1], base, 0))
	p.emit("JMP", "%s", end)
	p.here(not)
	p.unless(16/p.size, low)
	p.words(p.one(16, x[0], base, 0))
	p.some(x[1], base, 16, end)
	p.emit("JMP", "%s", end)
	p.here(low)
	p.clear(x[1])
	p.some(x[0], base, 0, end)
}

// some transfers up to three floats, or up to one double.
func (p part) some(x v, base g, offset int, end string) {
	if p.size == 4 {
		one := p.newLabel()
		p.unless(2, one)
		p.words(p.one(8, x, base, offset))
		p.unless(1, end)
		p.add(another, base, offset+8)
		p.words(p.third(x, another))
		p.emit("JMP", "%s", end)
		p.here(one)
	}
	p.clear(x)
	p.unless(1, end)
	p.words(p.one(p.size, x, base, offset))
}

// clear clears a register to be loaded.
func (p part) clear(x v) {
	if p.loads {
		p.words(zero(x))
	}
}
