package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/vec"
)

// Reduce records a reduction of the axes from … to−1, which stay with length 1.
func (b *Builder) Reduce(f vec.Reduction, from, to int, x *Node) *Node {
	return b.make(reduce{f, from, to}, x)
}

// Normalize records (x − μ)·1/√(σ² + ε), the mean and the variance being over sorted
// axes.
func (b *Builder) Normalize(axes []int, epsilon float64, x *Node) *Node {
	d := b.Binary(vec.Sub, x, b.mean(axes, x))
	variance := b.mean(axes, b.Binary(vec.Mul, d, d))
	s := b.Unary(vec.Sqrt, b.Binary(vec.Add, variance, b.Scalar(epsilon)))
	return b.Binary(vec.Mul, d, b.Binary(vec.Div, b.Scalar(1), s))
}

func (b *Builder) mean(axes []int, x *Node) *Node {
	sum, count := x, 1
	for from, to := range shape.Runs(axes) {
		sum = b.Reduce(vec.ReduceSum, from, to, sum)
		count *= x.shape[from:to].Size()
	}
	return b.Binary(vec.Div, sum, b.Scalar(float64(count)))
}

// reduce reduces the axes from … to−1, which stay with length 1.
type reduce struct {
	of       vec.Reduction
	from, to int
}

func (o reduce) name() string {
	if o.of == vec.ReduceSum {
		return "Sum"
	}
	return "ReduceMax"
}

func (o reduce) shape(in []*Node) shape.Shape { return in[0].shape.Reduced(o.from, o.to) }
func (reduce) flops(n *Node) int              { return n.inputs[0].shape.Size() }
func (o reduce) ofRows(int) op                { return o }

// onRows: a sum over the rows is what the blocks' sums add up to; a maximum is not.
func (o reduce) onRows(*Node, *batch) (role, bool) {
	if o.from == 0 {
		return total, o.of == vec.ReduceSum
	}
	return rows, true
}

// domain: a loop reduces everything, the rows, the columns, and the rows of blocks
// that fit into a tile. What is left is a middle reduction.
func (o reduce) domain(n *Node) (domain.Domain, bool) {
	x := n.inputs[0].shape
	d := domain.Of(x)
	last := len(x) - 1
	switch {
	case o.to == len(x) && (o.from == 0 || o.from == last), o.from == 0 && o.to == last:
		return d, true
	case o.to == last && d.Cols > 1:
		d.Block = x[o.from:o.to].Size()
		return d, d.Rows > d.Block && d.Block > 1 && d.Block*d.Cols <= domain.Tile
	}
	return d, false
}

// closes reports whether n is a closing: its value is known only when its loop has
// ended, because it is reduced over the rows.
func closes(n *Node) bool {
	switch o := n.op.(type) {
	case reduce:
		return o.from == 0 && o.to > 0
	case spread:
		return true
	}
	return false
}

// micros reduces each row, or the columns of each block. Rows of length 1 in a
// wider domain are copied.
func (o reduce) micros(e *loopEmitter, n *Node) {
	x := n.inputs[0].shape
	at, _ := e.domain.Place(x)
	if closes(n) {
		e.closing(n, o, at)
		return
	}
	to := e.result(n)
	switch {
	case o.to < len(x):
		e.append(n, to, exec.Micro{Kind: exec.DoBlockReduce, Reduce: o.of, Cols: e.domain.Cols}, e.dense(n, 0, at))
	case at&domain.ByCol == 0 && e.domain.Cols != 1:
		same := e.operand(n, 0)
		e.append(n, to, exec.Micro{Kind: exec.DoBinary, Binary: vec.Max}, same, same)
	default:
		e.append(n, to, exec.Micro{Kind: exec.DoRowReduce, Reduce: o.of, Cols: e.domain.Cols}, e.dense(n, 0, at))
	}
}

// instruction of a middle reduction.
func (o reduce) instruction(_ *emitter, n *Node) exec.Instruction {
	x := n.inputs[0].shape
	return &exec.Fold{
		Op: o.of, Outer: x[:o.from].Size(), Middle: x[o.from:o.to].Size(), Inner: x[o.to:].Size(),
		X: stored(n.inputs[0]).id, Y: n.id,
	}
}
