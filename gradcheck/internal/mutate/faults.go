package mutate

import (
	"declive/autodiff"
)

type node = autodiff.Node

// faults lists what can be wrong with a backward node: mistakes that people make
// when they write the derivative it belongs to.
func faults(n *node, forward []*node) []Fault {
	var out []Fault
	add := func(kind string, make func() *node) { out = append(out, Fault{n, kind, make}) }
	scaled(n, add)
	placed(n, add)
	in := n.Inputs()
	switch n.Op() {
	case "Add":
		keep(n, in[0], "second contribution lost", add)
		keep(n, in[1], "first contribution lost", add)
	case "Sub":
		add("operands of a difference swapped", func() *node { return in[1].Sub(in[0]) })
		keep(n, in[0], "subtracted term lost", add)
	case "Mul":
		keep(n, in[0], "second factor lost", add)
		keep(n, in[1], "first factor lost", add)
		saved(n, forward, add)
	case "Div":
		keep(n, in[0], "divisor lost", add)
		add("multiplied instead of divided", func() *node { return in[0].Mul(in[1]) })
		saved(n, forward, add)
	case "Sum":
		add("mean instead of sum", func() *node {
			return n.DivScalar(float64(in[0].Shape().Size()) / float64(max(1, n.Shape().Size())))
		})
		add("first instead of sum", func() *node { return firstOf(n) })
	case "Transpose":
		if in[0].Shape().Equal(n.Shape()) {
			add("not transposed", func() *node { return in[0] })
		}
	case "MatMul":
		square(n, add)
		saved(n, forward, add)
	case "Greater":
		add("mask reversed", func() *node { return in[1].Greater(in[0]) })
		add("mask lost", func() *node { return n.MulScalar(0).AddScalar(1) })
	case "Where":
		add("branches swapped", func() *node { return in[0].Where(in[2], in[1]).Broadcast(n.Shape()...) })
	}
	return out
}

type adder func(kind string, make func() *node)

// scaled adds wrong factors and signs, large and small.
func scaled(n *node, add adder) {
	add("sign", func() *node { return n.Neg() })
	add("factor 2", func() *node { return n.MulScalar(2) })
	add("factor 1/2", func() *node { return n.MulScalar(0.5) })
	add("zero", func() *node { return n.MulScalar(0) })
	add("off by 1e-1", func() *node { return n.MulScalar(1 + 1e-1) })
	add("off by 1e-2", func() *node { return n.MulScalar(1 + 1e-2) })
	add("off by 1e-3", func() *node { return n.MulScalar(1 + 1e-3) })
	add("off by 1e-4", func() *node { return n.MulScalar(1 + 1e-4) })
	add("off by 1e-5", func() *node { return n.MulScalar(1 + 1e-5) })
	add("a constant added", func() *node { return n.AddScalar(0.1) })
	add("absolute value", func() *node { return n.Abs() })
	add("clipped", func() *node { return n.Min(n.Graph().Scalar(0.5)).Max(n.Graph().Scalar(-0.5)) })
}

// placed adds right numbers in wrong places.
func placed(n *node, add adder) {
	for axis, d := range n.Shape() {
		if d < 2 {
			continue
		}
		add("shifted by one", func() *node {
			return autodiff.Concat(axis, n.Slice(axis, d-1, d), n.Slice(axis, 0, d-1))
		})
		add("last one lost", func() *node { return n.Slice(axis, 0, d-1).Pad(axis, 0, 1) })
		add("first one lost", func() *node { return n.Slice(axis, 1, d).Pad(axis, 1, 0) })
		add("mean over an axis instead of each", func() *node { return n.MeanKeep(axis).Broadcast(n.Shape()...) })
	}
	if s := n.Shape(); len(s) == 2 && s[0] == s[1] && s[0] > 1 {
		add("transposed", func() *node { return n.T() })
	}
	if s := n.Shape(); len(s) == 2 && s[0] > 1 && s[1] > 1 && s[0] != s[1] {
		add("elements in the order of columns", func() *node { return n.T().Reshape(s...) })
	}
}

// keep adds the fault that only x is left of n.
func keep(n, x *node, kind string, add adder) {
	add(kind, func() *node { return x.Broadcast(n.Shape()...) })
}

// saved adds the fault that another forward value of the same shape was kept for
// the backward pass: the operand of an activation, say, instead of its result.
func saved(n *node, forward []*node, add adder) {
	for i, x := range n.Inputs() {
		for _, f := range forward {
			if !uses(x, f) && !uses(f, x) || f.IsLabels() || !f.Shape().Equal(x.Shape()) {
				continue
			}
			add("wrong value kept", func() *node {
				in := append([]*node(nil), n.Inputs()...)
				in[i] = f
				return n.Graph().Repeat(n, in...)
			})
		}
	}
}

// uses reports whether a is computed from b in one step.
func uses(a, b *node) bool {
	for _, x := range a.Inputs() {
		if x == b {
			return true
		}
	}
	return false
}

// square adds transposed factors where the shapes allow them.
func square(n *node, add adder) {
	a, b := n.Inputs()[0], n.Inputs()[1]
	if a.Shape()[0] == a.Shape()[1] && a.Shape()[0] > 1 {
		add("first factor not transposed", func() *node { return a.T().MatMul(b) })
	}
	if b.Shape()[0] == b.Shape()[1] && b.Shape()[0] > 1 {
		add("second factor not transposed", func() *node { return a.MatMul(b.T()) })
	}
	if a.Shape().Equal(b.Shape()) && a.Shape()[0] == a.Shape()[1] {
		add("factors swapped", func() *node { return b.MatMul(a) })
	}
}

// firstOf is the sum n replaced by the first term.
func firstOf(n *node) *node {
	x, a := n.Inputs()[0], n.Attributes()
	for axis := a[0]; axis < a[1]; axis++ {
		x = x.Slice(axis, 0, min(1, x.Shape()[axis]))
	}
	return x
}
