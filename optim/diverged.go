package optim

import (
	"cmp"
	"fmt"
	"path/filepath"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
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
	if dense.Finite(e.Loss) {
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

// diverged looks for what is not finite at a step. It changes nothing.
func diverged(step int, feeds []autodiff.Feed, loss *autodiff.Node, parts ...record.Part) *DivergedError {
	f := record.FirstNonFinite(feeds, loss, parts...)
	return &DivergedError{Step: step, Loss: f.Loss, Node: f.Node, Value: f.Value, part: f.Part}
}
