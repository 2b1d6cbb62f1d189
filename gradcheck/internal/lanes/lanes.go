package lanes

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

// A reach is how much of a node moves, see the package comment.
type reach uint8

const (
	fixed reach = iota
	element
	column
	whole
)

// A lane is the copy of a node in a lane program: of shape (lanes) for an
// element, (rows, lanes) for a column, and the node's shape with lanes behind
// for the whole.
//
// With the variable's element at row p and column q, the element or the column
// is at row i and column j: (p, q), or (q, p) if flipped.
type lane struct {
	reach   reach
	node    *autodiff.Node // nil where fixed
	flipped bool
}

// A builder records the lane program of one variable.
type builder struct {
	to     *autodiff.Graph
	values trace.Values
	x      *autodiff.Node // the variable
	lanes  int
	known  map[*autodiff.Node]lane
	copies map[*autodiff.Node]*autodiff.Node // of fixed nodes
	feeds  []trace.Feed                      // for these
	gather []*gather
}

// build records the output for all lanes: shape (shape…, lanes).
func (b *builder) build(output *autodiff.Node) (wide *autodiff.Node, err error) {
	defer autodiff.Catch(&err)
	for _, n := range trace.Needed(output) {
		l := lane{}
		if n == b.x {
			l = lane{reach: element, node: b.moved()}
		} else if len(n.Inputs()) > 0 {
			l = b.record(n)
		}
		if l.reach != fixed && l.node == nil {
			return nil, fmt.Errorf("op %s has no lanes", n.Op())
		}
		b.known[n] = l
	}
	if b.known[output].reach == fixed {
		return nil, ErrFixed
	}
	return b.widen(output), nil
}

// record returns the copy of n, without a node if the operation is unknown.
func (b *builder) record(n *autodiff.Node) lane {
	top := fixed
	for _, x := range n.Inputs() {
		top = max(top, b.known[x].reach)
	}
	if top == fixed {
		return lane{}
	}
	first := b.known[n.Inputs()[0]]
	l := lane{}
	switch {
	case top == whole:
	case n.Traits().Elementwise:
		l = b.pointwise(n)
	case n.Op() == "Transpose" && first.reach == element && len(n.Shape()) == 2:
		l = lane{element, first.node, first.flipped != (n.Attributes()[0] == 1)}
	case n.Op() == "Reshape" && first.reach == element && sameMatrix(n, n.Inputs()[0]):
		l = first
	case n.Op() == "MatMul":
		l = b.product(n)
	case n.Op() == "Sum":
		l = b.sum(n)
	}
	if l.node != nil {
		return l
	}
	return lane{reach: whole, node: b.stacked(n)}
}

// stacked records n whole, from operands that are whole.
func (b *builder) stacked(n *autodiff.Node) *autodiff.Node {
	in := make([]*autodiff.Node, len(n.Inputs()))
	varies := make([]bool, len(in))
	for i, x := range n.Inputs() {
		varies[i] = b.known[x].reach != fixed
		switch {
		case varies[i]:
			in[i] = b.widen(x)
		case n.Traits().Elementwise && len(x.Shape()) > 0:
			in[i] = b.broadcast(x, n.Shape())
		default:
			in[i] = b.copied(x)
		}
	}
	return b.stack(n, in, varies)
}

// widen returns all of x in every lane: what moved put in its place.
func (b *builder) widen(x *autodiff.Node) *autodiff.Node {
	l := b.known[x]
	if l.reach == whole {
		return l.node
	}
	rows, cols := matrix(x.Shape())
	base := b.copied(x).Reshape(append(shapeOf(x), 1)...)
	if l.reach == element {
		mask := b.mask(rows*cols, cols, 1, l.flipped).Reshape(append(shapeOf(x), b.lanes)...)
		return mask.Where(l.node, base)
	}
	mask := b.mask(cols, 0, 1, l.flipped)
	return mask.Where(l.node.Reshape(rows, 1, b.lanes), base)
}

// pointwise records an elementwise operation whose moving operands are all the
// same element or column of its result.
func (b *builder) pointwise(n *autodiff.Node) lane {
	top, flipped, ok := b.meet(n)
	if !ok {
		return lane{}
	}
	in := make([]*autodiff.Node, len(n.Inputs()))
	for i, x := range n.Inputs() {
		if l := b.known[x]; l.reach != fixed {
			in[i] = l.node
			continue
		}
		si, sj, ok := broadcastStrides(x.Shape(), n.Shape())
		switch {
		case !ok:
			return lane{}
		case x.Shape().Size() == 1:
			in[i] = b.copied(x).Reshape(1)
		case top == element:
			in[i] = b.take(x, 1, 0, si, sj, flipped).Reshape(b.lanes)
		case sj == 0:
			in[i] = b.copied(x).Reshape(-1, 1)
		case si == 0:
			in[i] = b.take(x, 1, 0, 0, sj, flipped)
		default:
			in[i] = b.take(x, x.Shape()[0], si, 0, sj, flipped)
		}
	}
	return lane{top, b.to.Repeat(n, in...), flipped}
}

