package compile

import (
	"slices"

	"declive/autodiff/internal/shape"
	"declive/internal/kernel/vec"
)

// materialise replaces operands that a loop cannot read broadcast to a shape: see
// [domain.Domain.PlaceIn].
func (b *Builder) materialise(in []*Node, to shape.Shape) {
	d := broadcastDomain(in, to)
	for i, x := range in {
		if _, ok := d.PlaceIn(x.shape, to); !ok {
			in[i] = b.intern(broadcast{to}, []*Node{x}, to)
		}
	}
}

// unbroadcast lets an elementwise op broadcast its operand by itself, where
// another operand gives the result its shape.
func (b *Builder) unbroadcast(o op, in []*Node) *Node {
	for i, x := range in {
		if _, ok := x.op.(broadcast); !ok {
			continue
		}
		shorter := slices.Clone(in)
		shorter[i] = x.inputs[0]
		if o.shape(shorter).Equal(o.shape(in)) {
			return b.make(o, shorter...)
		}
	}
	return nil
}

// sinkBroadcast moves a broadcast behind an op that computes on nothing else,
// f(broadcast(a), c) = broadcast(f(a, c)), so that less is computed; so also a
// reshape of a scalar.
func (b *Builder) sinkBroadcast(o op, in []*Node) *Node {
	var from, to shape.Shape
	for _, x := range in {
		repeated := isBroadcast(x)
		switch {
		case len(x.shape) == 0:
		case !repeated || from != nil && !x.inputs[0].shape.Equal(from) || to != nil && !x.shape.Equal(to):
			return nil
		default:
			from, to = x.inputs[0].shape, x.shape
		}
	}
	if to == nil {
		return nil
	}
	small := make([]*Node, len(in))
	for i, x := range in {
		small[i] = x
		if len(x.shape) > 0 {
			small[i] = x.inputs[0]
		}
	}
	return b.make(broadcast{to}, b.make(o, small...))
}

// isBroadcast reports whether x is a broadcast, or a scalar with axes.
func isBroadcast(x *Node) bool {
	_, repeated := x.op.(broadcast)
	_, reshaped := x.op.(reshape)
	return repeated || reshaped && len(x.inputs[0].shape) == 0
}

// sinkReshape moves a reshape of an operand behind the op, f(reshape(a), b) =
// reshape(f(a, reshape(b))), so that chains of elementwise ops are not cut.
func (b *Builder) sinkReshape(o op, in []*Node) *Node {
	to := o.shape(in)
	var from shape.Shape
	for _, x := range in {
		_, reshaped := x.op.(reshape)
		switch {
		case len(x.shape) == 0 && len(to) > 0:
		case !x.shape.Equal(to):
			return nil
		case reshaped && from == nil && len(x.inputs[0].shape) > len(to):
			from = x.inputs[0].shape // of more axes, so that this ends
		}
	}
	if from == nil {
		return nil
	}
	moved := make([]*Node, len(in))
	for i, x := range in {
		moved[i] = x
		if _, constant := scalarConstant(x); x.shape.Equal(to) && !constant {
			moved[i] = b.reshape(x, from)
		}
	}
	return b.reshape(b.make(o, moved...), to)
}

// view simplifies ops that move or choose elements, and reductions, which drop
// out where they have a single element to work on.
func (b *Builder) view(o op, in []*Node) *Node {
	x := in[0]
	switch o := o.(type) {
	case reshape:
		return b.viewReshape(o, x)
	case transpose:
		return b.viewTranspose(o, x)
	case broadcast:
		return b.viewBroadcast(o, x)
	case reduce:
		return b.viewReduce(o, x)
	case slice:
		if o.from == 0 && o.to == x.shape[o.axis] {
			return x
		}
	case pad:
		if o.before == 0 && o.after == 0 {
			return x
		}
	case concat:
		if len(in) == 1 {
			return x
		}
	}
	return nil
}

func (b *Builder) reshape(x *Node, to shape.Shape) *Node { return b.make(reshape{to}, x) }

