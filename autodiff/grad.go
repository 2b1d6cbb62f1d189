package autodiff

import "fmt"

// Grad returns the gradient of a scalar y with respect to each of xs, as nodes
// of the same graph: they are compiled or differentiated like any others, so
// Grad of Grad gives second derivatives.
//
// The nodes are recorded by reverse accumulation: from y back to its operands,
// each op's vector-Jacobian product adds to its operands' gradients (Griewank
// and Walther, Evaluating Derivatives, 2008, chapter 3). Only what y depends on
// and what depends on one of xs is visited.
//
// It returns an [*Error] if y is not a scalar, belongs to another graph than one
// of xs, or does not depend on one of them, which is named.
func Grad(y *Node, xs ...*Node) (grads []*Node, err error) {
	defer Catch(&err)
	if y.missing() {
		fail("Grad", "the loss is nil")
	}
	if len(y.shape) != 0 {
		fail("Grad", "the loss is no scalar; use Sum or Mean", y.shape)
	}
	return GradOf(y, y.graph.Scalar(1), xs...)
}

// GradOf returns the vector-Jacobian product: the gradient of Σ y·dy with
// respect to each of xs, with dy held constant. The cotangent dy has y's shape.
// Errors are those of [Grad].
func GradOf(y, dy *Node, xs ...*Node) (grads []*Node, err error) {
	defer Catch(&err)
	if y.missing() || dy.missing() {
		fail("Grad", "what is differentiated or the cotangent is nil")
	}
	for i, x := range xs {
		if x.missing() {
			failf("Grad", "node %d to differentiate for is nil", i)
		}
	}
	if dy.graph != y.graph {
		fail("Grad", "the cotangent belongs to another graph", y.shape, dy.shape)
	}
	if y.IsLabels() {
		fail("Grad", "labels "+y.Name()+" have no derivative")
	}
	if !dy.shape.Equal(y.shape) {
		fail("Grad", "the cotangent has not the shape of what is differentiated", y.shape, dy.shape)
	}
	for _, x := range xs {
		if x.graph != y.graph {
			fail("Grad", x.String()+" belongs to another graph", y.shape, x.shape)
		}
	}
	b := backward{
		y:        y,
		feeds:    dependents(y, xs, stops),
		moves:    dependents(y, xs, isFlat),
		grads:    map[*Node]*cotangent{},
		supports: newSupports(),
	}
	value, on := b.supports.split(dy)
	b.grads[y] = &cotangent{value: value, on: on, known: on}
	b.run()
	for _, x := range xs {
		grads = append(grads, b.of(x))
	}
	return grads, nil
}

// DependsOn reports whether n is computed from x on a path that derivatives
// follow, not only through StopGradient.
func (n *Node) DependsOn(x *Node) bool {
	return x != nil && n.graph == x.graph && n.id >= x.id && sources(n)[x.id]
}

// stops reports whether no derivative passes through an op.
func stops(o op) bool { _, ok := o.(stopGradient); return ok }

// isFlat reports whether the derivative of an op is 0 wherever it exists.
func isFlat(o op) bool { return o.traits().Flat }

// dependents marks the nodes up to y that depend on one of xs on a path without
// ops that end it.
func dependents(y *Node, xs []*Node, ends func(op) bool) []bool {
	marks := make([]bool, y.id+1)
	for _, x := range xs {
		if x.id <= y.id {
			marks[x.id] = true
		}
	}
	for _, n := range y.graph.nodes[:y.id+1] {
		if ends(n.op) {
			continue
		}
		for _, in := range n.inputs {
			marks[n.id] = marks[n.id] || marks[in.id]
		}
	}
	return marks
}

// backward is one reverse accumulation.
type backward struct {
	y        *Node
	feeds    []bool // by id: depends on one of the xs
	moves    []bool // by id: changes with one of the xs, not only in steps
	grads    map[*Node]*cotangent
	supports supports
	sources  []bool // by id: y depends on it; made when somebody asks
}

func (b *backward) run() {
	g := b.y.graph
	defer func(old *call) { g.origin = old }(g.origin)
	for id := b.y.id; id >= 0; id-- {
		n := g.nodes[id]
		dy := b.grads[n]
		if dy == nil || !b.moves[id] || len(n.inputs) == 0 {
			continue
		}
		g.origin = &n.at
		if _, ok := n.op.(elementwise); ok {
			b.elementwise(n, dy)
		} else {
			b.structural(n, dy)
		}
	}
}

// elementwise adds to the gradients of the operands of n. What comes in is not
// cleared outside its support before the products with the op's derivatives but
// after, where one of these may be infinite.
func (b *backward) elementwise(n *Node, dy *cotangent) {
	if b.spreads(n) {
		dy.plain()
	}
	for i, dx := range n.op.vjp(n, dy.value) {
		x := n.inputs[i]
		if dx == nil || !b.moves[x.id] {
			continue
		}
		d, own := b.split(n, dx)
		d.known = b.supports.intersect(dy.known, own)
		if d.on = d.known; isBounded(n, i) {
			d.on = b.supports.intersect(dy.on, own)
		}
		d.known = b.supports.intersect(d.known, b.factor(n, i))
		if d.on != own {
			d.chosen = nil
		}
		b.accumulate(x, d)
	}
}

