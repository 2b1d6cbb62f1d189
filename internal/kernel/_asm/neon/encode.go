package neon

import "fmt"

// A code is one instruction that Go's assembler lacks, or spells differently for
// some operands only: its 32 bits, and itself in the syntax of Arm, which stands
// beside them as a comment. A disassembler checks that the two agree.
type code struct {
	word uint32
	text string
}

// A v is the number of a vector register.
type v = uint32

// double adds the bit that tells .2d from .4s.
func double(word uint32, d bool) uint32 {
	if d {
		return word | 1<<22
	}
	return word
}

// lanes is the arrangement of the numbers in a register.
func lanes(d bool) string {
	if d {
		return "2d"
	}
	return "4s"
}

// arithmetic holds the instructions of three registers that have a form for each
// element type, as words for .4s.
var arithmetic = map[string]uint32{
	"fadd": 0x4e20d400, "fsub": 0x4ea0d400, "fmul": 0x6e20dc00, "fdiv": 0x6e20fc00,
	"fmax": 0x4e20f400, "fmin": 0x4ea0f400, "faddp": 0x6e20d400,
	"fmla": 0x4e20cc00, "fmls": 0x4ea0cc00,
	"fcmeq": 0x4e20e400, "fcmge": 0x6e20e400, "fcmgt": 0x6ea0e400,
	"add": 0x4ea08400, "sub": 0x6ea08400, "umaxp": 0x6ea0a400, "cmeq": 0x6ea08c00,
	"zip1": 0x4e803800, "zip2": 0x4e807800, "trn2": 0x4e806800,
}

func three(name string, dbl bool, d, n, m v) code {
	a := lanes(dbl)
	return code{double(word(arithmetic, name), dbl) | m<<16 | n<<5 | d,
		fmt.Sprintf("%s v%d.%s, v%d.%s, v%d.%s", name, d, a, n, a, m, a)}
}

// byElement holds the instructions whose last operand is lane 0 of a register.
var byElement = map[string]uint32{"fmla": 0x4f801000, "fmul": 0x4f809000}

func element(name string, dbl bool, d, n, m v) code {
	a := lanes(dbl)
	return code{double(word(byElement, name), dbl) | m<<16 | n<<5 | d,
		fmt.Sprintf("%s v%d.%s, v%d.%s, v%d.%s[0]", name, d, a, n, a, m, a[1:])}
}

// logical holds the instructions of three registers that look at bits. bsl, bit
// and bif select by those of the destination, by those of the last operand, and
// by their complement.
var logical = map[string]uint32{
	"and": 0x4e201c00, "bic": 0x4e601c00, "orr": 0x4ea01c00, "eor": 0x6e201c00,
	"bsl": 0x6e601c00, "bit": 0x6ea01c00, "bif": 0x6ee01c00,
}

func bitwise(name string, d, n, m v) code {
	return code{word(logical, name) | m<<16 | n<<5 | d,
		fmt.Sprintf("%s v%d.16b, v%d.16b, v%d.16b", name, d, n, m)}
}

func move(d, n v) code {
	return code{logical["orr"] | n<<16 | n<<5 | d, fmt.Sprintf("mov v%d.16b, v%d.16b", d, n)}
}

func not(d, n v) code {
	return code{0x6e205800 | n<<5 | d, fmt.Sprintf("mvn v%d.16b, v%d.16b", d, n)}
}

func zero(d v) code { return code{0x6f00e400 | d, fmt.Sprintf("movi v%d.2d, #0", d)} }

// converting holds the instructions of two registers.
var converting = map[string]uint32{"fsqrt": 0x6ea1f800, "ucvtf": 0x6e21d800}

func two(name string, dbl bool, d, n v) code {
	a := lanes(dbl)
	return code{double(word(converting, name), dbl) | n<<5 | d, fmt.Sprintf("%s v%d.%s, v%d.%s", name, d, a, n, a)}
}

// shift shifts to the left by a number of bits, or to the right for shl false.
func shift(shl, dbl bool, d, n v, by int) code {
	width, a := 32, lanes(dbl)
	if dbl {
		width = 64
	}
	if shl {
		return code{0x4f005400 | uint32(width+by)<<16 | n<<5 | d, fmt.Sprintf("shl v%d.%s, v%d.%s, #%d", d, a, n, a, by)}
	}
	return code{0x6f000400 | uint32(2*width-by)<<16 | n<<5 | d, fmt.Sprintf("ushr v%d.%s, v%d.%s, #%d", d, a, n, a, by)}
}

// widen doubles the width of the unsigned numbers in the lower half, which have a
// number of bytes.
func widen(bytes int, d, n v) code {
	from := map[int]string{1: "8b", 2: "4h", 4: "2s"}[bytes]
	to := map[int]string{1: "8h", 2: "4s", 4: "2d"}[bytes]
	return code{0x2f00a400 | uint32(8*bytes)<<16 | n<<5 | d, fmt.Sprintf("ushll v%d.%s, v%d.%s, #0", d, to, n, from)}
}

// widenHigh is widen for the upper half, of numbers of two bytes.
func widenHigh(d, n v) code {
	return code{0x6f10a400 | n<<5 | d, fmt.Sprintf("ushll2 v%d.4s, v%d.8h, #0", d, n)}
}

// narrow halves the width of numbers of four bytes, into the lower half of d or, high,
// into the upper one; narrowWords does so to numbers of two bytes.
func narrow(high bool, d, n v) code {
	if high {
		return code{0x4e612800 | n<<5 | d, fmt.Sprintf("xtn2 v%d.8h, v%d.4s", d, n)}
	}
	return code{0x0e612800 | n<<5 | d, fmt.Sprintf("xtn v%d.4h, v%d.4s", d, n)}
}

func narrowWords(d, n v) code {
	return code{0x0e212800 | n<<5 | d, fmt.Sprintf("xtn v%d.8b, v%d.8h", d, n)}
}

// spread copies lane 0 to all lanes, or, of doubles, another lane.
func spread(dbl bool, d, n v, lane uint32) code {
	if dbl {
		return code{0x4e080400 | lane<<20 | n<<5 | d, fmt.Sprintf("dup v%d.2d, v%d.d[%d]", d, n, lane)}
	}
	return code{0x4e040400 | lane<<19 | n<<5 | d, fmt.Sprintf("dup v%d.4s, v%d.s[%d]", d, n, lane)}
}

// addScalar adds the first lanes and clears the others.
func addScalar(dbl bool, d, n, m v) code {
	letter := lanes(dbl)[1:]
	return code{double(0x1e202800, dbl) | m<<16 | n<<5 | d, fmt.Sprintf("fadd %s%d, %s%d, %s%d", letter, d, letter, n, letter, m)}
}

func word(table map[string]uint32, name string) uint32 {
	w, ok := table[name]
	if !ok {
		panic("neon: no encoding of " + name)
	}
	return w
}
