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

// roughness returns for each variable the size up to which its gradient is
// nothing but rounding, mostly 0. Where all of the function cancels, a backward
// pass leaves numbers that are 1e-13 below the values in the graph and change by
// more than a hundredth when every variable moves by one rounding.
func (c *checker) roughness() ([]float64, error) {
	out := make([]float64, len(c.x))
	if c.p.graph == nil {
		return out, nil
	}
	values, err := c.nodeValues()
	if err != nil {
		return nil, err
	}
	scale := 0.0
	for n, v := range values {
		if !n.IsLabels() {
			scale = max(scale, largestOf(floats(v)))
		}
	}
	for b, g := range c.grad {
		top := largestOf(g)
		if top == 0 || top*common(scales(c.x[b])) > 1e-13*scale {
			continue
		}
		moved, err := c.moveAtRoundings(b)
		if err != nil {
			return nil, err
		}
		if moved > 0.01*top {
			out[b] = 100 * max(top, moved)
		}
	}
	return out, nil
}

// moveAtRoundings returns how far an element of variable b's gradient moves when
// every variable moves by one rounding.
func (c *checker) moveAtRoundings(b int) (float64, error) {
	x := clone(c.x)
	for k, signs := range c.signs(c.x) {
		for i := range x[k] {
			if moved := c.p.round(x[k][i] * (1 + 2*c.p.eps()*signs[i])); c.inside(moved) {
				x[k][i] = moved
			}
		}
	}
	g, ok, err := c.backward(x, c.v)
	if !ok || err != nil {
		return 0, err
	}
	d := 0.0
	for i := range g[b] {
		d = max(d, math.Abs(g[b][i]-c.grad[b][i]))
	}
	return d, nil
}

func largestOf(x []float64) float64 {
	top := 0.0
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	return top
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
	top := largestOf(floats(t.values[n]))
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
