package optim

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A DivergedError reports a loss, a gradient or an update that is not finite,
// usually because the learning rate is too large.
type DivergedError struct {
	Step int     // the step that could not be taken
	Loss float64 // finite if only the gradient, or what a rule makes of it, is not

	// Node is the first, in recording order, of whose elements one is not
	// finite. It is nil if no op by itself, computed as the reference
	// interpreter does, goes beyond the numbers.
	Node  *autodiff.Node
	Value float64 // of that element

	part string // of the step that is not finite
}

// Error returns the step, the loss and the node with its caller in one line.
func (e *DivergedError) Error() string {
	what := fmt.Sprintf("loss is %v", e.Loss)
	if finite(e.Loss) {
		what = fmt.Sprintf("%s is not finite, loss is %v", cmp.Or(e.part, "gradient"), e.Loss)
	}
	if e.Node == nil {
		return fmt.Sprintf("optim: step %d: %s", e.Step, what)
	}
	return fmt.Sprintf("optim: step %d: %s: first not finite: %v at %s has an element %v",
		e.Step, what, e.Node, filepath.Base(e.Node.Caller()), e.Value)
}

// diverged looks for the first node that is not finite, among those recorded up
// to the loss, then up to the gradient, then up to the results of a rule, by
// evaluating each with the reference interpreter. It changes nothing.
func diverged(step int, feeds []autodiff.Feed, loss *autodiff.Node, grads, results []*autodiff.Node) *DivergedError {
	d := &DivergedError{Step: step, Loss: math.NaN()}
	for _, p := range []struct {
		name  string
		nodes []*autodiff.Node
	}{{"loss", []*autodiff.Node{loss}}, {"gradient", grads}, {"update", results}} {
		if len(p.nodes) > 0 && d.look(feeds, loss, last(p.nodes)) {
			d.part = p.name
			break
		}
	}
	return d
}

// look evaluates the nodes up to the last and reports whether that failed or one
// is not finite.
func (d *DivergedError) look(feeds []autodiff.Feed, loss, last *autodiff.Node) bool {
	nodes := last.Graph().Nodes()[:last.ID()+1]
	values, err := autodiff.Interpret(feeds, nodes...)
	if err != nil {
		return true
	}
	d.Loss = element(values[loss.ID()], 0)
	for i, n := range nodes {
		if at := firstNonFinite(values[i]); at >= 0 {
			d.Node, d.Value = n, element(values[i], at)
			return true
		}
	}
	return false
}

// last returns the node that was recorded last.
func last(nodes []*autodiff.Node) *autodiff.Node {
	return slices.MaxFunc(nodes, func(a, b *autodiff.Node) int { return cmp.Compare(a.ID(), b.ID()) })
}

// firstNonFinite returns the place of the first element that is not finite, or
// −1.
func firstNonFinite(v *tensor.Dense) int {
	if v.Dtype() == tensor.Int {
		return -1
	}
	for i := range v.Shape().TotalSize() {
		if !finite(element(v, i)) {
			return i
		}
	}
	return -1
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// allFinite reports whether all elements are finite, which their length may not
// be.
func allFinite(x []float64) bool {
	for _, v := range x {
		if !finite(v) {
			return false
		}
	}
	return true
}
