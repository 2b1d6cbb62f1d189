package compile

import (
	"bytes"
	"fmt"

	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
)

// rowSums is a computation on the rows of a batch whose results are sums over
// them.
type rowSums struct {
	rows     int     // of the whole batch
	block    int     // rows of a block
	operands []*Node // what it reads of the graph around it
	byRow    []bool  // for each operand: a block reads its own rows, not all
	nodes    []*Node // its ops, in recording order
	results  []*Node
}

// rowSum is one of the results.
type rowSum struct {
	of    *rowSums
	index int
}

func (rowSum) name() string                      { return "RowSum" }
func (o rowSum) shape([]*Node) shape.Shape       { return o.of.results[o.index].shape }
func (o rowSum) ofRows(int) op                   { return o }
func (rowSum) onRows(*Node, *batch) (role, bool) { return 0, false } // made by the rows pass itself
func (rowSum) flops(*Node) int                   { return 0 }        // see state.flops

// newRowSums takes the values that have rows, and their sums, out of a graph.
func newRowSums(nodes []*Node, b *batch, block, elementSize int) *rowSums {
	c := &rowSums{rows: b.rows, block: min(block, b.rows)}
	known := map[*Node]bool{}
	for _, n := range nodes {
		switch r := b.roles[n]; {
		case len(n.inputs) == 0 || r == fixed || r == later:
			continue
		case r == total:
			c.results = append(c.results, n)
		}
		c.nodes = append(c.nodes, n)
		known[n] = true
	}
	for _, n := range c.nodes {
		for _, x := range n.inputs {
			if _, constant := scalarConstant(x); !constant && !known[x] {
				known[x] = true
				c.operands = append(c.operands, x)
				c.byRow = append(c.byRow, b.roles[x] == rows)
			}
		}
	}
	if c.block == 0 {
		c.block = c.fittingBlock(elementSize)
	}
	return c
}

// rowBytes is about how much of the batch a block has: its rows are read twice, and
// the second time from the nearest cache but one, which also holds the next block,
// fetched on the way.
const rowBytes = 1 << 19

// rowParts is the largest number of parts, each with machines and sums of its own,
// that the blocks are divided into; partSums limits their memory, in elements.
const (
	rowParts = 16
	partSums = 1 << 24
)

// fittingBlock returns how many rows a block has: a multiple of 16.
func (c *rowSums) fittingBlock(elementSize int) int {
	width := 0
	for i, x := range c.operands {
		if c.byRow[i] && !x.isLabels() {
			width += x.size() / c.rows
		}
	}
	return min(c.rows, max(16, rowBytes/elementSize/max(1, width)/16*16))
}

// rowsCode is the computation compiled for blocks, and for the rows that are left.
type rowsCode struct {
	of          *rowSums
	whole, tail *rowsProgram // no tail if nothing is left
}

// A rowsProgram is the computation compiled for blocks of one size.
type rowsProgram struct {
	state    *state
	size     int
	operands []*Node // the leaves that stand for the operands
}

// groupOfRows returns the group that computes all results of c that are needed.
func (s *state) groupOfRows(c *rowSums) *group {
	g := &group{kind: onRows, rows: &rowsCode{of: c, whole: c.compile(c.block, s)}}
	for _, n := range s.graph.nodes {
		if o, ok := n.op.(rowSum); ok && o.of == c && s.needed[n.id] {
			g.nodes = append(g.nodes, n)
		}
	}
	if left := c.rows % c.block; left > 0 {
		g.rows.tail = c.compile(left, s)
	}
	return g
}

// compile compiles the computation for so many rows.
func (c *rowSums) compile(size int, around *state) *rowsProgram {
	var inside bytes.Buffer
	o := around.Options
	o.RowsFrom = 0
	if o.Explain != nil {
		o.Explain = &inside
	}
	g, results, operands := c.record(size)
	s := newState(around.passes, g, results, around.float32, o)
	s.rows = c
	s.run()
	around.explainRows(size, inside.String())
	return &rowsProgram{s, size, operands}
}

// record records the computation for so many rows. It returns the results, and for
// each operand the leaf that stands for it.
func (c *rowSums) record(size int) (g *graph, results, operands []*Node) {
	g = &graph{}
	done := map[*Node]*Node{}
	for i, x := range c.operands {
		to := x.shape
		if c.byRow[i] {
			to = withRows(to, size)
		}
		done[x] = g.add(c.leaf(i), nil, to)
		operands = append(operands, done[x])
	}
	for _, n := range c.nodes {
		in := make([]*Node, len(n.inputs))
		for i, x := range n.inputs {
			if _, constant := scalarConstant(x); constant && done[x] == nil {
				done[x] = g.add(x.op, nil, x.shape)
			}
			in[i] = done[x]
		}
		done[n] = g.apply(n.op.ofRows(size), in...)
	}
	for _, n := range c.results {
		results = append(results, done[n])
	}
	return g, results, operands
}

// leaf returns what stands for the i-th operand in the program for a block.
func (c *rowSums) leaf(i int) op {
	x := c.operands[i]
	switch x.op.(type) {
	case labels, parameter:
		return x.op
	}
	return input{label: fmt.Sprint("operand ", i)}
}

// instruction returns what runs the computation.
func (c *rowsCode) instruction(g *group) exec.Instruction {
	in := &exec.Rows{Batch: c.of.rows, Block: c.of.block}
	for _, x := range g.nodes[0].inputs {
		in.Operands = append(in.Operands, stored(x).id)
	}
	for _, n := range c.of.results {
		in.Results = append(in.Results, exec.RowsResult{Slot: exec.None, Offset: in.Sums, Size: n.size()})
		in.Sums += n.size()
	}
	for _, n := range g.nodes {
		in.Results[n.op.(rowSum).index].Slot = n.id
	}
	in.Parts = max(1, min(rowParts, in.Batch/in.Block/2, partSums/max(1, in.Sums)))
	in.Whole = c.whole.code()
	if c.tail != nil {
		in.Tail = c.tail.code()
	}
	return in
}

// code returns the program with what it reads and leaves.
func (p *rowsProgram) code() *exec.RowsProgram {
	out := &exec.RowsProgram{Program: p.state.code}
	for i, x := range p.operands {
		o := exec.RowsOperand{Slot: x.id, Labels: x.isLabels()}
		switch {
		case x.param() != nil:
			o.Slot = exec.None
		case p.state.rows.byRow[i]:
			o.PerRow = x.size() / p.size
		}
		out.Operands = append(out.Operands, o)
	}
	for _, n := range p.state.outputs {
		v := stored(n)
		out.Results = append(out.Results, exec.RowsOutput{Slot: v.id, Adds: p.state.addsToSums(v)})
	}
	return out
}

// addsToSums reports whether v is a result on rows that the product which computes
// it adds to the sums by itself: a plain product does.
func (s *state) addsToSums(v *Node) bool {
	g := s.groupOf[v.id]
	return s.rows != nil && s.output[v.id] && g != nil && g.kind == multiply && len(g.nodes) == 1 && len(s.readers[v.id]) == 0 && v.size() != 1
}

// rowStride returns how many elements behind v, an operand with rows, that of the
// next block begins, else 0.
func (s *state) rowStride(v *Node) int {
	if s.rows == nil || len(v.inputs) > 0 || v.isLabels() || v.param() != nil {
		return 0
	}
	if i := v.id; i < len(s.rows.byRow) && s.rows.byRow[i] { // operands are recorded first
		return v.size()
	}
	return 0
}
