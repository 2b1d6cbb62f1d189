package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
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

// gather emits the copy of four rows from anywhere, of n elements, to where they
// are ldd bytes apart. Meanwhile the next four come into the second level of
// cache.
func (v vec) gather() {
	v.function("gather", "(dst *F, ldd int, a0, a1, a2, a3, b0, b1, b2, b3 *F, n int)", "copies rows a0 to a3 side by side, and prefetches rows b0 to b3.")
	dst, ldd, n := parameter("dst"), parameter("ldd"), parameter("n")
	var rows [8]Register
	for k := range rows {
		rows[k] = parameter(fmt.Sprintf("%c%d", "ab"[k/4], k%4))
	}
	third := GP64()
	LEAQ(Mem{Base: ldd, Index: ldd, Scale: 2}, third)
	to := [4]Mem{{Base: dst}, {Base: dst, Index: ldd, Scale: 1}, {Base: dst, Index: ldd, Scale: 2}, {Base: dst, Index: third, Scale: 1}}
	r := v.row(n, 1)
	r.walk(func(_ int, t *tail) {
		for k := range to {
			v.store(v.load(r.at(rows[k], 0), t), to[k], t)
			PREFETCHT1(r.at(rows[4+k], 0))
		}
		ADDQ(U8(v.Width()), dst)
	})
	end()
}

// loadBytes loads a vector's number of bytes, converted.
func (v vec) loadBytes(m Mem) Op {
	d := v.reg()
	switch {
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

// transpose emits the transpose of square blocks of the lanes of AVX2, side by
// side in src and below each other in dst. The distances are in bytes.
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
	if v.Double {
		x = v.transpose4(x)
	} else {
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
	for i := 0; i < 4; i += 2 {
		x[i], x[i+1] = v.do3(VUNPCKLPD, x[i], x[i+1]), v.do3(VUNPCKHPD, x[i], x[i+1])
	}
	return v.swapHalves([]Op{x[0], x[1]}, []Op{x[2], x[3]})
}

// transpose8 transposes 8×8 floats: pairs of lanes, quadruples, then halves.
func (v vec) transpose8(x []Op) []Op {
	for i := 0; i < 8; i += 2 {
		x[i], x[i+1] = v.do3(VUNPCKLPS, x[i], x[i+1]), v.do3(VUNPCKHPS, x[i], x[i+1])
	}
	quads := func(x []Op) []Op {
		return []Op{
			v.do3(VUNPCKLPD, x[0], x[2]), v.do3(VUNPCKHPD, x[0], x[2]),
			v.do3(VUNPCKLPD, x[1], x[3]), v.do3(VUNPCKHPD, x[1], x[3]),
		}
	}
	return v.swapHalves(quads(x[:4]), quads(x[4:]))
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
