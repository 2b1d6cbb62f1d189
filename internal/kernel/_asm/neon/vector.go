package neon

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectors lowers the instructions of vector registers.
var vectors = map[string]func(l *lowering, o []operand.Op){}

// both adds an instruction for float32 and one for float64, whose names end in
// letters for the type.
func both(name, single, dbl string, f func(l *lowering, o []operand.Op, double bool)) {
	vectors[name+single] = func(l *lowering, o []operand.Op) { f(l, o, false) }
	vectors[name+dbl] = func(l *lowering, o []operand.Op) { f(l, o, true) }
}

func init() {
	for name, neon := range map[string]string{
		"VADDP": "fadd", "VSUBP": "fsub", "VMULP": "fmul", "VDIVP": "fdiv",
		"VMAXP": "fmax", "VMINP": "fmin", "VHADDP": "faddp",
		"VUNPCKLP": "zip1", "VUNPCKHP": "zip2",
	} {
		both(name, "S", "D", func(l *lowering, o []operand.Op, d bool) { l.three(neon, o, d) })
	}
	both("VPADD", "D", "Q", func(l *lowering, o []operand.Op, d bool) { l.three("add", o, d) })
	both("VPSUB", "D", "Q", func(l *lowering, o []operand.Op, d bool) { l.three("sub", o, d) })
	both("VPSLL", "D", "Q", func(l *lowering, o []operand.Op, d bool) { l.shift(true, o, d) })
	both("VPSRL", "D", "Q", func(l *lowering, o []operand.Op, d bool) { l.shift(false, o, d) })
	for name, neon := range map[string]string{"VANDP": "and", "VORP": "orr", "VXORP": "eor", "VANDNP": "bic"} {
		both(name, "S", "D", func(l *lowering, o []operand.Op, _ bool) { l.logical(neon, o) })
	}
	both("VFMADD231P", "S", "D", func(l *lowering, o []operand.Op, d bool) { l.multiplyAdd("fmla", o, d) })
	both("VFNMADD231P", "S", "D", func(l *lowering, o []operand.Op, d bool) { l.multiplyAdd("fmls", o, d) })
	both("VSQRTP", "S", "D", func(l *lowering, o []operand.Op, d bool) { l.two("fsqrt", o, d) })
	both("VCMPP", "S", "D", (*lowering).compare)
	both("VBLENDVP", "S", "D", func(l *lowering, o []operand.Op, _ bool) { l.blend(o) })
	both("VMOVUP", "S", "D", func(l *lowering, o []operand.Op, _ bool) { l.move(o) })
	both("VBROADCASTS", "S", "D", (*lowering).broadcast)
	both("VMOVS", "S", "D", func(l *lowering, o []operand.Op, d bool) { l.storeFirst(o, d) })
	both("MOVS", "S", "D", func(l *lowering, o []operand.Op, d bool) { l.storeFirst(o, d) })
	both("VADDS", "S", "D", (*lowering).addFirst)
	both("VMOVMSKP", "S", "D", func(l *lowering, o []operand.Op, _ bool) { l.anySet(o) })
	vectors["VMOVDDUP"] = func(l *lowering, o []operand.Op) { l.broadcast(o, true) }
	vectors["VSHUFPS"] = (*lowering).shuffle
	vectors["VPERM2F128"] = (*lowering).halves
	vectors["VEXTRACTF128"] = func(l *lowering, o []operand.Op) { l.words(move(l.vector(o[2])[0], l.vector(o[1])[1])) }
	vectors["VMOVHLPS"] = (*lowering).highToLow
	vectors["VMOVLPS"] = func(l *lowering, o []operand.Op) { l.storeBytes(8, l.vector(o[0])[0], o[1].(operand.Mem)) }
	vectors["VMOVSHDUP"] = func(l *lowering, o []operand.Op) {
		x := l.vector(o[0])[0]
		l.words(three("trn2", false, l.vector(o[1])[0], x, x))
	}
	vectors["VPCMPEQD"] = func(l *lowering, o []operand.Op) { l.three("cmeq", o, false) }
	vectors["VPMOVZXBD"] = (*lowering).bytesToWords
	vectors[convertBytesName] = (*lowering).convertBytes
	vectors[storeBytesName] = (*lowering).wordsToBytes
}

// source returns the registers that hold o, which may be in memory.
func (l *lowering) source(o operand.Op, n int) []v {
	m, ok := o.(operand.Mem)
	if !ok {
		return l.vector(o)
	}
	x := []v{l.scratch(0)}
	if n == 2 {
		x = append(x, l.scratch(1))
	}
	l.load(x, m)
	return x
}

