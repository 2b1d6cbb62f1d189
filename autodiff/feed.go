package autodiff

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/internal/dense"
	"declive/internal/kernel/vec"
)

// check says why the feed does not fit its node, or returns nil. It looks at
// the tensor's form, not at its elements.
func (f Feed) check() error {
	switch {
	case f.node == nil:
		return fmt.Errorf("autodiff: a feed has no node; make it with Node.Feed")
	}
	if _, ok := f.node.op.(input); !ok && !f.node.IsLabels() {
		return fmt.Errorf("autodiff: feed of %v: not an input", f.node)
	}
	want := f.node.graph.precision
	if f.node.IsLabels() {
		want = tensor.Int
	}
	if reason := dense.Of(want, f.value); reason != "" {
		return fmt.Errorf("autodiff: feed of %v: %s", f.node, reason)
	}
	if !f.node.shape.Equal(Shape(f.value.Shape())) {
		return fmt.Errorf("autodiff: feed of %v: the tensor's shape is %v", f.node, Shape(f.value.Shape()))
	}
	return nil
}

// checkLabels returns an error that names the first of ys outside 0 … classes−1.
func checkLabels(name string, ys []int, classes int) error {
	for i, y := range ys {
		if uint(y) >= uint(classes) {
			return fmt.Errorf("autodiff: feed of labels %s: example %d has label %d, want 0 to %d", name, i, y, classes-1)
		}
	}
	return nil
}

// checkFinite returns an error that names the first element of v that is NaN or
// infinite. The first axis counts examples.
func checkFinite(n *Node, v *tensor.Dense) error {
	if a := arrayOf(v); vec.AllFinite(a.Float32) && vec.AllFinite(a.Float64) {
		return nil
	}
	return nonFinite(n, v)
}

// nonFinite is the error of checkFinite.
func nonFinite(n *Node, v *tensor.Dense) error {
	i := dense.FirstNonFinite(v)
	return fmt.Errorf("autodiff: feed of %v: element %v is %v", n, n.shape.index(i), dense.Element(v, i))
}

// index returns the index of the i-th element in row-major order.
func (s Shape) index(i int) Shape {
	out := make(Shape, len(s))
	for axis := len(s) - 1; axis >= 0; axis-- {
		out[axis] = i % s[axis]
		i /= s[axis]
	}
	return out
}

// classes returns for labels the smallest number of classes among the ops that
// take them, which their values must stay below; math.MaxInt if there is none.
func classes(y *Node, users []*Node) int {
	k := math.MaxInt
	for _, n := range users {
		o, ok := n.op.(interface{ below(n *Node, i int) int })
		if !ok {
			continue
		}
		for i, x := range n.inputs {
			if x == y {
				k = min(k, o.below(n, i))
			}
		}
	}
	return k
}
