package blame

import (
	"math"

	"declive/autodiff"
	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/trace"
)

// A hypothesis is a mistake that a backward pass may have made at one node of
// the graph: the node has its right value and the derivative of something else.
// The gradient under test, where it is not the graph's own, is compared with what
// that mistake would give.
type hypothesis struct {
	node   *autodiff.Node
	record func(r *trace.Replay) *autodiff.Node // the node's copy
	exact  bool                                 // it happened or not; else a path may count r times
	text   func(r float64) string               // what the report says
}

// maxHypotheses is the number of mistakes that are tried. Each is recorded, compiled
// and run, in some tenths of a millisecond for a small graph.
const maxHypotheses = 400

// Hypothesis returns the mistake at one node of the graph that explains the
// gradient of variable b at the elements at, which were compared to the relative
// tolerance rel, or "". Lengths are those that a factor may come from.
func (c *Case) Hypothesis(b int, at []int, rel float64, lengths []int) string {
	if len(at) < 2 {
		return ""
	}
	d, missing := make([]float64, len(at)), make([]float64, len(at))
	for k, i := range at {
		d[k] = c.Grad[b][i] - c.Own[b][i]
	}
	list := hypotheses(c.Function, b, lengths)
	for _, s := range list[:min(maxHypotheses, len(list))] {
		g, err := c.gradientWith(s)
		if err != nil {
			continue // a mistake that does not fit the shapes
		}
		for k, i := range at {
			missing[k] = c.Own[b][i] - g[b][i]
		}
		rho, ok := norm.Ratio(d, missing) // grad = own + rho·missing
		if ok && (math.Abs(rho+1) <= 1e-4 || !s.exact && len(at) > 2 && math.Abs(rho) > 10*rel) {
			return s.text(1 + rho)
		}
	}
	return ""
}

// gradientWith returns the gradient that the graph has with a mistake.
func (c *Case) gradientWith(s hypothesis) (grads [][]float64, err error) {
	defer autodiff.Catch(&err)
	f, r := c.Function.Open()
	r.Copies[s.node] = s.record(r)
	f.Output = r.Node(c.Function.Output)
	return f.Gradient(c.X, c.V)
}
