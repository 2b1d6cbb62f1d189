package autodiff

import (
	"fmt"
	"slices"
)

// The ops of this file move elements and compute nothing.

// T returns the transpose of a matrix. It panics with an [*Error] if x has not
// two axes; see [Node.Transpose] for more.
func (x *Node) T() *Node {
	if len(x.shape) != 2 {
		fail("T", "operand must be a matrix", x.shape)
	}
	return x.Transpose(1, 0)
}

// Transpose returns x with its axes in another order: axis i of the result is
// axis axes[i] of x. It panics with an [*Error] if axes is no permutation.
//
//	dx = dy with the axes back in their order
func (x *Node) Transpose(axes ...int) *Node {
	return x.graph.apply(transpose{slices.Clone(axes)}, x)
}

type transpose struct{ axes []int }

func (transpose) name() string        { return "Transpose" }
func (transpose) traits() Traits      { return Traits{Sums: true} }
func (o transpose) attributes() []int { return slices.Clone(o.axes) }

func (o transpose) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	x := in[0].shape
	out := make(Shape, len(x))
	if !isPermutation(o.axes, len(x)) {
		return nil, fmt.Sprintf("axes %v are no permutation of the operand's", o.axes)
	}
	for i, a := range o.axes {
		out[i] = x[a]
	}
	return out, ""
}

// isPermutation reports whether axes holds 0 … n−1, each once.
func isPermutation(axes []int, n int) bool {
	for i, a := range slices.Sorted(slices.Values(axes)) {
		if a != i {
			return false
		}
	}
	return len(axes) == n
}

func (o transpose) vjp(_, dy *Node) []*Node {
	inverse := make([]int, len(o.axes))
	for i, a := range o.axes {
		inverse[a] = i
	}
	return []*Node{dy.Transpose(inverse...)}
}

func (o transpose) reference(n *Node, in [][]float64, out []float64) {
	from := n.inputs[0].shape.strides()
	n.shape.each(func(i int, index []int) {
		at := 0
		for axis, k := range index {
			at += k * from[o.axes[axis]]
		}
		out[i] = in[0][at]
	})
}

// Reshape returns x's elements, in row-major order, in another shape of the
// same size. One length may be −1: it is worked out from the others. It panics
// with an [*Error] if the sizes differ.
//
//	dx = dy in the shape of x
func (x *Node) Reshape(shape ...int) *Node {
	return x.graph.apply(reshape{infer(shape, x.shape.Size())}, x)
}

// infer returns shape with a −1 replaced so that the size becomes size, if that
// is possible.
func infer(shape Shape, size int) Shape {
	out := shape.clone()
	hole := slices.Index(out, -1)
	if hole < 0 {
		return out
	}
	out[hole] = 1
	if rest := out.Size(); rest > 0 {
		out[hole] = size / rest
	}
	return out
}

type reshape struct{ to Shape }

func (reshape) name() string        { return "Reshape" }
func (reshape) traits() Traits      { return Traits{Sums: true} }
func (o reshape) attributes() []int { return o.to.clone() }

func (o reshape) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	if reason := o.to.impossible(); reason != "" {
		return nil, reason
	}
	if o.to.Size() != in[0].shape.Size() {
		return nil, fmt.Sprintf("%d elements do not fill the shape %v", in[0].shape.Size(), o.to)
	}
	return o.to, ""
}

func (reshape) vjp(n, dy *Node) []*Node { return []*Node{dy.Reshape(n.inputs[0].shape...)} }

func (reshape) reference(_ *Node, in [][]float64, out []float64) { copy(out, in[0]) }

// Broadcast returns x repeated to a shape by NumPy's rule: new axes come in
// front, and axes of length 1 are repeated. It panics with an [*Error] if x does
// not broadcast to that shape.
//
//	dx = dy summed over the repeated axes
func (x *Node) Broadcast(shape ...int) *Node {
	if x.shape.Equal(shape) {
		return x
	}
	return x.graph.apply(broadcast{Shape(shape).clone()}, x)
}

type broadcast struct{ to Shape }

func (broadcast) name() string        { return "Broadcast" }
func (broadcast) traits() Traits      { return Traits{Sums: true} }
func (o broadcast) attributes() []int { return o.to.clone() }

func (o broadcast) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	if reason := o.to.impossible(); reason != "" {
		return nil, reason
	}
	if s, ok := broadcastShapes(in[0].shape, o.to); !ok || !s.Equal(o.to) {
		return nil, "operand does not broadcast to " + o.to.String()
	}
	return o.to, ""
}

func (broadcast) vjp(_, dy *Node) []*Node { return []*Node{dy} }

func (broadcast) reference(n *Node, in [][]float64, out []float64) {
	from := n.inputs[0].shape.repeated(len(n.shape))
	n.shape.each(func(i int, index []int) { out[i] = in[0][offset(index, from)] })
}

// Slice returns the part of x from index from up to, not including, to along an
// axis. It panics with an [*Error] if that is not within x.
//
//	dx = dy where it was taken from, 0 elsewhere
func (x *Node) Slice(axis, from, to int) *Node {
	return x.graph.apply(slice{axis, from, to}, x)
}

type slice struct{ axis, from, to int }

