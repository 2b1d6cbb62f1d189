package blame

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/cause"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

// hypotheses lists the mistakes that are tried for variable b, those of whole
// paths first.
func hypotheses(f *trace.Function, b int, lengths []int) []hypothesis {
	moves := f.Moving(b)
	var nodes []*autodiff.Node
	for _, n := range trace.Needed(f.Output) {
		if moves[n] && len(n.Inputs()) > 0 {
			nodes = append(nodes, n)
		}
	}
	out := paths(nodes, moves, lengths)
	for _, n := range nodes {
		for k, x := range n.Inputs() {
			if moves[x] {
				out = append(out, unsummed(n, k)...)
				out = append(out, derivatives(n, k)...)
				out = append(out, factors(n, k)...)
			}
		}
	}
	return out
}

// paths assumes, for each node that is used by several others, that one of these
// paths counts another number of times than once: 0 where an accumulation
// overwrites or forgets.
func paths(nodes []*autodiff.Node, moves map[*autodiff.Node]bool, lengths []int) []hypothesis {
	users := map[*autodiff.Node][]*autodiff.Node{}
	var shared []*autodiff.Node
	for _, n := range nodes {
		for k, x := range n.Inputs() {
			if moves[x] && slices.Index(n.Inputs(), x) == k {
				if users[x] = append(users[x], n); len(users[x]) == 2 {
					shared = append(shared, x)
				}
			}
		}
	}
	var out []hypothesis
	for _, x := range shared {
		for _, n := range users[x] {
			out = append(out, path(x, n, len(users[x]), lengths))
		}
	}
	return out
}

// path assumes that the path from x through n, one of so many, counts another number
// of times than once.
func path(x, n *autodiff.Node, uses int, lengths []int) hypothesis {
	drop := func(r *trace.Replay) *autodiff.Node {
		in := r.Operands(n)
		for k, o := range n.Inputs() {
			if o == x {
				in[k] = in[k].StopGradient()
			}
		}
		return r.To.Repeat(n, in...)
	}
	text := func(times float64) string {
		path := fmt.Sprintf("the path from %s through %s", place(x), place(n))
		if math.Abs(times) < 1e-4 {
			return fmt.Sprintf("%s is dropped: %s is used %d times, and this use is never added", path, place(x), uses)
		}
		return fmt.Sprintf("%s counts %.6g times: %s", path, times, cause.Factor(times, lengths))
	}
	return hypothesis{node: n, record: drop, text: text}
}

// otherwise assumes that operand k of n has the derivative of alt.
func otherwise(n *autodiff.Node, k int, what string, alt func(r *trace.Replay, in []*autodiff.Node) *autodiff.Node) hypothesis {
	return hypothesis{node: n, exact: true,
		record: func(r *trace.Replay) *autodiff.Node {
			in := r.Operands(n)
			held := slices.Clone(in)
			held[k] = in[k].StopGradient()
			w := alt(r, in).Broadcast(n.Shape()...)
			return r.To.Repeat(n, held...).Add(w.Sub(w.StopGradient()))
		},
		text: func(float64) string { return fmt.Sprintf(what, place(n)) },
	}
}

// unsummed assumes that the gradient of an operand that broadcasts is not summed
// over one of the axes that it is repeated along.
func unsummed(n *autodiff.Node, k int) []hypothesis {
	x, to := n.Inputs()[k], n.Shape()
	if !n.Traits().Elementwise && n.Op() != "Broadcast" {
		return nil
	}
	var out []hypothesis
	for axis, d := range to {
		if from := axis - len(to) + len(x.Shape()); d < 2 || from >= 0 && x.Shape()[from] == d {
			continue
		}
		out = append(out, unsummedAlong(n, k, axis, 0), unsummedAlong(n, k, axis, d-1))
	}
	return out
}

// unsummedAlong assumes that of an axis that operand k of n broadcasts along only
// index i reaches its gradient.
func unsummedAlong(n *autodiff.Node, k, axis, i int) hypothesis {
	to := n.Shape()
	pick := func(r *trace.Replay) *autodiff.Node {
		in := r.Operands(n)
		wide := in[k].Broadcast(to...)
		part := wide.Mul(r.To.Constant(one(to[axis], i, len(to)-axis-1)))
		in[k] = wide.StopGradient().Add(part.Sub(part.StopGradient()))
		if n.Op() == "Broadcast" {
			return in[k]
		}
		return r.To.Repeat(n, in...)
	}
	text := func(float64) string {
		return fmt.Sprintf("the gradient of operand %d of %s is that of index %d along axis %d alone: not summed over the axis that it broadcasts along", k+1, place(n), i, axis)
	}
	return hypothesis{node: n, exact: true, record: pick, text: text}
}

