package bridge

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Ops on images, which have their channels last here and in the second place in
// Gorgonia.

// conv records a convolution as Conv2d between transposes. Gorgonia pads both sides
// alike, so unequal padding is done before.
func (r *recorder) conv(n *autodiff.Node) *G.Node {
	in, at := n.Inputs(), n.Attributes()
	x, shape := r.nodes[in[0]], in[0].Shape()
	stride, before, after := at[0:2], at[2:4], at[4:6]
	pad := before
	if before[0] != after[0] || before[1] != after[1] {
		pad = []int{0, 0}
		for axis := range 2 {
			padded := append(autodiff.Shape(nil), shape...)
			padded[1+axis] += before[axis] + after[axis]
			x, shape = r.shift(x, shape, padded, 1+axis, before[axis]), padded
		}
	}
	w := in[1].Shape()
	y := must(G.Conv2d(r.channelsFirst(n, x), r.channelsFirst(n, r.nodes[in[1]]), tensor.Shape{w[1], w[2]}, pad, stride, []int{1, 1}))
	return r.channelsLast(n, y)
}

// maxPool records a pool as MaxPool2D between transposes.
func (r *recorder) maxPool(n *autodiff.Node) *G.Node {
	at := n.Attributes()
	stride, before, after, size := at[0:2], at[2:4], at[4:6], at[6:8]
	if before[0] != after[0] || before[1] != after[1] {
		r.refuse(n, "with unequal padding Gorgonia begins with the other side's")
	}
	x := r.channelsFirst(n, r.nodes[n.Inputs()[0]])
	return r.channelsLast(n, must(G.MaxPool2D(x, tensor.Shape(size), before, stride)))
}

func (r *recorder) channelsFirst(n *autodiff.Node, x *G.Node) *G.Node {
	if x.IsScalar() {
		r.refuse(n, "an array of one element is a scalar in Gorgonia, which has no windows")
	}
	return must(G.Transpose(x, 0, 3, 1, 2))
}

func (r *recorder) channelsLast(n *autodiff.Node, y *G.Node) *G.Node {
	if n.Shape().Size() == 1 {
		return must(G.Sum(y))
	}
	return must(G.Transpose(y, 0, 2, 3, 1))
}

// normalize records the formula of [autodiff.Node.Normalize]. Gorgonia takes batch
// normalisations with another ε for the same.
func (r *recorder) normalize(n *autodiff.Node) *G.Node {
	x, shape := r.nodes[n.Inputs()[0]], n.Shape()
	mean := func(y *G.Node) *G.Node {
		from, count := append(autodiff.Shape(nil), shape...), 1
		for _, axis := range n.Attributes() {
			y = r.fold(y, from, axis, axis+1)
			count *= shape[axis]
			from[axis] = 1
		}
		return r.stretch(r.mul(y, r.number(1/float64(count))), from, shape)
	}
	d := r.sub(x, mean(x))
	variance := r.add(mean(r.mul(d, d)), r.number(n.Coefficients()[0]))
	return must(G.HadamardDiv(d, must(G.Sqrt(variance))))
}
