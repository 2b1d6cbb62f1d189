package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// broadcasting is embedded in elementwise ops.
type broadcasting struct{}

func (broadcasting) shape(in []*Node) shape.Shape {
	out := in[0].shape
	for _, x := range in[1:] {
		var ok bool
		if out, ok = shape.Broadcast(out, x.shape); !ok {
			failf("operands of shapes %v do not broadcast", shapesOf(in))
		}
	}
	return out
}

func (broadcasting) domain(n *Node) (domain.Domain, bool) {
	return broadcastDomain(n.inputs, n.shape), true
}

// broadcastDomain returns the loop of an op that broadcasts its operands. It has the
// blocks of the first that needs some.
func broadcastDomain(in []*Node, to shape.Shape) domain.Domain {
	d := domain.Of(to)
	for _, x := range in {
		if blocked, needs := d.WithBlocks(x.shape, to); needs {
			return blocked
		}
	}
	return d
}

func shapesOf(in []*Node) []shape.Shape {
	out := make([]shape.Shape, len(in))
	for i, x := range in {
		out[i] = x.shape
	}
	return out
}

// flops counts one operation for each element.
func (broadcasting) flops(n *Node) int {
	size := n.shape.Size()
	for _, x := range n.inputs {
		size = max(size, x.shape.Size())
	}
	return size
}

// onRows: the operands have their rows on the same axis, or one for all.
func (broadcasting) onRows(n *Node, b *batch) (role, bool) {
	return rows, b.leads(n) && b.aligned(n)
}

// Unary records a function of x that has a kernel.
func (b *Builder) Unary(f vec.UnaryOp, x *Node) *Node { return b.make(unary{of: f}, x) }

// unary is a function of one operand that has a kernel.
type unary struct {
	broadcasting
	of vec.UnaryOp
}

func (o unary) name() string              { return o.of.String() }
func (o unary) value(x []float64) float64 { return o.of.Value(x[0]) }
func (o unary) ofRows(int) op             { return o }
func (o unary) micros(e *loopEmitter, n *Node) {
	at := e.result(n)
	e.append(n, at, exec.Micro{Kind: exec.DoUnary, Unary: o.of}, e.dense(n, 0, at.place))
}

// Power records x to a constant power.
func (b *Builder) Power(exponent float64, x *Node) *Node { return b.make(power{exponent: exponent}, x) }

// power raises its operand to a constant power, which is not rounded.
type power struct {
	broadcasting
	exponent float64
}

func (power) name() string                { return "Pow" }
func (o power) value(x []float64) float64 { return vec.Pow(x[0], o.exponent) }
func (o power) ofRows(int) op             { return o }
func (o power) micros(e *loopEmitter, n *Node) {
	at := e.result(n)
	e.append(n, at, exec.Micro{Kind: exec.DoPower, Power: o.exponent}, e.dense(n, 0, at.place))
}

// Binary records a function of x and y that has a kernel, broadcasting.
func (b *Builder) Binary(f vec.BinaryOp, x, y *Node) *Node { return b.make(binary{of: f}, x, y) }

// binary is a function of two operands that has a kernel.
type binary struct {
	broadcasting
	of vec.BinaryOp
}

var (
	add = binary{of: vec.Add}
	sub = binary{of: vec.Sub}
	mul = binary{of: vec.Mul}
	div = binary{of: vec.Div}
	neg = unary{of: vec.Neg}
)

func (o binary) name() string { return o.of.String() }
func (o binary) value(x []float64) float64 {
	var y [1]float64
	vec.Binary(o.of, 1, 1, y[:], 1, kernel.Operand[float64]{Data: x[:1]}, kernel.Operand[float64]{Data: x[1:]})
	return y[0]
}
func (o binary) ofRows(int) op { return o }
func (o binary) micros(e *loopEmitter, n *Node) {
	at := e.result(n)
	x, y := e.operand(n, 0), e.operand(n, 1)
	if e.addScaled(o.of, n, at, x, y) {
		return
	}
	e.append(n, at, exec.Micro{Kind: exec.DoBinary, Binary: o.of}, x, y)
}

// Where records the choice of x where mask is not 0, else y, broadcasting.
func (b *Builder) Where(mask, x, y *Node) *Node { return b.make(where{}, mask, x, y) }

// where chooses its second operand where the first is not 0, else the third.
type where struct{ broadcasting }

func (where) name() string { return "Where" }
func (where) value(x []float64) float64 {
	if x[0] != 0 {
		return x[1]
	}
	return x[2]
}
func (o where) ofRows(int) op { return o }
func (where) micros(e *loopEmitter, n *Node) {
	e.append(n, e.result(n), exec.Micro{Kind: exec.DoSelect}, e.operand(n, 0), e.operand(n, 1), e.operand(n, 2))
}

// Function records an elementwise function of up to [MaxOperands] operands without a
// kernel, broadcasting. Functions of equal identities, which are comparable, are the
// same.
func (b *Builder) Function(name string, identity any, f exec.Function, in ...*Node) *Node {
	return b.make(function{label: name, identity: identity, of: f}, in...)
}

// MaxOperands is the largest number of operands of a [Builder.Function].
const MaxOperands = len(exec.Micro{}.In)

// function is an elementwise function without a kernel. Functions of one identity
// are the same.
type function struct {
	broadcasting
	label    string
	identity any
	of       exec.Function
}

func (o function) name() string              { return o.label }
func (o function) key() any                  { return definedBy{o.label, o.identity} }
func (o function) value(x []float64) float64 { return o.of.Value(x) }
func (o function) ofRows(int) op             { return o }
func (o function) micros(e *loopEmitter, n *Node) {
	at := e.result(n)
	in := make([]ref, len(n.inputs))
	for i := range in {
		in[i] = e.operand(n, i)
	}
	e.append(n, at, exec.Micro{Kind: exec.DoFunction, Function: o.of}, in...)
}
