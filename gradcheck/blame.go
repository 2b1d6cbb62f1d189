package gradcheck

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// maxBlamed is the size up to which an operation's operands are checked again in
// the search for the one that is wrong.
const maxBlamed = 1 << 12

// blame looks for the operation that makes the gradient of variable b wrong: it
// checks each one on the way from the variable to the output by itself, at the
// values it has there, and names the first whose own gradient is wrong.
func (c *checker) blame(b int) error {
	g := c.p.graph
	if g == nil || c.report.Blame != "" || c.report.Vars[b].Disagree == 0 {
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
		wrong, err := c.ownCheck(n, values)
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
		c.report.Blame = fmt.Sprintf("op %s at %s (%s)", n.Op(), n.Caller(), wrong)
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
		feeds = append(feeds, n.Feed(dense(tensor.Float64, n.Shape(), x[i])))
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

// ownCheck checks n as an operation on its operands' values. It returns what is
// wrong, or "".
func (c *checker) ownCheck(n *autodiff.Node, values map[*autodiff.Node]*tensor.Dense) (string, error) {
	in := make([]*tensor.Dense, len(n.Inputs()))
	for i, x := range n.Inputs() {
		if x.Shape().Size() > maxBlamed {
			return "", nil
		}
		in[i] = values[x]
		if c.p.GradFloat32 && !x.IsLabels() {
			in[i] = dense(tensor.Float32, x.Shape(), floats(in[i]))
		}
	}
	p, err := OpProblem(func(in ...*autodiff.Node) *autodiff.Node { return in[0].Graph().Repeat(n, in...) }, in)
	if err != nil {
		return "", err
	}
	p.graph = nil
	r, err := Compute(c.ctx, p, Seed(c.o.seed), MaxUnresolved(1))
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
		if v := &r.Vars[i]; v.failed(r.maxUnresolved) {
			return v.Suspect
		}
	}
	return "wrong"
}

// matters reports whether the StopGradient n holds back a part of the gradient
// of variable b. That of a maximum inside a softmax, for one, does not: it
// cancels.
func (c *checker) matters(n *autodiff.Node, b int) bool {
	g := c.p.graph
	to := autodiff.NewGraph(tensor.Float64)
	r := newReplay(to)
	open := &recording{}
	for _, x := range g.vars {
		r.copies[x] = to.Input(x.Name(), x.Shape()...)
		open.vars = append(open.vars, r.copies[x])
	}
	for _, f := range g.fixed {
		node, value := dataNode(to, f.node.Name(), f.value)
		r.copies[f.node] = node
		open.fixed = append(open.fixed, feed{node, value})
	}
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
