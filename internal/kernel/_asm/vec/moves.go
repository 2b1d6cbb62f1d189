package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"declive/internal/kernel/_asm/neon"
)

// bytes emits dst[j] = src[j]·scale + shift for n bytes, at least a vector of
// them; the last vector overlaps the one before. scale and shift are vectors
// or single elements. Meanwhile as many bytes from ahead come into the second
// level of cache, whose queue of lines to fetch is the longest.
func (v vec) bytes(mode string) {
	v.function("bytes"+mode, "(dst *F, src *byte, n int, scale, shift *F, ahead *byte)", "converts n bytes, at least a vector of them, and prefetches as many.")
	dst, src, n, ahead := parameter("dst"), parameter("src"), parameter("n"), parameter("ahead")
	p := []Register{parameter("scale"), parameter("shift")}
	in := make([]Op, 2)
	for k, vector := range vectors(mode) {
		if !vector {
			in[k] = v.reg()
			v.Broadcast(Mem{Base: p[k]}, in[k])
		}
	}
	r := v.row(n, 4)
	body := func(k int, _ *tail) {
		if k == 0 {
			PREFETCHT1(Mem{Base: ahead, Index: r.i, Scale: 1})
		}
		x := v.loadBytes(Mem{Base: src, Index: r.i, Scale: 1, Disp: k * v.Lanes()})
		c := append([]Op(nil), in...)
		for j, vector := range vectors(mode) {
			if vector {
				c[j] = v.load(r.at(p[j], k), nil)
			}
		}
		v.store(v.add(v.mul(x, c[0]), c[1]), r.at(dst, k), nil)
	}
	r.walk(func(k int, t *tail) {
		if t != nil {
			MOVQ(n, r.i)
			SUBQ(U8(v.Lanes()), r.i)
		}
		body(k, nil)
	})
	end()
}

// gathered is the number of rows that gather copies side by side.
const gathered = 8

// gather emits the copy of rows from anywhere, of n elements, at least two
// vectors, to where they are ldd bytes apart. Stores are of whole
// lines, but for those at the ends of rows, which come first. Meanwhile other
// rows come into the second level of cache.
func (v vec) gather() {
	v.Two = v.NEON
	v.function("gather", "(dst *F, ldd int, src *F, lds int, rows, next *int, n int)", "copies eight rows side by side, and prefetches the next ones.")
	dst, ldd, src, lds := parameter("dst"), parameter("ldd"), parameter("src"), parameter("lds")
	rows, next, n := parameter("rows"), parameter("next"), parameter("n")
	SHLQ(U8(v.shift()), n)
	table := AllocLocal(3 * 8 * gathered)
	from := func(k int) Mem { return table.Offset(24 * k) }
	to := func(k int) Mem { return table.Offset(24*k + 8) }
	ahead := func(k int) Mem { return table.Offset(24*k + 16) }
	row, skip := GP64(), GP64()
	for k := range gathered {
		MOVQ(Mem{Base: next, Disp: 8 * k}, row)
		IMULQ(lds, row)
		ADDQ(src, row)
		MOVQ(row, ahead(k))
		MOVQ(Mem{Base: rows, Disp: 8 * k}, row)
		IMULQ(lds, row)
		ADDQ(src, row)
		v.move(Mem{Base: row}, Mem{Base: dst})
		for _, back := range []int{2 * v.Width(), v.Width()} {
			v.move(Mem{Base: row, Index: n, Scale: 1, Disp: -back}, Mem{Base: dst, Index: n, Scale: 1, Disp: -back})
		}
		MOVQ(dst, skip)
		NEGQ(skip)
		ANDQ(U8(v.Width()-1), skip)
		ADDQ(skip, row)
		MOVQ(row, from(k))
		ADDQ(dst, skip)
		MOVQ(skip, to(k))
		ADDQ(ldd, dst)
	}
	i, loop := skip, label("lines")
	XORQ(i, i)
	SUBQ(U32(uint32(2*v.Width()-1)), n) // where no row has ended yet
	Label(loop)
	for k := range gathered {
		MOVQ(from(k), row)
		x := v.load(Mem{Base: row, Index: i, Scale: 1}, nil)
		MOVQ(to(k), row)
		v.store(x, Mem{Base: row, Index: i, Scale: 1}, nil)
		MOVQ(ahead(k), row)
		PREFETCHT1(Mem{Base: row, Index: i, Scale: 1})
	}
	ADDQ(U32(uint32(v.Width())), i)
	CMPQ(i, n)
	JLE(LabelRef(loop))
	end()
}

