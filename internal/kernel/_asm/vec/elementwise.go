package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// A function of one or more vectors. The outer call emits what comes before
// the loop, the inner one its body.
type function func(v vec) func(x ...Op) Op

// unary emits dst = f(x) for n elements.
func (v vec) unary(name string, unroll int, f function) {
	v.function(name, "(dst, x *F, n int)", "applies its function to n elements.")
	dst, x, n := parameter("dst"), parameter("x"), parameter("n")
	body := f(v)
	r := v.row(n, unroll)
	r.walk(func(k int, t *tail) {
		v.store(body(v.load(r.at(x, k), t)), r.at(dst, k), t)
	})
	end()
}

// grid emits dst = f(operands) for rows of cols columns. An operand is a vector
// with an element for each column, or with none of its own one element a row.
// The distances between rows are in bytes.
func (v vec) grid(name string, vectors []bool, unroll int, f function) {
	parameters := "rows, cols int, dst *F, ldd int"
	letters := "abc"[:len(vectors)]
	for _, l := range letters {
		parameters += ", " + string(l) + " *F, r" + string(l) + " int"
	}
	v.function(name, "("+parameters+")", "applies its function to rows of cols elements.")
	rows, dst := parameter("rows"), parameter("dst")
	var p []Register
	for _, l := range letters {
		p = append(p, parameter(string(l)))
	}
	body := f(v)
	r := v.row(parameter("cols"), unroll)
	loop := label("row")
	Label(loop)
	in := make([]Op, len(p))
	for i, vector := range vectors {
		if !vector {
			in[i] = v.reg()
			v.Broadcast(Mem{Base: p[i]}, in[i])
		}
	}
	r.walk(func(k int, t *tail) {
		x := append([]Op(nil), in...)
		for i, vector := range vectors {
			if vector {
				x[i] = v.load(r.at(p[i], k), t)
			}
		}
		v.store(body(x...), r.at(dst, k), t)
	})
	ADDQ(address("ldd"), dst)
	for i, l := range letters {
		ADDQ(address("r"+string(l)), p[i])
	}
	DECQ(rows)
	JNZ(LabelRef(loop))
	end()
}

// modes names which operands of a grid are vectors (V) and which are one
// element for each row (S), in the order of the tables of kernels.
func modes(operands int) []string {
	if operands == 0 {
		return []string{""}
	}
	var m []string
	for _, rest := range modes(operands - 1) {
		m = append(m, "S"+rest)
	}
	for _, rest := range modes(operands - 1) {
		m = append(m, "V"+rest)
	}
	return m
}

func vectors(mode string) []bool {
	b := make([]bool, len(mode))
	for i, m := range mode {
		b[i] = m == 'V'
	}
	return b
}

// plain is a function without a prologue.
func plain(f func(v vec, x ...Op) Op) function {
	return func(v vec) func(x ...Op) Op {
		return func(x ...Op) Op { return f(v, x...) }
	}
}

// mask is 1 where the comparison of two numbers holds, else 0.
func mask(predicate int) function {
	return func(v vec) func(x ...Op) Op {
		one := v.copy(v.num(1))
		return func(x ...Op) Op { return v.keep(v.cmp(predicate, x[0], x[1]), one) }
	}
}

var binaries = []struct {
	name string
	f    function
}{
	{"Add", plain(func(v vec, x ...Op) Op { return v.add(x[0], x[1]) })},
	{"Sub", plain(func(v vec, x ...Op) Op { return v.sub(x[0], x[1]) })},
	{"Mul", plain(func(v vec, x ...Op) Op { return v.mul(x[0], x[1]) })},
	{"Div", plain(func(v vec, x ...Op) Op { return v.div(x[0], x[1]) })},
	{"Max", plain(func(v vec, x ...Op) Op { return v.nanMax(x[0], x[1]) })},
	{"Min", plain(func(v vec, x ...Op) Op { return v.nanMin(x[0], x[1]) })},
	{"Greater", mask(greater)},
	{"GreaterEqual", mask(greaterEqual)},
	{"Equal", mask(equal)},
	{"NotEqual", mask(notEqual)},
}

// choose is b where a is not zero, else c.
func choose(v vec) func(x ...Op) Op {
	zero := v.zero()
	return func(x ...Op) Op { return v.blend(v.cmp(notEqual, x[0], zero), x[1], x[2]) }
}

// axpby emits y = alpha·x + beta·y for n elements.
func (v vec) axpby() {
	v.function("axpby", "(alpha F, x *F, beta F, y *F, n int)", "replaces n elements of y by alpha·x + beta·y.")
	alpha, beta := v.reg(), v.reg()
	v.Broadcast(address("alpha"), alpha)
	v.Broadcast(address("beta"), beta)
	x, y := parameter("x"), parameter("y")
	r := v.row(parameter("n"), 4)
	r.walk(func(k int, t *tail) {
		a := v.mul(alpha, v.load(r.at(x, k), t))
		b := v.mul(beta, v.load(r.at(y, k), t))
		v.store(v.add(a, b), r.at(y, k), t)
	})
	end()
}
