package gradcheck

import (
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
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

// roughness returns for each variable the size up to which its gradient g at x is
// nothing but rounding, mostly 0. Where all of the function cancels, a backward
// pass leaves a thousand roundings of the values in the graph, which change by
// more than a hundredth when every variable moves by one rounding.
func (c *checker) roughness(x, g [][]float64) ([]float64, error) {
	out := make([]float64, len(x))
	if c.p.graph == nil {
		return out, nil
	}
	for b := range g {
		top := largestOf(g[b])
		if top == 0 || top*common(scales(x[b])) > 1000*c.p.gradEps()*c.largest {
			continue
		}
		moved, err := c.moveAtRoundings(x, g, b)
		if err != nil {
			return nil, err
		}
		if moved > 0.01*top {
			out[b] = 100 * max(top, moved)
		}
	}
	return out, nil
}

// largestValue returns the size of the largest number in the graph.
func (c *checker) largestValue() (float64, error) {
	if c.p.graph == nil {
		return 0, nil
	}
	values, err := c.nodeValues()
	top := 0.0
	for n, v := range values {
		if !n.IsLabels() {
			top = max(top, largestOf(dense.Floats(v)))
		}
	}
	return top, err
}

// moveAtRoundings returns how far an element of variable b's gradient moves when
// every variable moves by one rounding, the farthest of four times.
func (c *checker) moveAtRoundings(x, g [][]float64, b int) (float64, error) {
	far := 0.0
	for range 4 {
		at := clone(x)
		for k, signs := range c.signs(x) {
			for i := range at[k] {
				if moved := c.p.round(at[k][i] * (1 + 2*c.p.gradEps()*signs[i])); c.inside(moved) {
					at[k][i] = moved
				}
			}
		}
		moved, ok, err := c.backward(at, c.v)
		if !ok || err != nil {
			return 0, err
		}
		for i := range g[b] {
			far = max(far, math.Abs(moved[b][i]-g[b][i]))
		}
	}
	return far, nil
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
	top := largestOf(dense.Floats(t.values[n]))
	in := n.Inputs()
	switch {
	case sums[n.Op()]:
		for _, x := range in {
			top = max(top, t.largest(x))
		}
	case n.Op() == "Div" && in[1].Op() == "Constant" && in[1].Shape().Size() == 1:
		top = max(top, t.largest(in[0])/math.Abs(dense.Floats(t.values[in[1]])[0]))
	}
	t.known[n] = top
	return top
}
