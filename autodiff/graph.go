package autodiff

import (
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// A Graph records a computation: an append-only list of nodes, each the result
// of an op on earlier nodes, so that recording order is topological order.
// Recording computes nothing; [Compile] makes a program of what is recorded.
//
// A graph is recorded from one goroutine at a time.
type Graph struct {
	precision tensor.Dtype
	nodes     []*Node
	leaves    map[string]*Node // inputs, labels and parameters by name
	origin    *call            // where the nodes that Grad adds were asked for
}

// NewGraph returns an empty graph whose values are of the given precision,
// tensor.Float32 or tensor.Float64. It panics with an [*Error] for another.
func NewGraph(precision tensor.Dtype) *Graph {
	if !dense.IsFloat(precision) {
		failf("NewGraph", "precision %s is neither float32 nor float64", dense.TypeName(precision))
	}
	return &Graph{precision: precision, leaves: map[string]*Node{}}
}

// Precision returns tensor.Float32 or tensor.Float64.
func (g *Graph) Precision() tensor.Dtype { return g.precision }

// Nodes returns the nodes in the order of recording. The slice is the graph's
// own and must not be changed.
func (g *Graph) Nodes() []*Node { return g.nodes }

// Input records an array that is fed at every run, such as a minibatch of
// examples. Without a shape it is a scalar. It panics with an [*Error] if the
// name is taken or a length negative.
func (g *Graph) Input(name string, shape ...int) *Node {
	return g.leaf(name, input{label: name}, shape)
}

// Labels records a vector of n class indices that is fed at every run as a
// tensor of Int. Only [Node.Pick] and [Node.OneHot] take it as an operand.
func (g *Graph) Labels(name string, n int) *Node {
	return g.leaf(name, labels{label: name}, Shape{n})
}

// Param records a parameter: the same node at every call with the same p. It
// panics with an [*Error] if the graph already has another parameter or input
// of that name, or if [Param.Check] fails.
func (g *Graph) Param(p *Param) *Node {
	if reason := p.reason(); reason != "" {
		fail("Param", reason)
	}
	if n, ok := g.leaves[p.name]; ok && n.Param() == p {
		return n
	}
	return g.leaf(p.name, parameter{p}, p.Shape())
}

// Scalar records a constant of shape ().
func (g *Graph) Scalar(v float64) *Node { return g.add(constant{scalar: v}, nil, Shape{}) }

// Constant records a constant array. The tensor is not copied and must not
// change while the graph is in use. It panics with an [*Error] if v is not a
// contiguous tensor of float32 or float64.
func (g *Graph) Constant(v *tensor.Dense) *Node {
	if reason := dense.Numbers(v); reason != "" {
		fail("Constant", reason)
	}
	return g.add(constant{array: v}, nil, Shape(v.Shape()).clone())
}

func (g *Graph) leaf(name string, o op, shape Shape) *Node {
	if name == "" {
		fail(o.name(), "an input needs a name")
	}
	if _, taken := g.leaves[name]; taken {
		failf(o.name(), "the graph already has an input or parameter named %q", name)
	}
	if reason := shape.impossible(); reason != "" {
		fail(o.name(), name+": "+reason)
	}
	n := g.add(o, nil, shape.clone())
	g.leaves[name] = n
	return n
}

// apply records an op after checking its operands.
func (g *Graph) apply(o op, in ...*Node) *Node {
	for _, x := range in {
		switch {
		case x == nil:
			fail(o.name(), "an operand is nil")
		case x.graph != g:
			fail(o.name(), "operands belong to different graphs", shapes(in)...)
		}
	}
	shape, reason := o.shape(in)
	if reason == "" {
		reason = shape.impossible()
	}
	if reason != "" {
		fail(o.name(), reason, shapes(in)...)
	}
	return g.add(o, in, shape)
}

func (g *Graph) add(o op, in []*Node, shape Shape) *Node {
	n := &Node{graph: g, id: len(g.nodes), op: o, inputs: in, shape: shape}
	if g.origin != nil {
		n.at = *g.origin
	} else {
		n.at = callers()
	}
	g.nodes = append(g.nodes, n)
	return n
}

func shapes(in []*Node) []Shape {
	out := make([]Shape, 0, len(in))
	for _, x := range in {
		if x != nil {
			out = append(out, x.shape)
		}
	}
	return out
}
