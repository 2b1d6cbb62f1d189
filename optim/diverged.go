package optim

import (
	"fmt"
	"math"
	"path/filepath"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A DivergedError reports a loss or a gradient that is not finite, usually
// because the learning rate is too large.
type DivergedError struct {
	Step int     // the step that could not be taken
	Loss float64 // finite if only the gradient is not

	// Node is the first, in recording order, of whose elements one is not
	// finite. It is nil if no op by itself, computed as the reference
	// interpreter does, goes beyond the numbers.
	Node  *autodiff.Node
	Value float64 // of that element
}

// Error returns the step, the loss and the node with its caller in one line.
func (e *DivergedError) Error() string {
	what := fmt.Sprintf("loss is %v", e.Loss)
	if finite(e.Loss) {
		what = fmt.Sprintf("gradient is not finite, loss is %v", e.Loss)
	}
	if e.Node == nil {
		return fmt.Sprintf("optim: step %d: %s", e.Step, what)
	}
	return fmt.Sprintf("optim: step %d: %s: first not finite: %v at %s has an element %v",
		e.Step, what, e.Node, filepath.Base(e.Node.Caller()), e.Value)
}

// diverged looks for the first node that is not finite, among those recorded up
// to the loss, the first of guards, and then up to the others, by evaluating each
// with the reference interpreter. It changes nothing.
func diverged(step int, feeds []autodiff.Feed, guards ...*autodiff.Node) *DivergedError {
	d := &DivergedError{Step: step, Loss: math.NaN()}
	for _, last := range guards {
		nodes := last.Graph().Nodes()[:last.ID()+1]
		values, err := autodiff.Interpret(feeds, nodes...)
		if err != nil {
			return d
		}
		d.Loss = element(values[guards[0].ID()], 0)
		for i, n := range nodes {
			if at := firstNonFinite(values[i]); at >= 0 {
				d.Node, d.Value = n, element(values[i], at)
				return d
			}
		}
	}
	return d
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
