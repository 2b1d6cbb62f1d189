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
