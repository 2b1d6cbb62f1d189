package autodiff

// materialise replaces operands whose broadcast to shape is more than what
// instructions do by themselves, see [place].
func (s *simplifier) materialise(in []*Node, shape Shape) {
	d := loopOf(in, shape)
	for i, x := range in {
		if _, ok := d.placeIn(x.shape, shape); !ok {
			in[i] = s.intern(stretch{shape}, []*Node{x}, shape)
		}
	}
}

// unstretch lets an elementwise op broadcast its operand by itself, where
// another operand gives the result its shape.
func (s *simplifier) unstretch(o op, in []*Node) *Node {
	for i, x := range in {
		if _, ok := x.op.(stretch); !ok {
			continue
		}
		shorter := append([]*Node(nil), in...)
		shorter[i] = x.inputs[0]
		want, _ := o.shape(in)
		if got, _ := o.shape(shorter); got.Equal(want) {
			return s.make(o, shorter...)
		}
	}
	return nil
}

// sinkStretch moves a broadcast behind an op that computes on nothing else,
// f(broadcast(a), c) = broadcast(f(a, c)), so that less is computed; so also a
// reshape of a scalar.
func (s *simplifier) sinkStretch(o op, in []*Node) *Node {
	var from, to Shape
	for _, x := range in {
		stretched := isStretch(x)
		switch {
		case len(x.shape) == 0:
		case !stretched || from != nil && !x.inputs[0].shape.Equal(from) || to != nil && !x.shape.Equal(to):
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
	return s.make(stretch{to}, s.make(o, small...))
}

// isStretch reports whether x is a broadcast, or a scalar with axes.
func isStretch(x *Node) bool {
	_, stretched := x.op.(stretch)
	_, reshaped := x.op.(reshape)
	return stretched || reshaped && len(x.inputs[0].shape) == 0
}

// sinkReshape moves a reshape of an operand behind the op, f(reshape(a), b) =
// reshape(f(a, reshape(b))), so that chains of elementwise ops are not cut.
func (s *simplifier) sinkReshape(o op, in []*Node) *Node {
	shape, _ := o.shape(in)
	var from Shape
	for _, x := range in {
		_, reshaped := x.op.(reshape)
		switch {
		case len(x.shape) == 0 && len(shape) > 0:
		case !x.shape.Equal(shape):
			return nil
		case reshaped && from == nil && len(x.inputs[0].shape) > len(shape):
			from = x.inputs[0].shape // of more axes, so that this ends
		}
	}
	if from == nil {
		return nil
	}
	moved := make([]*Node, len(in))
	for i, x := range in {
		moved[i] = x
		if _, constant := scalarConstant(x); x.shape.Equal(shape) && !constant {
			moved[i] = s.reshape(x, from)
		}
	}
	return s.reshape(s.make(o, moved...), shape)
}

// view simplifies ops that move or choose elements, and reductions, which drop
// out where they have a single element to work on.
func (s *simplifier) view(o op, in []*Node) *Node {
	x := in[0]
	switch o := o.(type) {
	case reshape:
		return s.viewReshape(o, x)
	case transpose:
		return s.viewTranspose(o, x)
	case stretch:
		return s.viewStretch(o, x)
	case sum:
		return s.sum(o, x)
	case reduceMax:
		if x.shape[o.from:o.to].Size() == 1 {
			return x
		}
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

func (s *simplifier) reshape(x *Node, to Shape) *Node { return s.make(reshape{to}, x) }

// viewReshape drops a reshape that changes nothing, another one before it, and
// the shape that a scalar was broadcast to.
func (s *simplifier) viewReshape(o reshape, x *Node) *Node {
	if x.shape.Equal(o.to) {
		return x
	}
	switch x.op.(type) {
	case reshape:
		return s.reshape(x.inputs[0], o.to)
	case stretch:
		if len(x.inputs[0].shape) == 0 {
			return s.make(stretch(o), x.inputs[0])
		}
	}
	return nil
}

// viewTranspose joins two transposes and drops one that moves nothing.
func (s *simplifier) viewTranspose(o transpose, x *Node) *Node {
	if inner, ok := x.op.(transpose); ok {
		axes := make([]int, len(o.axes))
		for i, a := range o.axes {
			axes[i] = inner.axes[a]
		}
		return s.make(transpose{axes}, x.inputs[0])
	}
	for i, a := range o.axes {
		if a != i {
			return s.thinTranspose(o, x)
		}
	}
	return x
}

// thinTranspose turns a transpose that moves only axes of length 1 into a
// reshape.
func (s *simplifier) thinTranspose(o transpose, x *Node) *Node {
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
	to, _ := o.shape([]*Node{x})
	return s.reshape(x, to)
}

// viewStretch drops a broadcast that changes nothing or comes before another,
// and makes it a reshape where it adds no element; what broadcasts a single
// element broadcasts a scalar.
func (s *simplifier) viewStretch(o stretch, x *Node) *Node {
	switch {
	case x.shape.Equal(o.to):
		return x
	case x.shape.Size() == o.to.Size():
		return s.reshape(x, o.to)
	case x.shape.Size() == 1 && len(x.shape) > 0:
		return s.make(o, s.reshape(x, Shape{}))
	}
	if _, ok := x.op.(stretch); ok {
		return s.make(o, x.inputs[0])
	}
	return nil
}

// sum drops sums over a single element, takes a sum before the negative that it
// follows, and one over everything before a reshape, and makes one over a scalar's
// broadcast a product.
func (s *simplifier) sum(o sum, x *Node) *Node {
	shape, _ := o.shape([]*Node{x})
	if x.shape[o.from:o.to].Size() == 1 {
		return x
	}
	if _, ok := x.op.(neg); ok {
		return s.make(neg{}, s.make(o, x.inputs[0]))
	}
	if _, ok := x.op.(reshape); ok && shape.Size() == 1 {
		inner := x.inputs[0]
		return s.reshape(s.make(sum{0, len(inner.shape)}, inner), shape)
	}
	if _, ok := x.op.(stretch); ok && shape.Size() == 1 && len(x.inputs[0].shape) == 0 && x.shape.Size() > 0 {
		return s.reshape(s.make(mul{}, x.inputs[0], s.scalar(float64(x.shape.Size()))), shape)
	}
	return nil
}

// transposedProduct returns bᵀ·aᵀ for n = (a·b)ᵀ if the product is used for
// nothing else: the transposes of the factors cost nothing.
func (s *simplifier) transposedProduct(n *Node, in []*Node) *Node {
	o, isTranspose := n.op.(transpose)
	_, isProduct := in[0].op.(matMul)
	if !s.rules || !isTranspose || !isProduct || o.axes[0] == 0 || s.uses[n.inputs[0].id] != 1 {
		return nil
	}
	swap := transpose{[]int{1, 0}}
	a, b := in[0].inputs[0], in[0].inputs[1]
	return s.make(matMul{}, s.make(swap, b), s.make(swap, a))
}
