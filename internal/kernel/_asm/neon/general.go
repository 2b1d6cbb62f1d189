package neon

import (
	"fmt"
	"strconv"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// generals lowers the instructions of general registers and the branches.
var generals map[string]func(l *lowering, o []operand.Op)

func init() {
	generals = map[string]func(l *lowering, o []operand.Op){
		"MOVQ": (*lowering).moveGeneral,
		"MOVLQSX": func(l *lowering, o []operand.Op) {
			l.set(o[1], "MOVW", "%s, %s", l.place(o[0].(operand.Mem)), goName(general(o[1])))
		},
		"ADDQ": arithmeticGeneral("ADD"), "SUBQ": arithmeticGeneral("SUB"),
		"ANDQ": arithmeticGeneral("AND"), "SHLQ": arithmeticGeneral("LSL"),
		"IMULQ": arithmeticGeneral("MUL"),
		"LEAQ":  (*lowering).loadAddress,
		"DECQ": func(l *lowering, o []operand.Op) {
			arithmeticGeneral("SUB")(l, []operand.Op{operand.U8(1), o[0]})
		},
		"NEGQ": func(l *lowering, o []operand.Op) { l.set(o[0], "NEG", "%s, %s", l.value(o[0]), l.value(o[0])) },
		"XORQ": func(l *lowering, o []operand.Op) { l.set(o[1], "MOVD", "ZR, %s", goName(general(o[1]))) },
		"CMPQ": func(l *lowering, o []operand.Op) { l.emit("CMP", "%s, %s", l.value(o[1]), l.value(o[0])) },
		"TESTQ": func(l *lowering, o []operand.Op) {
			if o[0] == o[1] {
				l.emit("CMP", "$0, %s", l.value(o[0]))
			} else {
				l.emit("TST", "%s, %s", l.value(o[0]), l.value(o[1]))
			}
		},
		"JMP": branch("JMP"), "JZ": branch("BEQ"), "JE": branch("BEQ"), "JEQ": branch("BEQ"),
		"JNZ": branch("BNE"), "JNE": branch("BNE"), "JL": branch("BLT"), "JLT": branch("BLT"),
		"JLE": branch("BLE"), "JG": branch("BGT"), "JGT": branch("BGT"), "JGE": branch("BGE"),
		"RET":         func(l *lowering, _ []operand.Op) { l.emit("RET", "") },
		"VZEROUPPER":  func(*lowering, []operand.Op) {},
		"PREFETCHT0":  prefetchInto(1),
		"PREFETCHT1":  prefetchInto(2),
		loadPartName:  (*lowering).loadPart,
		storePartName: (*lowering).storePart,
	}
}

// goName is the name of a general register in the syntax of Go.
func goName(r g) string {
	if r == sp {
		return "RSP"
	}
	return fmt.Sprintf("R%d", r)
}

func branch(opcode string) func(l *lowering, o []operand.Op) {
	return func(l *lowering, o []operand.Op) { l.jump(opcode, o[0].Asm()) }
}

func prefetchInto(level int) func(l *lowering, o []operand.Op) {
	return func(l *lowering, o []operand.Op) {
		a := l.near(l.address(o[0].(operand.Mem)), func(offset int) bool { return reaches(8, offset) })
		l.words(prefetch(level, a.base, a.offset))
	}
}

// set emits an instruction that changes a general register.
func (l *lowering) set(dst operand.Op, opcode, format string, args ...any) {
	l.emit(opcode, format, args...)
	l.addresses.forget(general(dst))
}

// value returns o as the source of an instruction, after loading it from memory.
func (l *lowering) value(o operand.Op) string {
	switch o := o.(type) {
	case operand.Mem:
		l.emit("MOVD", "%s, R%d", l.place(o), temporary)
		return goName(temporary)
	case operand.Constant:
		return fmt.Sprintf("$%d", integer(o))
	}
	return goName(general(o))
}

// place returns the address of m in the syntax of Go.
func (l *lowering) place(m operand.Mem) string {
	if m.Base == reg.FramePointer {
		return m.Asm()
	}
	a := l.address(m)
	return fmt.Sprintf("%d(%s)", a.offset, goName(a.base))
}

// integer is the value of a constant.
func integer(c operand.Constant) int64 {
	n, err := strconv.ParseInt(c.Asm()[1:], 0, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func (l *lowering) moveGeneral(o []operand.Op) {
	if m, ok := o[1].(operand.Mem); ok {
		l.emit("MOVD", "%s, %s", l.value(o[0]), l.place(m))
		return
	}
	dst := goName(general(o[1]))
	if m, ok := o[0].(operand.Mem); ok {
		l.set(o[1], "MOVD", "%s, %s", l.place(m), dst)
		return
	}
	l.set(o[1], "MOVD", "%s, %s", l.value(o[0]), dst)
}

// arithmeticGeneral lowers dst = dst op src, where dst may be in memory.
func arithmeticGeneral(opcode string) func(l *lowering, o []operand.Op) {
	return func(l *lowering, o []operand.Op) {
		name := opcode
		if l.sets {
			name += "S"
		}
		if m, ok := o[1].(operand.Mem); ok {
			l.emit("MOVD", "%s, R%d", l.place(m), another)
			l.emit(name, "%s, R%d, R%d", l.value(o[0]), another, another)
			l.emit("MOVD", "R%d, %s", another, l.place(m))
			return
		}
		dst := goName(general(o[1]))
		l.set(o[1], name, "%s, %s, %s", l.value(o[0]), dst, dst)
	}
}

func (l *lowering) loadAddress(o []operand.Op) {
	dst, m := general(o[1]), o[0].(operand.Mem)
	if m.Index != nil && m.Disp == 0 {
		l.set(o[1], "ADD", "R%d<<%d, R%d, R%d", general(m.Index), log2(m.Scale), general(m.Base), dst)
		return
	}
	a := l.address(m)
	l.add(dst, a.base, a.offset)
	l.addresses.forget(dst)
}

func log2(scale uint8) int { return map[uint8]int{1: 0, 2: 1, 4: 2, 8: 3}[scale] }
