package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/vec"
)

// spread is the sum Σ(x − μ)² of the squared distances from the mean, over all axes but
// the last, which stay with length 1. Recording makes it of that formula, for which the
// rows are read twice.
type spread struct{}

func (spread) name() string                      { return "Spread" }
func (spread) shape(in []*Node) shape.Shape      { return in[0].shape.Reduced(0, len(in[0].shape)-1) }
func (spread) flops(n *Node) int                 { return 5 * n.inputs[0].size() }
func (o spread) ofRows(int) op                   { return o }
func (spread) onRows(*Node, *batch) (role, bool) { return 0, false }
func (spread) domain(n *Node) (domain.Domain, bool) {
	return domain.Of(n.inputs[0].shape), true
}

func (spread) micros(e *loopEmitter, n *Node) {
	m := exec.Micro{Kind: exec.DoCloseSpread, Closing: len(e.loop.Spreads)}
	x := e.dense(n, 0, domain.Full)
	e.loop.Spreads = append(e.loop.Spreads, exec.Spread{Dst: n.id, Width: e.domain.Cols})
	e.micros = append(e.micros, micro{m, ref{}, []ref{x}})
}

// spreadOf returns the spread that a sum over the axes up to to is, or nil: that of the
// squares of x − Σx/n.
func (b *Builder) spreadOf(to int, squares *Node) *Node {
	if squares.op != mul || squares.inputs[0] != squares.inputs[1] || to != len(squares.shape)-1 {
		return nil
	}
	d := squares.inputs[0]
	if d.op != sub || !d.inputs[0].shape.Equal(d.shape) {
		return nil
	}
	x, mean := d.inputs[0], d.inputs[1]
	rows := x.shape[:to].Size()
	if x.shape[to] < 2 || rows < 2 || !isMean(mean, x, reduce{vec.ReduceSum, 0, to}, float64(rows)) {
		return nil
	}
	return b.make(spread{}, x)
}

// isMean reports whether n is a sum of x divided by a count.
func isMean(n, x *Node, sum reduce, count float64) bool {
	if len(n.inputs) != 2 || n.inputs[0].op != sum || n.inputs[0].inputs[0] != x {
		return false
	}
	c, _ := scalarConstant(n.inputs[1])
	return n.op == div && c == count || n.op == mul && c == 1/count
}
