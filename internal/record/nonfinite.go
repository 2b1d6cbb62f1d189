package record

import (
	"cmp"
	"math"
	"slices"

	"declive/autodiff"
	"declive/internal/dense"
)

// A Part of a computation is some nodes with all that was recorded for them: from
// a number up.
type Part struct {
	Name  string
	Nodes []*autodiff.Node
	From  int
}

// A Fault says where a computation leaves the numbers.
type Fault struct {
	Loss  float64        // NaN if it cannot be computed
	Part  string         // the name of the part; "" for the loss, or if none is at fault
	Node  *autodiff.Node // the first, in recording order, that is not finite; nil if none is
	Value float64        // of its first element that is not finite
}

// FirstNonFinite looks for the first node that is not finite, among those
// recorded up to the loss and then for each of the parts, by evaluating them with
// the reference interpreter. It changes nothing.
func FirstNonFinite(feeds []autodiff.Feed, loss *autodiff.Node, parts ...Part) Fault {
	f := Fault{Loss: math.NaN()}
	for _, p := range append([]Part{{Nodes: []*autodiff.Node{loss}}}, parts...) {
		if f.in(p, feeds, loss) {
			f.Part = p.Name
			break
		}
	}
	return f
}

// in evaluates a part and reports whether that failed or a node is not finite.
func (f *Fault) in(p Part, feeds []autodiff.Feed, loss *autodiff.Node) bool {
	nodes := loss.Graph().Nodes()[:max(last(p.Nodes).ID(), loss.ID())+1]
	values, err := autodiff.Interpret(feeds, nodes...)
	if err != nil {
		return true
	}
	f.Loss = dense.Element(values[loss.ID()], 0)
	for i, n := range nodes {
		if i < p.From {
			continue
		}
		if at := dense.FirstNonFinite(values[i]); at >= 0 {
			f.Node, f.Value = n, dense.Element(values[i], at)
			return true
		}
	}
	return false
}

// last returns the node that was recorded last.
func last(nodes []*autodiff.Node) *autodiff.Node {
	return slices.MaxFunc(nodes, func(a, b *autodiff.Node) int { return cmp.Compare(a.ID(), b.ID()) })
}
