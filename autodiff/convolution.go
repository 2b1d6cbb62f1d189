package autodiff

import (
	"fmt"

	"declive/internal/kernel/conv"
)

// A Window says where windows lie on images of shape (batch, height, width,
// channels): that of result (i, j) begins at row i·stride − pad and column
// j·stride − pad. Rows and columns that do not fill a stride are left out. The zero
// Window moves by 1 and does not leave the image. Windows have no holes: there is
// no dilation.
type Window struct {
	Stride  int       // from one window to the next; 0 stands for 1
	Pad     int       // how far windows reach beyond the image, on all four sides
	Strides [2]int    // instead of Stride: of rows and of columns
	Pads    [2][2]int // instead of Pad: above and below, left and right
}

// windows are a Window without what stands for something else.
type windows struct{ stride, before, after [2]int }

// windows returns what w says to the op of a name.
func (w Window) windows(name string) windows {
	switch {
	case w.Stride != 0 && w.Strides != [2]int{}:
		failf(name, "stride %d and strides %v: give one of them", w.Stride, w.Strides)
	case w.Pad != 0 && w.Pads != [2][2]int{}:
		failf(name, "padding %d and %v: give one of them", w.Pad, w.Pads)
	}
	var out windows
	for axis := range 2 {
		out.stride[axis] = w.Stride + w.Strides[axis]
		if out.stride[axis] == 0 {
			out.stride[axis] = 1
		}
		out.before[axis], out.after[axis] = w.Pad+w.Pads[axis][0], w.Pad+w.Pads[axis][1]
		if most := max(out.stride[axis], out.before[axis], out.after[axis]); most > 1<<28 {
			failf(name, "stride or padding %d is beyond all images", most)
		}
	}
	return out
}

// on returns windows of r×s pixels on images of shape x.
func (w windows) on(x Shape, r, s int) conv.Windows {
	return conv.Windows{N: x[0], H: x[1], W: x[2], C: x[3], R: r, S: s, Stride: w.stride, Before: w.before, After: w.after}
}

func (w windows) attributes() []int {
	return []int{w.stride[0], w.stride[1], w.before[0], w.before[1], w.after[0], w.after[1]}
}

// Conv2D returns the convolution of images x of shape (batch, height, width, in)
// with weights w of shape (out, rows, columns, in): the product of every window of
// an image with every output's weights, as in
// [Deep Learning], chapter 9, where it is called cross-correlation.
//
//	y[n, i, j, k] = Σ x[n, i·stride+r−pad, j·stride+s−pad, c]·w[k, r, s, c]    over r, s and c, x being 0 outside
//	height of y   = (height + pads − rows)/stride + 1, rounded down, and so the width
//	dx[n, p, q, c]  = Σ dy[n, i, j, k]·w[k, r, s, c]    where i·stride+r−pad = p and j·stride+s−pad = q
//	dw[k, r, s, c]  = Σ dy[n, i, j, k]·x[n, i·stride+r−pad, j·stride+s−pad, c]
//
// It panics with an [*Error] if the operands have not four axes, if their channels
// differ, or if no window fits. Groups of channels with weights of their own are
// not supported: convolve slices and [Concat] them.
//
// [Deep Learning]: https://www.deeplearningbook.org
func (x *Node) Conv2D(w *Node, at Window) *Node {
	return x.graph.apply(convolution{windows: at.windows("Conv2D")}, x, w)
}

// convolution is one of the three derivatives of the form
//
//	T(x, w, g) = Σ g·Conv2D(x, w)
//
// by one of its operands, named by its role, of the other two. Derivatives of
// derivatives are again of these, see [conv.Role].
type convolution struct {
	role conv.Role
	windows
	size [2]int // of the images or the windows, where they are the result
}

func (o convolution) name() string {
	return [...]string{"Conv2D", "Conv2DData", "Conv2DWeights"}[o.role]
}
func (convolution) traits() Traits      { return Traits{Rounds: true} }
func (o convolution) attributes() []int { return append(o.windows.attributes(), o.size[:]...) }

// by returns the derivative by the operand of a role, whose size is to be in shape.
func (o convolution) by(role conv.Role, shape Shape) convolution {
	d := convolution{role: role, windows: o.windows}
	if role != conv.Forward {
		d.size = [2]int{shape[1], shape[2]}
	}
	return d
}

func (o convolution) vjp(n, u *Node) []*Node {
	a, b := n.inputs[0], n.inputs[1]
	to := func(x *Node, role conv.Role, p, q *Node) *Node { return x.graph.apply(o.by(role, x.shape), p, q) }
	switch o.role {
	case conv.Data:
		return []*Node{to(a, conv.Forward, u, b), to(b, conv.Weights, u, a)}
	case conv.Weights:
		return []*Node{to(a, conv.Data, b, u), to(b, conv.Forward, a, u)}
	}
	return []*Node{to(a, conv.Data, u, b), to(b, conv.Weights, a, u)}
}

// geometry returns the shapes of all three, of those of the operands.
func (o convolution) geometry(a, b Shape) conv.Geometry {
	switch o.role {
	case conv.Data:
		x := Shape{a[0], o.size[0], o.size[1], b[3]}
		return conv.Geometry{Windows: o.on(x, b[1], b[2]), K: b[0]}
	case conv.Weights:
		return conv.Geometry{Windows: o.on(a, o.size[0], o.size[1]), K: b[3]}
	}
	return conv.Geometry{Windows: o.on(a, b[1], b[2]), K: b[0]}
}

func (o convolution) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	a, b := in[0].shape, in[1].shape
	if len(a) != 4 || len(b) != 4 {
		return nil, "operands must be images (batch, height, width, channels) and weights (out, height, width, in)"
	}
	g := o.geometry(a, b)
	if reason := g.Reason(); reason != "" {
		return nil, reason
	}
	oh, ow := g.Out()
	x, w, y := Shape{g.N, g.H, g.W, g.C}, Shape{g.K, g.R, g.S, g.C}, Shape{g.N, oh, ow, g.K}
	switch {
	case o.role == conv.Forward && a[3] != b[3]:
		return nil, fmt.Sprintf("%d channels of the images, but weights for %d; groups of channels are not supported", a[3], b[3])
	case o.role == conv.Data && !a.Equal(y):
		return nil, fmt.Sprintf("the gradient has the shape %v, want %v", a, y)
	case o.role == conv.Weights && !b.Equal(y):
		return nil, fmt.Sprintf("the gradient has the shape %v, want %v", b, y)
	}
	return [...]Shape{y, x, w}[o.role], ""
}

func (o convolution) reference(n *Node, in [][]float64, out []float64) {
	conv.Reference(o.geometry(n.inputs[0].shape, n.inputs[1].shape), o.role, in[0], in[1], out)
}
