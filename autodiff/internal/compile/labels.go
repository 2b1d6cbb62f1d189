package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
)

// Pick records the elements of the rows of x that labels y name.
func (b *Builder) Pick(x, y *Node) *Node { return b.make(pick{}, x, y) }

// pick takes from each row of its first operand the element that the row's label,
// in the second, names.
type pick struct{}

func (pick) name() string                          { return "Pick" }
func (pick) shape(in []*Node) shape.Shape          { return shape.Shape{in[0].shape[0], 1} }
func (pick) flops(n *Node) int                     { return n.inputs[0].shape.Size() }
func (o pick) ofRows(int) op                       { return o }
func (pick) domain(n *Node) (domain.Domain, bool)  { return domain.Of(n.inputs[0].shape), true }
func (pick) onRows(n *Node, b *batch) (role, bool) { return rows, b.roles[n.inputs[0]] == rows }
func (pick) micros(e *loopEmitter, n *Node) {
	to := e.result(n)
	at, _ := e.domain.Place(n.inputs[0].shape)
	m := exec.Micro{Kind: exec.DoPick, Cols: e.cols(at), Labels: e.labels(n.inputs[1], at)}
	e.append(n, to, m, e.dense(n, 0, at))
}

// OneHot records labels y as rows of zeros with a 1.
func (b *Builder) OneHot(y *Node, classes int) *Node { return b.make(oneHot{classes}, y) }

// oneHot gives for labels a row each, 1 at the label's column and 0 elsewhere.
type oneHot struct{ classes int }

func (oneHot) name() string                         { return "OneHot" }
func (o oneHot) shape(in []*Node) shape.Shape       { return shape.Shape{in[0].shape[0], o.classes} }
func (oneHot) flops(n *Node) int                    { return n.shape.Size() }
func (o oneHot) ofRows(int) op                      { return o }
func (oneHot) domain(n *Node) (domain.Domain, bool) { return domain.Of(n.shape), true }
func (oneHot) onRows(*Node, *batch) (role, bool)    { return rows, true }
func (oneHot) micros(e *loopEmitter, n *Node) {
	to := e.result(n)
	m := exec.Micro{Kind: exec.DoOneHot, Cols: e.cols(to.place), Labels: e.labels(n.inputs[0], to.place)}
	e.append(n, to, m)
}
