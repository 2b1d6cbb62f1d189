package autodiff

import (
	"fmt"
	"math"

	"declive/internal/kernel/conv"
)

// MaxPool2D returns the largest elements of windows of rows×columns pixels on images
// of shape (batch, height, width, channels), by channel; NaN if one of them is NaN.
//
//	y[n, i, j, c]  = max x[n, i·stride+r−pad, j·stride+s−pad, c]    over r < rows and s < columns on the image
//	height of y    = (height + pads − rows)/stride + 1, rounded down, and so the width
//	dx[n, p, q, c] = Σ dy[n, i, j, c]    where y[n, i, j, c] was taken from x[n, p, q, c]
//
// Of equal elements the first is taken, row by row, and gets all of the gradient;
// [Node.ReduceMax], whose elements share it, takes the maximum of whole images.
//
// It panics with an [*Error] if x has not four axes, if no window fits or one has
// more than 256 pixels, or if the padding is not smaller than the window.
func (x *Node) MaxPool2D(rows, columns int, at Window) *Node {
	return x.graph.apply(maxPool{pooling{at.windows("MaxPool2D"), [2]int{rows, columns}}}, x)
}

// AvgPool2D returns the means of windows of rows×columns pixels on images of shape
// (batch, height, width, channels), by channel. Pixels outside the image count as 0.
//
//	y[n, i, j, c] = 1/(rows·columns) Σ x[n, i·stride+r−pad, j·stride+s−pad, c]    over r < rows and s < columns
//
// Windows beside each other are sums over axes, others a [Node.Conv2D] of each
// channel. For the mean of whole images see [Node.Mean]. It panics with an [*Error]
// if x has not four axes or no window fits.
func (x *Node) AvgPool2D(rows, columns int, at Window) *Node {
	w := at.windows("AvgPool2D")
	if reason := x.imagesFit(w, rows, columns); reason != "" {
		fail("AvgPool2D", reason, x.shape)
	}
	n, h, width, c := x.shape[0], x.shape[1], x.shape[2], x.shape[3]
	if w == (windows{stride: [2]int{rows, columns}}) {
		i, j := h/rows, width/columns
		whole := x.Slice(1, 0, i*rows).Slice(2, 0, j*columns)
		return whole.Reshape(n, i, rows, j, columns, c).Mean(2, 4)
	}
	planes := x.Transpose(0, 3, 1, 2).Reshape(n*c, h, width, 1)
	mean := x.graph.Scalar(1/float64(rows*columns)).Broadcast(1, rows, columns, 1)
	y := x.graph.apply(convolution{windows: w}, planes, mean)
	return y.Reshape(n, c, y.shape[1], y.shape[2]).Transpose(0, 2, 3, 1)
}

// imagesFit says why windows of r×s pixels do not lie on x, or "".
func (x *Node) imagesFit(w windows, r, s int) string {
	if reason := numbers([]*Node{x}); reason != "" {
		return reason
	}
	if len(x.shape) != 4 {
		return "the operand must be images (batch, height, width, channels)"
	}
	return w.on(x.shape, r, s).Reason()
}

// A pooling is where the windows of a pool lie, and how large they are.
type pooling struct {
	windows
	size [2]int
}

func (o pooling) attributes() []int { return append(o.windows.attributes(), o.size[:]...) }

// on returns the windows on images of shape x.
func (o pooling) on(x Shape) conv.Windows { return o.windows.on(x, o.size[0], o.size[1]) }

// out returns the shape of the pool of x.
func (o pooling) out(x Shape) Shape {
	oh, ow := o.on(x).Out()
	return Shape{x[0], oh, ow, x[3]}
}

