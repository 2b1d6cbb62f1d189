package compile

import (
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/vec"
)

// A Builder records what is compiled, simplified on the way: each method returns a
// node of the result, which may be a simpler one, or one that was recorded before.
// Operands must fit: whoever records has checked them.
type Builder struct {
	graph   *graph
	float32 bool // the precision, else float64
	rules   bool // rewrite rules and common subexpressions are on
	known   map[identity]*Node
}

func newBuilder(float32 bool, rules bool) *Builder {
	return &Builder{&graph{}, float32, rules, map[identity]*Node{}}
}

// A Parameter is memory outside programs that they read and assign. Equal ones are
// the same.
type Parameter interface {
	exec.Source
	Name() string
}

// Input records an array that is fed at every run.
func (b *Builder) Input(name string, shape []int) *Node {
	return b.intern(input{label: name}, nil, shape)
}

// Labels records class indices that are fed at every run.
func (b *Builder) Labels(name string, n int) *Node {
	return b.intern(labels{label: name}, nil, shape.Shape{n})
}

// Param records a parameter.
func (b *Builder) Param(p Parameter, shape []int) *Node {
	return b.intern(parameter{of: p}, nil, shape)
}

// Scalar records a constant number, rounded to the precision.
func (b *Builder) Scalar(v float64) *Node {
	return b.intern(scalar{value: b.round(v)}, nil, shape.Shape{})
}

// Constant records a constant array.
func (b *Builder) Constant(v exec.Source, shape []int) *Node {
	return b.intern(array{of: v}, nil, shape)
}

// Unary records a function of x that has a kernel.
func (b *Builder) Unary(f vec.UnaryOp, x *Node) *Node { return b.make(unary{of: f}, x) }

// Binary records a function of x and y that has a kernel, broadcasting.
func (b *Builder) Binary(f vec.BinaryOp, x, y *Node) *Node { return b.make(binary{of: f}, x, y) }

// Power records x to a constant power.
func (b *Builder) Power(exponent float64, x *Node) *Node { return b.make(power{exponent: exponent}, x) }

// Where records the choice of x where mask is not 0, else y, broadcasting.
func (b *Builder) Where(mask, x, y *Node) *Node { return b.make(where{}, mask, x, y) }

// Function records an elementwise function of up to [MaxOperands] operands without a
// kernel, broadcasting. Functions of equal identities, which are comparable, are the
// same.
func (b *Builder) Function(name string, identity any, f exec.Function, in ...*Node) *Node {
	return b.make(function{label: name, identity: identity, of: f}, in...)
}

// MaxOperands is the largest number of operands of a [Builder.Function].
const MaxOperands = len(exec.Micro{}.In)

// Reduce records a reduction of the axes from … to−1, which stay with length 1.
func (b *Builder) Reduce(f vec.Reduction, from, to int, x *Node) *Node {
	return b.make(reduce{f, from, to}, x)
}

// MatMul records a product of matrices.
func (b *Builder) MatMul(x, y *Node) *Node { return b.make(matMul{}, x, y) }

// Reshape records x in another shape of the same size.
func (b *Builder) Reshape(x *Node, to []int) *Node { return b.reshape(x, to) }

// Broadcast records x repeated to a shape.
func (b *Builder) Broadcast(x *Node, to []int) *Node { return b.make(broadcast{to}, x) }

// Transpose records x with its axes in another order. With last, nothing else reads
// x: of a product, the factors are transposed instead.
func (b *Builder) Transpose(x *Node, axes []int, last bool) *Node {
	if last && b.rules {
		if y := b.transposedProduct(axes, x); y != nil {
			return y
		}
	}
	return b.make(transpose{axes}, x)
}

// Slice records the part from … to−1 of x along an axis.
func (b *Builder) Slice(x *Node, axis, from, to int) *Node { return b.make(slice{axis, from, to}, x) }

// Pad records x with zeros in front and behind along an axis.
func (b *Builder) Pad(x *Node, axis, before, after int) *Node {
	return b.make(pad{axis, before, after}, x)
}

// Concat records the operands joined along an axis.
func (b *Builder) Concat(axis int, in ...*Node) *Node { return b.make(concat{axis}, in...) }

// Pick records the elements of the rows of x that labels y name.
func (b *Builder) Pick(x, y *Node) *Node { return b.make(pick{}, x, y) }

// OneHot records labels y as rows of zeros with a 1.
func (b *Builder) OneHot(y *Node, classes int) *Node { return b.make(oneHot{classes}, y) }

// Assign records that a parameter takes the value x at the end of a run.
func (b *Builder) Assign(p Parameter, x *Node) *Node { return b.make(assign{p}, x) }

// Call records an op without an instruction by its definition. Calls of equal
// identities, which are comparable, on the same operands are the same.
func (b *Builder) Call(name string, identity any, d exec.Definition, to []int, in ...*Node) *Node {
	return b.make(call{name, identity, to, d}, in...)
}
