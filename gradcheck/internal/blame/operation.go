package blame

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

// Operation looks for the op that makes the gradient of variable b wrong: it checks
// each one on the way from the variable to the output by itself, at the values it
// has there, and names the first whose own gradient is wrong.
func (c *Case) Operation(b int, values trace.Values) (string, error) {
	moves := c.Function.Moving(b)
	agree := 0
	for _, n := range trace.Needed(c.Function.Output) {
		if len(n.Inputs()) == 0 || !moves[n] {
			continue
		}
		wrong, err := c.ownCheck(n, moves, values)
		switch {
		case err != nil:
			return "", err
		case wrong == "":
			agree++
		case n.Op() != "StopGradient" || c.holdsBack(n, b):
			return fmt.Sprintf("%s (its own check: %s)", place(n), wrong), nil
		}
	}
	if agree == 0 {
		return "", nil
	}
	return fmt.Sprintf("no single op: each of %d agrees with its own numerical gradient", agree), nil
}

// ownCheck checks n as an operation on its operands' values: the gradient with
// respect to those that move. It returns what is wrong, or "".
func (c *Case) ownCheck(n *autodiff.Node, moves map[*autodiff.Node]bool, values trace.Values) (string, error) {
	var in, labels []*tensor.Dense
	place, largest := map[int]int{}, 0 // of the operands that move among in
	for i, x := range n.Inputs() {
		switch {
		case x.IsLabels():
			labels = append(labels, values[x])
		case moves[x]:
			place[i] = len(in)
			in = append(in, dense.New(c.Precision, x.Shape(), dense.Floats(values[x])))
			largest = max(largest, x.Shape().Size())
		}
	}
	return c.Check(alone(n, place, values), append(in, labels...), largest)
}

// alone returns n as a function of the operands in place, then labels; the others
// are constants.
func alone(n *autodiff.Node, place map[int]int, values trace.Values) func(in ...*autodiff.Node) *autodiff.Node {
	return func(in ...*autodiff.Node) *autodiff.Node {
		g := in[0].Graph()
		all, labels := make([]*autodiff.Node, len(n.Inputs())), in[len(place):]
		for i, x := range n.Inputs() {
			k, moves := place[i]
			switch {
			case moves:
				all[i] = in[k]
			case x.IsLabels():
				all[i], labels = labels[0], labels[1:]
			default:
				all[i] = g.Constant(dense.New(g.Precision(), x.Shape(), dense.Floats(values[x])))
			}
		}
		return g.Repeat(n, all...)
	}
}

// holdsBack reports whether the StopGradient n holds back a part of the gradient
// of variable b. That of a maximum inside a softmax, for one, does not: it
// cancels.
func (c *Case) holdsBack(n *autodiff.Node, b int) bool {
	f, r := c.Function.Open()
	r.Copies[n] = r.Node(n.Inputs()[0])
	f.Output = r.Node(c.Function.Output)
	grads, err := f.Gradient(c.X, c.V)
	return err != nil || !c.Agrees(b, grads[b])
}