// one returns a vector of zeros and a 1 at i, along an axis with more behind it.
func one(d, i, behind int) *tensor.Dense {
	v := make([]float64, d)
	v[i] = 1
	shape := []int{d}
	for range behind {
		shape = append(shape, 1)
	}
	return dense.New(tensor.Float64, shape, v)
}

// fromResult holds derivatives that are usually written with the function's
// result y; it is a mistake to give them the operand. This is about how people write
// derivatives, not about ops: one that is missing is only not tried with that mistake.
var fromResult = map[string]func(y *autodiff.Node) *autodiff.Node{
	"Tanh":    func(y *autodiff.Node) *autodiff.Node { return y.Square().Neg().AddScalar(1) },
	"Sigmoid": func(y *autodiff.Node) *autodiff.Node { return y.Sub(y.Square()) },
	"Exp":     func(y *autodiff.Node) *autodiff.Node { return y },
	"Sqrt":    func(y *autodiff.Node) *autodiff.Node { return y.MulScalar(2).Pow(-1) },
}

// derivatives assumes that the derivative of a function of one operand is left out, or
// is that of another place.
func derivatives(n *autodiff.Node, k int) []hypothesis {
	if !n.Traits().Elementwise || len(n.Inputs()) != 1 {
		return nil
	}
	out := []hypothesis{
		otherwise(n, k, "the derivative of %s is left out", func(_ *trace.Replay, in []*autodiff.Node) *autodiff.Node { return in[k] }),
		otherwise(n, k, "the derivative of %s is taken at its result, not at its operand", func(r *trace.Replay, in []*autodiff.Node) *autodiff.Node {
			at := r.To.Repeat(n, in...).StopGradient()
			return in[k].Mul(slopeAt(r, n, at).StopGradient())
		}),
	}
	if f := fromResult[n.Op()]; f != nil {
		out = append(out, otherwise(n, k, "the derivative of %s is written with its result and given its operand", func(_ *trace.Replay, in []*autodiff.Node) *autodiff.Node {
			return in[k].Mul(f(in[k]).StopGradient())
		}))
	}
	return out
}

// slopeAt returns the derivative of n's function at a node.
func slopeAt(r *trace.Replay, n, at *autodiff.Node) *autodiff.Node {
	grads, err := autodiff.Grad(r.To.Repeat(n, at).Sum(), at)
	if err != nil {
		panic(err)
	}
	return grads[0]
}

// factors assumes that the other operand of a product or quotient is left out of
// the derivative, or that another value was kept in its place.
func factors(n *autodiff.Node, k int) []hypothesis {
	if n.Op() != "Mul" && n.Op() != "MatMul" && n.Op() != "Div" {
		return nil
	}
	other := n.Inputs()[1-k]
	var out []hypothesis
	if n.Op() == "Mul" || n.Op() == "Div" && k == 0 {
		out = append(out, otherwise(n, k, "the other operand of %s is left out of the derivative", func(_ *trace.Replay, in []*autodiff.Node) *autodiff.Node { return in[k] }))
	}
	for _, kept := range neighbours(n, other) {
		what := fmt.Sprintf("the derivative of %%s uses the value of %s where it needs that of %s", place(kept), place(other))
		out = append(out, otherwise(n, k, what, func(r *trace.Replay, in []*autodiff.Node) *autodiff.Node {
			in = slices.Clone(in)
			in[1-k] = r.Node(kept).StopGradient()
			return r.To.Repeat(n, in...)
		}))
	}
	return out
}

// neighbours returns the nodes that x is computed from, or that are computed from
// x, in one step and in x's shape, without those that depend on n.
func neighbours(n, x *autodiff.Node) []*autodiff.Node {
	var out []*autodiff.Node
	for _, y := range x.Inputs() {
		if y.Shape().Equal(x.Shape()) && !y.IsLabels() {
			out = append(out, y)
		}
	}
	for _, y := range n.Graph().Nodes() {
		if y.ID() < n.ID() && slices.Contains(y.Inputs(), x) && y.Shape().Equal(x.Shape()) {
			out = append(out, y)
		}
	}
	return out
}
