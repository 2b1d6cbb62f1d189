package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
)

// The ops of this file move elements and compute nothing. A reshape moves none:
// its result is a view of its operand.

// Reshape records x in another shape of the same size.
func (b *Builder) Reshape(x *Node, to []int) *Node { return b.reshape(x, to) }

type reshape struct{ to shape.Shape }

func (reshape) name() string                          { return "Reshape" }
func (o reshape) key() any                            { return "Reshape" }
func (o reshape) shape([]*Node) shape.Shape           { return o.to }
func (reshape) flops(*Node) int                       { return 0 }
func (reshape) onRows(n *Node, b *batch) (role, bool) { return rows, b.leads(n) }
func (o reshape) ofRows(n int) op                     { return reshape{withRows(o.to, n)} }

// withRows returns a shape with another number of rows.
func withRows(s shape.Shape, rows int) shape.Shape {
	out := s.Clone()
	out[0] = rows
	return out
}

// Broadcast records x repeated to a shape.
func (b *Builder) Broadcast(x *Node, to []int) *Node { return b.make(broadcast{to}, x) }

// broadcast repeats its operand along the axes that it lacks or has with length 1.
// A loop reads it from its operand; where that is impossible, or another
// instruction reads it, it is written out.
type broadcast struct{ to shape.Shape }

func (broadcast) name() string                { return "Broadcast" }
func (broadcast) key() any                    { return "Broadcast" }
func (o broadcast) shape([]*Node) shape.Shape { return o.to }
func (broadcast) flops(n *Node) int           { return n.shape.Size() }
func (o broadcast) ofRows(n int) op           { return broadcast{withRows(o.to, n)} }
func (broadcast) onRows(n *Node, b *batch) (role, bool) {
	x := n.inputs[0]
	return rows, b.leads(n) && len(x.shape) == len(n.shape) && x.shape[0] == b.rows
}

// withoutRows: what is the same for all rows is repeated for each.
func (broadcast) withoutRows(n *Node, b *batch) role {
	if x := n.inputs[0]; b.leads(n) && (len(x.shape) < len(n.shape) || x.shape[0] == 1) {
		return rows
	}
	return fixed
}

func (broadcast) domain(n *Node) (domain.Domain, bool) {
	d := broadcastDomain(n.inputs, n.shape)
	_, ok := d.PlaceIn(n.inputs[0].shape, n.shape)
	return d, ok
}

func (broadcast) micros(e *loopEmitter, n *Node) { e.broadcast(n) }

func (broadcast) instruction(_ *emitter, n *Node) exec.Instruction {
	return moveOf(n, exec.Piece{Lengths: n.shape, From: n.inputs[0].shape.Repeated(len(n.shape)), To: n.shape.Strides()})
}

// moveOf returns the instruction that fills n with one piece of its operand.
func moveOf(n *Node, p exec.Piece) *exec.Move {
	p.Src = stored(n.inputs[0]).id
	m := &exec.Move{Dst: n.id}
	m.Add(p)
	return m
}

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

// transpose orders axes anew: axis i of the result is axis axes[i] of the operand.
type transpose struct{ axes []int }

var swap = transpose{[]int{1, 0}}

func (transpose) name() string    { return "Transpose" }
func (o transpose) key() any      { return shape.Shape(o.axes).String() }
func (transpose) flops(*Node) int { return 0 }
func (o transpose) ofRows(int) op { return o }

func (o transpose) shape(in []*Node) shape.Shape {
	out := make(shape.Shape, len(o.axes))
	for i, a := range o.axes {
		out[i] = in[0].shape[a]
	}
	return out
}

// onRows: the rows of a matrix become columns.
func (o transpose) onRows(*Node, *batch) (role, bool) {
	return columns, len(o.axes) == 2 && o.axes[0] == 1
}

func (o transpose) instruction(_ *emitter, n *Node) exec.Instruction {
	in := n.inputs[0].shape.Strides()
	from := make([]int, len(in))
	for i, axis := range o.axes {
		from[i] = in[axis]
	}
	return moveOf(n, exec.Piece{Lengths: n.shape, From: from, To: n.shape.Strides()})
}

// Slice records the part from … to−1 of x along an axis.
func (b *Builder) Slice(x *Node, axis, from, to int) *Node { return b.make(slice{axis, from, to}, x) }

// slice takes the part from … to−1 along an axis.
type slice struct{ axis, from, to int }

func (slice) name() string                        { return "Slice" }
func (slice) flops(*Node) int                     { return 0 }
func (o slice) ofRows(int) op                     { return o }
func (o slice) onRows(*Node, *batch) (role, bool) { return rows, o.axis > 0 }
func (o slice) shape(in []*Node) shape.Shape {
	out := in[0].shape.Clone()
	out[o.axis] = o.to - o.from
	return out
}

func (o slice) instruction(_ *emitter, n *Node) exec.Instruction {
	in := n.inputs[0].shape.Strides()
	return moveOf(n, exec.Piece{Lengths: n.shape, From: in, To: n.shape.Strides(), FromOffset: o.from * in[o.axis]})
}

// Pad records x with zeros in front and behind along an axis.
func (b *Builder) Pad(x *Node, axis, before, after int) *Node {
	return b.make(pad{axis, before, after}, x)
}

// pad puts zeros in front and behind along an axis.
type pad struct{ axis, before, after int }

func (pad) name() string                        { return "Pad" }
func (pad) flops(*Node) int                     { return 0 }
func (o pad) ofRows(int) op                     { return o }
func (o pad) onRows(*Node, *batch) (role, bool) { return rows, o.axis > 0 }
func (o pad) shape(in []*Node) shape.Shape {
	out := in[0].shape.Clone()
	out[o.axis] += o.before + o.after
	return out
}

func (o pad) instruction(_ *emitter, n *Node) exec.Instruction {
	x, out := n.inputs[0].shape, n.shape.Strides()
	m := moveOf(n, exec.Piece{Lengths: x, From: x.Strides(), To: out, ToOffset: o.before * out[o.axis]})
	m.Clear = true
	return m
}

// Concat records the operands joined along an axis.
func (b *Builder) Concat(axis int, in ...*Node) *Node { return b.make(concat{axis}, in...) }

// concat joins its operands along an axis.
type concat struct{ axis int }

func (concat) name() string                            { return "Concat" }
func (concat) flops(*Node) int                         { return 0 }
func (o concat) ofRows(int) op                         { return o }
func (o concat) onRows(n *Node, b *batch) (role, bool) { return rows, o.axis > 0 && b.aligned(n) }
func (o concat) shape(in []*Node) shape.Shape {
	out := in[0].shape.Clone()
	for _, x := range in[1:] {
		out[o.axis] += x.shape[o.axis]
	}
	return out
}

func (o concat) instruction(_ *emitter, n *Node) exec.Instruction {
	m, out, at := &exec.Move{Dst: n.id}, n.shape.Strides(), 0
	for _, x := range n.inputs {
		m.Add(exec.Piece{Src: stored(x).id, Lengths: x.shape, From: x.shape.Strides(), To: out, ToOffset: at * out[o.axis]})
		at += x.shape[o.axis]
	}
	return m
}
