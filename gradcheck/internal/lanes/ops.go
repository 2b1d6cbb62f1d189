package lanes

import (
	"slices"

	"declive/autodiff"
)

// A stacker records an op for many evaluations side by side.
type stacker func(b *builder, n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node

// stackers holds what to do for ops that do not compute element by element. An op
// without one has no lanes, and a test fails. OneHot has labels for operand, which
// never move, and Assign is a statement.
//
// With the lanes last, axes keep their numbers, broadcasting still aligns the
// other axes, and inner loops run over lanes.
var stackers = map[string]stacker{
	"MatMul":    stackMatMul,
	"Sum":       ofOne(func(b *builder, x *autodiff.Node, a []int) *autodiff.Node { return x.SumKeep(span(a)...) }),
	"ReduceMax": ofOne(func(b *builder, x *autodiff.Node, a []int) *autodiff.Node { return x.ReduceMaxKeep(span(a)...) }),
	"Transpose": ofOne(func(b *builder, x *autodiff.Node, a []int) *autodiff.Node { return x.Transpose(append(a, len(a))...) }),
	"Reshape":   ofOne(func(b *builder, x *autodiff.Node, a []int) *autodiff.Node { return x.Reshape(append(a, b.lanes)...) }),
	"Broadcast": ofOne(func(b *builder, x *autodiff.Node, a []int) *autodiff.Node { return x.Broadcast(append(a, b.lanes)...) }),
	"Slice":     ofOne(func(b *builder, x *autodiff.Node, a []int) *autodiff.Node { return x.Slice(a[0], a[1], a[2]) }),
	"Pad":       ofOne(func(b *builder, x *autodiff.Node, a []int) *autodiff.Node { return x.Pad(a[0], a[1], a[2]) }),
	"Concat":    stackConcat,
	"Pick":      stackPick,

	"SparseMatMul":  stackSparse,
	"SparseMatMulT": stackSparse,
	"SampledMatMul": func(b *builder, n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
		return b.laneByLane(n, in, varies)
	},

	"Normalize": func(b *builder, n *autodiff.Node, in []*autodiff.Node, _ []bool) *autodiff.Node {
		return b.to.Repeat(n, in...)
	},

	"Conv2D":        stackConv([2]int{0, 0}, [2]int{0, 3}),
	"Conv2DData":    stackConv([2]int{0, 0}, [2]int{3, 3}),
	"Conv2DWeights": stackConv([2]int{3, 3}, [2]int{3, 0}),

	"MaxPool2D":       stackPool,
	"MaxPool2DSpread": stackPool,
	"MaxPool2DPick":   stackPool,
}

// ofOne is the stacker of an op of one operand, which varies, with attributes a.
func ofOne(record func(b *builder, x *autodiff.Node, a []int) *autodiff.Node) stacker {
	return func(b *builder, n *autodiff.Node, in []*autodiff.Node, _ []bool) *autodiff.Node {
		return record(b, in[0], n.Attributes())
	}
}

// stack records n for all lanes: operands that vary have one more axis at the end,
// that of the lanes, and so has the result. The others are as in n. It returns nil
// for an op without lanes.
func (b *builder) stack(n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
	if n.Traits().Elementwise {
		for i, x := range in {
			if !varies[i] && len(x.Shape()) > 0 {
				in[i] = x.Reshape(append(shapeOf(x), 1)...)
			}
		}
		return b.to.Repeat(n, in...)
	}
	if record := stackers[n.Op()]; record != nil {
		return record(b, n, in, varies)
	}
	return nil
}

// stackMatMul multiplies where a factor varies: with lanes r,
//
//	y[m, n, r] = Σ_k a[m, k] b[k, n, r]                  one product with (k, n·r)
//	y[m, n, r] = Σ_k a[m, k, r] b[k, n] = Σ_k bᵀ[n, k] aᵀ[k, m, r]
//	y[m, n, r] = Σ_k a[m, k, r] b[k, n, r]               elementwise, then summed
func stackMatMul(to *builder, _ *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
	a, b, lanes := in[0], in[1], to.lanes
	switch {
	case varies[0] && varies[1]:
		m, k, n := a.Shape()[0], a.Shape()[1], b.Shape()[1]
		return a.Reshape(m, k, 1, lanes).Mul(b.Reshape(1, k, n, lanes)).SumKeep(1).Reshape(m, n, lanes)
	case varies[1]:
		s := b.Shape()
		y := a.MatMul(b.Reshape(s[0], s[1]*lanes))
		return y.Reshape(a.Shape()[0], s[1], lanes)
	}
	s := a.Shape()
	y := b.T().MatMul(a.Transpose(1, 0, 2).Reshape(s[1], s[0]*lanes))
	return y.Reshape(b.Shape()[1], s[0], lanes).Transpose(1, 0, 2)
}

// stackConcat gives all operands all lanes.
func stackConcat(b *builder, n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
	for i, x := range n.Inputs() {
		if s := x.Shape(); !varies[i] {
			in[i] = in[i].Reshape(append(slices.Clone(s), 1)...).Broadcast(append(slices.Clone(s), b.lanes)...)
		}
	}
	return autodiff.Concat(n.Attributes()[0], in...)
}

// stackPick picks with a mask: scores (n, k, lanes) and labels (n).
func stackPick(_ *builder, n *autodiff.Node, in []*autodiff.Node, _ []bool) *autodiff.Node {
	s, y, classes := in[0], in[1], n.Inputs()[0].Shape()[1]
	mask := y.OneHot(classes).Reshape(y.Shape()[0], classes, 1)
	return mask.Where(s, s.Graph().Scalar(0)).SumKeep(1)
}

// stackConv takes the lanes of an operand that varies as so many more images or
// channels: along an axis of the operand, and so along one of the result, which are
// given for both operands. Where both vary, the lanes are computed one by one.
func stackConv(axes ...[2]int) stacker {
	return func(b *builder, n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
		if varies[0] && varies[1] {
			return b.laneByLane(n, in, varies)
		}
		i := slices.Index(varies, true)
		in[i] = joinLanes(in[i], axes[i][0])
		return b.splitLanes(b.to.Repeat(n, in...), axes[i][1])
	}
}

// stackPool takes the lanes as so many more channels.
func stackPool(b *builder, n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
	for i, x := range in {
		if s := n.Inputs()[i].Shape(); !varies[i] {
			x = x.Reshape(append(slices.Clone(s), 1)...).Broadcast(append(slices.Clone(s), b.lanes)...)
		}
		s := x.Shape()
		in[i] = x.Reshape(s[0], s[1], s[2], s[3]*s[4])
	}
	return b.to.Repeat(n, in...).Reshape(append(slices.Clone(n.Shape()), b.lanes)...)
}

// stackSparse takes the lanes of the dense factor as so many more columns.
func stackSparse(b *builder, n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
	if varies[0] {
		return b.laneByLane(n, in, varies)
	}
	in[3] = joinLanes(in[3], 1)
	return b.splitLanes(b.to.Repeat(n, in...), 1)
}

// laneByLane computes an op once for each lane.
func (b *builder) laneByLane(n *autodiff.Node, in []*autodiff.Node, varies []bool) *autodiff.Node {
	lanes := make([]*autodiff.Node, b.lanes)
	for r := range lanes {
		own := make([]*autodiff.Node, len(in))
		for i, x := range in {
			if own[i] = x; !varies[i] {
				continue
			}
			axis := len(x.Shape()) - 1
			own[i] = x.Slice(axis, r, r+1).Reshape(x.Shape()[:axis]...)
		}
		y := b.to.Repeat(n, own...)
		lanes[r] = y.Reshape(append(shapeOf(y), 1)...)
	}
	return autodiff.Concat(len(n.Shape()), lanes...)
}

// joinLanes makes the lanes, at the end, part of an axis.
func joinLanes(x *autodiff.Node, axis int) *autodiff.Node {
	s := x.Shape()
	last := len(s) - 1
	order := make([]int, 0, len(s))
	for i := range last {
		if i == axis {
			order = append(order, last)
		}
		order = append(order, i)
	}
	to := slices.Clone(s[:last])
	to[axis] *= s[last]
	return x.Transpose(order...).Reshape(to...)
}

// splitLanes takes the lanes out of an axis, to the end.
func (b *builder) splitLanes(y *autodiff.Node, axis int) *autodiff.Node {
	s := slices.Clone(y.Shape())
	s[axis] /= b.lanes
	to := slices.Insert(slices.Clone(s), axis, b.lanes)
	order := make([]int, 0, len(to))
	for i := range to {
		if i != axis {
			order = append(order, i)
		}
	}
	return y.Reshape(to...).Transpose(append(order, axis)...)
}

// span lists the axes of a reduction from its attributes.
func span(a []int) []int {
	var axes []int
	for i := a[0]; i < a[1]; i++ {
		axes = append(axes, i)
	}
	return axes
}

// shapeOf returns a copy of x's shape with room for one more axis.
func shapeOf(x *autodiff.Node) []int { return append(make([]int, 0, len(x.Shape())+1), x.Shape()...) }
