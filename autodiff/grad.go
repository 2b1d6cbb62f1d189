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
	if !dy.shape.Equal(y.shape) {
		fail("Grad", "the cotangent has not the shape of what is differentiated", y.shape, dy.shape)
	}
	for _, x := range xs {
		if x.graph != y.graph {
			fail("Grad", x.String()+" belongs to another graph", y.shape, x.shape)
		}
	}
	b := backward{y: y, feeds: dependents(y, xs), grads: map[*Node]*Node{y: dy}}
	b.run()
	for _, x := range xs {
		grads = append(grads, b.of(x))
	}
	return grads, nil
}

// DependsOn reports whether n is computed from x on a path that derivatives
// follow, not only through StopGradient.
func (n *Node) DependsOn(x *Node) bool {
	return n.graph == x.graph && n.id >= x.id && dependents(n, []*Node{x})[n.id]
}

// dependents marks the nodes up to y that depend on one of xs.
func dependents(y *Node, xs []*Node) []bool {
	marks := make([]bool, y.id+1)
	for _, x := range xs {
		if x.id <= y.id {
			marks[x.id] = true
		}
	}
	for _, n := range y.graph.nodes[:y.id+1] {
		if _, stops := n.op.(stopGradient); stops {
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
	y     *Node
	feeds []bool          // by id: depends on one of the xs
	grads map[*Node]*Node // what has been accumulated so far
}

func (b *backward) run() {
	g := b.y.graph
	defer func(old *call) { g.origin = old }(g.origin)
	for id := b.y.id; id >= 0; id-- {
		n := g.nodes[id]
		dy := b.grads[n]
		if dy == nil || !b.feeds[id] || len(n.inputs) == 0 {
			continue
		}
		g.origin = &n.at
		for i, dx := range n.op.vjp(n, dy) {
			if x := n.inputs[i]; dx != nil && b.feeds[x.id] {
				b.accumulate(x, dx)
			}
		}
	}
}

// accumulate adds dx to x's gradient, after undoing the broadcast of x.
func (b *backward) accumulate(x, dx *Node) {
	dx = dx.sumTo(x.shape)
	if sum := b.grads[x]; sum != nil {
		dx = sum.Add(dx)
	}
	b.grads[x] = dx
}

// sumTo sums x over the axes along which shape was broadcast to x's shape.
func (x *Node) sumTo(shape Shape) *Node {
	if x.shape.Equal(shape) {
		return x
	}
	if s, ok := broadcast(x.shape, shape); ok && s.Equal(shape) {
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
		return dx
	}
	if x.id > b.y.id || !b.feeds[b.y.id] || !b.reaches(x) {
		fail("Grad", fmt.Sprintf("%v does not depend on %v", b.y, x))
	}
	return x.graph.Scalar(0).Broadcast(x.shape...)
}

func (b *backward) reaches(x *Node) bool { return dependents(b.y, []*Node{x})[b.y.id] }
