package bridge

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Ops that move or reduce, given the operand's node and shape in Declive: an
// array of one element is a scalar in Gorgonia.
var arrayOps = map[string]func(r *recorder, n *autodiff.Node, x *G.Node, shape autodiff.Shape) *G.Node{
	"Reshape": func(r *recorder, n *autodiff.Node, x *G.Node, _ autodiff.Shape) *G.Node {
		return r.reshape(x, n.Shape())
	},
	"Transpose": func(_ *recorder, n *autodiff.Node, x *G.Node, _ autodiff.Shape) *G.Node {
		if x.IsScalar() {
			return x
		}
		return must(G.Transpose(x, n.Attributes()...))
	},
	"Broadcast": func(r *recorder, n *autodiff.Node, x *G.Node, shape autodiff.Shape) *G.Node {
		return r.stretch(x, shape, n.Shape())
	},
	"Sum": func(r *recorder, n *autodiff.Node, x *G.Node, shape autodiff.Shape) *G.Node {
		return r.fold(x, shape, n.Attributes()[0], n.Attributes()[1])
	},
	"ReduceMax": (*recorder).reduceMax,
	"Slice": func(r *recorder, n *autodiff.Node, x *G.Node, shape autodiff.Shape) *G.Node {
		at := n.Attributes()
		return r.shift(x, shape, n.Shape(), at[0], -at[1])
	},
	"Pad": func(r *recorder, n *autodiff.Node, x *G.Node, shape autodiff.Shape) *G.Node {
		at := n.Attributes()
		return r.shift(x, shape, n.Shape(), at[0], at[1])
	},
}

// reshape returns x in another shape of the same size.
func (r *recorder) reshape(x *G.Node, shape autodiff.Shape) *G.Node {
	if x.IsScalar() || shape.Equal(autodiff.Shape(x.Shape())) {
		return x
	}
	return must(G.ApplyOp(ownOp{from: x.Shape(), to: tensor.Shape(shape).Clone()}, x))
}

// operand returns the operand of an elementwise op, broadcast to the result's
// shape. Scalars stay scalars: Gorgonia's ops take them beside arrays.
func (r *recorder) operand(n *autodiff.Node, shape autodiff.Shape) *G.Node {
	x := r.nodes[n]
	if x.IsScalar() {
		return x
	}
	return r.stretch(x, n.Shape(), shape)
}

// stretch broadcasts x, group after group of neighbouring axes, each as the second of
// three: Gorgonia derives a broadcast by sums over all its axes at once, and its sum
// over the third of four axes is wrong.
func (r *recorder) stretch(x *G.Node, from, to autodiff.Shape) *G.Node {
	if from.Equal(to) || to.Size() == 1 {
		return x
	}
	if x.IsScalar() {
		return r.mul(r.filled(to, 1), x)
	}
	long := make(autodiff.Shape, len(to)-len(from), len(to))
	for i := range long {
		long[i] = 1
	}
	long = append(long, from...)
	for i := 0; i < len(to); {
		j := i
		for j < len(to) && long[j] != to[j] {
			j++
		}
		if j == i {
			i++
			continue
		}
		outer, inner := to[:i].Size(), long[j:].Size()
		pattern := G.NewBroadcastPattern([]byte{1}, nil)
		stretched, _, err := G.Broadcast(r.reshape(x, autodiff.Shape{outer, 1, inner}), r.filled(autodiff.Shape{outer, to[i:j].Size(), inner}, 1), pattern)
		x, i = must(stretched, err), j
	}
	return r.reshape(x, to)
}

// filled returns an array that holds v everywhere.
func (r *recorder) filled(shape autodiff.Shape, v float64) *G.Node {
	x := make([]float64, shape.Size())
	for i := range x {
		x[i] = v
	}
	return r.bound(fmt.Sprintf("bridge: %v filled with %v", shape, v), shape, x)
}