// spreads reports whether what comes in goes on to several operands, by finite
// factors: it is then better cleared once than for each of them.
func (b *backward) spreads(n *Node) bool {
	ways := 0
	for i, x := range n.inputs {
		if b.moves[x.id] {
			ways++
			if !isBounded(n, i) {
				return false
			}
		}
	}
	return ways > 1
}

// structural adds to the gradients of the operands of n, an op that moves
// elements, reduces them or multiplies matrices.
func (b *backward) structural(n *Node, dy *cotangent) {
	for i, dx := range n.op.vjp(n, dy.plain()) {
		x := n.inputs[i]
		if dx == nil || !b.moves[x.id] {
			continue
		}
		d, own := b.split(n, dx)
		d.on, d.known = own, b.supports.intersect(carried(n, i, dy.known), own)
		b.accumulate(x, d)
	}
}

// split takes a gradient that an op has given apart.
func (b *backward) split(n, dx *Node) (d *cotangent, own *support) {
	value, own := b.supports.split(dx)
	if own == nil {
		return &cotangent{value: value}, nil
	}
	if _, ok := n.op.(where); ok {
		own.branch = true
	}
	return &cotangent{value: value, chosen: dx}, own
}

// factor returns where the i-th operand of a product counts, because the other
// factor does not change with what is differentiated for; nil for everywhere.
func (b *backward) factor(n *Node, i int) *support {
	if _, ok := n.op.(mul); !ok {
		return nil
	}
	other := n.inputs[1-i]
	if _, constant := scalarConstant(other); constant || b.moves[other.id] {
		return nil
	}
	return b.supports.chosenBy(other, false)
}

// carried returns the support of the gradient of the i-th operand of n, whose
// own gradient has support s.
func carried(n *Node, i int, s *support) *support {
	if s == nil {
		return nil
	}
	x := n.inputs[i]
	switch n.op.(type) {
	case broadcast, sum, reduceMax, pick:
		return s // these broadcast, or are summed by accumulate
	case reshape, transpose, slice, pad, concat:
		return s.through(n.shape, func(m *Node) *Node { return n.op.vjp(n, m)[i] }, x.shape)
	case matMul:
		return s.factor(n, i)
	}
	return nil
}

// factor returns the support of the gradient of the i-th factor of a product n of
// matrices, whose gradient has support s: the rows, or the columns, that have
// something of it.
func (s *support) factor(n *Node, i int) *support {
	switch {
	case s.shape.fromEnd(1+i) == 1:
		return s
	case !s.branch:
		return nil
	}
	to := n.shape.clone()
	to[1-i] = 1
	return s.through(n.shape, func(m *Node) *Node { return m.SumKeep(1 - i) }, to)
}

// accumulate adds d to x's gradient, after undoing the broadcast of x.
func (b *backward) accumulate(x *Node, d *cotangent) {
	d.sumTo(x.shape)
	old := b.grads[x]
	if old == nil {
		b.grads[x] = d
		return
	}
	sum := &cotangent{known: union(old.known, d.known)}
	switch {
	case old.on == d.on:
		sum.value, sum.on = old.value.Add(d.value), d.on
	case old.on.complements(d.on) && d.on.invert:
		sum.value = d.on.array.Where(old.value, d.value)
	case old.on.complements(d.on):
		sum.value = d.on.array.Where(d.value, old.value)
	default:
		sum.value = old.plain().Add(d.plain())
	}
	b.grads[x] = sum
}

// sumTo sums a gradient to the shape of a node that was broadcast.
func (c *cotangent) sumTo(shape Shape) {
	from := c.value.shape
	if from.Equal(shape) {
		return
	}
	if c.on != nil && !c.on.constant(shape) {
		c.plain()
	}
	c.on, c.known = c.on.summed(from, shape), c.known.summed(from, shape)
	c.value, c.chosen = c.value.sumTo(shape), nil
}

// sumTo sums x over the axes along which shape was broadcast to x's shape.
func (x *Node) sumTo(shape Shape) *Node {
	if x.shape.Equal(shape) {
		return x
	}
	if s, ok := broadcastShapes(x.shape, shape); ok && s.Equal(shape) {
		return x.Broadcast(shape...) // a gradient that is the same for all elements
	}
	var axes []int
	for i, d := range x.shape {
		if shape.fromEnd(len(x.shape)-i) == 1 && (d != 1 || i < len(x.shape)-len(shape)) {
			axes = append(axes, i)
		}
	}
	return x.SumKeep(axes...).Reshape(shape...)
}

// of returns the gradient of x: 0 where every derivative on the way is 0.
func (b *backward) of(x *Node) *Node {
	if dx := b.grads[x]; dx != nil {
		return dx.plain()
	}
	if x.id > b.y.id || !b.feeds[b.y.id] || !b.reaches(x) {
		fail("Grad", fmt.Sprintf("%v does not depend on %v", b.y, x))
	}
	return x.graph.Scalar(0).Broadcast(x.shape...)
}

// reaches reports whether y depends on x on a path that derivatives follow.
func (b *backward) reaches(x *Node) bool {
	if b.sources == nil {
		b.sources = sources(b.y)
	}
	return b.sources[x.id]
}

// sources marks what y depends on on a path that derivatives follow.
func sources(y *Node) []bool {
	marks := make([]bool, y.id+1)
	marks[y.id] = true
	for id := y.id; id >= 0; id-- {
		if n := y.graph.nodes[id]; marks[id] && !stops(n.op) {
			for _, x := range n.inputs {
				marks[x.id] = true
			}
		}
	}
	return marks
}
