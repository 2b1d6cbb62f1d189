package main

import (
	"declive/internal/kernel/_asm/isa"
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of transformArgs.
const (
	transformSrc     = 8 * iota // address of the first block
	transformDst                // address of the first transformed block
	transformBias               // address of what is added to results
	transformScratch            // address of memory for a block of vectors
	transformRowSrc             // bytes from row to row of the source
	transformColSrc             // bytes from column to column of the source
	transformRowDst             // bytes from row to row of the result
	transformColDst             // bytes from column to column of the result
	transformVectors            // number of vectors of a block, at least 1
	transformBlocks             // number of blocks, at least 1; counted down to 0
	transformNextSrc            // bytes from block to block of the source
	transformNextDst            // bytes from block to block of the result
	transformFloor              // the least result
)

// The points of Winograd's F(4,3); for what is done with them see package conv.
const (
	pointA, pointB   = 3. / 4, 3. / 2
	squareA, squareB = pointA * pointA, pointB * pointB
	cubeA, cubeB     = squareA * pointA, squareB * pointB
	factorP          = 1 / (2 * squareA * (squareA - squareB))
	factorQ          = 1 / (2 * squareB * (squareB - squareA))
)

// transforms writes the transforms of two-dimensional blocks for v.
func transforms(v isa.Vector, d *declarations) {
	powers := []float64{pointA, pointB, squareA, squareB, cubeA, cubeB}
	weights := []float64{1 / (squareA * squareB),
		factorP, factorP * pointA, factorP * squareA, factorQ, factorQ * pointB, factorQ * squareB}
	for _, t := range []transform{
		{name: "data", in: 6, out: 6, line: dataLine, constants: []float64{pointA, pointB, squareA, squareB, squareA * squareB, squareA + squareB}},
		{name: "result", in: 6, out: 4, line: resultLine, constants: powers, finish: true},
		{name: "gradient", in: 4, out: 6, line: gradientLine, constants: powers},
		{name: "weight", in: 3, out: 6, line: weightLine, constants: weights},
		{name: "sum", in: 6, out: 3, line: sumLine, constants: weights},
	} {
		t.Vector = v
		t.write(d)
	}
}

// A transform is a kernel that applies a line to the columns and then to the rows
// of a block of vectors, to the next vectors of the block, and to more blocks.
type transform struct {
	isa.Vector
	name      string
	in, out   int
	line      func(t *transform, d []reg.VecVirtual, out func(i int, x reg.VecVirtual))
	constants []float64
	finish    bool // add a bias and apply a floor

	c []reg.VecVirtual // the constants
}

func (t *transform) write(d *declarations) {
	d.begin(t.Vector, t.name, "transformArgs", "form", t.name+"Form")
	t.loadConstants()
	src, dst, bias, scratch, vectors := GP64(), GP64(), GP64(), GP64(), GP64()
	blockSrc, blockDst := GP64(), GP64()
	MOVQ(arg(transformSrc), blockSrc)
	MOVQ(arg(transformDst), blockDst)
	MOVQ(arg(transformScratch), scratch)
	var floor reg.VecVirtual
	if t.finish {
		floor = t.NewReg()
		t.Broadcast(arg(transformFloor), floor)
	}
	Label("block")
	MOVQ(blockSrc, src)
	MOVQ(blockDst, dst)
	MOVQ(arg(transformBias), bias)
	MOVQ(arg(transformVectors), vectors)
	Label("vector")
	t.columns(src, scratch)
	t.rows(dst, scratch, func(x reg.VecVirtual) {
		if t.finish {
			t.Add(Mem{Base: bias}, x, x)
			t.Max(x, floor, x)
		}
	})
	for _, p := range []reg.GPVirtual{src, dst, bias} {
		ADDQ(U8(t.Width()), p)
	}
	DECQ(vectors)
	JNZ(LabelRef("vector"))
	ADDQ(arg(transformNextSrc), blockSrc)
	ADDQ(arg(transformNextDst), blockDst)
	DECQ(arg(transformBlocks))
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// columns applies the line to the columns of a block, into scratch.
func (t *transform) columns(src, scratch reg.GPVirtual) {
	at, column := sixths(src, arg(transformRowSrc), arg(transformColSrc))
	for j := range t.in {
		d := make([]reg.VecVirtual, t.in)
		for i := range d {
			d[i] = t.NewReg()
			t.Load(at(i), d[i])
		}
		t.line(t, d, func(i int, x reg.VecVirtual) { t.Store(x, t.scratch(scratch, i, j)) })
		if j < t.in-1 {
			column()
		}
	}
}

// rows applies the line to the rows of scratch; finish is applied to all results.
func (t *transform) rows(dst, scratch reg.GPVirtual, finish func(x reg.VecVirtual)) {
	at, row := sixths(dst, arg(transformColDst), arg(transformRowDst))
	for i := range t.out {
		d := make([]reg.VecVirtual, t.in)
		for j := range d {
			d[j] = t.NewReg()
			t.Load(t.scratch(scratch, i, j), d[j])
		}
		t.line(t, d, func(j int, x reg.VecVirtual) {
			finish(x)
			t.Store(x, at(j))
		})
		if i < t.out-1 {
			row()
		}
	}
}

// scratch is where vector (i, j) of a block with transformed columns lies.
func (t *transform) scratch(base reg.Register, i, j int) Mem {
	return Mem{Base: base, Disp: (i*t.in + j) * t.Width()}
}

// sixths returns the addresses of up to six vectors, stride bytes apart from
// base on, and what moves them all by step bytes.
func sixths(base reg.GPVirtual, stride, step Mem) (at func(i int) Mem, move func()) {
	low, high, by := GP64(), GP64(), GP64()
	MOVQ(base, low)
	MOVQ(stride, by)
	LEAQ(Mem{Base: low, Index: by, Scale: 2}, high)
	ADDQ(by, high)
	at = func(i int) Mem {
		m := Mem{Base: []reg.Register{low, high}[i/3]}
		if i%3 > 0 {
			m.Index, m.Scale = by, uint8(i%3)
		}
		return m
	}
	return at, func() {
		ADDQ(step, low)
		ADDQ(step, high)
	}
}

func (t *transform) loadConstants() {
	data := GLOBL(t.name+t.Name()+"Constants", attr.RODATA|attr.NOPTR)
	address := GP64()
	for i, c := range t.constants {
		DATA(4*i, F32(c))
	}
	LEAQ(data, address)
	for i := range t.constants {
		t.c = append(t.c, t.NewReg())
		t.Broadcast(Mem{Base: address, Disp: 4 * i}, t.c[i])
	}
}

// sum, difference and product return new registers; addTo and subtractFrom change
// acc by the product of a constant and x.
func (t *transform) sum(x, y reg.VecVirtual) reg.VecVirtual {
	z := t.NewReg()
	VADDPS(y, x, z)
	return z
}

func (t *transform) difference(x, y reg.VecVirtual) reg.VecVirtual {
	z := t.NewReg()
	VSUBPS(y, x, z)
	return z
}

func (t *transform) product(c int, x reg.VecVirtual) reg.VecVirtual {
	z := t.NewReg()
	VMULPS(x, t.c[c], z)
	return z
}

func (t *transform) copy(x reg.VecVirtual) reg.VecVirtual {
	z := t.NewReg()
	t.Load(x, z)
	return z
}

func (t *transform) addTo(acc reg.VecVirtual, c int, x reg.VecVirtual) {
	VFMADD231PS(x, t.c[c], acc)
}

func (t *transform) subtractFrom(acc reg.VecVirtual, c int, x reg.VecVirtual) {
	VFNMADD231PS(x, t.c[c], acc)
}

// pair passes on even ± odd as results i and i+1.
func (t *transform) pair(i int, even, odd reg.VecVirtual, out func(int, reg.VecVirtual)) {
	out(i, t.sum(even, odd))
	out(i+1, t.difference(even, odd))
}

// dataLine is Bᵀd, with constants a, b, a², b², a²b², a²+b².
func dataLine(t *transform, d []reg.VecVirtual, out func(int, reg.VecVirtual)) {
	for i := range 2 { // t₁ ± a·t₂ with squares of b, then t₃ ± b·t₄ with those of a
		even, odd := t.copy(d[4]), t.copy(d[3])
		t.subtractFrom(even, 3-i, d[2])
		t.subtractFrom(odd, 3-i, d[1])
		plus := t.copy(even)
		t.addTo(plus, i, odd)
		out(1+2*i, plus)
		t.subtractFrom(even, i, odd)
		out(2+2*i, even)
	}
	for i := range 2 {
		t.addTo(d[4+i], 4, d[i])
		t.subtractFrom(d[4+i], 5, d[2+i])
		out(5*i, d[4+i])
	}
}

// resultLine is Aᵀm, with constants a, b, a², b², a³, b³.
func resultLine(t *transform, m []reg.VecVirtual, out func(int, reg.VecVirtual)) {
	s2, s1 := t.difference(m[1], m[2]), t.sum(m[1], m[2])
	s4, s3 := t.difference(m[3], m[4]), t.sum(m[3], m[4])
	VADDPS(s1, m[0], m[0])
	VADDPS(s3, m[0], m[0])
	out(0, m[0])
	t.addTo(m[5], 4, s2)
	t.addTo(m[5], 5, s4)
	out(3, m[5])
	y := t.product(0, s2)
	t.addTo(y, 1, s4)
	out(1, y)
	y = t.product(2, s1)
	t.addTo(y, 3, s3)
	out(2, y)
}

// gradientLine is A·y, with constants a, b, a², b², a³, b³.
func gradientLine(t *transform, y []reg.VecVirtual, out func(int, reg.VecVirtual)) {
	out(0, y[0])
	out(5, y[3])
	for i := range 2 {
		even, odd := t.copy(y[0]), t.product(i, y[1])
		t.addTo(even, 2+i, y[2])
		t.addTo(odd, 4+i, y[3])
		t.pair(1+2*i, even, odd, out)
	}
}

// weightLine is G·g, with constants 1/(a²b²), p, p·a, p·a², q, q·b, q·b².
func weightLine(t *transform, g []reg.VecVirtual, out func(int, reg.VecVirtual)) {
	out(0, t.product(0, g[0]))
	out(5, g[2])
	for i := range 2 {
		even, odd := t.product(1+3*i, g[0]), t.product(2+3*i, g[1])
		t.addTo(even, 3+3*i, g[2])
		t.pair(1+2*i, even, odd, out)
	}
}

// sumLine is Gᵀs, with the constants of weightLine.
func sumLine(t *transform, s []reg.VecVirtual, out func(int, reg.VecVirtual)) {
	first, last := t.product(0, s[0]), s[5]
	var middle reg.VecVirtual
	for i := range 2 {
		plus, minus := t.sum(s[1+2*i], s[2+2*i]), t.difference(s[1+2*i], s[2+2*i])
		t.addTo(first, 1+3*i, plus)
		t.addTo(last, 3+3*i, plus)
		if i == 0 {
			middle = t.product(2, minus)
		} else {
			t.addTo(middle, 5, minus)
		}
	}
	out(0, first)
	out(1, middle)
	out(2, last)
}