// fold sums over the axes from … to−1, which stay with length 1.
func (r *recorder) fold(x *G.Node, shape autodiff.Shape, from, to int) *G.Node {
	kept := append(autodiff.Shape(nil), shape...)
	for i := from; i < to; i++ {
		kept[i] = 1
	}
	outer, middle, inner := shape[:from].Size(), shape[from:to].Size(), shape[to:].Size()
	switch {
	case middle == 1:
		return r.reshape(x, kept)
	case outer*inner == 1:
		return must(G.Sum(x))
	case outer == 1:
		x = must(G.Sum(r.reshape(x, autodiff.Shape{middle, inner}), 0))
	case inner == 1:
		x = must(G.Sum(r.reshape(x, autodiff.Shape{outer, middle}), 1))
	default:
		x = must(G.Sum(r.reshape(x, autodiff.Shape{outer, middle, inner}), 1))
	}
	return r.reshape(x, kept)
}

// reduceMax is the mean of the elements that equal the maximum, which gives them
// equal shares of the gradient.
func (r *recorder) reduceMax(n *autodiff.Node, x *G.Node, shape autodiff.Shape) *G.Node {
	from, to := n.Attributes()[0], n.Attributes()[1]
	outer, middle, inner := shape[:from].Size(), shape[from:to].Size(), shape[to:].Size()
	if middle == 1 {
		return r.reshape(x, n.Shape())
	}
	var m *G.Node
	if outer*inner == 1 {
		m = must(G.Max(x))
	} else {
		y := r.reshape(x, autodiff.Shape{outer, middle, inner})
		m = must(G.Max(y, 1))
		m = r.stretch(r.reshape(m, n.Shape()), n.Shape(), shape)
	}
	mask := must(G.Eq(x, m, true))
	count := r.stretch(r.fold(mask, shape, from, to), n.Shape(), shape)
	return r.fold(must(G.HadamardDiv(r.mul(x, mask), count)), shape, from, to)
}

// shift moves x along an axis into an array of another length, filled up with
// zeros, by a product with a matrix of zeros and ones.
func (r *recorder) shift(x *G.Node, from, to autodiff.Shape, axis, by int) *G.Node {
	outer, inner := from[:axis].Size(), from[axis+1:].Size()
	k, n := from[axis]*inner, to[axis]*inner
	s := make([]float64, k*n)
	for i := range k {
		if j := i + by*inner; j >= 0 && j < n {
			s[i*n+j] = 1
		}
	}
	name := fmt.Sprintf("bridge: selection %d of %d from %d", n, k, by*inner)
	sel := r.bound(name, autodiff.Shape{k, n}, s)
	return r.reshape(r.product(x, sel, outer, k, n), to)
}

// concat adds its operands, each padded to the length of all.
func (r *recorder) concat(n *autodiff.Node) *G.Node {
	axis, at := n.Attributes()[0], 0
	var sum *G.Node
	for _, x := range n.Inputs() {
		part := r.shift(r.nodes[x], x.Shape(), n.Shape(), axis, at)
		if sum != nil {
			part = r.add(sum, part)
		}
		sum = part
		at += x.Shape()[axis]
	}
	return sum
}

func (r *recorder) matMul(a, b *autodiff.Node) *G.Node {
	m, k, n := a.Shape()[0], a.Shape()[1], b.Shape()[1]
	return r.reshape(r.product(r.nodes[a], r.nodes[b], m, k, n), autodiff.Shape{m, n})
}

// product returns the matrix product of a of size m×k and b of size k×n, either
// of which may be a scalar if its size is 1.
func (r *recorder) product(a, b *G.Node, m, k, n int) *G.Node {
	switch {
	case a.IsScalar() || b.IsScalar():
		return r.mul(a, b)
	case m == 1 && n == 1:
		return must(G.Sum(r.mul(r.reshape(a, autodiff.Shape{k}), r.reshape(b, autodiff.Shape{k}))))
	}
	return must(G.Mul(r.reshape(a, autodiff.Shape{m, k}), r.reshape(b, autodiff.Shape{k, n})))
}
