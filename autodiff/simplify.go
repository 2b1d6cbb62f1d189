package autodiff

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// simplify copies what outputs need into a graph of its own and returns the
// copies of outputs. On the way it merges common subexpressions, folds scalar
// constants and drops ops that change nothing; each rule stands in rewrite. A
// rule may change the rounding of a result, never its meaning for NaN.
//
// With rules off only StopGradient, which computes nothing, is dropped.
func simplify(outputs []*Node, rules bool) []*Node {
	needed := ancestors(outputs...)
	s := newSimplifier(needed, outputs, rules)
	for _, n := range needed {
		s.graph.origin = &n.at
		s.done[n.id] = s.copy(n)
	}
	out := make([]*Node, len(outputs))
	for i, n := range outputs {
		out[i] = s.done[n.id]
	}
	return out
}

type simplifier struct {
	graph *Graph
	done  []*Node // by id in the old graph
	uses  []int   // likewise
	known map[identity]*Node
	rules bool
}

// newSimplifier prepares to copy nodes, of which outputs are used from outside.
func newSimplifier(nodes, outputs []*Node, rules bool) *simplifier {
	g := outputs[0].graph
	s := &simplifier{
		graph: &Graph{precision: g.precision, origin: &call{}},
		done:  make([]*Node, len(g.nodes)),
		uses:  make([]int, len(g.nodes)),
		known: map[identity]*Node{},
		rules: rules,
	}
	s.countUses(nodes, outputs)
	return s
}

// An identity tells nodes apart: the same op on the same operands is the same
// value.
type identity struct {
	op       any
	operands [3]int
	more     string
}

func (s *simplifier) copy(n *Node) *Node {
	in := make([]*Node, len(n.inputs))
	for i, x := range n.inputs {
		in[i] = s.done[x.id]
	}
	if _, ok := n.op.(stopGradient); ok {
		return in[0]
	}
	if len(in) == 0 {
		return s.intern(n.op, nil, n.shape)
	}
	if y := s.transposedProduct(n, in); y != nil {
		return y
	}
	return s.make(n.op, in...)
}

func (s *simplifier) countUses(nodes, outputs []*Node) {
	for _, n := range nodes {
		for _, x := range n.inputs {
			s.uses[x.id]++
		}
	}
	for _, n := range outputs {
		s.uses[n.id]++
	}
}

// transposedProduct returns bᵀ·aᵀ for n = (a·b)ᵀ if the product is used for
// nothing else: the transposes of the factors cost nothing.
func (s *simplifier) transposedProduct(n *Node, in []*Node) *Node {
	_, isTranspose := n.op.(transpose)
	_, isProduct := in[0].op.(matMul)
	if !s.rules || !isTranspose || !isProduct || s.uses[n.inputs[0].id] != 1 {
		return nil
	}
	swap := transpose{[]int{1, 0}}
	a, b := in[0].inputs[0], in[0].inputs[1]
	return s.make(matMul{}, s.make(swap, b), s.make(swap, a))
}

// make returns the node of an op, simplified, or one that exists already.
func (s *simplifier) make(o op, in ...*Node) *Node {
	if s.rules {
		if y := s.rewrite(o, in); y != nil {
			return y
		}
	}
	shape, reason := o.shape(in)
	if reason != "" {
		panic("autodiff: simplifying " + o.name() + ": " + reason) // a rule is wrong
	}
	if _, ok := o.(elementwise); ok {
		s.materialise(in, shape)
	}
	return s.intern(o, in, shape)
}

// materialise replaces operands whose broadcast to shape is not one of rows,
// columns or scalars, which is all that instructions do by themselves.
func (s *simplifier) materialise(in []*Node, shape Shape) {
	d := domainOf(shape)
	for i, x := range in {
		if _, ok := d.place(x.shape); !ok {
			in[i] = s.intern(stretch{shape}, []*Node{x}, shape)
		}
	}
}

func (s *simplifier) intern(o op, in []*Node, shape Shape) *Node {
	id := identify(o, in, shape)
	if n := s.known[id]; n != nil && s.rules {
		return n
	}
	n := s.graph.add(o, in, shape)
	s.known[id] = n
	return n
}

func identify(o op, in []*Node, shape Shape) identity {
	id := identity{op: o, operands: [3]int{-1, -1, -1}}
	switch o := o.(type) {
	case transpose:
		id.op, id.more = "Transpose", fmt.Sprint(o.axes)
	case reshape:
		id.op, id.more = "Reshape", shape.String()
	case stretch:
		id.op, id.more = "Broadcast", shape.String()
	case constant:
		id.op, id.more = o.array, fmt.Sprint(math.Float64bits(o.scalar))
	case input, labels:
		id.more = shape.String()
	}
	for i, x := range in {
		if i < len(id.operands) {
			id.operands[i] = x.id
		} else {
			id.more += fmt.Sprint(" ", x.id)
		}
	}
	return id
}

func (s *simplifier) scalar(v float64) *Node { return s.intern(constant{scalar: v}, nil, Shape{}) }

func (s *simplifier) reshape(x *Node, to Shape) *Node { return s.make(reshape{to}, x) }

