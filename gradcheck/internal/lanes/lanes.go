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
// With the variable's element at row p and column q of its [matrix], the element or
// the column is at row i and column j: (p, q), or (q, p) if flipped. A column is
// every cols-th element of the node, from the j-th on: a channel of images, also
// where they are reshaped.
type lane struct {
	reach   reach
	node    *autodiff.Node // nil where fixed
	flipped bool
	cols    int // of a column
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
	floats map[*autodiff.Node][]float64 // elements of values that are gathered
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
	l := lane{}
	switch rule := rules[n.Op()]; {
	case top == whole:
	case n.Traits().Elementwise:
		l = b.pointwise(n)
	case rule != nil:
		l = rule(b, n)
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
	wide := append(shapeOf(x), b.lanes)
	if l.reach == element {
		rows, cols := matrix(x.Shape())
		mask := b.mask(rows*cols, cols, 1, l.flipped).Reshape(wide...)
		return mask.Where(l.node, b.copied(x).Reshape(append(shapeOf(x), 1)...))
	}
	mask, base := b.mask(l.cols, 0, 1, l.flipped), b.copied(x).Reshape(-1, l.cols, 1)
	return mask.Where(l.node.Reshape(-1, 1, b.lanes), base).Reshape(wide...)
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
