package gradcheck

import (
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// magnitude is the size of what the projected outputs are made of, so that a
// slope of a thousand roundings of it counts as 0: their own size, or where
// terms cancel in them, the largest term, or the largest change that a variable
// makes by moving as far as its own size:
//
//	max(Σ |v_j F_j|, max |v| · max |term|, max_i |g_i| size_i)
func (c *checker) magnitude() (float64, error) {
	s, weight := 0.0, 0.0
	for j, f := range c.base {
		s += math.Abs(c.v[j] * f)
		weight = max(weight, math.Abs(c.v[j]))
	}
	for b, g := range c.grad {
		sizes := scales(c.x[b])
		for i, a := range g {
			s = max(s, math.Abs(a)*sizes[i])
		}
	}
	if c.p.graph == nil {
		return s, nil
	}
	values, err := c.nodeValues()
	if err != nil {
		return 0, err
	}
	t := terms{values: values, known: map[*autodiff.Node]float64{}}
	return max(s, weight*t.largest(c.p.graph.output)), nil
}

// sums holds the operations whose result's elements are sums of operands'
// elements.
var sums = map[string]bool{
	"Add": true, "Sub": true, "Neg": true, "Sum": true, "Reshape": true, "Transpose": true,
	"Slice": true, "Pad": true, "Concat": true, "Broadcast": true,
}

// terms finds the largest term that a node's elements are sums of.
type terms struct {
	values map[*autodiff.Node]*tensor.Dense
	known  map[*autodiff.Node]float64
}

// largest returns the size of the largest term of n, seen through divisions by a
// constant, such as that of a mean.
func (t terms) largest(n *autodiff.Node) float64 {
	if n.IsLabels() {
		return 0
	}
	if s, done := t.known[n]; done {
		return s
	}
	top := 0.0
	for _, v := range floats(t.values[n]) {
		top = max(top, math.Abs(v))
	}
	in := n.Inputs()
	switch {
	case sums[n.Op()]:
		for _, x := range in {
			top = max(top, t.largest(x))
		}
	case n.Op() == "Div" && in[1].Op() == "Constant" && in[1].Shape().Size() == 1:
		top = max(top, t.largest(in[0])/math.Abs(floats(t.values[in[1]])[0]))
	}
	t.known[n] = top
	return top
}
