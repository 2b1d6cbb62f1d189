package autodiff

import (
	"declive/internal/kernel/vec"
)

// A unit becomes one instruction of a program: a fused loop over a domain, a
// matrix product with its epilogue, or the move or reduction of one array.
type unit struct {
	kind    unitKind
	nodes   []*Node // members, in recording order
	domain  domain  // of a loop
	product *product
	blocks  *blockPlans
}

// blockPlans are the programs of a blocked computation, for its blocks and for
// the rows that are left.
type blockPlans struct{ whole, tail *blockPlan }

type unitKind uint8

const (
	loop          unitKind = iota // elementwise ops, sums over rows, closing sums
	matrixProduct                 // MatMul, Accumulate
	move                          // Transpose, Slice, Pad, Concat, Broadcast
	folding                       // Sum or ReduceMax over axes in the middle
	blocks                        // a computation on rows, block by block
	definition                    // the definition of an op without an instruction
)

// A product is a matrix product with what is absorbed into it.
type product struct {
	a, b           *Node // as stored
	transA, transB bool
	bias           *Node        // added to each row, or nil
	activation     *Node        // applied last, or nil
	out            *Node        // what the unit computes
	onto           *accumulator // what it adds to, or nil
	watch          bool         // a NaN or infinity in the result makes the inputs suspect
}

// An accumulator is a value that a product is added to, with the factors of
// both.
type accumulator struct{ value, alpha, beta *Node }

// analysis is what the passes after simplify work on: which nodes are values in
// memory, who reads them, and the units that compute them.
type analysis struct {
	graph    *Graph
	passes   passes
	outputs  []*Node
	assigns  []*Node   // Assign nodes among the outputs
	needed   []bool    // by id: some unit or output reads the value
	users    [][]*Node // by id of a value: the nodes that read it
	output   []bool    // by id: an output is made of the value
	unitOf   []*unit   // by id, nil for leaves and views
	position []int     // by id: the place among the members of its unit
	order    []*unit
	direct   []*Param          // by id: the parameter that the value is written into
	copied   []assignment      // those that are copied at the end
	after    map[*unit][]*unit // order that assignments ask for
	watched  []bool            // by id: an input that a product watches
	work     int               // steps of merging, planning and binding, which a test counts
}

func analyse(outputs []*Node, ps passes) *analysis {
	g := outputs[0].graph
	a := &analysis{
		graph: g, passes: ps, outputs: outputs,
		needed:   make([]bool, len(g.nodes)),
		users:    make([][]*Node, len(g.nodes)),
		output:   make([]bool, len(g.nodes)),
		unitOf:   make([]*unit, len(g.nodes)),
		position: make([]int, len(g.nodes)),
		direct:   make([]*Param, len(g.nodes)),
		after:    map[*unit][]*unit{},

		watched: make([]bool, len(g.nodes)),
	}
	a.demand()
	a.partition()
	a.watch()
	if ps.fuse {
		a.merge()
	}
	a.placeAssignments()
	a.schedule()
	return a
}

// stored returns the value whose memory n is a view of: reshapes have none of
// their own, and an assignment's value is what it assigns.
func stored(n *Node) *Node {
	for {
		switch n.op.(type) {
		case reshape, assign:
			n = n.inputs[0]
		default:
			return n
		}
	}
}

// factor returns the stored matrix that a product reads for its operand, and
// whether it reads it transposed.
func factor(n *Node) (m *Node, trans bool) {
	for {
		if t, ok := n.op.(transpose); ok && len(t.axes) == 2 && t.axes[0] == 1 {
			n, trans = n.inputs[0], !trans
			continue
		}
		return stored(n), trans
	}
}

// read returns the value that n's instruction reads for its i-th operand.
func read(n *Node, i int) *Node {
	if isProduct(n.op) && i < 2 {
		m, _ := factor(n.inputs[i])
		return m
	}
	return stored(n.inputs[i])
}

// demand marks the values that outputs are computed from, and their users.
func (a *analysis) demand() {
	for _, n := range a.outputs {
		if _, ok := n.op.(assign); ok {
			a.assigns = append(a.assigns, n)
		}
		v := stored(n)
		a.needed[v.id], a.output[v.id] = true, true
	}
	for id := len(a.needed) - 1; id >= 0; id-- {
		if !a.needed[id] {
			continue
		}
		n := a.graph.nodes[id]
		for i := range n.inputs {
			x := read(n, i)
			a.needed[x.id] = true
			a.users[x.id] = append(a.users[x.id], n)
		}
	}
}