// viewReshape drops a reshape that changes nothing, another one before it, and
// the shape that a scalar was broadcast to.
func (b *Builder) viewReshape(o reshape, x *Node) *Node {
	if x.shape.Equal(o.to) {
		return x
	}
	switch x.op.(type) {
	case reshape:
		return b.reshape(x.inputs[0], o.to)
	case broadcast:
		if len(x.inputs[0].shape) == 0 {
			return b.make(broadcast(o), x.inputs[0])
		}
	}
	return nil
}

// viewTranspose joins two transposes and drops one that moves nothing.
func (b *Builder) viewTranspose(o transpose, x *Node) *Node {
	if inner, ok := x.op.(transpose); ok {
		axes := make([]int, len(o.axes))
		for i, a := range o.axes {
			axes[i] = inner.axes[a]
		}
		return b.make(transpose{axes}, x.inputs[0])
	}
	for i, a := range o.axes {
		if a != i {
			return b.thinTranspose(o, x)
		}
	}
	return x
}

// thinTranspose turns a transpose that moves only axes of length 1 into a
// reshape.
func (b *Builder) thinTranspose(o transpose, x *Node) *Node {
	last := -1
	for _, a := range o.axes {
		if x.shape[a] == 1 {
			continue
		}
		if a < last {
			return nil
		}
		last = a
	}
	return b.reshape(x, o.shape([]*Node{x}))
}

// viewBroadcast drops a broadcast that changes nothing or comes before another,
// and makes it a reshape where it adds no element; what broadcasts a single
// element broadcasts a scalar.
func (b *Builder) viewBroadcast(o broadcast, x *Node) *Node {
	switch {
	case x.shape.Equal(o.to):
		return x
	case x.shape.Size() == o.to.Size():
		return b.reshape(x, o.to)
	case x.shape.Size() == 1 && len(x.shape) > 0:
		return b.make(o, b.reshape(x, shape.Shape{}))
	}
	if _, ok := x.op.(broadcast); ok {
		return b.make(o, x.inputs[0])
	}
	return nil
}

// viewReduce drops reductions of a single element.
func (b *Builder) viewReduce(o reduce, x *Node) *Node {
	switch {
	case x.shape[o.from:o.to].Size() == 1:
		return x
	case o.of == vec.ReduceSum:
		return b.viewSum(o, x)
	}
	return nil
}

// viewSum takes a sum before the negative that it follows, and one over everything
// before a reshape, makes one over a scalar's broadcast a product, and finds spreads.
func (b *Builder) viewSum(o reduce, x *Node) *Node {
	if x.op == neg {
		return b.make(neg, b.make(o, x.inputs[0]))
	}
	if o.from == 0 {
		if y := b.spreadOf(o.to, x); y != nil {
			return y
		}
	}
	to := o.shape([]*Node{x})
	if to.Size() != 1 {
		return nil
	}
	switch inner := first(x); x.op.(type) {
	case reshape:
		return b.reshape(b.make(reduce{vec.ReduceSum, 0, len(inner.shape)}, inner), to)
	case broadcast:
		if len(inner.shape) == 0 && x.shape.Size() > 0 {
			return b.reshape(b.make(mul, inner, b.Scalar(float64(x.shape.Size()))), to)
		}
	}
	return nil
}

// first returns the first operand of x, or nil.
func first(x *Node) *Node {
	if len(x.inputs) == 0 {
		return nil
	}
	return x.inputs[0]
}

// transposedProduct returns yᵀ·xᵀ for the transpose of p = x·y, which nothing else
// reads: the transposes of the factors cost nothing. It returns nil if p is no
// product or is not transposed.
func (b *Builder) transposedProduct(axes []int, p *Node) *Node {
	if _, ok := p.op.(matMul); !ok || axes[0] == 0 {
		return nil
	}
	x, y := p.inputs[0], p.inputs[1]
	return b.make(matMul{}, b.make(swap, y), b.make(swap, x))
}
