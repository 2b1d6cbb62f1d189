package curvature

import (
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/floats"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
	"declive/optim"
)

var _ optim.Stepper = (*Descent)(nil)

// A Method chooses a step from what it asks of an objective at its present
// weights, as [Newton] and [SaddleFreeNewton] do. It returns the loss there and
// the step to take, and leaves the weights as they are.
type Method interface {
	Direction(o *Objective) (loss float64, step []float64, err error)
}

// A Descent lowers a loss by a method, in float64.
type Descent struct {
	loss      autodiff.LossFunc
	params    []*autodiff.Param
	method    Method
	objective *Objective // nil before the first batch
	steps     int
}

// NewDescent returns a descent of the loss by a method. That the method is nil or
// its settings have no meaning, that [autodiff.Param.Check] fails, or that the
// loss cannot be recorded, is an error of the first step.
func NewDescent(loss autodiff.LossFunc, params []*autodiff.Param, method Method) *Descent {
	return &Descent{loss: loss, params: slices.Clone(params), method: method}
}

// Step takes one step on the loss of a batch and returns the loss before it. If
// that or the step is not finite, the error is an [*optim.DivergedError]. In every
// case of error nothing is changed.
func (d *Descent) Step(batch autodiff.Batch) (float64, error) {
	if d == nil || d.method == nil {
		return 0, errors.New("curvature: Descent: the method is nil; make the descent with NewDescent")
	}
	if err := d.use(batch); err != nil {
		return 0, err
	}
	o := d.objective
	loss, step, err := d.method.Direction(o)
	if err != nil {
		return loss, fmt.Errorf("curvature: step %d: %w", d.steps+1, err)
	}
	if !dense.Finite(loss) || !dense.Finite(step...) {
		return loss, d.diverged()
	}
	if err := o.check("Direction", step); err != nil {
		return loss, err
	}
	w := o.Point()
	floats.Add(w, step)
	d.steps++
	return loss, o.Move(w)
}

// diverged looks for what is not finite in the loss or its gradient.
func (d *Descent) diverged() error {
	o := d.objective
	f := record.FirstNonFinite(o.feeds, o.present.Value, record.Part{Nodes: o.present.grads})
	return &optim.DivergedError{Step: d.steps + 1, Loss: f.Loss, Node: f.Node, Value: f.Value}
}

func (d *Descent) use(batch autodiff.Batch) (err error) {
	if d.objective == nil {
		d.objective, err = NewObjective(d.loss, d.params, batch)
		return err
	}
	return d.objective.Use(batch)
}
