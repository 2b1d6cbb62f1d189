package compile

// A training step mostly replaces a weight by β·w + α·(a·b): what is left of it,
// and its gradient, a product, times the learning rate. Such a product adds to
// the weight by itself, and the gradient is never stored.

// An accumulation is the value v of a parameter w that is linear in w and in
// one product.
type accumulation struct{ v, w, product *Node }

// accumulate turns the values of parameters that have the form above into
// products that add to them. If there are any, the graph is another one.
func (s *state) accumulate() {
	if !s.Onto || !s.assigning() {
		return
	}
	nodes := s.graph.ancestors(s.outputs)
	r := &accumulator{
		Builder: newBuilder(s.float32, s.Simplify), uses: make([]int, len(s.graph.nodes)), done: make([]*Node, len(s.graph.nodes)),
		byProduct: map[*Node]accumulation{}, byValue: map[*Node]accumulation{},
	}
	r.countUses(nodes, s.outputs)
	for _, n := range s.outputs {
		r.find(n)
	}
	if len(r.byProduct) > 0 {
		s.outputs = r.rebuild(nodes, s.outputs)
		s.graph = r.graph
	}
}

func (s *state) assigning() bool {
	for _, n := range s.outputs {
		if _, ok := n.op.(assign); ok {
			return true
		}
	}
	return false
}

// An accumulator copies a graph in which some values are accumulations.
type accumulator struct {
	*Builder
	uses      []int   // by id in the old graph: how many operands and outputs the node is
	done      []*Node // likewise: its copy
	byProduct map[*Node]accumulation
	byValue   map[*Node]accumulation
}

func (r *accumulator) countUses(nodes, outputs []*Node) {
	for _, n := range nodes {
		for _, x := range n.inputs {
			r.uses[x.id]++
		}
	}
	for _, n := range outputs {
		r.uses[n.id]++
	}
}

// find looks for an accumulation among the values of assignments.
func (r *accumulator) find(n *Node) {
	o, ok := n.op.(assign)
	if !ok {
		return
	}
	a := accumulation{v: n.inputs[0]}
	if r.linear(a.v, o.to, &a) && a.product != nil && a.w != nil && r.joins(a.v, 1) {
		r.byProduct[a.product] = a
	}
}

// joins reports whether all constants that scale one term of n, which is linear,
// have a product that is normal, so that one coefficient stands for them: c is
// that of those outside of n.
func (r *accumulator) joins(n *Node, c float64) bool {
	switch n.op {
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
func (r *accumulator) linear(n *Node, p Parameter, a *accumulation) bool {
	if n.param() == p {
		a.w = n
		return true
	}
	if n != a.v && r.uses[n.id] != 1 {
		return false
	}
	switch n.op {
	case matMul{}:
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
func (r *accumulator) rebuild(nodes, outputs []*Node) []*Node {
	inside := map[*Node]bool{}
	for _, a := range r.byProduct {
		r.byValue[a.v] = a
		r.mark(a.v, inside)
	}
	for _, n := range nodes {
		if a, ok := r.byProduct[n]; ok {
			r.need(a.v)
		} else if !inside[n] {
			r.need(n)
		}
	}
	out := make([]*Node, len(outputs))
	for i, n := range outputs {
		out[i] = r.done[n.id]
	}
	return out
}

// mark notes the nodes that an accumulation replaces.
func (r *accumulator) mark(n *Node, inside map[*Node]bool) {
	inside[n] = true
	switch n.op {
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
func (r *accumulator) need(n *Node) *Node {
	if r.done[n.id] != nil {
		return r.done[n.id]
	}
	if a, ok := r.byValue[n]; ok {
		r.done[n.id] = r.accumulation(a)
		return r.done[n.id]
	}
	in := make([]*Node, len(n.inputs))
	for i, x := range n.inputs {
		in[i] = r.need(x)
	}
	r.done[n.id] = r.intern(n.op, in, n.shape)
	return r.done[n.id]
}

func (r *accumulator) accumulation(a accumulation) *Node {
	in := []*Node{r.need(a.product.inputs[0]), r.need(a.product.inputs[1]), r.need(a.w)}
	for _, x := range []*Node{a.product, a.w} {
		in = append(in, r.coefficient(a.v, x))
	}
	return r.intern(accumulated{}, in, a.v.shape)
}

// coefficient returns the factor that x has in n, which is linear in x, or nil
// for 0.
func (r *accumulator) coefficient(n, x *Node) *Node {
	if n == x {
		return r.Scalar(1)
	}
	of := func(i int) *Node { return r.coefficient(n.inputs[i], x) }
	switch n.op {
	case neg:
		if c := of(0); c != nil {
			return r.make(neg, c)
		}
	case add, sub:
		return r.combine(n.op, of(0), of(1))
	case mul:
		y, c := scaled(n)
		if d := r.coefficient(y, x); d != nil {
			return r.make(mul, r.need(c), d)
		}
	}
	return nil
}

// combine adds or subtracts coefficients.
func (r *accumulator) combine(o op, x, y *Node) *Node {
	switch {
	case y == nil:
		return x
	case x != nil:
		return r.make(o, x, y)
	case o == sub:
		return r.make(neg, y)
	}
	return y
}
