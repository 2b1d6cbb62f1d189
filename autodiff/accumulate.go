package autodiff

// A training step mostly replaces a weight by β·w + α·(a·b): what is left of it,
// and its gradient, a product, times the learning rate. Such a product adds to
// the weight by itself, and the gradient is never stored.

// accumulated is β·w + α·(a·b), of the operands a, b, w, α and β.
type accumulated struct{ flat }

func (accumulated) name() string                     { return "Accumulate" }
func (accumulated) shape(in []*Node) (Shape, string) { return in[2].shape, "" }
func (accumulated) reference(*Node, [][]float64, []float64) {
	panic("autodiff: products that accumulate are made by the compiler only")
}

// isProduct reports whether an op multiplies its first two operands as matrices.
func isProduct(o op) bool {
	switch o.(type) {
	case matMul, accumulated:
		return true
	}
	return false
}

// An accumulation is the value v of a parameter w that is linear in w and in
// one product.
type accumulation struct{ v, w, product *Node }

// accumulate turns the values of parameters that have the form above into
// products that add to them. It returns outputs if there are none, and otherwise
// what stands for them in another graph.
func accumulate(outputs []*Node, rules bool) []*Node {
	nodes := ancestors(outputs...)
	r := recompiler{newSimplifier(nodes, outputs, rules), map[*Node]accumulation{}}
	for _, n := range outputs {
		r.find(n)
	}
	if len(r.byProduct) == 0 {
		return outputs
	}
	return r.rebuild(nodes, outputs)
}

// A recompiler copies a graph in which some values are accumulations.
type recompiler struct {
	*simplifier
	byProduct map[*Node]accumulation
}

// find looks for an accumulation among the values of assignments.
func (r recompiler) find(n *Node) {
	o, ok := n.op.(assign)
	if !ok {
		return
	}
	a := accumulation{v: n.inputs[0]}
	if r.linear(a.v, o.param, &a) && a.product != nil && a.w != nil && r.joins(a.v, 1) {
		r.byProduct[a.product] = a
	}
}

// joins reports whether all constants that scale one term of n, which is linear,
// have a product that is normal, so that one coefficient stands for them: c is
// that of those outside of n.
func (r recompiler) joins(n *Node, c float64) bool {
	switch n.op.(type) {
	case neg:
		return r.joins(n.inputs[0], c)
	case add, sub:
		return r.joins(n.inputs[0], c) && r.joins(n.inputs[1], c)
	case mul:
		x, scale := scaled(n)
		if d, constant := scalarConstant(scale); constant {
			c *= d
		}
		return r.normal(c) && r.joins(x, c)
	}
	return true
}

// linear reports whether n is linear in a parameter and at most one product that
// serves nothing else, and notes which.
func (r recompiler) linear(n *Node, p *Param, a *accumulation) bool {
	if n.Param() == p {
		a.w = n
		return true
	}
	if n != a.v && r.uses[n.id] != 1 {
		return false
	}
	switch n.op.(type) {
	case matMul:
		first := a.product == nil
		a.product = n
		return first
	case neg:
		return r.linear(n.inputs[0], p, a)
	case add, sub:
		x, y := n.inputs[0], n.inputs[1]
		return x.shape.Equal(y.shape) && r.linear(x, p, a) && r.linear(y, p, a)
	case mul:
		x, c := scaled(n)
		return c != nil && r.linear(x, p, a)
	}
	return false
}

// scaled returns the operands of a Mul of which one is a scalar, that one last;
// nil if none is.
func scaled(n *Node) (x, c *Node) {
	for i, c := range n.inputs {
		if x := n.inputs[1-i]; len(c.shape) == 0 && len(x.shape) > 0 {
			return x, c
		}
	}
	return nil, nil
}

// rebuild copies the graph. An accumulation is computed where its product was.
func (r recompiler) rebuild(nodes, outputs []*Node) []*Node {
	values := map[*Node]accumulation{}
	for _, a := range r.byProduct {
		values[a.v] = a
	}
	inside := map[*Node]bool{}
	for v := range values {
		r.mark(v, inside)
	}
	for _, n := range nodes {
		if a, ok := r.byProduct[n]; ok {
			r.need(a.v, values)
		} else if !inside[n] {
			r.need(n, values)
		}
	}
	out := make([]*Node, len(outputs))
	for i, n := range outputs {
		out[i] = r.done[n.id]
	}
	return out
}

// mark notes the nodes that an accumulation replaces.
func (r recompiler) mark(n *Node, inside map[*Node]bool) {
	inside[n] = true
	switch n.op.(type) {
	case neg, add, sub:
		for _, x := range n.inputs {
			r.mark(x, inside)
		}
	case mul:
		x, _ := scaled(n)
		r.mark(x, inside)
	}
}

// need copies n after what it is computed from.
func (r recompiler) need(n *Node, values map[*Node]accumulation) *Node {
	if r.done[n.id] != nil {
		return r.done[n.id]
	}
	r.graph.origin = &n.at
	if a, ok := values[n]; ok {
		r.done[n.id] = r.accumulation(a, values)
		return r.done[n.id]
	}
	in := make([]*Node, len(n.inputs))
	for i, x := range n.inputs {
		in[i] = r.need(x, values)
	}
	r.graph.origin = &n.at
	r.done[n.id] = r.intern(n.op, in, n.shape)
	return r.done[n.id]
}

func (r recompiler) accumulation(a accumulation, values map[*Node]accumulation) *Node {
	in := []*Node{r.need(a.product.inputs[0], values), r.need(a.product.inputs[1], values), r.need(a.w, values)}
	for _, x := range []*Node{a.product, a.w} {
		in = append(in, r.coefficient(a.v, x, values))
	}
	return r.intern(accumulated{}, in, a.v.shape)
}

// coefficient returns the factor that x has in n, which is linear in x, or nil
// for 0.
func (r recompiler) coefficient(n, x *Node, values map[*Node]accumulation) *Node {
	if n == x {
		return r.scalar(1)
	}
	of := func(i int) *Node { return r.coefficient(n.inputs[i], x, values) }
	switch n.op.(type) {
	case neg:
		if c := of(0); c != nil {
			return r.make(neg{}, c)
		}
	case add, sub:
		return r.combine(n.op, of(0), of(1))
	case mul:
		y, c := scaled(n)
		if d := r.coefficient(y, x, values); d != nil {
			return r.make(mul{}, r.need(c, values), d)
		}
	}
	return nil
}

// combine adds or subtracts coefficients.
func (r recompiler) combine(o op, a, b *Node) *Node {
	switch {
	case b == nil:
		return a
	case a != nil:
		return r.make(o, a, b)
	}
	if _, minus := o.(sub); minus {
		return r.make(neg{}, b)
	}
	return b
}
