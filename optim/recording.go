package optim

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A recording is a loss on batches of one form.
type recording struct {
	graph           *autodiff.Graph
	examples, truth *autodiff.Node // inputs; nil where the batch has none
	loss            *autodiff.Node
}

var errNoLoss = errors.New("optim: the loss function is nil")

// record records a loss on batches like b, which checkBatch has let in, in a new
// graph. A batch without
// examples or targets passes a scalar 0 in their place.
func record(loss autodiff.LossFunc, precision tensor.Dtype, b autodiff.Batch) (r *recording, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(precision)
	r = &recording{graph: g}
	x, y := g.Scalar(0), g.Scalar(0)
	if b.X != nil {
		r.examples = g.Input("examples", b.X.Shape()...)
		x = r.examples
	}
	switch {
	case b.Y == nil:
	case b.Y.Dtype() != tensor.Int:
		r.truth = g.Input("targets", b.Y.Shape()...)
		y = r.truth
	default:
		r.truth = g.Labels("labels", b.Y.Shape()[0])
		y = r.truth
	}
	if loss == nil {
		return nil, errNoLoss
	}
	r.loss = loss(x, y)
	return r, r.checkLoss()
}

func (r *recording) checkLoss() error {
	switch {
	case r.loss == nil:
		return errors.New("optim: the loss function returned nil, want a node")
	case r.loss.Graph() != r.graph:
		return errors.New("optim: the loss is a node of another graph; record it from the x and y that the loss function is given")
	case len(r.loss.Shape()) != 0:
		return fmt.Errorf("optim: the loss has shape %v, want a scalar", r.loss.Shape())
	}
	return nil
}

// feed appends the feeds of a batch.
func (r *recording) feed(feeds []autodiff.Feed, b autodiff.Batch) []autodiff.Feed {
	if r.examples != nil {
		feeds = append(feeds, r.examples.Feed(b.X))
	}
	if r.truth != nil {
		feeds = append(feeds, r.truth.Feed(b.Y))
	}
	return feeds
}

// params returns the nodes of parameters.
func (r *recording) params(params []*autodiff.Param) []*autodiff.Node {
	nodes := make([]*autodiff.Node, len(params))
	for i, p := range params {
		nodes[i] = r.graph.Param(p)
	}
	return nodes
}

// A cache keeps one P for each form of batch that it has seen.
type cache[P any] struct {
	build   func(b autodiff.Batch) (P, error)
	entries []entry[P]
}

type entry[P any] struct {
	x, y   autodiff.Shape
	labels bool
	value  P
}

// of returns the P for batches like b, and makes it at the first of them.
func (c *cache[P]) of(b autodiff.Batch) (P, error) {
	for i := range c.entries {
		if e := &c.entries[i]; same(e.x, b.X) && same(e.y, b.Y) && e.labels == labelled(b) {
			return e.value, nil
		}
	}
	value, err := c.build(b)
	if err == nil {
		c.entries = append(c.entries, entry[P]{clone(b.X), clone(b.Y), labelled(b), value})
	}
	return value, err
}

func labelled(b autodiff.Batch) bool { return b.Y != nil && b.Y.Dtype() == tensor.Int }

// same reports whether v has the shape s, which is nil for no tensor.
func same(s autodiff.Shape, v *tensor.Dense) bool {
	if s == nil || v == nil {
		return s == nil && v == nil
	}
	return s.Equal(autodiff.Shape(v.Shape()))
}

func clone(v *tensor.Dense) autodiff.Shape {
	if v == nil {
		return nil
	}
	return append(autodiff.Shape{}, v.Shape()...)
}