// three lowers dst = a op b, of operands b, a, dst.
func (l *lowering) three(name string, o []operand.Op, d bool) {
	dst := l.vector(o[2])
	if name == "fmul" && l.isFactor(o[0]) {
		o = []operand.Op{o[1], o[0], o[2]}
	}
	if name == "fmul" && l.isFactor(o[1]) {
		b, factor := l.source(o[0], len(dst)), l.vector(o[1])[0]
		for i := range dst {
			l.words(element(name, d, dst[i], b[i], factor))
		}
		return
	}
	a, b := l.vector(o[1]), l.source(o[0], len(dst))
	for i := range dst {
		l.words(three(name, d, dst[i], a[i], b[i]))
	}
}

// logical is three for operations on bits. The complement of VANDN is that of a.
func (l *lowering) logical(name string, o []operand.Op) {
	dst := l.vector(o[2])
	if name == "eor" && o[0] == o[1] {
		for _, x := range dst {
			l.words(zero(x))
		}
		return
	}
	a, b := l.vector(o[1]), l.source(o[0], len(dst))
	if name == "bic" {
		a, b = b, a
	}
	for i := range dst {
		l.words(bitwise(name, dst[i], a[i], b[i]))
	}
}

func (l *lowering) shift(left bool, o []operand.Op, d bool) {
	dst, by := l.vector(o[2]), int(integer(o[0].(operand.Constant)))
	for i, x := range l.vector(o[1]) {
		l.words(shift(left, d, dst[i], x, by))
	}
}

func (l *lowering) two(name string, o []operand.Op, d bool) {
	dst := l.vector(o[1])
	for i, x := range l.source(o[0], len(dst)) {
		l.words(two(name, d, dst[i], x))
	}
}

// multiplyAdd lowers acc = acc ± x·y, of operands y, x, acc.
func (l *lowering) multiplyAdd(name string, o []operand.Op, d bool) {
	acc := l.vector(o[2])
	x, y := o[1], o[0]
	if l.isFactor(y) {
		x, y = y, x
	}
	if l.isFactor(x) && l.isFactor(y) {
		panic("neon: " + l.name + ": a product of two factors")
	}
	if l.isFactor(x) {
		factor := l.vector(x)[0]
		for i, n := range l.source(y, len(acc)) {
			l.words(element(name, d, acc[i], n, factor))
		}
		return
	}
	m := l.vector(x)
	for i, n := range l.source(y, len(acc)) {
		l.words(three(name, d, acc[i], m[i], n))
	}
}

// compare lowers m = a op b, of operands op, b, a, m.
func (l *lowering) compare(o []operand.Op, d bool) {
	m, a := l.vector(o[3]), l.vector(o[2])
	b := l.source(o[1], len(m))
	predicate := integer(o[0].(operand.Constant)) & 0xf
	if predicate == 1 || predicate == 2 {
		a, b = b, a
	}
	name := map[int64]string{0: "fcmeq", 4: "fcmeq", 3: "fcmeq", 1: "fcmgt", 0xe: "fcmgt", 2: "fcmge", 0xd: "fcmge"}[predicate]
	if predicate == 3 && o[1] != o[2] {
		panic("neon: unordered two numbers")
	}
	for i := range m {
		l.words(three(name, d, m[i], a[i], b[i]))
		if predicate == 3 || predicate == 4 {
			l.words(not(m[i], m[i]))
		}
	}
}

// blend lowers dst = yes where the mask holds, else no, of operands mask, yes,
// no, dst.
func (l *lowering) blend(o []operand.Op) {
	dst, mask, no := l.vector(o[3]), l.vector(o[0]), l.vector(o[2])
	yes := l.source(o[1], len(dst))
	for i, x := range dst {
		switch x {
		case mask[i]:
			l.words(bitwise("bsl", x, yes[i], no[i]))
		case no[i]:
			l.words(bitwise("bit", x, yes[i], mask[i]))
		case yes[i]:
			l.words(bitwise("bif", x, no[i], mask[i]))
		default:
			l.words(move(x, mask[i]), bitwise("bsl", x, yes[i], no[i]))
		}
	}
}

// move loads, stores or copies whole vectors.
func (l *lowering) move(o []operand.Op) {
	if m, ok := o[0].(operand.Mem); ok {
		l.load(l.vector(o[1]), m)
		return
	}
	if m, ok := o[1].(operand.Mem); ok {
		l.store(l.vector(o[0]), m)
		return
	}
	dst := l.vector(o[1])
	for i, x := range l.vector(o[0]) {
		l.words(move(dst[i], x))
	}
}

// broadcast sets all lanes to a number from memory, or a factor to it. Constants
// have it in all lanes already.
func (l *lowering) broadcast(o []operand.Op, d bool) {
	dst, m := l.vector(o[1]), o[0].(operand.Mem)
	size, move := 4, "FMOVS"
	if d {
		size, move = 8, "FMOVD"
	}
	switch {
	case m.Base == reg.StaticBase:
		for _, x := range dst {
			l.loadBytes(16, x, m)
		}
	case l.isFactor(o[1]):
		l.loadBytes(size, dst[0], m)
	case m.Base == reg.FramePointer:
		l.emit(move, "%s, F%d", m.Asm(), dst[0])
		for i := len(dst) - 1; i >= 0; i-- {
			l.words(spread(d, dst[i], dst[0], 0))
		}
	default:
		base := l.exact(l.address(m))
		for _, x := range dst {
			l.words(loadSpread(d, x, base))
		}
	}
}