// meet returns the reach of an elementwise operation: element if all its moving
// operands are one element in the result's shape, column if each is a column or
// an element of a row that broadcasts.
func (b *builder) meet(n *autodiff.Node) (r reach, flipped, ok bool) {
	elements, columns, seen := true, len(n.Shape()) == 2, false
	for _, x := range n.Inputs() {
		l := b.known[x]
		if l.reach == fixed {
			continue
		}
		if seen && l.flipped != flipped {
			return fixed, false, false
		}
		seen, flipped = true, l.flipped
		same := x.Shape().Equal(n.Shape())
		elements = elements && l.reach == element && same
		columns = columns && (l.reach == column && same || l.reach == element && isRow(x.Shape(), n.Shape()))
	}
	switch {
	case elements:
		return element, flipped, true
	case columns:
		return column, flipped, true
	}
	return fixed, false, false
}

// product records a matrix product that is a rank-one update:
//
//	y = a·w    w[i, j] moves:       y[:, j] += (w′ − w)·a[:, i]
//	y = c·w    column j of c moves: y      += (c′ − c) ⊗ w[j, :]
func (b *builder) product(n *autodiff.Node) lane {
	a, w := n.Inputs()[0], n.Inputs()[1]
	la, lw := b.known[a], b.known[w]
	rows, cols := n.Shape()[0], n.Shape()[1]
	switch {
	case la.reach == fixed && lw.reach == element:
		old := b.take(w, 1, 0, cols, 1, lw.flipped)
		y := b.take(n, rows, cols, 0, 1, lw.flipped)
		line := b.take(a, rows, a.Shape()[1], 1, 0, lw.flipped)
		return lane{column, y.Add(line.Mul(lw.node.Sub(old))), lw.flipped}
	case la.reach == column && lw.reach == fixed:
		old := b.take(a, rows, a.Shape()[1], 0, 1, la.flipped)
		line := b.take(w, cols, 1, 0, cols, la.flipped)
		d := la.node.Sub(old).Reshape(rows, 1, b.lanes)
		return lane{whole, b.copied(n).Reshape(rows, cols, 1).Add(d.Mul(line)), false}
	}
	return lane{}
}

// sum records a sum over all elements, or over the rows that a column crosses,
// by the difference that moved.
func (b *builder) sum(n *autodiff.Node) lane {
	x := n.Inputs()[0]
	l, axes := b.known[x], n.Attributes()
	rows, cols := matrix(x.Shape())
	all := axes[0] == 0 && axes[1] == len(x.Shape())
	base := b.copied(n).Reshape(append(shapeOf(n), 1)...)
	switch {
	case l.reach == element && all:
		old := b.take(x, 1, 0, cols, 1, l.flipped)
		return lane{whole, base.Add(l.node.Sub(old)), false}
	case l.reach == column && axes[1] == 2:
		d := l.node.Sub(b.take(x, rows, cols, 0, 1, l.flipped))
		if all {
			d = d.SumKeep(0)
		}
		return lane{whole, base.Add(d.Reshape(append(shapeOf(n), b.lanes)...)), false}
	}
	return lane{}
}

// copied returns the copy of a node that does not move.
func (b *builder) copied(x *autodiff.Node) *autodiff.Node {
	if c := b.copies[x]; c != nil {
		return c
	}
	if x.Op() == "Constant" {
		b.copies[x] = b.to.Repeat(x)
		return b.copies[x]
	}
	in := trace.Data(b.to, nodeName(x), b.values[x])
	b.feeds = append(b.feeds, in)
	b.copies[x] = in.Node
	return in.Node
}

// broadcast returns the copy of a node that does not move, broadcast to a shape
// beforehand: the same for all lanes, so that loops read it without a copy.
func (b *builder) broadcast(x *autodiff.Node, shape autodiff.Shape) *autodiff.Node {
	if x.Shape().Equal(shape) || x.Op() == "Constant" {
		return b.copied(x)
	}
	to := b.to.Input(nodeName(x)+" broadcast", shape...)
	b.feeds = append(b.feeds, trace.Feed{Node: to, Value: dense.New(tensor.Float64, shape, broadcast(dense.Floats(b.values[x]), x.Shape(), shape))})
	return to
}
