package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// deviations emits sum[j] += Σ d and square[j] += Σ d² over the rows, from top to
// bottom, with d = x(i, j) − from[j].
func (v vec) deviations() {
	v.function("deviations", "(rows, cols int, sum, square, x *F, ldx int, from *F)", "adds up distances and their squares by column.")
	sum, square, x, from := parameter("sum"), parameter("square"), parameter("x"), parameter("from")
	ldx := parameter("ldx")
	r := v.row(parameter("cols"), 2)
	r.blocks(func(n int, t *tail) {
		s, q, c := make([]Op, n), make([]Op, n), make([]Op, n)
		for k := range n {
			s[k], q[k], c[k] = v.load(r.at(sum, k), t), v.load(r.at(square, k), t), v.load(r.at(from, k), t)
		}
		p, left := GP64(), parameter("rows")
		LEAQ(r.at(x, 0), p)
		loop := label("row")
		Label(loop)
		for k := range n {
			d := v.sub(v.load(Mem{Base: p, Disp: k * v.Width()}, t), c[k])
			v.emit(addF, d, s[k], s[k])
			v.emit(addF, v.mul(d, d), q[k], q[k])
		}
		ADDQ(ldx, p)
		DECQ(left)
		JNZ(LabelRef(loop))
		for k := range n {
			v.store(s[k], r.at(sum, k), t)
			v.store(q[k], r.at(square, k), t)
		}
	})
	end()
}
