package compile

import (
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/conv"
)

// Convolution records one of the three products of package conv. Windows of a single
// pixel that take every pixel in turn make it a product of matrices.
func (b *Builder) Convolution(role conv.Role, g conv.Geometry, x, y *Node) *Node {
	one := conv.Windows{N: g.N, H: g.H, W: g.W, C: g.C, R: 1, S: 1, Stride: [2]int{1, 1}}
	if b.rules && g.Windows == one {
		return b.pointwise(role, g, x, y)
	}
	return b.make(convolution{role, g}, x, y)
}

// pointwise records a convolution of each pixel by itself: pixels are rows.
func (b *Builder) pointwise(role conv.Role, g conv.Geometry, x, y *Node) *Node {
	rows := func(x *Node) *Node {
		last := len(x.shape) - 1
		return b.reshape(x, shape.Shape{x.shape[:last].Size(), x.shape[last]})
	}
	p, q := rows(x), rows(y)
	switch role {
	case conv.Forward:
		q = b.make(swap, q)
	case conv.Weights:
		p, q = b.make(swap, q), p
	}
	return b.reshape(b.MatMul(p, q), convolution{role, g}.shape(nil))
}

// convolution is a product of windows, see [conv.Role]. The operands' numbers of
// images are those of the geometry.
type convolution struct {
	role     conv.Role
	geometry conv.Geometry
}

func (o convolution) name() string {
	return [...]string{"Conv2D", "Conv2DData", "Conv2DWeights"}[o.role]
}

func (o convolution) shape([]*Node) shape.Shape {
	g := o.geometry
	switch o.role {
	case conv.Data:
		return shape.Shape{g.N, g.H, g.W, g.C}
	case conv.Weights:
		return shape.Shape{g.K, g.R, g.S, g.C}
	}
	oh, ow := g.Out()
	return shape.Shape{g.N, oh, ow, g.K}
}

func (o convolution) flops(*Node) int { return int(o.geometry.Flops()) }

func (o convolution) ofRows(rows int) op {
	o.geometry.N = rows
	return o
}

// onRows: the gradient of the weights is a sum over the images, and else they stay
// apart.
func (o convolution) onRows(n *Node, b *batch) (role, bool) {
	first, second := b.roles[n.inputs[0]] == rows, b.roles[n.inputs[1]]
	if o.role == conv.Weights {
		return total, first && second == rows
	}
	return rows, first && second == fixed
}

// spreadsImages reports whether the images are the first operand, and each of their
// pixels goes into the result: it lies in some window.
func (o convolution) spreadsImages() bool {
	g := o.geometry
	oh, ow := g.Out()
	covers := func(axis, out, in, window int) bool {
		return g.Stride[axis] <= window && (out-1)*g.Stride[axis]+window-g.Before[axis] >= in
	}
	return o.role != conv.Data && covers(0, oh, g.H, g.R) && covers(1, ow, g.W, g.S)
}

// productInstruction is the instruction of a product that is a convolution.
func (o convolution) productInstruction(e *emitter, g *group) exec.Instruction {
	p := g.product
	in := &exec.Convolution{
		Geometry: o.geometry, Role: o.role, A: p.a.id, B: p.b.id, C: p.out.id, Bias: exec.None,
		Act: p.function(), Adds: e.addsToSums(p.out), Guards: e.guards[g],
	}
	if p.bias != nil {
		in.Bias = p.bias.id
	}
	in.Free.Offset, in.Free.Size = e.arena.Gap(e.now)
	return in
}
