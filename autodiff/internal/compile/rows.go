package compile

import "slices"

// A full-batch gradient reads the examples twice, for the scores and for the
// gradient of the weights, and more data than the caches hold comes from memory
// both times. Where everything that leaves the examples is a sum over them, the
// computation is the same on any set of rows: it is compiled once for a block of
// rows that stays in cache, run on one block after the other, and its sums are
// added up.

// A role says how a value depends on the rows of a batch.
type role uint8

const (
	fixed   role = iota // not at all
	rows                // its i-th row on the i-th row
	columns             // its i-th column on the i-th row
	total               // it is a sum over the rows
	later               // it is computed from such sums
)

// A batch is the rows that a graph works on.
type batch struct {
	rows  int
	roles map[*Node]role
}

// leads reports whether the first axis of n counts the rows.
func (b *batch) leads(n *Node) bool { return len(n.shape) > 0 && n.shape[0] == b.rows }

// aligned reports whether each operand of n has either its rows, on the same axis,
// or no more than one.
func (b *batch) aligned(n *Node) bool {
	return !slices.ContainsFunc(n.inputs, func(x *Node) bool {
		whole := len(x.shape) == len(n.shape) && x.shape[0] == b.rows
		return whole != (b.roles[x] == rows)
	})
}

// role returns the role of n, given those of its operands, and false if it has none
// of them.
func (b *batch) role(n *Node) (role, bool) {
	if len(n.inputs) == 0 {
		return b.leafRole(n), true
	}
	var has [later + 1]bool
	for _, x := range n.inputs {
		has[b.roles[x]] = true
	}
	switch {
	case (has[total] || has[later]) && (has[rows] || has[columns]):
		return 0, false // a second pass over the rows
	case has[total] || has[later]:
		return later, true
	case has[columns]:
		o, ok := n.op.(interface {
			onColumns(n *Node, b *batch) (role, bool)
		})
		if !ok {
			return 0, false
		}
		return o.onColumns(n, b)
	case has[rows]:
		return n.op.onRows(n, b)
	}
	if o, ok := n.op.(interface{ withoutRows(*Node, *batch) role }); ok {
		return o.withoutRows(n, b), true
	}
	return fixed, true
}

func (b *batch) leafRole(n *Node) role {
	switch n.op.(type) {
	case input, labels:
		if b.leads(n) {
			return rows
		}
	}
	return fixed
}

// blockRows moves the part of a graph that works on the rows of its largest input
// into a computation on blocks of rows. It does nothing if there is no large input,
// or if some value depends on the rows in another way.
func (s *state) blockRows() {
	if s.RowsFrom == 0 {
		return
	}
	nodes := s.graph.ancestors(s.outputs)
	b := batch{batchRows(nodes, s.RowsFrom), map[*Node]role{}}
	if b.rows < 2 {
		return
	}
	for _, n := range nodes {
		r, ok := b.role(n)
		if !ok {
			return
		}
		b.roles[n] = r
	}
	for _, n := range s.outputs {
		if r := b.roles[n]; r == rows || r == columns {
			return
		}
	}
	if c := newRowSums(nodes, &b, s.RowBlock, s.elementSize()); len(c.results) > 0 {
		s.graph, s.outputs = c.replace(nodes, s.outputs, &b)
	}
}

// batchRows returns the length of the first axis of the largest input that has at
// least so many elements, or 0.
func batchRows(nodes []*Node, least int) int {
	n, size := 0, least-1
	for _, v := range nodes {
		if _, ok := v.op.(input); ok && v.size() > size && len(v.shape) > 0 {
			n, size = v.shape[0], v.size()
		}
	}
	return n
}

// replace copies the graph around the computation on rows: first what it may read,
// then its results, then what is computed from them.
func (c *rowSums) replace(nodes, outputs []*Node, b *batch) (*graph, []*Node) {
	to := copier{&graph{}, map[*Node]*Node{}}
	var after []*Node
	for _, n := range nodes {
		switch r := b.roles[n]; {
		case len(n.inputs) == 0 || r == fixed:
			to.copy(n, n.op, n.inputs)
		case r == later:
			after = append(after, n)
		}
	}
	for i, n := range c.results {
		to.copy(n, rowSum{c, i}, c.operands)
	}
	for _, n := range after {
		to.copy(n, n.op, n.inputs)
	}
	out := make([]*Node, len(outputs))
	for i, n := range outputs {
		out[i] = to.done[n]
	}
	return to.graph, out
}

// A copier copies nodes to a graph.
type copier struct {
	graph *graph
	done  map[*Node]*Node
}

// copy adds a node that stands for n: an op on the copies of operands.
func (c copier) copy(n *Node, o op, operands []*Node) {
	in := make([]*Node, len(operands))
	for i, x := range operands {
		in[i] = c.done[x]
	}
	c.done[n] = c.graph.add(o, in, n.shape)
}