// partition gives every needed value a unit of its own, except what a product
// absorbs.
func (a *analysis) partition() {
	for _, n := range a.graph.nodes {
		if !a.needed[n.id] || len(n.inputs) == 0 || a.unitOf[n.id] != nil {
			continue
		}
		u := &unit{nodes: []*Node{n}}
		switch o := n.op.(type) {
		case matMul, accumulated:
			u.kind = matrixProduct
			u.product = a.product(n)
			u.nodes = u.product.nodes(n)
		case transpose, slice, pad, concat:
			u.kind = move
		case stretch:
			u.domain = loopOf(n.inputs, n.shape)
			if _, ok := u.domain.read(n, 0); !ok {
				u.kind = move
			}
		case sum:
			u.kind, u.domain = reductionLoop(n, o.from, o.to)
		case reduceMax:
			u.kind, u.domain = reductionLoop(n, o.from, o.to)
		case pick:
			u.domain = domainOf(n.inputs[0].shape)
		case blockSum:
			a.partitionBlocks(u, o.of)
		case elementwise, oneHot, stopGradient:
			u.domain = loopOf(n.inputs, n.shape)
		case structural:
			u.kind = definition
		default:
			fail("Compile", n.Op()+": give the op a method value, if it works element by element, or reference", n.shape)
		}
		for _, m := range u.nodes {
			a.unitOf[m.id] = u
		}
	}
}

// partitionBlocks makes u compute all results of a blocked computation.
func (a *analysis) partitionBlocks(u *unit, b *blocked) {
	u.kind, u.nodes = blocks, nil
	for _, n := range a.graph.nodes {
		if o, ok := n.op.(blockSum); ok && o.of == b && a.needed[n.id] {
			u.nodes = append(u.nodes, n)
		}
	}
	ps := a.passes
	ps.block = 0
	u.blocks = &blockPlans{whole: b.plan(b.size, ps)}
	if left := b.rows % b.size; left > 0 {
		u.blocks.tail = b.plan(left, ps)
	}
}

// reductionLoop says whether a reduction runs in a loop, and over which domain:
// it does over everything, over the rows, over the columns, and over the rows of
// blocks that fit into a tile.
func reductionLoop(n *Node, from, to int) (unitKind, domain) {
	x := n.inputs[0].shape
	d := domainOf(x)
	last := len(x) - 1
	switch {
	case to == len(x) && (from == 0 || from == last), from == 0 && to == last:
		return loop, d
	case to == last && d.cols > 1:
		d.block = x[from:to].Size()
		if d.rows > d.block && d.block > 1 && d.block*d.cols <= tile {
			return loop, d
		}
	}
	return folding, domain{}
}

// closes reports whether n's value is known only when its loop has ended: it is
// summed over the rows.
func closes(n *Node) bool {
	from, to, _ := reduction(n.op)
	return from == 0 && to > 0
}

// reduction returns the axes that a reduction is over, from … to−1, and its
// kernel; none for another op.
func reduction(o op) (from, to int, r vec.Reduction) {
	switch o := o.(type) {
	case sum:
		return o.from, o.to, vec.ReduceSum
	case reduceMax:
		return o.from, o.to, vec.ReduceMax
	}
	return 0, 0, 0
}

// product absorbs into a matrix product the transposes of its factors, and a
// bias and an activation that nothing else stands between.
func (a *analysis) product(n *Node) *product {
	p := &product{out: n}
	p.a, p.transA = factor(n.inputs[0])
	p.b, p.transB = factor(n.inputs[1])
	if _, ok := n.op.(accumulated); ok {
		p.onto = &accumulator{stored(n.inputs[2]), stored(n.inputs[3]), stored(n.inputs[4])}
		return p
	}
	if !a.passes.epilogue {
		return p
	}
	if next := a.onlyUser(p.out); next != nil {
		if bias := addend(next, n); bias != nil {
			p.bias, p.out = bias, next
		}
	}
	if next := a.onlyUser(p.out); next != nil {
		switch next.op.(type) {
		case relu, tanh, sigmoid:
			p.activation, p.out = next, next
		}
	}
	return p
}

// onlyUser returns the node that alone reads n, if n is nothing else than a
// step on the way to it.
func (a *analysis) onlyUser(n *Node) *Node {
	if a.output[n.id] || len(a.users[n.id]) != 1 {
		return nil
	}
	return a.users[n.id][0]
}

// addend returns what n adds to each row of m, if it is a leaf.
func addend(n, m *Node) *Node {
	if _, ok := n.op.(add); !ok || !n.shape.Equal(m.shape) {
		return nil
	}
	for i, x := range n.inputs {
		other := stored(n.inputs[1-i])
		at, ok := domainOf(n.shape).place(n.inputs[1-i].shape)
		if x == m && ok && at == perCol && len(other.inputs) == 0 {
			return other
		}
	}
	return nil
}

// nodes returns the members of the product's unit, m being the MatMul.
func (p *product) nodes(m *Node) []*Node {
	out := []*Node{m}
	if p.bias != nil {
		n := p.out
		if p.activation != nil {
			n = stored(p.activation.inputs[0])
		}
		out = append(out, n)
	}
	if p.activation != nil {
		out = append(out, p.activation)
	}
	return out
}
