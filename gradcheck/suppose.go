package gradcheck

import (
	"fmt"
	"math"
	"strings"

	"declive/autodiff"
)

// A supposition is a mistake that a backward pass may have made at one node of
// the graph: the node has its right value and the derivative of something else.
// The gradient under test, where it is not the graph's own, is compared with what
// that mistake would give.
type supposition struct {
	node   *autodiff.Node
	record func(r *replay) *autodiff.Node // the node's copy
	exact  bool                           // it happened or not; else a path may count r times
	text   func(r float64) string         // what the report says
}

// maxSuppositions is the number of mistakes that are tried.
const maxSuppositions = 400

// fromGraph returns the mistake at one node of the graph that explains the
// gradient of variable b, or "".
func (c *checker) fromGraph(b int, e *evidence) string {
	if c.p.graph == nil || len(e.at) < 2 {
		return ""
	}
	own, err := c.ownGradient()
	if err != nil || !c.ownIsRight(b, own) {
		return ""
	}
	d, missing := make([]float64, len(e.at)), make([]float64, len(e.at))
	for k, i := range e.at {
		d[k] = e.a[k] - own[b][i]
	}
	list := c.p.graph.suppositions(b, e)
	for _, s := range list[:min(maxSuppositions, len(list))] {
		g, err := c.p.graph.gradientWith(s, c.x, c.v)
		if err != nil {
			continue // a mistake that does not fit the shapes
		}
		for k, i := range e.at {
			missing[k] = own[b][i] - g[b][i]
		}
		rho, ok := ratio(d, missing) // a = own + rho·missing
		if ok && (math.Abs(rho+1) <= 1e-4 || !s.exact && len(e.at) > 2 && math.Abs(rho) > 10*e.rel) {
			return s.text(1 + rho)
		}
	}
	return ""
}

// ownGradient returns the gradient of the graph itself, in float64.
func (c *checker) ownGradient() ([][]float64, error) {
	if c.own != nil {
		return c.own, nil
	}
	rec, err := c.p.graph.recorded()
	if err != nil {
		return nil, err
	}
	vjp, err := rec.derivative()
	if err != nil {
		return nil, err
	}
	c.own, err = vjp(c.x, c.v)
	return c.own, err
}

// ownIsRight reports whether the graph's own gradient of variable b agrees with
// the numerical one, so that the gradient under test comes from elsewhere.
func (c *checker) ownIsRight(b int, own [][]float64) bool {
	m := c.margin(own[b])
	for _, k := range c.report.Vars[b].Coords {
		g := own[b][k.Index]
		if k.Verdict == Disagree && !(math.Abs(g-k.Numeric) <= 3*k.Err+m.of(k.Index, g, k.Numeric)) {
			return false
		}
	}
	return true
}

// gradientWith returns the gradient that the graph has with a mistake.
func (g *graphProblem) gradientWith(s supposition, x [][]float64, v []float64) (grads [][]float64, err error) {
	defer autodiff.Catch(&err)
	rec, r := g.open()
	r.copies[s.node] = s.record(r)
	rec.output = r.node(g.output)
	vjp, err := rec.derivative()
	if err != nil {
		return nil, err
	}
	return vjp(x, v)
}

// place names a node: its op and the line that recorded it, without the folders
// above the last.
func place(n *autodiff.Node) string {
	if len(n.Inputs()) == 0 {
		return n.Name()
	}
	at := n.Caller()
	if folders := strings.Split(at, "/"); len(folders) > 2 {
		at = strings.Join(folders[len(folders)-2:], "/")
	}
	return fmt.Sprintf("op %s at %s", n.Op(), at)
}
