package optim

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
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
		what = fmt.Sprintf("%s is not finite, loss is %v", cmp.Or(e.part, gradient), e.Loss)
	}
	if e.Node == nil {
		return fmt.Sprintf("optim: step %d: %s", e.Step, what)
	}
	return fmt.Sprintf("optim: step %d: %s: first not finite: %v at %s has an element %v",
		e.Step, what, e.Node, filepath.Base(e.Node.Caller()), e.Value)
}

// Parts of a step that may not be finite though the loss is.
const (
	gradient = "gradient"
	updating = "update"
)

// A part of a step is some nodes with all that was recorded for them: from a
// number up.
type part struct {
	name  string
	nodes []*autodiff.Node
	from  int
}

// diverged looks for the first node that is not finite, among those recorded up
// to the loss and then for each of the other parts, by evaluating them with the
// reference interpreter. It changes nothing.
func diverged(step int, feeds []autodiff.Feed, loss *autodiff.Node, parts ...part) *DivergedError {
	d := &DivergedError{Step: step, Loss: math.NaN(), part: gradient}
	for _, p := range append([]part{{name: gradient, nodes: []*autodiff.Node{loss}}}, parts...) {
		if d.look(feeds, loss, p) {
			d.part = p.name
			break
		}
	}
	return d
}

// look evaluates a part and reports whether that failed or a node is not finite.
func (d *DivergedError) look(feeds []autodiff.Feed, loss *autodiff.Node, p part) bool {
	nodes := loss.Graph().Nodes()[:last(p.nodes).ID()+1]
	values, err := autodiff.Interpret(feeds, nodes...)
	if err != nil {
		return true
	}
	d.Loss = dense.Element(values[loss.ID()], 0)
	for i, n := range nodes {
		if i < p.from {
			continue
		}
		if at := firstNonFinite(values[i]); at >= 0 {
			d.Node, d.Value = n, dense.Element(values[i], at)
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
		if !finite(dense.Element(v, i)) {
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
