package autodiff

import (
	"math"

	"gorgonia.org/tensor"
)

// scalarConstant returns the value of a scalar constant.
func scalarConstant(n *Node) (float64, bool) {
	c, ok := n.op.(constant)
	return c.scalar, ok && c.array == nil
}

// is reports whether n is the scalar constant v.
func is(n *Node, v float64) bool {
	c, ok := scalarConstant(n)
	return ok && c == v
}

// scalar returns the node of a scalar constant.
func (s *simplifier) scalar(v float64) *Node {
	return s.intern(constant{scalar: s.round(v)}, nil, Shape{})
}

// round returns v as a number of the graph's precision.
func (s *simplifier) round(v float64) float64 {
	if s.graph.precision == tensor.Float32 {
		return float64(float32(v))
	}
	return v
}

// normal reports whether c is a number of full precision in the graph: neither
// 0, subnormal, infinite nor NaN.
func (s *simplifier) normal(c float64) bool {
	least, most := 0x1p-1022, math.MaxFloat64
	if s.graph.precision == tensor.Float32 {
		least, most = 0x1p-126, math.MaxFloat32
	}
	c = math.Abs(s.round(c))
	return c >= least && c <= most
}

// fold computes an op on scalar constants, rounded as the interpreter does.
func (s *simplifier) fold(o elementwise, in []*Node) *Node {
	at := make([]float64, len(in))
	for i, x := range in {
		c, ok := scalarConstant(x)
		if !ok {
			return nil
		}
		at[i] = c
	}
	return s.scalar(o.value(at))
}

// arithmetic simplifies sums, differences, products, quotients and negatives, by
// rules in which c and d are scalar constants.
func (s *simplifier) arithmetic(o op, in []*Node) *Node {
	switch o.(type) {
	case add:
		return s.add(in[0], in[1])
	case sub:
		return s.sub(in[0], in[1])
	case mul:
		return s.mul(in[0], in[1])
	case div:
		return s.div(in[0], in[1])
	case neg:
		return s.neg(in[0])
	}
	return nil
}

// add: a+0 = a; c+a = a+c; a+(−b) = a−b; (−a)+b = b−a; a+a = a·2.
func (s *simplifier) add(a, b *Node) *Node {
	if is(b, 0) {
		return a
	}
	if _, ok := scalarConstant(a); ok {
		return s.make(add{}, b, a)
	}
	if _, ok := b.op.(neg); ok {
		return s.make(sub{}, a, b.inputs[0])
	}
	if _, ok := a.op.(neg); ok {
		return s.make(sub{}, b, a.inputs[0])
	}
	if a == b {
		return s.make(mul{}, a, s.scalar(2))
	}
	return nil
}

// sub: a−0 = a; a−(−b) = a+b; a−c = a+(−c).
func (s *simplifier) sub(a, b *Node) *Node {
	if is(b, 0) {
		return a
	}
	if _, ok := b.op.(neg); ok {
		return s.make(add{}, a, b.inputs[0])
	}
	if c, ok := scalarConstant(b); ok {
		return s.make(add{}, a, s.scalar(-c))
	}
	return nil
}

// mul: c·a = a·c; (−a)·b = a·(−b) = −(a·b); a·1 = a; a·(−1) = −a;
// (a·d)·c = a·(c·d) if c·d is normal: else the product is in range where a·d is
// not, or the other way round, and no constant stands for both.
func (s *simplifier) mul(a, b *Node) *Node {
	if _, ok := scalarConstant(a); ok {
		return s.make(mul{}, b, a)
	}
	if _, ok := a.op.(neg); ok {
		return s.make(neg{}, s.make(mul{}, a.inputs[0], b))
	}
	c, ok := scalarConstant(b)
	if !ok {
		if _, ok := b.op.(neg); ok {
			return s.make(neg{}, s.make(mul{}, a, b.inputs[0]))
		}
		return nil
	}
	switch c {
	case 1:
		return a
	case -1:
		return s.make(neg{}, a)
	}
	if _, ok := a.op.(mul); ok {
		if d, ok := scalarConstant(a.inputs[1]); ok && s.normal(c*d) {
			return s.make(mul{}, a.inputs[0], s.scalar(c*d))
		}
	}
	return nil
}

// div: (−a)/b = −(a/b); a/c = a·(1/c) if c is a power of two, whose reciprocal is
// exact, and that is normal.
func (s *simplifier) div(a, b *Node) *Node {
	if _, ok := a.op.(neg); ok {
		return s.make(neg{}, s.make(div{}, a.inputs[0], b))
	}
	c, ok := scalarConstant(b)
	if !ok {
		return nil
	}
	if fraction, _ := math.Frexp(math.Abs(c)); fraction == 0.5 && s.normal(1/c) {
		return s.make(mul{}, a, s.scalar(1/c))
	}
	return nil
}

// neg: −(−a) = a; −(a·c) = a·(−c).
func (s *simplifier) neg(x *Node) *Node {
	switch x.op.(type) {
	case neg:
		return x.inputs[0]
	case mul:
		if c, ok := scalarConstant(x.inputs[1]); ok {
			return s.make(mul{}, x.inputs[0], s.scalar(-c))
		}
	}
	return nil
}
