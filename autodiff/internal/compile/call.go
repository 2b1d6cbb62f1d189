package compile

import (
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
)

// Call records an op without an instruction by its definition. Calls of equal
// identities, which are comparable, on the same operands are the same.
func (b *Builder) Call(name string, identity any, d exec.Definition, to []int, in ...*Node) *Node {
	return b.make(call{name, identity, to, d}, in...)
}

// call runs the definition of an op that has no instruction of its own. Calls of
// one identity, on the same operands, are the same.
type call struct {
	label    string
	identity any
	to       shape.Shape
	of       exec.Definition
}

func (o call) name() string              { return o.label }
func (o call) key() any                  { return definedBy{o.label, o.identity} }
func (o call) shape([]*Node) shape.Shape { return o.to }
func (call) flops(*Node) int             { return 0 }
func (o call) ofRows(int) op             { return o }

// onRows: nothing is known of what a definition does.
func (call) onRows(*Node, *batch) (role, bool) { return 0, false }

func (o call) instruction(_ *emitter, n *Node) exec.Instruction {
	c := &exec.Call{Definition: o.of, Out: n.id, Size: n.shape.Size()}
	for _, x := range n.inputs {
		c.In = append(c.In, exec.CallOperand{Slot: stored(x).id, Size: x.shape.Size(), Labels: x.isLabels()})
	}
	return c
}

// definedBy is the key of an op that is known by its definition only.
type definedBy struct {
	label    string
	identity any
}
