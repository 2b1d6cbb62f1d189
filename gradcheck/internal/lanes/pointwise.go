package lanes

import (
	"slices"

	"declive/autodiff"
)

// pointwise records an elementwise operation whose moving operands are all the
// same element or column of its result.
func (b *builder) pointwise(n *autodiff.Node) lane {
	to, ok := b.meet(n)
	if !ok {
		return lane{}
	}
	in := make([]*autodiff.Node, len(n.Inputs()))
	for i, x := range n.Inputs() {
		switch l := b.known[x]; {
		case l.reach != fixed:
			in[i] = l.node
		case x.Shape().Size() == 1:
			in[i] = b.copied(x).Reshape(1)
		case to.reach == column:
			in[i] = b.columnOf(x, n.Shape(), to)
		default:
			si, sj, ok := broadcastStrides(x.Shape(), n.Shape())
			if !ok {
				return lane{}
			}
			in[i] = b.take(x, 1, 0, si, sj, to.flipped).Reshape(b.lanes)
		}
	}
	to.node = b.to.Repeat(n, in...)
	return to
}

// meet returns the lane, still without a node, of an elementwise operation: element if
// all its moving operands are one element in the result's shape, column if each is a
// column or an element of a row that broadcasts.
func (b *builder) meet(n *autodiff.Node) (to lane, ok bool) {
	elements, columns := true, true
	for _, x := range n.Inputs() {
		l := b.known[x]
		if l.reach == fixed {
			continue
		}
		same := x.Shape().Equal(n.Shape())
		if l.reach == element && isRow(x.Shape(), n.Shape()) {
			l.cols = x.Shape().Size()
		}
		elements = elements && l.reach == element && same
		columns = columns && l.cols > 0 && (l.reach == element || same)
		if to.reach != fixed && (l.flipped != to.flipped || columns && l.cols != to.cols) {
			return lane{}, false
		}
		to = lane{reach: column, flipped: l.flipped, cols: l.cols}
	}
	if elements {
		to.reach = element
	}
	return to, elements || columns
}

// columnOf returns a column of x, which does not move, broadcast to a shape.
func (b *builder) columnOf(x *autodiff.Node, shape autodiff.Shape, to lane) *autodiff.Node {
	from, rows := x.Shape(), shape.Size()/to.cols
	switch {
	case isRow(from, shape) && from.Size() == to.cols:
		return b.take(x, 1, 0, 0, 1, to.flipped)
	case slices.Equal(from, shape):
		return b.take(x, rows, to.cols, 0, 1, to.flipped)
	}
	g := &gather{count: rows, step: to.cols, colStep: 1, data: broadcast(b.data(x), from, shape)}
	return b.add(g, to.flipped, rows, b.lanes)
}
