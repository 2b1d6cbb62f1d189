package gradcheck

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// maxBlamed is the size up to which every element of an operation's operands is
// checked again in the search for the one that is wrong. Larger operands are
// sampled, and checked as a whole along a random direction.
const maxBlamed = 1 << 12

// blame looks for the operation that makes the gradient of variable b wrong: it
// checks each one on the way from the variable to the output by itself, at the
// values it has there, and names the first whose own gradient is wrong.
func (c *checker) blame(b int) error {
	g := c.p.graph
	if g == nil || c.report.Blame != "" || c.report.Vars[b].Disagree == 0 {
		return nil
	}
	if own, err := c.ownGradient(); err == nil && c.ownIsRight(b, own) {
		c.report.Blame = c.origin(b, own) // the gradient under test is not the graph's
		return nil
	}
	values, err := c.nodeValues()
	if err != nil {
		return err
	}
	agree := 0
	for _, n := range needed(g.output) {
		if len(n.Inputs()) == 0 || !g.between(n, b) {
			continue
		}
		wrong, err := c.ownCheck(n, b, values)
		if err != nil {
			return err
		}
		if wrong == "" {
			agree++
			continue
		}
		if n.Op() == "StopGradient" && !c.matters(n, b) {
			continue
		}
		c.report.Blame = fmt.Sprintf("%s (%s)", place(n), wrong)
		return nil
	}
	if agree > 0 {
		c.report.Blame = fmt.Sprintf("no single op: each of %d agrees with its own numerical gradient", agree)
	}
	return nil
}

// nodeValues returns the values of all nodes at the point, computed once.
func (c *checker) nodeValues() (map[*autodiff.Node]*tensor.Dense, error) {
	var err error
	if c.values == nil {
		c.values, err = c.p.graph.values(c.x)
	}
	return c.values, err
}

// values returns the value of every node that the output needs.
func (g *graphProblem) values(x [][]float64) (map[*autodiff.Node]*tensor.Dense, error) {
	var feeds []autodiff.Feed
	for _, f := range g.fixed {
		feeds = append(feeds, f.node.Feed(f.value))
	}
	for i, n := range g.vars {
		feeds = append(feeds, n.Feed(dense.New(tensor.Float64, n.Shape(), x[i])))
	}
	nodes := needed(g.output)
	found, err := autodiff.Interpret(feeds, nodes...)
	if err != nil {
		return nil, fmt.Errorf("gradcheck: values of the graph: %w", err)
	}
	out := map[*autodiff.Node]*tensor.Dense{}
	for i, n := range nodes {
		out[n] = found[i]
	}
	return out, nil
}

// between reports whether n lies on a path from variable b, whether or not
// derivatives pass there.
func (g *graphProblem) between(n *autodiff.Node, b int) bool {
	for _, m := range needed(n) {
		if m == g.vars[b] {
			return true
		}
	}
	return false
}

// ownCheck checks n as an operation on its operands' values: the gradient with
// respect to those that depend on variable b. It returns what is wrong, or "".
func (c *checker) ownCheck(n *autodiff.Node, b int, values map[*autodiff.Node]*tensor.Dense) (string, error) {
	dt := tensor.Float64
	if c.p.GradFloat32 {
		dt = tensor.Float32
	}
	var in, labels []*tensor.Dense
	place, largest := map[int]int{}, 0 // of the operands that move among in
	for i, x := range n.Inputs() {
		switch {
		case x.IsLabels():
			labels = append(labels, values[x])
		case c.p.graph.between(x, b):
			place[i] = len(in)
			in = append(in, dense.New(dt, x.Shape(), dense.Floats(values[x])))
			largest = max(largest, x.Shape().Size())
		}
	}
	p, err := OpProblem(alone(n, place, values), append(in, labels...))
	if err != nil {
		return "", err
	}
	p.graph = nil
	return c.wrongAlone(p, largest)
}

// alone returns n as a function of the operands in place, then labels; the others
// are constants.
func alone(n *autodiff.Node, place map[int]int, values map[*autodiff.Node]*tensor.Dense) func(in ...*autodiff.Node) *autodiff.Node {
	return func(in ...*autodiff.Node) *autodiff.Node {
		g := in[0].Graph()
		all := make([]*autodiff.Node, len(n.Inputs()))
		for i, x := range n.Inputs() {
			k, moves := place[i]
			switch {
			case moves:
				all[i] = in[k]
			case x.IsLabels():
				all[i] = in[len(in)-1]
			default:
				all[i] = g.Constant(dense.New(g.Precision(), x.Shape(), dense.Floats(values[x])))
			}
		}
		return g.Repeat(n, all...)
	}
}

// wrongAlone checks the problem of one operation, whose largest operand has the
// given size, and returns what is wrong, or "". Where that is too much for every
// element, a sample is compared and a random direction, in which every element
// has its part.
func (c *checker) wrongAlone(p Problem, largest int) (string, error) {
	opts := []Option{Seed(c.o.seed), MaxUnresolved(1)}
	if largest > maxBlamed {
		opts = append(opts, Sample(32), func(o *options) { o.maxWrong = 1 })
	}
	r, err := Compute(c.ctx, p, opts...)
	if err != nil || r.OK() {
		return "", err
	}
	return "its own check: " + r.reason(), nil
}

// reason returns the first failure of a report in short.
func (r *Report) reason() string {
	if len(r.Faults) > 0 {
		return r.Faults[0]
	}
	for i := range r.Vars {
		if v := &r.Vars[i]; v.failed(r.maxUnresolved) && v.Suspect != "" {
			return v.Suspect
		}
	}
	return "wrong along a random direction"
}

// matters reports whether the StopGradient n holds back a part of the gradient
// of variable b. That of a maximum inside a softmax, for one, does not: it
// cancels.
func (c *checker) matters(n *autodiff.Node, b int) bool {
	g := c.p.graph
	open, r := g.open()
	r.copies[n] = r.node(n.Inputs()[0])
	open.output = r.node(g.output)
	vjp, err := open.derivative()
	if err != nil {
		return true
	}
	grads, err := vjp(c.x, c.v)
	if err != nil {
		return true
	}
	m := c.margin(c.grad[b])
	for i, a := range grads[b] {
		if d := a - c.grad[b][i]; d > m.of(i, a, a) || -d > m.of(i, a, a) {
			return true
		}
	}
	return false
}
