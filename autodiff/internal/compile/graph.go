package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
)

// A Node is a value: a leaf, or the result of an op on other nodes. Nodes are
// made by a [Builder].
type Node struct {
	id     int
	op     op
	inputs []*Node
	shape  shape.Shape
}

// size returns the number of elements.
func (n *Node) size() int { return n.shape.Size() }

// A graph is a list of nodes, each after its operands.
type graph struct{ nodes []*Node }

// add appends a node as it is.
func (g *graph) add(o op, in []*Node, s shape.Shape) *Node {
	n := &Node{id: len(g.nodes), op: o, inputs: in, shape: s}
	g.nodes = append(g.nodes, n)
	return n
}

// apply appends the result of an op.
func (g *graph) apply(o op, in ...*Node) *Node { return g.add(o, in, o.shape(in)) }

// ancestors returns outputs and what they are computed from, in recording order.
func (g *graph) ancestors(outputs []*Node) []*Node {
	last := 0
	for _, n := range outputs {
		last = max(last, n.id)
	}
	needed := make([]bool, last+1)
	for _, n := range outputs {
		needed[n.id] = true
	}
	count := 0
	for id := last; id >= 0; id-- {
		if !needed[id] {
			continue
		}
		count++
		for _, x := range g.nodes[id].inputs {
			needed[x.id] = true
		}
	}
	out := make([]*Node, 0, count)
	for id, yes := range needed {
		if yes {
			out = append(out, g.nodes[id])
		}
	}
	return out
}

// An op is what a node is the result of, with its attributes, such as the axes of
// a sum, for fields. It says everything that passes have to know of it: what is
// missing here does not compile.
type op interface {
	name() string

	// shape returns the result's shape, for operands that fit.
	shape(in []*Node) shape.Shape

	// flops returns the floating-point operations of n, a node of this op.
	flops(n *Node) int

	// onRows returns the role of n, given that one of its operands at least has the
	// rows of a batch, and the others have them or do not depend on them; and false
	// if it is none. See [role].
	onRows(n *Node, b *batch) (role, bool)

	// ofRows returns the op for operands with so many rows: it differs in an
	// attribute that counts them.
	ofRows(rows int) op
}

// A looped op is computed by a loop, if its operands and result lie there.
type looped interface {
	op

	// domain returns the loop over which n is computed, and false if none is.
	domain(n *Node) (domain.Domain, bool)

	// micros appends the micro-instructions of n.
	micros(e *loopEmitter, n *Node)
}

// A single op has an instruction of its own, at least where no loop computes it.
type single interface {
	op
	instruction(e *emitter, n *Node) exec.Instruction
}

// An elementwise op computes each element of its result from the elements of its
// operands at the same place, after broadcasting.
type elementwise interface {
	looped
	value(x []float64) float64
}

// stored returns the value whose memory n is a view of: reshapes have none of
// their own, and an assignment's value is what it assigns.
func stored(n *Node) *Node {
	for {
		switch n.op.(type) {
		case reshape, assign:
			n = n.inputs[0]
		default:
			return n
		}
	}
}

// factor returns the stored matrix that a product reads for its operand, and
// whether it reads it transposed.
func factor(n *Node) (m *Node, trans bool) {
	for {
		if t, ok := n.op.(transpose); ok && len(t.axes) == 2 && t.axes[0] == 1 {
			n, trans = n.inputs[0], !trans
			continue
		}
		return stored(n), trans
	}
}

// read returns the value that n's instruction reads for its i-th operand.
func read(n *Node, i int) *Node {
	if isProduct(n.op) && i < 2 {
		m, _ := factor(n.inputs[i])
		return m
	}
	return stored(n.inputs[i])
}
