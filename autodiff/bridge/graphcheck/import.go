package graphcheck

import (
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/autodiff/bridge"
	"declive/gradcheck"
	"declive/internal/dense"
	"declive/internal/values"
)

// imported returns the problem of cost as a function of Declive's, which is
// evaluated in float64, or none where it cannot be imported: an op has no
// counterpart, or an input no value.
func imported(cost *G.Node, wrt G.Nodes, vars []gradcheck.Var) (p gradcheck.Problem) {
	im, err := bridge.Import(cost.Graph(), cost)
	if err != nil {
		return p
	}
	feeds, err := im.Feeds()
	if err != nil {
		return p
	}
	in := make([]*tensor.Dense, len(wrt))
	for i, n := range wrt {
		if im.Node(n) == nil {
			return p
		}
		in[i] = dense.New(n.Dtype(), n.Shape(), vars[i].Value)
	}
	f := func(in ...*autodiff.Node) *autodiff.Node { return replay(im, feeds, cost, wrt, in) }
	if p, err = gradcheck.OpProblem(f, in); err != nil {
		return gradcheck.Problem{}
	}
	p.Vars = vars
	return p
}

// replay records the cost again, with in for the inputs wrt and constants for the
// others.
func replay(im *bridge.Imported, feeds []autodiff.Feed, cost *G.Node, wrt G.Nodes, in []*autodiff.Node) *autodiff.Node {
	to := in[0].Graph()
	copies := map[*autodiff.Node]*autodiff.Node{}
	for i, n := range wrt {
		copies[im.Node(n)] = in[i]
	}
	for _, f := range feeds {
		if n := f.Node(); copies[n] == nil {
			x, err := values.Elements(f.Value())
			if err != nil {
				autodiff.Fail("graphcheck.Problem", err.Error())
			}
			copies[n] = to.Constant(dense.New(to.Precision(), n.Shape(), x))
		}
	}
	for _, n := range im.Graph.Nodes() {
		if copies[n] != nil {
			continue
		}
		operands := make([]*autodiff.Node, len(n.Inputs()))
		for i, x := range n.Inputs() {
			operands[i] = copies[x]
		}
		copies[n] = to.Repeat(n, operands...)
	}
	return copies[im.Node(cost)]
}

// agree reports whether the problem's function is what the tape machine computes,
// here and with every variable moved by a hundredth, but for ten thousand
// roundings, as many as a sum of so many terms makes at most.
func agree(p gradcheck.Problem, r *runner) bool {
	eps := 0x1p-53
	if p.GradFloat32 {
		eps = 0x1p-24
	}
	for _, factor := range []float64{1, 1.01} {
		x := make([][]float64, len(p.Vars))
		for b, v := range p.Vars {
			for _, e := range v.Value {
				if e *= factor; p.GradFloat32 {
					e = float64(float32(e))
				}
				x[b] = append(x[b], e)
			}
		}
		ours, err := p.F(x)
		if err != nil {
			return false
		}
		theirs, err := r.value(x)
		if err != nil {
			return false
		}
		a, b := ours[0], theirs[0]
		if !(math.Abs(a-b) <= 1e4*eps*max(math.Abs(a), math.Abs(b))) {
			return false
		}
	}
	return true
}