func (slice) name() string        { return "Slice" }
func (slice) traits() Traits      { return Traits{Sums: true} }
func (o slice) attributes() []int { return []int{o.axis, o.from, o.to} }

func (o slice) shape(in []*Node) (Shape, string) {
	x := in[0].shape
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	if reason := x.has(o.axis); reason != "" {
		return nil, reason
	}
	if o.from < 0 || o.to < o.from || o.to > x[o.axis] {
		return nil, fmt.Sprintf("[%d:%d] is not within axis %d of length %d", o.from, o.to, o.axis, x[o.axis])
	}
	out := x.clone()
	out[o.axis] = o.to - o.from
	return out, ""
}

func (o slice) vjp(n, dy *Node) []*Node {
	return []*Node{dy.Pad(o.axis, o.from, n.inputs[0].shape[o.axis]-o.to)}
}

func (o slice) reference(n *Node, in [][]float64, out []float64) {
	from := n.inputs[0].shape.strides()
	n.shape.each(func(i int, index []int) { out[i] = in[0][offset(index, from)+o.from*from[o.axis]] })
}

// Pad returns x with zeros along an axis: before of them in front and after
// behind. It panics with an [*Error] if one of the counts is negative.
//
//	dx = dy without the padding
func (x *Node) Pad(axis, before, after int) *Node {
	return x.graph.apply(pad{axis, before, after}, x)
}

type pad struct{ axis, before, after int }

func (pad) name() string        { return "Pad" }
func (pad) traits() Traits      { return Traits{Sums: true} }
func (o pad) attributes() []int { return []int{o.axis, o.before, o.after} }

func (o pad) shape(in []*Node) (Shape, string) {
	x := in[0].shape
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	if reason := x.has(o.axis); reason != "" {
		return nil, reason
	}
	if o.before < 0 || o.after < 0 {
		return nil, fmt.Sprintf("negative padding (%d, %d)", o.before, o.after)
	}
	if o.before > maxSize || o.after > maxSize {
		return nil, fmt.Sprintf("padding (%d, %d) does not fit in memory", o.before, o.after)
	}
	out := x.clone()
	out[o.axis] += o.before + o.after
	return out, ""
}

func (o pad) vjp(n, dy *Node) []*Node {
	return []*Node{dy.Slice(o.axis, o.before, o.before+n.inputs[0].shape[o.axis])}
}

func (o pad) reference(n *Node, in [][]float64, out []float64) {
	x := n.inputs[0].shape
	from := x.strides()
	n.shape.each(func(i int, index []int) {
		if k := index[o.axis] - o.before; k >= 0 && k < x[o.axis] {
			out[i] = in[0][offset(index, from)-o.before*from[o.axis]]
		}
	})
}

// Concat joins arrays along an axis; their other axes must have equal lengths.
// It panics with an [*Error] if they have not, or if there is nothing to join.
//
//	dxᵢ = the part of dy that came from xᵢ
func Concat(axis int, xs ...*Node) *Node {
	if len(xs) == 0 {
		fail("Concat", "nothing to join")
	}
	if xs[0] == nil {
		fail("Concat", "an operand is nil")
	}
	return xs[0].graph.apply(concat{axis}, xs...)
}

type concat struct{ axis int }

func (concat) name() string        { return "Concat" }
func (concat) traits() Traits      { return Traits{Sums: true} }
func (o concat) attributes() []int { return []int{o.axis} }

func (o concat) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	out := in[0].shape.clone()
	if reason := out.has(o.axis); reason != "" {
		return nil, reason
	}
	for _, x := range in[1:] {
		if len(x.shape) != len(out) {
			return nil, "operands differ in their number of axes"
		}
		for i, d := range x.shape {
			if i != o.axis && d != out[i] {
				return nil, fmt.Sprintf("operands differ along axis %d, not only along axis %d", i, o.axis)
			}
		}
		if out[o.axis] += x.shape[o.axis]; out[o.axis] > maxSize {
			return nil, "the operands together do not fit in memory"
		}
	}
	return out, ""
}

func (o concat) vjp(n, dy *Node) []*Node {
	out := make([]*Node, len(n.inputs))
	at := 0
	for i, x := range n.inputs {
		out[i] = dy.Slice(o.axis, at, at+x.shape[o.axis])
		at += x.shape[o.axis]
	}
	return out
}

func (o concat) reference(n *Node, in [][]float64, out []float64) {
	to, at := n.shape.strides(), 0
	for j, x := range n.inputs {
		x.shape.each(func(i int, index []int) { out[offset(index, to)+at*to[o.axis]] = in[j][i] })
		at += x.shape[o.axis]
	}
}

// has says why s lacks an axis, or "".
func (s Shape) has(axis int) string {
	if axis < 0 || axis >= len(s) {
		return fmt.Sprintf("no axis %d", axis)
	}
	return ""
}

// each calls f with the position and the index of every element, in row-major
// order. The index is valid during the call only.
func (s Shape) each(f func(i int, index []int)) {
	index := make([]int, len(s))
	for i := range s.Size() {
		f(i, index)
		for axis := len(s) - 1; axis >= 0; axis-- {
			if index[axis]++; index[axis] < s[axis] {
				break
			}
			index[axis] = 0
		}
	}
}

func offset(index, strides []int) int {
	at := 0
	for i, k := range index {
		at += k * strides[i]
	}
	return at
}
