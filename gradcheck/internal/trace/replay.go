package trace

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A Replay copies nodes of one graph into another. Whoever puts other nodes in
// place of copies changes what is computed from them.
type Replay struct {
	To     *autodiff.Graph
	Copies map[*autodiff.Node]*autodiff.Node
}

// NewReplay returns a replay into a graph that has copied nothing yet.
func NewReplay(to *autodiff.Graph) *Replay {
	return &Replay{To: to, Copies: map[*autodiff.Node]*autodiff.Node{}}
}

// Node returns the copy of n, copying what it is computed from first. Leaves
// other than constants must have been put into Copies before. It panics with an
// *autodiff.Error where a copy does not fit the copies of its operands.
func (r *Replay) Node(n *autodiff.Node) *autodiff.Node {
	for _, m := range Needed(n) {
		if r.Copies[m] != nil {
			continue
		}
		in := make([]*autodiff.Node, len(m.Inputs()))
		for i, x := range m.Inputs() {
			in[i] = r.Copies[x]
		}
		r.Copies[m] = r.To.Repeat(m, in...)
	}
	return r.Copies[n]
}

// Operands returns the copies of n's operands.
func (r *Replay) Operands(n *autodiff.Node) []*autodiff.Node {
	in := make([]*autodiff.Node, len(n.Inputs()))
	for i, x := range n.Inputs() {
		in[i] = r.Node(x)
	}
	return in
}

// Open returns a function in float64 that has the variables of f and what f is
// fed, but no output yet, and the replay that copies the rest of f into it.
func (f *Function) Open() (*Function, *Replay) {
	open, r := &Function{}, NewReplay(autodiff.NewGraph(tensor.Float64))
	for _, x := range f.Vars {
		r.Copies[x] = r.To.Input(x.Name(), x.Shape()...)
		open.Vars = append(open.Vars, r.Copies[x])
	}
	for _, in := range f.Fixed {
		open.fix(r, in.Node, in.Value)
	}
	return open, r
}

// Copy returns a copy of f in float64, whose graph may grow.
func (f *Function) Copy() (c *Function, err error) {
	defer autodiff.Catch(&err)
	c, r := f.Open()
	c.Output = r.Node(f.Output)
	return c, nil
}

// fix feeds v to the copy of n.
func (f *Function) fix(r *Replay, n *autodiff.Node, v *tensor.Dense) {
	name := n.Name()
	if p := n.Param(); p != nil {
		name = p.Name()
	}
	in := Data(r.To, name, v)
	r.Copies[n] = in.Node
	f.Fixed = append(f.Fixed, in)
}

// Needed returns the outputs, of one graph, and what they are computed from, in
// the order of recording.
func Needed(outputs ...*autodiff.Node) []*autodiff.Node {
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
