package compile

import "math"

// arithmetic simplifies sums, differences, products, quotients, negatives and choices,
// by rules in which c and d are scalar constants.
func (b *Builder) arithmetic(o op, in []*Node) *Node {
	switch o {
	case add:
		return b.add(in[0], in[1])
	case sub:
		return b.sub(in[0], in[1])
	case mul:
		return b.mul(in[0], in[1])
	case div:
		return b.div(in[0], in[1])
	case neg:
		return b.neg(in[0])
	case where{}:
		if is(in[2], 0) {
			return b.spreadWhere(in[0], in[1])
		}
	}
	return nil
}

// add: x+0 = x; c+x = x+c; x+(−y) = x−y; (−x)+y = y−x; x+x = x·2.
func (b *Builder) add(x, y *Node) *Node {
	if is(y, 0) {
		return x
	}
	if _, ok := scalarConstant(x); ok {
		return b.make(add, y, x)
	}
	if y.op == neg {
		return b.make(sub, x, y.inputs[0])
	}
	if x.op == neg {
		return b.make(sub, y, x.inputs[0])
	}
	if x == y {
		return b.make(mul, x, b.Scalar(2))
	}
	return nil
}

// sub: x−0 = x; x−(−y) = x+y; x−c = x+(−c).
func (b *Builder) sub(x, y *Node) *Node {
	if is(y, 0) {
		return x
	}
	if y.op == neg {
		return b.make(add, x, y.inputs[0])
	}
	if c, ok := scalarConstant(y); ok {
		return b.make(add, x, b.Scalar(-c))
	}
	return nil
}

// mul: c·x = x·c; (−x)·y = x·(−y) = −(x·y); x·1 = x; x·(−1) = −x;
// (x·d)·c = x·(c·d) if c·d is normal: else the product is in range where x·d is
// not, or the other way round, and no constant stands for both.
func (b *Builder) mul(x, y *Node) *Node {
	if _, ok := scalarConstant(x); ok {
		return b.make(mul, y, x)
	}
	if x.op == neg {
		return b.make(neg, b.make(mul, x.inputs[0], y))
	}
	c, ok := scalarConstant(y)
	if !ok {
		if y.op == neg {
			return b.make(neg, b.make(mul, x, y.inputs[0]))
		}
		return nil
	}
	switch c {
	case 1:
		return x
	case -1:
		return b.make(neg, x)
	}
	if x.op == mul {
		if d, ok := scalarConstant(x.inputs[1]); ok && b.normal(c*d) {
			return b.make(mul, x.inputs[0], b.Scalar(c*d))
		}
	}
	return nil
}

// div: (−x)/y = −(x/y); x/c = x·(1/c) if c is a power of two, whose reciprocal is
// exact, and that is normal.
func (b *Builder) div(x, y *Node) *Node {
	if x.op == neg {
		return b.make(neg, b.make(div, x.inputs[0], y))
	}
	c, ok := scalarConstant(y)
	if !ok {
		return nil
	}
	if fraction, _ := math.Frexp(math.Abs(c)); fraction == 0.5 && b.normal(1/c) {
		return b.make(mul, x, b.Scalar(1/c))
	}
	return nil
}

// neg: −(−x) = x; −(x·c) = x·(−c).
func (b *Builder) neg(x *Node) *Node {
	switch x.op {
	case neg:
		return x.inputs[0]
	case mul:
		if c, ok := scalarConstant(x.inputs[1]); ok {
			return b.make(mul, x.inputs[0], b.Scalar(-c))
		}
	}
	return nil
}
