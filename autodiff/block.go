package autodiff

import (
	"fmt"
	"slices"
)

// A full-batch gradient reads the examples twice, for the scores and for the
// gradient of the weights, and more data than the caches hold comes from memory
// both times. Where everything that leaves the examples is a sum over them, the
// computation is the same on any set of rows: it is compiled once for a block
// that stays in cache, run on block after block, and its sums are added up.

// blocked is a computation on rows that runs block by block.
type blocked struct {
	rows     int     // of the whole batch
	size     int     // rows of a block
	operands []*Node // what it reads of the graph around it
	byRow    []bool  // for each operand: a block reads its own rows, not all
	shapes   []Shape // of the results, which are sums over the blocks
	nodes    []*Node // its ops, in recording order
	results  []*Node
}

// blockSum is one of a blocked computation's results.
type blockSum struct {
	flat
	of    *blocked
	index int
}

func (blockSum) name() string                    { return "Blocks" }
func (o blockSum) shape([]*Node) (Shape, string) { return o.of.shapes[o.index], "" }
func (blockSum) reference(*Node, [][]float64, []float64) {
	panic("autodiff: blocks are made by the compiler only")
}

// A role says how a value depends on the rows of a batch.
type role uint8

const (
	fixed   role = iota // not at all
	rows                // its i-th row on the i-th row
	columns             // its i-th column on the i-th row
	total               // it is a sum over the rows
	later               // it is computed from such sums
)

// blockRows moves the part of a graph that works on the rows of its largest
// input into a blocked computation. It returns nil if there is no large input,
// or if some value depends on the rows in another way.
func blockRows(outputs []*Node, ps passes) []*Node {
	n := batchRows(outputs, ps.block)
	if n < 2 {
		return nil
	}
	nodes := ancestors(outputs...)
	roles := map[*Node]role{}
	for _, v := range nodes {
		r, ok := roleOf(v, n, roles)
		if !ok {
			return nil
		}
		roles[v] = r
	}
	for _, v := range outputs {
		if r := roles[v]; r == rows || r == columns {
			return nil
		}
	}
	return cut(nodes, outputs, roles, n, ps.rows)
}

// batchRows returns the length of the first axis of the largest input that has
// at least so many elements, or 0.
func batchRows(outputs []*Node, least int) int {
	n, size := 0, least-1
	for _, v := range ancestors(outputs...) {
		if _, ok := v.op.(input); ok && v.shape.Size() > size && len(v.shape) > 0 {
			n, size = v.shape[0], v.shape.Size()
		}
	}
	return n
}

// roleOf returns the role of v, given those of its operands, and false if it has
// none of them.
func roleOf(v *Node, n int, roles map[*Node]role) (role, bool) {
	if len(v.inputs) == 0 {
		return leafRole(v, n), true
	}
	var has [later + 1]bool
	for _, x := range v.inputs {
		has[roles[x]] = true
	}
	leading := len(v.shape) > 0 && v.shape[0] == n
	switch {
	case (has[total] || has[later]) && (has[rows] || has[columns]):
		return 0, false // a second pass over the rows
	case has[total] || has[later]:
		return later, true
	case has[columns]:
		m, ok := v.op.(matMul)
		return total, ok && m.sumsRows(v, roles)
	case !has[rows]:
		if _, ok := v.op.(stretch); ok && leading && (len(v.inputs[0].shape) < len(v.shape) || v.inputs[0].shape[0] == 1) {
			return rows, true
		}
		return fixed, true
	}
	return roleOnRows(v, n, leading, roles)
}

func leafRole(v *Node, n int) role {
	switch v.op.(type) {
	case input, labels:
		if len(v.shape) > 0 && v.shape[0] == n {
			return rows
		}
	}
	return fixed
}

// sumsRows reports whether v is a product aᵀ·b of two batches.
func (matMul) sumsRows(v *Node, roles map[*Node]role) bool {
	return roles[v.inputs[0]] == columns && roles[v.inputs[1]] == rows
}

// roleOnRows is roleOf for an op with an operand that has rows, and others that
// have rows or are fixed.
func roleOnRows(v *Node, n int, leading bool, roles map[*Node]role) (role, bool) {
	x := v.inputs[0]
	switch o := v.op.(type) {
	case elementwise:
		return rows, leading && alignedRows(v, n, roles)
	case sum:
		if o.from == 0 {
			return total, true
		}
		return rows, true
	case reduceMax:
		return rows, o.from > 0
	case matMul:
		return rows, roles[x] == rows && roles[v.inputs[1]] == fixed
	case transpose:
		return columns, len(o.axes) == 2 && o.axes[0] == 1
	case reshape:
		return rows, leading
	case stretch:
		return rows, leading && len(x.shape) == len(v.shape) && x.shape[0] == n
	case pick:
		return rows, roles[x] == rows
	case oneHot:
		return rows, true
	case slice:
		return rows, o.axis > 0
	case pad:
		return rows, o.axis > 0
	case concat:
		return rows, o.axis > 0 && alignedRows(v, n, roles)
	}
	return 0, false
}

