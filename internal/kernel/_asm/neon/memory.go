package neon

import "fmt"

// A g is the number of a general register; sp is the stack pointer.
type g = uint32

const sp = 31

// registerName is the name of a general register in Arm's syntax.
func registerName(r g) string {
	if r == sp {
		return "sp"
	}
	return fmt.Sprintf("x%d", r)
}

// A transfer is a load or a store of part of a vector register, by size in bytes.
// A load clears the rest.
type transfer struct {
	letter          string
	scaled, offset9 uint32 // words with an offset in units of the size, and with one from −256 to 255
	indexed         uint32 // word with an index register
}

var loads = map[int]transfer{
	2:  {"h", 0x7d400000, 0x7c400000, 0x7c606800},
	4:  {"s", 0xbd400000, 0xbc400000, 0xbc606800},
	8:  {"d", 0xfd400000, 0xfc400000, 0xfc606800},
	16: {"q", 0x3dc00000, 0x3cc00000, 0x3ce06800},
}

var stores = map[int]transfer{
	4:  {"s", 0xbd000000, 0xbc000000, 0xbc206800},
	8:  {"d", 0xfd000000, 0xfc000000, 0xfc206800},
	16: {"q", 0x3d800000, 0x3c800000, 0x3ca06800},
}

// reaches reports whether a transfer of a number of bytes can have an offset.
func reaches(size, offset int) bool {
	return offset >= -256 && offset <= 255 || offset >= 0 && offset%size == 0 && offset/size < 4096
}

func (t transfer) at(name string, size int, x v, base g, offset int) code {
	text := fmt.Sprintf("%s%d, [%s, #%d]", t.letter, x, registerName(base), offset)
	if offset == 0 {
		text = fmt.Sprintf("%s%d, [%s]", t.letter, x, registerName(base))
	}
	if offset >= 0 && offset%size == 0 {
		return code{t.scaled | uint32(offset/size)<<10 | base<<5 | x, name + "r " + text}
	}
	return code{t.offset9 | uint32(offset)&0x1ff<<12 | base<<5 | x, name[:2] + "ur " + text}
}

func load(size int, x v, base g, offset int) code {
	return loads[size].at("ld", size, x, base, offset)
}
func store(size int, x v, base g, offset int) code {
	return stores[size].at("st", size, x, base, offset)
}

// loadIndexed loads from base + index.
func loadIndexed(size int, x v, base, index g) code {
	t := loads[size]
	return code{t.indexed | index<<16 | base<<5 | x, fmt.Sprintf("ldr %s%d, [%s, x%d]", t.letter, x, registerName(base), index)}
}

// pairReaches reports whether a transfer of two whole registers can have an
// offset.
func pairReaches(offset int) bool { return offset%16 == 0 && offset >= -1024 && offset <= 1008 }

func pair(name string, word uint32, x, y v, base g, offset int) code {
	text := fmt.Sprintf("%s q%d, q%d, [%s, #%d]", name, x, y, registerName(base), offset)
	if offset == 0 {
		text = fmt.Sprintf("%s q%d, q%d, [%s]", name, x, y, registerName(base))
	}
	return code{word | uint32(offset/16)&0x7f<<15 | y<<10 | base<<5 | x, text}
}

func loadPair(x, y v, base g, offset int) code { return pair("ldp", 0xad400000, x, y, base, offset) }

func storePair(x, y v, base g, offset int) code { return pair("stp", 0xad000000, x, y, base, offset) }

// loadSpread loads one element into all lanes.
func loadSpread(dbl bool, x v, base g) code {
	w := uint32(0x4d40c800)
	if dbl {
		w = 0x4d40cc00
	}
	return code{w | base<<5 | x, fmt.Sprintf("ld1r {v%d.%s}, [%s]", x, lanes(dbl), registerName(base))}
}

// loadThird and storeThird transfer lane 2 of a register of four.
func loadThird(x v, base g) code {
	return code{0x4d408000 | base<<5 | x, fmt.Sprintf("ld1 {v%d.s}[2], [%s]", x, registerName(base))}
}

func storeThird(x v, base g) code {
	return code{0x4d008000 | base<<5 | x, fmt.Sprintf("st1 {v%d.s}[2], [%s]", x, registerName(base))}
}

// prefetch asks for a line of the cache, to stay in its level 1 or 2.
func prefetch(level int, base g, offset int) code {
	hint := uint32(2 * (level - 1))
	text := fmt.Sprintf("pldl%dkeep, [%s, #%d]", level, registerName(base), offset)
	if offset == 0 {
		text = fmt.Sprintf("pldl%dkeep, [%s]", level, registerName(base))
	}
	if offset >= 0 && offset%8 == 0 {
		return code{0xf9800000 | uint32(offset/8)<<10 | base<<5 | hint, "prfm " + text}
	}
	return code{0xf8800000 | uint32(offset)&0x1ff<<12 | base<<5 | hint, "prfum " + text}
}
