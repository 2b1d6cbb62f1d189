package compile

import (
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/conv"
)

// A pool notes where its results were found, in memory of its own: what moves other
// elements the same way has the pool, and not its images, for an operand, so that
// those need not be kept.

// MaxPool records the largest elements of windows on images.
func (b *Builder) MaxPool(g conv.Windows, x *Node) *Node { return b.make(maxPool{g}, x) }

// SpreadPool records images of the sums of those elements of dy that the pool of x
// has taken from each place.
func (b *Builder) SpreadPool(g conv.Windows, x, dy *Node) *Node {
	return b.make(pooled{g, true}, b.MaxPool(g, x), dy)
}

// PickPool records the elements of images u at the places that the pool of x has
// taken its own from.
func (b *Builder) PickPool(g conv.Windows, x, u *Node) *Node {
	return b.make(pooled{g, false}, b.MaxPool(g, x), u)
}

type maxPool struct{ windows conv.Windows }

func (maxPool) name() string                      { return "MaxPool2D" }
func (o maxPool) flops(n *Node) int               { return n.size() * o.windows.R * o.windows.S }
func (maxPool) onRows(*Node, *batch) (role, bool) { return rows, true }
func (o maxPool) ofRows(rows int) op              { return maxPool{imagesOf(o.windows, rows)} }
func (o maxPool) shape([]*Node) shape.Shape {
	oh, ow := o.windows.Out()
	return shape.Shape{o.windows.N, oh, ow, o.windows.C}
}

func (o maxPool) instruction(_ *emitter, n *Node) exec.Instruction {
	return &exec.MaxPool{Windows: o.windows, X: stored(n.inputs[0]).id, Y: n.id}
}

// imagesOf returns windows on so many images.
func imagesOf(g conv.Windows, n int) conv.Windows {
	g.N = n
	return g
}

// pooled moves elements as a pool, its first operand, has: with spread to the places
// in images, and else from them.
type pooled struct {
	windows conv.Windows
	spread  bool
}

func (o pooled) name() string {
	if o.spread {
		return "MaxPool2DSpread"
	}
	return "MaxPool2DPick"
}

func (o pooled) flops(n *Node) int  { return max(n.size(), n.inputs[1].size()) }
func (o pooled) ofRows(rows int) op { return pooled{imagesOf(o.windows, rows), o.spread} }
func (pooled) onRows(n *Node, b *batch) (role, bool) {
	return rows, b.roles[n.inputs[0]] == rows && b.roles[n.inputs[1]] == rows
}

func (o pooled) shape(in []*Node) shape.Shape {
	if g := o.windows; o.spread {
		return shape.Shape{g.N, g.H, g.W, g.C}
	}
	return in[0].shape
}

func (o pooled) instruction(_ *emitter, n *Node) exec.Instruction {
	return &exec.Pooled{
		Windows: o.windows, Pool: stored(n.inputs[0]).id, Spread: o.spread, X: stored(n.inputs[1]).id, Y: n.id,
	}
}