// alignedRows reports whether each operand of v has either its rows, on the
// same axis, or no more than one.
func alignedRows(v *Node, n int, roles map[*Node]role) bool {
	return !slices.ContainsFunc(v.inputs, func(x *Node) bool {
		whole := len(x.shape) == len(v.shape) && x.shape[0] == n
		return whole != (roles[x] == rows)
	})
}

// cut returns the outputs in a graph where a blocked computation stands for
// what has rows.
func cut(nodes, outputs []*Node, roles map[*Node]role, n, size int) []*Node {
	b := &blocked{rows: n, size: min(size, n)}
	for _, v := range nodes {
		switch r := roles[v]; {
		case len(v.inputs) == 0 || r == fixed || r == later:
			continue
		case r == total:
			b.results = append(b.results, v)
			b.shapes = append(b.shapes, v.shape)
		}
		b.nodes = append(b.nodes, v)
	}
	if len(b.results) == 0 {
		return nil
	}
	known := map[*Node]bool{}
	for _, v := range b.nodes {
		known[v] = true
	}
	for _, v := range b.nodes {
		for _, x := range v.inputs {
			if _, scalar := scalarConstant(x); !scalar && !known[x] {
				known[x] = true
				b.operands = append(b.operands, x)
				b.byRow = append(b.byRow, roles[x] == rows)
			}
		}
	}
	if b.size == 0 {
		b.size = b.fittingSize()
	}
	return b.replace(nodes, outputs, roles)
}

// replace copies the graph around the blocked computation: first what it may
// read, then its results, then what is computed from them.
func (b *blocked) replace(nodes, outputs []*Node, roles map[*Node]role) []*Node {
	c := copier{&Graph{precision: outputs[0].graph.precision}, map[*Node]*Node{}}
	var after []*Node
	for _, v := range nodes {
		switch r := roles[v]; {
		case len(v.inputs) == 0 || r == fixed:
			c.copy(v, v.op, v.inputs)
		case r == later:
			after = append(after, v)
		}
	}
	for i, v := range b.results {
		c.copy(v, blockSum{of: b, index: i}, b.operands)
	}
	for _, v := range after {
		c.copy(v, v.op, v.inputs)
	}
	out := make([]*Node, len(outputs))
	for i, v := range outputs {
		out[i] = c.done[v]
	}
	return out
}

// A copier copies nodes to a graph.
type copier struct {
	graph *Graph
	done  map[*Node]*Node
}

// copy adds a node that stands for v: an op on the copies of inputs.
func (c copier) copy(v *Node, o op, inputs []*Node) {
	in := make([]*Node, len(inputs))
	for i, x := range inputs {
		in[i] = c.done[x]
	}
	c.graph.origin = &v.at
	c.done[v] = c.graph.add(o, in, v.shape)
}

// record records the computation for a block of so many rows. It returns the
// results, and for each operand the leaf that stands for it.
func (b *blocked) record(size int) (results, operands []*Node) {
	g := &Graph{precision: b.results[0].graph.precision, leaves: map[string]*Node{}, origin: &call{}}
	done := map[*Node]*Node{}
	for i, x := range b.operands {
		done[x] = g.add(b.leaf(i), nil, b.resize(x.shape, b.byRow[i], size))
		operands = append(operands, done[x])
	}
	for _, v := range b.nodes {
		g.origin = &v.at
		in := make([]*Node, len(v.inputs))
		for i, x := range v.inputs {
			if c, ok := scalarConstant(x); ok && done[x] == nil {
				done[x] = g.Scalar(c)
			}
			in[i] = done[x]
		}
		done[v] = g.apply(b.resizeOp(v, size), in...)
	}
	for _, v := range b.results {
		results = append(results, done[v])
	}
	return results, operands
}

// leaf returns what stands for the i-th operand inside the blocks.
func (b *blocked) leaf(i int) op {
	x := b.operands[i]
	switch x.op.(type) {
	case labels, parameter:
		return x.op
	}
	return input{label: fmt.Sprint("operand ", i)}
}

func (b *blocked) resize(s Shape, byRow bool, size int) Shape {
	out := s.clone()
	if byRow {
		out[0] = size
	}
	return out
}

// resizeOp returns v's op for a block: the shapes in its attributes have the
// block's rows.
func (b *blocked) resizeOp(v *Node, size int) op {
	switch o := v.op.(type) {
	case reshape:
		return reshape{b.resize(o.to, true, size)}
	case stretch:
		return stretch{b.resize(o.to, true, size)}
	}
	return v.op
}
