package autodiff

import (
	"fmt"
	"iter"
	"slices"
	"strings"

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
	training  bool             // recorded to train, not to judge
	leaves    map[string]*Node // inputs, labels and parameters by name
	origin    *call            // where the nodes that Grad adds were asked for
	stream    uint64           // of random numbers
}

// NewGraph returns an empty graph whose values are of the given precision,
// tensor.Float32 or tensor.Float64. It panics with an [*Error] for another.
func NewGraph(precision tensor.Dtype) *Graph {
	if !dense.IsFloat(precision) {
		failf("NewGraph", "precision %s is neither float32 nor float64", dense.TypeName(precision))
	}
	return &Graph{precision: precision, leaves: map[string]*Node{}}
}

// NewTrainingGraph is [NewGraph] for a graph of which [Graph.Training] is true.
func NewTrainingGraph(precision tensor.Dtype) *Graph {
	g := NewGraph(precision)
	g.training = true
	return g
}

// Training reports whether what is recorded will train a model. Layers that do
// something else while they learn, such as dropout and batch normalisation, ask
// for it when they record. Training and judging are two recordings of one model,
// so that neither can be run in the other's place.
func (g *Graph) Training() bool { return g.training }

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

// Given returns the input, or the labels, that were recorded under a name. It
// panics with an [*Error], which lists the names there are, if there are none.
func (g *Graph) Given(name string) *Node {
	if n, ok := g.leaves[name]; ok && n.Param() == nil {
		return n
	}
	failf("Given", "the graph has no input named %q; it has %s", name, g.inputNames())
	return nil
}

// inputNames lists the graph's inputs and labels for a message.
func (g *Graph) inputNames() string {
	var names []string
	for name, n := range g.leaves {
		if n.Param() == nil {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// Assigned yields the parameters that [Graph.Assign] gives new values, with its
// nodes, in the order of recording.
func (g *Graph) Assigned() iter.Seq2[*Param, *Node] {
	return func(yield func(*Param, *Node) bool) {
		for _, n := range g.nodes {
			if o, ok := n.op.(assign); ok && !yield(o.param, n) {
				return
			}
		}
	}
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

// DOT returns the graph in the language of Graphviz, for people to look at:
//
//	os.WriteFile("graph.dot", []byte(g.DOT()), 0o644)
//	dot -Tsvg graph.dot > graph.svg
//
// Parameters are drawn as boxes, inputs and labels as houses, constants as plain
// text with their value, ops as ellipses with their shape.
func (g *Graph) DOT() string {
	var b strings.Builder
	b.WriteString("digraph declive {\n\trankdir=BT;\n")
	for _, n := range g.nodes {
		fmt.Fprintf(&b, "\tn%d [%s];\n", n.id, dotStyle(n))
		for i, x := range n.inputs {
			fmt.Fprintf(&b, "\tn%d -> n%d", x.id, n.id)
			if len(n.inputs) > 1 {
				fmt.Fprintf(&b, " [headlabel=%d]", i)
			}
			b.WriteString(";\n")
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func dotStyle(n *Node) string {
	shape, label := "ellipse", n.String()
	switch o := n.op.(type) {
	case parameter:
		shape = "box"
	case input, labels:
		shape = "house"
	case constant:
		shape = "plaintext"
		if o.array == nil {
			label = fmt.Sprint(o.scalar)
		}
	}
	return fmt.Sprintf("shape=%s, label=%q", shape, label)
}
