package compile

import (
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/conv"
	"declive/internal/kernel/vec"
)

// A pool notes where its results were found, in memory of its own: what moves other
// elements the same way has the pool, and not its images, for an operand, so that
// those need not be kept.

// MaxPool records the largest elements of windows on images. A pool of ReLU x is
// ReLU of the pool of x, which has fewer elements.
func (b *Builder) MaxPool(g conv.Windows, x *Node) *Node {
	if z, ok := rectified(x); ok && b.rules {
		return b.Unary(vec.ReLU, b.MaxPool(g, z))
	}
	return b.poolOf(g, x)
}

// poolOf records the pool of x as it is, which tells where its results were found.
func (b *Builder) poolOf(g conv.Windows, x *Node) *Node { return b.make(maxPool{g}, x) }

// rectified returns z of x = ReLU z.
func rectified(x *Node) (z *Node, ok bool) {
	if u, is := x.op.(unary); is && u.of == vec.ReLU {
		return x.inputs[0], true
	}
	return nil, false
}

// spreadWhere simplifies the choice of x or 0, for the gradient of a pool of ReLU z:
//
//	r > 0 ? spread(r, dy) : 0 = spread(z, pool z > 0 ? dy : 0)    r = ReLU z
//
// Where a window has something above 0 both find it at the same place, and where it
// has nothing both are 0.
func (b *Builder) spreadWhere(mask, x *Node) *Node {
	o, ok := x.op.(pooled)
	if !ok || !o.spread || mask.op != (binary{of: vec.Greater}) || !is(mask.inputs[1], 0) {
		return nil
	}
	pool, dy := x.inputs[0], x.inputs[1]
	z, ok := rectified(mask.inputs[0])
	if !ok || pool.inputs[0] != mask.inputs[0] {
		return nil
	}
	positive := b.Binary(vec.Greater, b.MaxPool(o.windows, z), b.Scalar(0))
	return b.SpreadPool(o.windows, z, b.Where(positive, dy, b.Scalar(0)))
}

// SpreadPool records images of the sums of those elements of dy that the pool of x
// has taken from each place.
func (b *Builder) SpreadPool(g conv.Windows, x, dy *Node) *Node {
	return b.make(pooled{g, true}, b.poolOf(g, x), dy)
}

// PickPool records the elements of images u at the places that the pool of x has
// taken its own from.
func (b *Builder) PickPool(g conv.Windows, x, u *Node) *Node {
	return b.make(pooled{g, false}, b.poolOf(g, x), u)
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
