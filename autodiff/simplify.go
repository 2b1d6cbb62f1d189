package autodiff

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// simplify copies what outputs need into a graph of its own and returns the
// copies of outputs. On the way it merges common subexpressions, folds scalar
// constants and drops ops that change nothing; rewrite tries the rules.
//
// What a rule may change: the rounding of a result, and the sign of a zero where
// a + 0 becomes a and a sum of −x the negative of a sum. What it may not: make a
// result NaN, infinite or 0 that is another number. So constants are joined only where that is a
// normal number of the graph's precision, and a division by a constant becomes a
// product only where the reciprocal is exact.
//
// With rules off only StopGradient, which computes nothing, is dropped.
func simplify(outputs []*Node, rules bool) []*Node {
	needed := ancestors(outputs...)
	s := newSimplifier(needed, outputs, rules)
	for _, n := range needed {
		s.graph.origin = &n.at
		s.done[n.id] = s.copy(n)
	}
	out := make([]*Node, len(outputs))
	for i, n := range outputs {
		out[i] = s.done[n.id]
	}
	return out
}

type simplifier struct {
	graph *Graph
	done  []*Node // by id in the old graph
	uses  []int   // likewise
	known map[identity]*Node
	rules bool
}

// newSimplifier prepares to copy nodes, of which outputs are used from outside.
func newSimplifier(nodes, outputs []*Node, rules bool) *simplifier {
	g := outputs[0].graph
	s := &simplifier{
		graph: &Graph{precision: g.precision, origin: &call{}},
		done:  make([]*Node, len(g.nodes)),
		uses:  make([]int, len(g.nodes)),
		known: map[identity]*Node{},
		rules: rules,
	}
	s.countUses(nodes, outputs)
	return s
}

// An identity tells nodes apart: the same op on the same operands is the same
// value.
type identity struct {
	op       any
	operands [3]int
	more     string
}

// copy returns the copy of a node whose operands have been copied.
func (s *simplifier) copy(n *Node) *Node {
	in := make([]*Node, len(n.inputs))
	for i, x := range n.inputs {
		in[i] = s.done[x.id]
	}
	if _, ok := n.op.(stopGradient); ok {
		return in[0]
	}
	if c, ok := scalarConstant(n); ok {
		return s.scalar(c)
	}
	if len(in) == 0 {
		return s.intern(n.op, nil, n.shape)
	}
	if y := s.transposedProduct(n, in); y != nil {
		return y
	}
	return s.make(n.op, in...)
}

// countUses counts for each node how many operands and outputs it is.
func (s *simplifier) countUses(nodes, outputs []*Node) {
	for _, n := range nodes {
		for _, x := range n.inputs {
			s.uses[x.id]++
		}
	}
	for _, n := range outputs {
		s.uses[n.id]++
	}
}

// make returns the node of an op, simplified, or one that exists already.
func (s *simplifier) make(o op, in ...*Node) *Node {
	if s.rules {
		if y := s.rewrite(o, in); y != nil {
			return y
		}
	}
	shape, reason := o.shape(in)
	if reason != "" {
		panic("autodiff: simplifying " + o.name() + ": " + reason) // a rule is wrong
	}
	if _, ok := o.(elementwise); ok {
		s.materialise(in, shape)
	}
	return s.intern(o, in, shape)
}

// rewrite returns something simpler that equals the op, or nil.
func (s *simplifier) rewrite(o op, in []*Node) *Node {
	if e, ok := o.(elementwise); ok {
		if y := s.fold(e, in); y != nil {
			return y
		}
		if y := s.unstretch(o, in); y != nil {
			return y
		}
		if y := s.sinkStretch(o, in); y != nil {
			return y
		}
		if y := s.sinkReshape(o, in); y != nil {
			return y
		}
		return s.arithmetic(o, in)
	}
	return s.view(o, in)
}

// intern returns the node of an op as it is, or one that exists already.
func (s *simplifier) intern(o op, in []*Node, shape Shape) *Node {
	id := identify(o, in, shape)
	if n := s.known[id]; n != nil && s.rules {
		return n
	}
	n := s.graph.add(o, in, shape)
	s.known[id] = n
	return n
}

// identify returns what tells a node apart: of an op that does not compare by
// itself, name and attributes.
func identify(o op, in []*Node, shape Shape) identity {
	id := identity{op: o, operands: [3]int{-1, -1, -1}}
	switch o := o.(type) {
	case transpose:
		id.op, id.more = "Transpose", fmt.Sprint(o.axes)
	case reshape:
		id.op, id.more = "Reshape", shape.String()
	case stretch:
		id.op, id.more = "Broadcast", shape.String()
	case constant:
		id.op, id.more = o.array, fmt.Sprint(math.Float64bits(o.scalar))
	case input, labels:
		id.more = shape.String()
	}
	if !reflect.TypeOf(id.op).Comparable() { // a new op's, with a slice for an attribute
		id.op, id.more = o.name(), fmt.Sprintf("%#v", o)
	}
	var rest []byte // of the operands
	for i, x := range in {
		if i < len(id.operands) {
			id.operands[i] = x.id
		} else {
			rest = strconv.AppendInt(append(rest, ' '), int64(x.id), 10)
		}
	}
	if len(rest) > 0 {
		id.more += string(rest)
	}
	return id
}
