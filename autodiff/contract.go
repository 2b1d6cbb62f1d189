package autodiff

import (
	"declive/internal/kernel/vec"
)

// Of two micro-instructions in turn the first may write, to scratch memory, what
// nobody but the second reads. Where both together are a kernel they are one
// pass over memory, with the same roundings: y ± s·x, as in most updates, and
// sums of products, as in the norm of a gradient.

// readOnce reports whether the last micro-instruction writes x, and the member at
// hand is all that reads it, also as a broadcast that is read in place.
func (b *loopBinder[F]) readOnce(x *Node) bool {
	m := b.member(x)
	return m != nil && m.holds != nil && m.holds.reads == 1 &&
		b.a.passes.contract && len(b.micros) > 0 && b.micros[len(b.micros)-1].dst == m.ref
}

// drop takes the last micro-instruction back.
func (b *loopBinder[F]) drop() { b.micros = b.micros[:len(b.micros)-1] }

// addScaled turns n, a sum or difference bound to m, of which one operand is a
// product with a scalar, into one micro-instruction.
func (b *loopBinder[F]) addScaled(n *Node, m micro) micro {
	for i := range 2 {
		if m.binary != vec.Add && m.binary != vec.Sub || !b.readOnce(stored(n.inputs[i])) {
			continue
		}
		p := b.micros[len(b.micros)-1]
		if p.kind != doBinary || p.binary != vec.Mul {
			continue
		}
		x, s, y := p.in[0], p.in[1], m.in[1-i]
		if x.at == perLoop {
			x, s = s, x
		}
		if s.at != perLoop || x.at != m.dst.at || y.at != m.dst.at || p.dst.at != m.dst.at {
			continue
		}
		b.drop()
		scaled := micro{kind: doAddScaled, dst: m.dst, in: [3]ref{x, y, s}, signs: [2]int8{1, 1}}
		if m.binary == vec.Sub {
			scaled.signs[1-i] = -1
		}
		return scaled
	}
	return m
}

// addScaled sets dst to s·x + y, with signs.
func (c *bound[F]) addScaled() {
	x, y := c.in[0].Data, c.in[1].Data
	if len(c.dst) == 0 {
		return
	}
	a, b := F(c.signs[0])*c.in[2].Data[0], F(c.signs[1])
	switch &c.dst[0] {
	case &y[0]:
		vec.Axpby(a, x, b, c.dst)
	case &x[0]:
		vec.Axpby(b, y, a, c.dst)
	default:
		copy(c.dst, y)
		vec.Axpby(a, x, b, c.dst)
	}
}

// closeProduct turns m, the sum n of everything, into a sum of products if its
// operand is one.
func (b *loopBinder[F]) closeProduct(n *Node, m micro) micro {
	if m.kind != doCloseAll || m.reduce != vec.ReduceSum || !b.readOnce(stored(n.inputs[0])) {
		return m
	}
	p := b.micros[len(b.micros)-1]
	x, y := p.in[0], p.in[1]
	if p.kind != doBinary || p.binary != vec.Mul {
		return m
	}
	if x.at != p.dst.at || y.at != p.dst.at {
		return m
	}
	b.drop()
	m.kind, m.in[0], m.in[1] = doCloseProduct, x, y
	return m
}

// addProduct takes up a tile of a sum of products.
func (c *closing[F]) addProduct(part int, x, y []F) {
	c.parts[part].take(vec.Dot(x, y))
}
