// Package record records a loss function on batches of one form, once for each
// form that is met: what training, curvature and search have in common.
//
// [Check] and [Precision] are the doors for batches and parameters. [New] records
// a loss in a graph of its own, [Cache] keeps what was made of it, such as a
// compiled program, and [FirstNonFinite] names the op at which a run left the
// numbers. Errors do not name this package: the caller's name stands before them.
package record

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A Loss is a loss function recorded on batches of one form.
type Loss struct {
	Graph           *autodiff.Graph
	Examples, Truth *autodiff.Node // inputs; nil where the batch has none
	More            []*autodiff.Node
	Value           *autodiff.Node // the loss, a scalar
}

// ErrNoLoss is the error of a loss function that is nil.
var ErrNoLoss = errors.New("the loss function is nil")

// New records a loss on batches like b, which [Check] has let in, in a graph that
// may hold inputs for it to ask for. A batch without examples or targets passes a
// scalar 0 in their place.
func New(loss autodiff.LossFunc, g *autodiff.Graph, b autodiff.Batch) (l *Loss, err error) {
	defer autodiff.Catch(&err)
	if loss == nil {
		return nil, ErrNoLoss
	}
	l = &Loss{Graph: g}
	x, y := g.Scalar(0), g.Scalar(0)
	if b.X != nil {
		l.Examples = g.Input("examples", b.X.Shape()...)
		x = l.Examples
	}
	if b.Y != nil {
		l.Truth = truth(g, b.Y)
		y = l.Truth
	}
	for _, m := range b.More {
		l.More = append(l.More, further(g, m))
	}
	l.Value = loss(x, y)
	return l, l.check()
}

// truth records an input for labels or targets like y.
func truth(g *autodiff.Graph, y *tensor.Dense) *autodiff.Node {
	if y.Dtype() == tensor.Int {
		return g.Labels("labels", y.Shape()[0])
	}
	return g.Input("targets", y.Shape()...)
}

// further records an input for values like m.
func further(g *autodiff.Graph, m autodiff.Named) *autodiff.Node {
	if m.Value.Dtype() == tensor.Int {
		return g.Labels(m.Name, m.Value.Shape()[0])
	}
	return g.Input(m.Name, m.Value.Shape()...)
}

func (l *Loss) check() error {
	switch {
	case l.Value == nil:
		return errors.New("the loss function returned nil, want a node")
	case l.Value.Graph() != l.Graph:
		return errors.New("the loss is a node of another graph; record it from the x and y that the loss function is given")
	case len(l.Value.Shape()) != 0:
		return fmt.Errorf("the loss has shape %v, want a scalar", l.Value.Shape())
	}
	return nil
}

// Feed appends the feeds of a batch.
func (l *Loss) Feed(feeds []autodiff.Feed, b autodiff.Batch) []autodiff.Feed {
	if l.Examples != nil {
		feeds = append(feeds, l.Examples.Feed(b.X))
	}
	if l.Truth != nil {
		feeds = append(feeds, l.Truth.Feed(b.Y))
	}
	for i, m := range l.More {
		feeds = append(feeds, m.Feed(b.More[i].Value))
	}
	return feeds
}

// Params returns the nodes of parameters.
func (l *Loss) Params(params []*autodiff.Param) []*autodiff.Node {
	nodes := make([]*autodiff.Node, len(params))
	for i, p := range params {
		nodes[i] = l.Graph.Param(p)
	}
	return nodes
}
