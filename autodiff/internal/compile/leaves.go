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

// input is an array that is fed at every run.
type input struct {
	leaf
	label string
}

func (input) name() string    { return "Input" }
func (o input) ofRows(int) op { return o }

// labels are class indices that are fed at every run.
type labels struct {
	leaf
	label string
}

func (labels) name() string    { return "Labels" }
func (o labels) ofRows(int) op { return o }

// parameter is the memory of a parameter.
type parameter struct {
	leaf
	of Parameter
}

func (parameter) name() string    { return "Param" }
func (o parameter) ofRows(int) op { return o }

// scalar is a constant number.
type scalar struct {
	leaf
	value float64
}

func (scalar) name() string    { return "Constant" }
func (o scalar) ofRows(int) op { return o }

// key tells NaNs alike and zeros apart.
func (o scalar) key() any { return math.Float64bits(o.value) }

// array is a constant array.
type array struct {
	leaf
	of exec.Source
}

func (array) name() string    { return "Constant" }
func (o array) ofRows(int) op { return o }

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
