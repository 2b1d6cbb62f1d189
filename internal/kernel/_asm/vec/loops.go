package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"declive/internal/kernel/_asm/neon"
)

// function starts a function: its name, with the suffix of v, and its
// signature, in which F stands for the element type.
func (v vec) function(name, signature, doc string) {
	name += v.Name()
	TEXT(name, attr.NOSPLIT, "func"+strings.NewReplacer("*F", "*"+v.Type(), " F", " "+v.Type()).Replace(signature))
	Pragma("noescape")
	Doc(name + " " + doc)
}

// end returns from the function.
func end() {
	VZEROUPPER()
	RET()
}

// parameter loads an integer or pointer parameter.
func parameter(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }

// address returns where a parameter lies.
func address(name string) Mem {
	b, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

var labels int

// label returns a new label with a readable start.
func label(name string) string {
	labels++
	return fmt.Sprintf("%s%d", name, labels)
}

// A tail is the part of a vector that lies within a row.
type tail struct {
	mask Op            // of the elements that lie within; none for NEON
	n    reg.GPVirtual // their number is n modulo the lanes
}

// tail prepares for a last vector of n modulo the lanes elements.
func (v vec) tail(n reg.GPVirtual) tail {
	if v.NEON {
		return tail{n: n}
	}
	rem := GP64()
	MOVQ(n, rem)
	ANDQ(U8(v.Lanes()-1), rem)
	if v.Wide {
		m, k := GP64(), K()
		MOVQ(rem, reg.RCX)
		MOVQ(U32(1), m)
		SHLQ(reg.CL, m)
		DECQ(m)
		KMOVW(m.As32(), k)
		return tail{k, n}
	}
	return tail{v.firstLanes(rem), n}
}

// firstLanes returns the mask of the first rem lanes, and overwrites rem.
func (v vec) firstLanes(rem reg.GPVirtual) Op {
	p, k := GP64(), v.reg()
	LEAQ(masks().Offset(32), p)
	SHLQ(U8(v.shift()), rem)
	SUBQ(rem, p)
	VMOVUPS(Mem{Base: p}, k)
	return k
}

// shift is the binary logarithm of the size of an element.
func (v vec) shift() int { return pick(v, 2, 3) }

// load loads a vector, or the part of it in t.
func (v vec) load(m Mem, t *tail) Op {
	d := v.reg()
	switch {
	case t == nil:
		v.Load(m, d)
	case v.NEON:
		neon.LoadPart(m, t.n, d, v.Size())
	default:
		v.LoadMasked(m, t.mask, d)
	}
	return d
}

// store stores a vector, or the part of it in t. AVX2 stores a part in pieces:
// its masked stores are slow on some processors.
func (v vec) store(a Op, m Mem, t *tail) {
	switch {
	case t == nil:
		v.Store(a, m)
	case v.NEON:
		neon.StorePart(a.(reg.VecVirtual), t.n, m, v.Size())
	case v.Wide:
		v.StoreMasked(a, t.mask, m)
	default:
		v.storePieces(a, m, t.n)
	}
}

func (v vec) storePieces(a Op, m Mem, n reg.GPVirtual) {
	p := GP64()
	LEAQ(m, p)
	rest := a.(reg.VecVirtual).AsX()
	for size := 16; size >= v.Size(); size /= 2 {
		skip := label("skip")
		TESTQ(U32(uint32(size/v.Size())), n)
		JZ(LabelRef(skip))
		switch size {
		case 16:
			VMOVUPS(rest, Mem{Base: p})
			VEXTRACTF128(U8(1), a, rest)
		case 8:
			VMOVLPS(rest, Mem{Base: p})
			VMOVHLPS(rest, rest, rest)
		case 4:
			VMOVSS(rest, Mem{Base: p})
		}
		if size > v.Size() {
			ADDQ(U8(size), p)
		}
		Label(skip)
	}
}

// A row walks the columns of a row.
type row struct {
	vec
	cols, all4, all1 reg.GPVirtual // columns; those in blocks of unroll vectors, and in whole vectors
	i                reg.GPVirtual // column
	unroll           int
	tail             tail
}

// row prepares to walk rows of cols columns by blocks of unroll vectors, by
// single vectors, and by a last part of one.
func (v vec) row(cols reg.GPVirtual, unroll int) *row {
	r := &row{vec: v, cols: cols, all4: GP64(), all1: GP64(), i: GP64(), unroll: unroll}
	MOVQ(cols, r.all1)
	ANDQ(I32(-int32(v.Lanes())), r.all1)
	MOVQ(cols, r.all4)
	ANDQ(I32(-int32(v.Lanes()*unroll)), r.all4)
	r.tail = v.tail(cols)
	return r
}

// at returns the address of column i plus k vectors in the row at base.
func (r *row) at(base Register, k int) Mem {
	return Mem{Base: base, Index: r.i, Scale: uint8(r.Size()), Disp: k * r.Width()}
}

// Register is a general register.
type Register = reg.GPVirtual

// walk emits body for every vector of the row: at column r.i plus k vectors,
// cut off by t.
func (r *row) walk(body func(k int, t *tail)) {
	r.blocks(func(n int, t *tail) {
		for k := range n {
			body(k, t)
		}
	})
}

// blocks emits body for every block of n vectors of the row, at column r.i.
func (r *row) blocks(body func(n int, t *tail)) {
	XORQ(r.i, r.i)
	if r.unroll > 1 {
		r.loop(r.all4, r.unroll, body)
	}
	r.loop(r.all1, 1, body)
	done := label("done")
	CMPQ(r.i, r.cols)
	JGE(LabelRef(done))
	body(1, &r.tail)
	Label(done)
}

func (r *row) loop(limit Register, n int, body func(n int, t *tail)) {
	loop, done := label("loop"), label("done")
	CMPQ(r.i, limit)
	JGE(LabelRef(done))
	Label(loop)
	body(n, nil)
	ADDQ(U32(uint32(n*r.Lanes())), r.i)
	CMPQ(r.i, limit)
	JLT(LabelRef(loop))
	Label(done)
}