// move emits the copy of a vector.
func (v vec) move(from, to Mem) { v.store(v.load(from, nil), to, nil) }

// loadBytes loads a vector's number of bytes, converted.
func (v vec) loadBytes(m Mem) Op {
	d := v.reg()
	switch {
	case v.NEON:
		neon.ConvertBytes(m, d, v.Size())
	case !v.Double:
		VPMOVZXBD(m, d)
		VCVTDQ2PS(d, d)
	case v.Wide:
		VPMOVZXBD(m, d.AsY())
		VCVTDQ2PD(d.AsY(), d)
	default:
		VPMOVZXBD(m, d.AsX())
		VCVTDQ2PD(d.AsX(), d)
	}
	return d
}

// transpose emits the transpose of square blocks of the lanes of AVX2 or NEON,
// side by side in src and below each other in dst. The distances are in bytes.
func (v vec) transpose() {
	v.function("transpose", "(blocks int, dst *F, ldd int, src *F, lds int)", "transposes square blocks along a strip.")
	blocks, d, ldd := parameter("blocks"), parameter("dst"), parameter("ldd")
	s, lds := parameter("src"), parameter("lds")
	loop := label("block")
	Label(loop)
	x := make([]Op, v.Lanes())
	from := GP64()
	MOVQ(s, from)
	for i := range x {
		x[i] = v.load(Mem{Base: from}, nil)
		ADDQ(lds, from)
	}
	switch {
	case v.NEON && v.Double:
		v.interleave(x)
	case v.NEON:
		v.interleave(x)
		x = v.quads(x)
	case v.Double:
		x = v.transpose4(x)
	default:
		x = v.transpose8(x)
	}
	for i := range x {
		v.store(x[i], Mem{Base: d}, nil)
		ADDQ(ldd, d)
	}
	ADDQ(U8(v.Width()), s)
	DECQ(blocks)
	JNZ(LabelRef(loop))
	end()
}

// transpose4 transposes 4×4 doubles: pairs of lanes, then halves.
func (v vec) transpose4(x []Op) []Op {
	v.interleave(x)
	return v.swapHalves([]Op{x[0], x[1]}, []Op{x[2], x[3]})
}

// transpose8 transposes 8×8 floats: pairs of lanes, quadruples, then halves.
func (v vec) transpose8(x []Op) []Op {
	v.interleave(x)
	return v.swapHalves(v.quads(x[:4]), v.quads(x[4:]))
}

// interleave replaces pairs of rows by their columns, within 16 bytes each.
func (v vec) interleave(x []Op) {
	low, high := pick[instruction](v, VUNPCKLPS, VUNPCKLPD), pick[instruction](v, VUNPCKHPS, VUNPCKHPD)
	for i := 0; i < len(x); i += 2 {
		x[i], x[i+1] = v.do3(low, x[i], x[i+1]), v.do3(high, x[i], x[i+1])
	}
}

// quads joins interleaved pairs of floats to columns of four.
func (v vec) quads(x []Op) []Op {
	return []Op{
		v.do3(VUNPCKLPD, x[0], x[2]), v.do3(VUNPCKHPD, x[0], x[2]),
		v.do3(VUNPCKLPD, x[1], x[3]), v.do3(VUNPCKHPD, x[1], x[3]),
	}
}

// swapHalves joins the lower halves of a and b, then the upper ones.
func (v vec) swapHalves(a, b []Op) []Op {
	var y []Op
	for _, halves := range []int{0x20, 0x31} {
		for i := range a {
			d := v.reg()
			VPERM2F128(U8(halves), b[i], a[i], d)
			y = append(y, d)
		}
	}
	return y
}

// do3 emits an instruction that interleaves a and b.
func (v vec) do3(f instruction, a, b Op) Op {
	d := v.reg()
	f(b, a, d)
	return d
}
