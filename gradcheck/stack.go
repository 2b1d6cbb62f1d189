package gradcheck

import (
	"slices"

	"declive/autodiff"
)

// elementwise holds the operations that compute each element of their result
// from the elements of their operands at the same place.
var elementwise = map[string]bool{
	"Add": true, "Sub": true, "Mul": true, "Div": true, "Neg": true, "Pow": true, "Sqrt": true,
	"Exp": true, "Expm1": true, "Log": true, "Log1p": true, "Sin": true, "Cos": true, "Tanh": true, "Sigmoid": true, "Softplus": true,
	"Sech2": true, "LogisticDensity": true,
	"ReLU": true, "Abs": true, "Sign": true, "Max": true, "Min": true, "Where": true,
	"Greater": true, "GreaterEqual": true, "Equal": true, "NotEqual": true, "StopGradient": true,
}

// stackOp records in to the operation of n for many evaluations side by side:
// operands that vary have one more axis at the end, of the given number of
// lanes, and so has the result. The others are as in n. It returns nil for an
// operation that it does not know how to stack.
//
// With the lanes last, axes keep their numbers, broadcasting still aligns the
// other axes, and inner loops run over lanes.
func stackOp(to *autodiff.Graph, n *autodiff.Node, in []*autodiff.Node, varies []bool, lanes int) *autodiff.Node {
	a := n.Attributes()
	switch n.Op() {
	case "MatMul":
		return stackMatMul(in, varies, lanes)
	case "Sum":
		return in[0].SumKeep(span(a)...)
	case "ReduceMax":
		return in[0].ReduceMaxKeep(span(a)...)
	case "Transpose":
		return in[0].Transpose(append(a, len(a))...)
	case "Reshape":
		return in[0].Reshape(append(a, lanes)...)
	case "Broadcast":
		return in[0].Broadcast(append(a, lanes)...)
	case "Slice":
		return in[0].Slice(a[0], a[1], a[2])
	case "Pad":
		return in[0].Pad(a[0], a[1], a[2])
	case "Concat":
		for i, x := range in {
			in[i] = spread(x, varies[i], n.Inputs()[i].Shape(), lanes)
		}
		return autodiff.Concat(a[0], in...)
	case "Pick":
		return stackPick(in, n.Inputs()[0].Shape()[1])
	}
	if !elementwise[n.Op()] {
		return nil
	}
	for i, x := range in {
		if !varies[i] && len(x.Shape()) > 0 {
			in[i] = x.Reshape(append(shapeOf(x), 1)...)
		}
	}
	return to.Repeat(n, in...)
}

// stackMatMul multiplies where a factor varies: with lanes r,
//
//	y[m, n, r] = Σ_k a[m, k] b[k, n, r]                  one product with (k, n·r)
//	y[m, n, r] = Σ_k a[m, k, r] b[k, n] = Σ_k bᵀ[n, k] aᵀ[k, m, r]
//	y[m, n, r] = Σ_k a[m, k, r] b[k, n, r]               elementwise, then summed
func stackMatMul(in []*autodiff.Node, varies []bool, lanes int) *autodiff.Node {
	a, b := in[0], in[1]
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

// stackPick picks with a mask: scores (n, k, lanes) and labels (n).
func stackPick(in []*autodiff.Node, classes int) *autodiff.Node {
	s, y := in[0], in[1]
	mask := y.OneHot(classes).Reshape(y.Shape()[0], classes, 1)
	return mask.Where(s, s.Graph().Scalar(0)).SumKeep(1)
}

// spread gives x, of the given shape in one lane, all lanes.
func spread(x *autodiff.Node, varies bool, shape autodiff.Shape, lanes int) *autodiff.Node {
	if varies {
		return x
	}
	return x.Reshape(append(slices.Clone(shape), 1)...).Broadcast(append(slices.Clone(shape), lanes)...)
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
