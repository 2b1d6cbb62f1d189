package trace

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/norm"
	"declive/internal/dense"
)

// Values are the values of all nodes that a function's output needs, at one point.
type Values map[*autodiff.Node]*tensor.Dense

// Values computes them at x.
func (f *Function) Values(x [][]float64) (Values, error) {
	var feeds []autodiff.Feed
	for _, in := range f.Fixed {
		feeds = append(feeds, in.Node.Feed(in.Value))
	}
	for i, n := range f.Vars {
		feeds = append(feeds, n.Feed(dense.New(tensor.Float64, n.Shape(), x[i])))
	}
	nodes := Needed(f.Output)
	found, err := autodiff.Interpret(feeds, nodes...)
	if err != nil {
		return nil, fmt.Errorf("gradcheck: values of the graph: %w", err)
	}
	out := Values{}
	for i, n := range nodes {
		out[n] = found[i]
	}
	return out, nil
}

// Largest returns the size of the largest number among the values.
func (v Values) Largest() float64 {
	top := 0.0
	for n := range v {
		top = max(top, v.size(n))
	}
	return top
}

// size returns that of the largest element of n, 0 of labels.
func (v Values) size(n *autodiff.Node) float64 {
	if n.IsLabels() {
		return 0
	}
	return norm.Max(dense.Floats(v[n]))
}

// LargestTerm returns the size of the largest term that n's elements are sums of,
// seen through sums of sums and divisions by a constant, such as that of a mean.
func (v Values) LargestTerm(n *autodiff.Node) float64 {
	return v.term(n, map[*autodiff.Node]float64{})
}

func (v Values) term(n *autodiff.Node, known map[*autodiff.Node]float64) float64 {
	if s, done := known[n]; done {
		return s
	}
	top := v.size(n)
	in := n.Inputs()
	switch {
	case n.Traits().Sums:
		for _, x := range in {
			top = max(top, v.term(x, known))
		}
	case n.Op() == "Div" && in[1].Op() == "Constant" && in[1].Shape().Size() == 1:
		top = max(top, v.term(in[0], known)/math.Abs(dense.Floats(v[in[1]])[0]))
	}
	known[n] = top
	return top
}
