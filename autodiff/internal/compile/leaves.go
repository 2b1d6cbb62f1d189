package compile

import (
	"math"

	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
)

// leaf is embedded in ops without operands.
type leaf struct{}

func (leaf) shape([]*Node) shape.Shape         { return nil }
func (leaf) flops(*Node) int                   { return 0 }
func (leaf) onRows(*Node, *batch) (role, bool) { return 0, false }

// Input records an array that is fed at every run.
func (b *Builder) Input(name string, shape []int) *Node {
	return b.intern(input{label: name}, nil, shape)
}

// input is an array that is fed at every run.
type input struct {
	leaf
	label string
}

func (input) name() string    { return "Input" }
func (o input) ofRows(int) op { return o }

// Labels records class indices that are fed at every run.
func (b *Builder) Labels(name string, n int) *Node {
	return b.intern(labels{label: name}, nil, shape.Shape{n})
}

// labels are class indices that are fed at every run.
type labels struct {
	leaf
	label string
}

func (labels) name() string    { return "Labels" }
func (o labels) ofRows(int) op { return o }

// A Parameter is memory outside programs that they read and assign. Equal ones are
// the same.
type Parameter interface {
	exec.Source
	Name() string
}

// Param records a parameter.
func (b *Builder) Param(p Parameter, shape []int) *Node {
	return b.intern(parameter{of: p}, nil, shape)
}

// parameter is the memory of a parameter.
type parameter struct {
	leaf
	of Parameter
}

func (parameter) name() string    { return "Param" }
func (o parameter) ofRows(int) op { return o }

// Scalar records a constant number, rounded to the precision.
func (b *Builder) Scalar(v float64) *Node {
	return b.intern(scalar{value: b.round(v)}, nil, shape.Shape{})
}

// scalar is a constant number.
type scalar struct {
	leaf
	value float64
}

func (scalar) name() string    { return "Constant" }
func (o scalar) ofRows(int) op { return o }

// key tells NaNs alike and zeros apart.
func (o scalar) key() any { return math.Float64bits(o.value) }

// Constant records a constant array.
func (b *Builder) Constant(v exec.Source, shape []int) *Node {
	return b.intern(array{of: v}, nil, shape)
}

// array is a constant array.
type array struct {
	leaf
	of exec.Source
}

func (array) name() string    { return "Constant" }
func (o array) ofRows(int) op { return o }

// Assign records that a parameter takes the value x at the end of a run.
func (b *Builder) Assign(p Parameter, x *Node) *Node { return b.make(assign{p}, x) }

// assign is the new value of a parameter; the node's own value is that, too.
type assign struct{ to Parameter }

func (assign) name() string                      { return "Assign" }
func (assign) shape(in []*Node) shape.Shape      { return in[0].shape }
func (assign) flops(*Node) int                   { return 0 }
func (assign) onRows(*Node, *batch) (role, bool) { return 0, false }
func (o assign) ofRows(int) op                   { return o }

// scalarConstant returns the value of a constant number.
func scalarConstant(n *Node) (float64, bool) {
	c, ok := n.op.(scalar)
	return c.value, ok
}

// is reports whether n is the constant v.
func is(n *Node, v float64) bool {
	c, ok := scalarConstant(n)
	return ok && c == v
}

// param returns the parameter that n is, or nil.
func (n *Node) param() Parameter {
	if o, ok := n.op.(parameter); ok {
		return o.of
	}
	return nil
}

// isLabels reports whether n holds class indices.
func (n *Node) isLabels() bool { _, ok := n.op.(labels); return ok }
