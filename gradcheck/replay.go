package gradcheck

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A replay copies nodes of one graph into another.
type replay struct {
	to     *autodiff.Graph
	copies map[*autodiff.Node]*autodiff.Node
}

func newReplay(to *autodiff.Graph) *replay {
	return &replay{to: to, copies: map[*autodiff.Node]*autodiff.Node{}}
}

// node returns the copy of n, copying what it is computed from first. Leaves
// other than constants must have been put into copies before.
func (r *replay) node(n *autodiff.Node) *autodiff.Node {
	for _, m := range needed(n) {
		if r.copies[m] != nil {
			continue
		}
		in := make([]*autodiff.Node, len(m.Inputs()))
		for i, x := range m.Inputs() {
			in[i] = r.copies[x]
		}
		r.copies[m] = r.to.Repeat(m, in...)
	}
	return r.copies[n]
}

// operands returns the copies of n's operands.
func (r *replay) operands(n *autodiff.Node) []*autodiff.Node {
	in := make([]*autodiff.Node, len(n.Inputs()))
	for i, x := range n.Inputs() {
		in[i] = r.node(x)
	}
	return in
}

// open returns a recording in float64 of the variables and of what is fed, and
// the replay that copies the rest into it.
func (g *graphProblem) open() (*recording, *replay) {
	rec, r := &recording{}, newReplay(autodiff.NewGraph(tensor.Float64))
	for _, x := range g.vars {
		r.copies[x] = r.to.Input(x.Name(), x.Shape()...)
		rec.vars = append(rec.vars, r.copies[x])
	}
	for _, f := range g.fixed {
		node, value := dataNode(r.to, f.node.Name(), f.value)
		r.copies[f.node] = node
		rec.fixed = append(rec.fixed, feed{node, value})
	}
	return rec, r
}

// recorded returns a copy of the function in float64.
func (g *graphProblem) recorded() (rec *recording, err error) {
	defer autodiff.Catch(&err)
	rec, r := g.open()
	rec.output = r.node(g.output)
	return rec, nil
}

// needed returns the outputs and what they are computed from, in the order of
// recording.
func needed(outputs ...*autodiff.Node) []*autodiff.Node {
	seen := map[*autodiff.Node]bool{}
	last := 0
	for _, n := range outputs {
		seen[n] = true
		last = max(last, n.ID())
	}
	all := outputs[0].Graph().Nodes()[:last+1]
	for i := last; i >= 0; i-- {
		if seen[all[i]] {
			for _, x := range all[i].Inputs() {
				seen[x] = true
			}
		}
	}
	out := make([]*autodiff.Node, 0, len(seen))
	for _, n := range all {
		if seen[n] {
			out = append(out, n)
		}
	}
	return out
}
