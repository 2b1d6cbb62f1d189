package autodiff

import "gorgonia.org/tensor"

// A Node is one value of a computation: an input, a parameter, a constant or
// the result of an op. Its methods record further ops and return their nodes.
// They panic with an [*Error] if the operands do not fit.
type Node struct {
	graph  *Graph
	id     int
	op     op
	inputs []*Node
	shape  Shape
	at     call
}

// missing reports whether n is nil, or a Node that no graph has made.
func (n *Node) missing() bool { return n == nil || n.graph == nil }

// Graph returns the graph that n belongs to.
func (n *Node) Graph() *Graph { return n.graph }

// ID returns n's position in its graph.
func (n *Node) ID() int { return n.id }

// Op returns the name of the op that n is the result of, or Input, Labels,
// Param or Constant for a leaf.
func (n *Node) Op() string { return n.op.name() }

// Inputs returns the op's operands. The slice is the node's own and must not be
// changed.
func (n *Node) Inputs() []*Node { return n.inputs }

// Shape returns n's shape. The slice is the node's own and must not be changed.
func (n *Node) Shape() Shape { return n.shape }

// Caller returns the file:line outside the library that recorded n; for a node
// added by [Grad], the place that recorded the node it is a derivative of.
func (n *Node) Caller() string { return n.at.String() }

// Name returns the name of an input, of labels or of a parameter, else "".
func (n *Node) Name() string {
	switch o := n.op.(type) {
	case input:
		return o.label
	case labels:
		return o.label
	case parameter:
		return o.param.name
	}
	return ""
}

// Param returns the parameter that n stands for, or nil.
func (n *Node) Param() *Param {
	if o, ok := n.op.(parameter); ok {
		return o.param
	}
	return nil
}

// IsLabels reports whether n holds class indices instead of numbers.
func (n *Node) IsLabels() bool { _, ok := n.op.(labels); return ok }

// String returns n for messages: its name or op with its shape.
func (n *Node) String() string {
	if name := n.Name(); name != "" {
		return name + " " + n.shape.String()
	}
	return n.Op() + " " + n.shape.String()
}

// Feed pairs an input or labels with its value for [Program.Run].
func (n *Node) Feed(value *tensor.Dense) Feed { return Feed{node: n, value: value} }

// A Feed is the value of one input for one run; made by [Node.Feed].
type Feed struct {
	node  *Node
	value *tensor.Dense
}

// Node returns the input that is fed.
func (f Feed) Node() *Node { return f.node }

// Value returns the tensor that it is fed, not a copy.
func (f Feed) Value() *tensor.Dense { return f.value }

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
//	SparseMatMulT          the columns of the sparse matrix
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

// Coefficients returns the real numbers that say what an op does with its operands: ε
// of Normalize, and nil for every other op.
func (n *Node) Coefficients() []float64 {
	if o, ok := n.op.(interface{ coefficients() []float64 }); ok {
		return o.coefficients()
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