// rewrite returns something simpler that equals the op, or nil.
func (s *simplifier) rewrite(o op, in []*Node) *Node {
	if e, ok := o.(elementwise); ok {
		if y := s.fold(e, in); y != nil {
			return y
		}
		if y := s.unstretch(o, in); y != nil {
			return y
		}
		if y := s.sinkReshape(o, in); y != nil {
			return y
		}
	}
	switch o := o.(type) {
	case add:
		return s.add(in[0], in[1])
	case sub:
		return s.sub(in[0], in[1])
	case mul:
		return s.mul(in[0], in[1])
	case div:
		if c, ok := scalarConstant(in[1]); ok && math.Abs(c) > 1e-30 && math.Abs(c) < 1e30 {
			return s.make(mul{}, in[0], s.scalar(1/c))
		}
	case neg:
		return s.neg(in[0])
	case reshape:
		return s.viewReshape(o, in[0])
	case transpose:
		return s.viewTranspose(o, in[0])
	case stretch:
		return s.viewStretch(o, in[0])
	case sum:
		return s.sum(o, in[0])
	case reduceMax:
		if in[0].shape[o.from:o.to].Size() == 1 {
			return in[0]
		}
	case slice:
		if o.from == 0 && o.to == in[0].shape[o.axis] {
			return in[0]
		}
	case pad:
		if o.before == 0 && o.after == 0 {
			return in[0]
		}
	case concat:
		if len(in) == 1 {
			return in[0]
		}
	}
	return nil
}

// scalarConstant returns the value of a scalar constant.
func scalarConstant(n *Node) (float64, bool) {
	c, ok := n.op.(constant)
	return c.scalar, ok && c.array == nil
}

func is(n *Node, v float64) bool {
	c, ok := scalarConstant(n)
	return ok && c == v
}

// fold computes an op on scalar constants.
func (s *simplifier) fold(o elementwise, in []*Node) *Node {
	at := make([]float64, len(in))
	for i, x := range in {
		c, ok := scalarConstant(x)
		if !ok {
			return nil
		}
		at[i] = c
	}
	v := o.value(at)
	if s.graph.precision == tensor.Float32 {
		v = float64(float32(v))
	}
	return s.scalar(v)
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

func (s *simplifier) add(a, b *Node) *Node {
	if is(b, 0) {
		return a
	}
	if _, ok := scalarConstant(a); ok {
		return s.make(add{}, b, a)
	}
	if _, ok := b.op.(neg); ok {
		return s.make(sub{}, a, b.inputs[0])
	}
	if _, ok := a.op.(neg); ok {
		return s.make(sub{}, b, a.inputs[0])
	}
	if a == b {
		return s.make(mul{}, a, s.scalar(2))
	}
	return nil
}

func (s *simplifier) sub(a, b *Node) *Node {
	if is(b, 0) {
		return a
	}
	if _, ok := b.op.(neg); ok {
		return s.make(add{}, a, b.inputs[0])
	}
	if c, ok := scalarConstant(b); ok {
		return s.make(add{}, a, s.scalar(-c))
	}
	return nil
}

func (s *simplifier) mul(a, b *Node) *Node {
	if _, ok := scalarConstant(a); ok {
		return s.make(mul{}, b, a)
	}
	if _, ok := a.op.(neg); ok {
		return s.make(neg{}, s.make(mul{}, a.inputs[0], b))
	}
	c, ok := scalarConstant(b)
	if !ok {
		if _, ok := b.op.(neg); ok {
			return s.make(neg{}, s.make(mul{}, a, b.inputs[0]))
		}
		return nil
	}
	switch c {
	case 1:
		return a
	case -1:
		return s.make(neg{}, a)
	}
	if _, ok := a.op.(mul); ok {
		if d, ok := scalarConstant(a.inputs[1]); ok {
			return s.make(mul{}, a.inputs[0], s.scalar(c*d))
		}
	}
	return nil
}

func (s *simplifier) neg(x *Node) *Node {
	switch x.op.(type) {
	case neg:
		return x.inputs[0]
	case mul:
		if c, ok := scalarConstant(x.inputs[1]); ok {
			return s.make(mul{}, x.inputs[0], s.scalar(-c))
		}
	case sub:
		return s.make(sub{}, x.inputs[1], x.inputs[0])
	}
	return nil
}

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

// sum drops sums over a single element, and takes a sum over everything before
// the reshape that it follows.
func (s *simplifier) sum(o sum, x *Node) *Node {
	shape, _ := o.shape([]*Node{x})
	if x.shape[o.from:o.to].Size() == 1 {
		return x
	}
	if _, ok := x.op.(reshape); ok && shape.Size() == 1 {
		inner := x.inputs[0]
		return s.reshape(s.make(sum{0, len(inner.shape)}, inner), shape)
	}
	if _, ok := x.op.(stretch); ok && shape.Size() == 1 && len(x.inputs[0].shape) == 0 {
		return s.reshape(s.make(mul{}, x.inputs[0], s.scalar(float64(x.shape.Size()))), shape)
	}
	return nil
}