// fits says why x has no pool, or "".
func (o pooling) fits(x *Node) string {
	if reason := x.imagesFit(o.windows, o.size[0], o.size[1]); reason != "" {
		return reason
	}
	if x.shape[1]*x.shape[2] == 0 {
		return "images without pixels have no largest one"
	}
	if o.size[0]*o.size[1] > 256 {
		return fmt.Sprintf("windows of %d×%d pixels, want at most 256; ReduceMax takes the maximum of whole images", o.size[0], o.size[1])
	}
	for axis, size := range o.size {
		if most := max(o.before[axis], o.after[axis]); most >= size {
			return fmt.Sprintf("padding %d, want less than the window's %d", most, size)
		}
	}
	return ""
}

// shapes returns the shapes of x, the first operand, and of its pool.
func (o pooling) shapes(in []*Node) (x, y Shape, reason string) {
	if reason = o.fits(in[0]); reason != "" {
		return nil, nil, reason
	}
	return in[0].shape, o.out(in[0].shape), numbers(in)
}

// differs says why u has not the shape that it should, unless a reason is known.
func (pooling) differs(u *Node, want Shape, reason string) string {
	if reason == "" && !u.shape.Equal(want) {
		return fmt.Sprintf("the second operand has the shape %v, want %v", u.shape, want)
	}
	return reason
}

// largest calls f for every element of the pool of images x of a shape: with its
// place, and that of the element of x that it is.
func (o pooling) largest(shape Shape, x []float64, f func(y, x int)) {
	g, strides := o.on(shape), shape.strides()
	o.out(shape).each(func(y int, index []int) {
		at, most := -1, 0.0
		for tap := range g.R * g.S {
			p, q := index[1]*g.Stride[0]+tap/g.S-g.Before[0], index[2]*g.Stride[1]+tap%g.S-g.Before[1]
			if p < 0 || p >= g.H || q < 0 || q >= g.W {
				continue
			}
			i := index[0]*strides[0] + p*strides[1] + q*strides[2] + index[3]
			if at < 0 || x[i] > most || math.IsNaN(x[i]) {
				at, most = i, x[i]
			}
		}
		f(y, at)
	})
}

// maxPool is the pool of its operand.
type maxPool struct{ pooling }

func (maxPool) name() string   { return "MaxPool2D" }
func (maxPool) traits() Traits { return Traits{} }
func (o maxPool) shape(in []*Node) (Shape, string) {
	_, y, reason := o.shapes(in)
	return y, reason
}
func (o maxPool) vjp(n, dy *Node) []*Node {
	return []*Node{n.graph.apply(spreadPool(o), n.inputs[0], dy)}
}
func (o maxPool) reference(n *Node, in [][]float64, out []float64) {
	o.largest(n.inputs[0].shape, in[0], func(y, x int) { out[y] = in[0][x] })
}

// spreadPool is the gradient of the pool of x, given that of its result: linear in
// it, and constant in x.
type spreadPool struct{ pooling }

func (spreadPool) name() string   { return "MaxPool2DSpread" }
func (spreadPool) traits() Traits { return Traits{Rounds: true} }
func (o spreadPool) shape(in []*Node) (Shape, string) {
	x, y, reason := o.shapes(in)
	return x, o.differs(in[1], y, reason)
}
func (o spreadPool) vjp(n, u *Node) []*Node {
	return []*Node{nil, n.graph.apply(pickPool(o), n.inputs[0], u)}
}
func (o spreadPool) reference(n *Node, in [][]float64, out []float64) {
	o.largest(n.shape, in[0], func(y, x int) { out[x] += in[1][y] })
}

// pickPool takes the elements of u from where x is largest in its windows.
type pickPool struct{ pooling }

func (pickPool) name() string   { return "MaxPool2DPick" }
func (pickPool) traits() Traits { return Traits{} }
func (o pickPool) shape(in []*Node) (Shape, string) {
	x, y, reason := o.shapes(in)
	return y, o.differs(in[1], x, reason)
}
func (o pickPool) vjp(n, dy *Node) []*Node {
	return []*Node{nil, n.graph.apply(spreadPool(o), n.inputs[0], dy)}
}
func (o pickPool) reference(n *Node, in [][]float64, out []float64) {
	o.largest(n.inputs[0].shape, in[0], func(y, x int) { out[y] = in[1][x] })
}