// storeFirst stores lane 0, of operands x, memory.
func (l *lowering) storeFirst(o []operand.Op, d bool) {
	x, m := l.vector(o[0])[0], o[1].(operand.Mem)
	switch {
	case m.Base == reg.FramePointer && d:
		l.emit("FMOVD", "F%d, %s", x, m.Asm())
	case m.Base == reg.FramePointer:
		l.emit("FMOVS", "F%d, %s", x, m.Asm())
	case d:
		l.storeBytes(8, x, m)
	default:
		l.storeBytes(4, x, m)
	}
}

// addFirst adds a number from memory to lane 0, the others being of no use.
func (l *lowering) addFirst(o []operand.Op, d bool) {
	size := 4
	if d {
		size = 8
	}
	l.loadBytes(size, l.scratch(0), o[0].(operand.Mem))
	l.words(addScalar(d, l.vector(o[2])[0], l.vector(o[1])[0], l.scratch(0)))
}

// anySet sets a general register to 0 if no lane of a mask holds, else to
// another number.
func (l *lowering) anySet(o []operand.Op) {
	x, t := l.vector(o[0])[0], l.scratch(0)
	l.words(three("umaxp", false, t, x, x))
	l.set(o[1], "FMOVD", "F%d, R%d", t, general(o[1]))
}

// shuffle joins the lower halves of a and b, or the upper ones, of operands
// which, b, a, dst.
func (l *lowering) shuffle(o []operand.Op) {
	name := map[int64]string{0x44: "zip1", 0xee: "zip2"}[integer(o[0].(operand.Constant))]
	l.three(name, o[1:], true)
}

// halves joins the lower registers of a and b, or the upper ones, of operands
// which, b, a, dst.
func (l *lowering) halves(o []operand.Op) {
	b, a, dst := l.vector(o[1]), l.vector(o[2]), l.vector(o[3])
	switch which := integer(o[0].(operand.Constant)); which {
	case 0x20:
		l.words(move(dst[1], b[0]), move(dst[0], a[0]))
	case 0x31:
		l.words(move(dst[0], a[1]), move(dst[1], b[1]))
	default:
		panic(fmt.Sprintf("neon: halves %#x", which))
	}
}

// highToLow copies the upper half of a register to both halves.
func (l *lowering) highToLow(o []operand.Op) {
	if o[0] != o[1] {
		panic("neon: VMOVHLPS of two registers")
	}
	l.words(spread(true, l.vector(o[2])[0], l.vector(o[0])[0], 1))
}

const convertBytesName = "CONVERTBYTES"

// ConvertBytes emits a load of as many bytes as dst has lanes of a size, which is
// that of a number in it, and their conversion.
func ConvertBytes(m operand.Mem, dst reg.Register, size int) {
	build.Instruction(&ir.Instruction{
		Opcode:   convertBytesName,
		Operands: []operand.Op{operand.U8(size), m, dst},
		Inputs:   []operand.Op{m},
		Outputs:  []operand.Op{dst},
	})
}

func (l *lowering) convertBytes(o []operand.Op) {
	size, x := int(integer(o[0].(operand.Constant))), l.vector(o[2])[0]
	l.loadBytes(16/size, x, o[1].(operand.Mem))
	for bytes := 1; bytes < size; bytes *= 2 {
		l.words(widen(bytes, x, x))
	}
	l.words(two("ucvtf", size == 8, x, x))
}

// bytesToWords loads eight bytes from memory, each of which becomes a number of
// four.
func (l *lowering) bytesToWords(o []operand.Op) {
	dst := l.vector(o[1])
	l.loadBytes(8, dst[0], o[0].(operand.Mem))
	l.words(widen(1, dst[0], dst[0]), widenHigh(dst[1], dst[0]), widen(2, dst[0], dst[0]))
}

const storeBytesName = "STOREBYTES"

// StoreBytes emits a store of the low bytes of the eight numbers of a vector of 32
// bytes, which changes.
func StoreBytes(src reg.Register, m operand.Mem) {
	build.Instruction(&ir.Instruction{
		Opcode:   storeBytesName,
		Operands: []operand.Op{src, m},
		Inputs:   []operand.Op{src},
		Outputs:  []operand.Op{src, m},
	})
}

func (l *lowering) wordsToBytes(o []operand.Op) {
	x := l.vector(o[0])
	l.words(narrow(false, x[0], x[0]), narrow(true, x[0], x[1]), narrowWords(x[0], x[0]))
	l.storeBytes(8, x[0], o[1].(operand.Mem))
}
