package autodiff

import (
	"fmt"
	"iter"
	"reflect"

	"gorgonia.org/tensor"

	"declive/internal/kernel/conv"
)

// An op is what a node is the result of. Its attributes, such as the axes of a
// sum, are fields of its type; each op stands in one place with its
// documentation, shape rule, derivative and kernel.
type op interface {
	name() string
	traits() Traits

	// shape returns the result's shape, or why the operands do not fit.
	shape(in []*Node) (Shape, string)

	// vjp returns the vector-Jacobian product for each operand of n: the
	// gradient of a scalar L with respect to the operand, given dy = ∂L/∂n. A
	// nil stands for zero. A gradient may have the shape that the operand is
	// broadcast to; Grad sums it back.
	vjp(n, dy *Node) []*Node
}

// An elementwise op computes each element of its result from the elements of
// its operands at the same place, after broadcasting.
type elementwise interface {
	op
	value(x []float64) float64 // the definition, used by the interpreter
}

// A structural op is any other that computes. reference fills out, of n's
// shape, from the operands' values with plain loops: the definition that the
// interpreter runs and compiled programs are compared with.
type structural interface {
	op
	reference(n *Node, in [][]float64, out []float64)
}

// leaf is embedded in ops without operands.
type leaf struct{}

func (leaf) traits() Traits                { return Traits{} }
func (leaf) shape([]*Node) (Shape, string) { return nil, "" }
func (leaf) vjp(_, _ *Node) []*Node        { return nil }

type input struct {
	leaf
	label string
}

func (input) name() string { return "Input" }

type labels struct {
	leaf
	label string
}

func (labels) name() string { return "Labels" }

type parameter struct{ param *Param }

func (parameter) name() string                  { return "Param" }
func (parameter) traits() Traits                { return Traits{} }
func (parameter) shape([]*Node) (Shape, string) { return nil, "" }
func (parameter) vjp(_, _ *Node) []*Node        { return nil }

// constant is a scalar, or an array if that is not nil.
type constant struct {
	leaf
	scalar float64
	array  *tensor.Dense
}

func (constant) name() string { return "Constant" }

// unary is embedded in elementwise ops of one operand.
type unary struct{}

func (unary) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	return in[0].shape, ""
}

// broadcasting is embedded in elementwise ops of several operands.
type broadcasting struct{}

func (broadcasting) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	out := in[0].shape
	for _, x := range in[1:] {
		var ok bool
		if out, ok = broadcastShapes(out, x.shape); !ok {
			return nil, "shapes do not broadcast"
		}
	}
	return out, ""
}

// flat is embedded in ops whose derivative is zero wherever it exists, which
// their traits say, too.
type flat struct{}

func (flat) vjp(n, _ *Node) []*Node { return make([]*Node, len(n.inputs)) }

// bounded is embedded in elementwise ops whose derivatives are finite whatever
// their operands are, also NaN, so that a gradient of 0 stays 0.
type bounded struct{}

func (bounded) finite(*Node, int) bool { return true }

// isBounded reports whether the derivative of n for its i-th operand is finite.
func isBounded(n *Node, i int) bool {
	o, ok := n.op.(interface{ finite(n *Node, i int) bool })
	return ok && o.finite(n, i)
}

// numbers says why in holds an operand that is not an array of numbers, or "".
func numbers(in []*Node) string {
	for _, x := range in {
		if x.IsLabels() {
			return "labels " + x.Name() + " are class indices; use Pick or OneHot"
		}
	}
	return ""
}

// identityOf returns what tells ops apart, for a map: the op itself, or, if it does
// not compare, its name and attributes.
func identityOf(o op) any {
	if reflect.ValueOf(o).Comparable() {
		return o
	}
	return o.name() + fmt.Sprintf(" %#v", o)
}

// scalarConstant returns the value of a scalar constant.
func scalarConstant(n *Node) (float64, bool) {
	c, ok := n.op.(constant)
	return c.scalar, ok && c.array == nil
}

// is reports whether n is the scalar constant v.
func is(n *Node, v float64) bool {
	c, ok := scalarConstant(n)
	return ok && c == v
}

// Traits are facts about an op for those who walk through graphs. Each op
// states them itself, once. Of a leaf none is true.
type Traits struct {
	// Elementwise says that each element of the result is the same function of
	// the operands' elements at its place, after broadcasting. So the op can be
	// repeated on operands of other shapes.
	Elementwise bool

	// Rounds says that results are rounded to the graph's precision. Other ops
	// move or choose numbers, change their sign or return 0, 1 or −1.
	Rounds bool

	// Flat says that the derivative is 0 wherever it exists.
	Flat bool

	// Sums says that each element of the result, and of its derivative, is a sum
	// of operands' elements or of their negatives, of the same ones whatever
	// their values are. Where terms cancel, the result is smaller than they are.
	Sums bool
}

// Traits returns facts about the op that n is the result of.
func (n *Node) Traits() Traits { return n.op.traits() }

// Ops returns the names of all ops, as [Node.Op] has them, with their traits.
// Leaves are not among them.
func Ops() iter.Seq2[string, Traits] {
	return func(yield func(string, Traits) bool) {
		for _, o := range ops() {
			if !yield(o.name(), o.traits()) {
				return
			}
		}
	}
}

// ops lists one op of each type, by families; a test fails for one that is
// left out.
func ops() []op {
	return []op{
		add{}, sub{}, mul{}, div{}, neg{}, pow{}, sqrt{},
		exp{}, expm1{}, log{}, log1p{}, tanh{}, sech2{}, sigmoid{}, logisticDensity{}, softplus{},
		sin{}, cos{}, erf{}, erfc{}, gaussian{}, gelu{}, geluSlope{},
		relu{}, abs{}, sign{}, maximum{}, minimum{}, greater{}, greaterEqual{}, equal{}, notEqual{}, where{},
		matMul{},
		sparseMatMul{}, sparseMatMulT{}, sampledMatMul{},
		convolution{}, convolution{role: conv.Data}, convolution{role: conv.Weights},
		maxPool{}, spreadPool{}, pickPool{},
		normalize{}, random{},
		sum{}, reduceMax{},
		transpose{}, reshape{}, broadcast{}, slice{}, pad{}, concat{},
		pick{}, oneHot{},
		stopGradient{}, assign{},
	}
}
