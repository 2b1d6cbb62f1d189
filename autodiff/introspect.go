package autodiff

// Attributes returns the numbers that define n's op besides its operands:
//
//	Sum, ReduceMax         the first axis and the one after the last; they stay with length 1
//	Transpose, Normalize   the axes
//	Reshape, Broadcast,
//	Random                 the shape
//	Slice                  axis, from, to
//	Pad                    axis, before, after
//	Concat                 axis
//	OneHot                 the number of classes
//	Conv2D and gradients   strides of rows and columns, padding before and after both, and
//	                       rows and columns of the result where it is images or weights, else 0
//	MaxPool2D, gradients   the same of windows, and their rows and columns
//
// and nil for every other op.
func (n *Node) Attributes() []int {
	if o, ok := n.op.(interface{ attributes() []int }); ok {
		return o.attributes()
	}
	return nil
}

// Repeat records in g the op that n, of any graph, is the result of, on other
// operands; a constant is repeated without any. It is how a graph is copied
// with something changed. The new node keeps n's [Node.Caller]. Repeat panics
// with an [*Error] if n is an input, labels or a parameter, or if the operands do
// not fit.
func (g *Graph) Repeat(n *Node, inputs ...*Node) *Node {
	if n.missing() {
		fail("Repeat", "the node is nil")
	}
	if _, ok := n.op.(constant); !ok && len(n.inputs) == 0 {
		failf("Repeat", "%v is no result of an op", n)
	}
	if len(inputs) != len(n.inputs) {
		failf("Repeat", "%s has %d operands, not %d", n.Op(), len(n.inputs), len(inputs))
	}
	defer func(old *call) { g.origin = old }(g.origin)
	g.origin = &n.at
	if len(inputs) == 0 {
		return g.add(n.op, nil, n.shape)
	}
	return g.apply(n.op, inputs...)
}
