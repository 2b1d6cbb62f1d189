package curvature

import (
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// An Objective is a loss on one batch as a function of all parameters together:
// of a vector w of length [Objective.Dim] that strings them together in their
// order, row by row. It knows the function's slope and curvature and computes
// them, at the parameters' present values, in float64.
//
// Parameters of float32 take the values that they are given rounded; convert
// them with Param.Convert where that is too coarse.
type Objective struct {
	loss    autodiff.LossFunc
	params  []*autodiff.Param
	dim     int
	losses  record.Cache[*recorded]
	present *recorded // for the present batch
	feeds   []autodiff.Feed
}

// NewObjective returns the loss on a batch as a function of the given
// parameters. It is an error if there are none, if one is given twice or fails
// [autodiff.Param.Check], or if the loss is nil, cannot be recorded or does not
// depend on one of them.
func NewObjective(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch) (*Objective, error) {
	o := &Objective{loss: loss, params: slices.Clone(params)}
	if _, err := record.Precision(params); err != nil {
		return nil, fmt.Errorf("curvature: NewObjective: %w", err)
	}
	for _, p := range params {
		o.dim += p.Shape().Size()
	}
	o.losses = record.NewCache(o.newRecorded)
	if err := o.Use(batch); err != nil {
		return nil, err
	}
	return o, nil
}

// Use changes the batch that the loss is taken on. It is an error, and the batch
// before stays, if a tensor cannot be read as it lies or the loss does not take it.
func (o *Objective) Use(batch autodiff.Batch) error {
	if o == nil || len(o.params) == 0 {
		return errUnmade
	}
	if err := record.Check(batch); err != nil {
		return fmt.Errorf("curvature: %w", err)
	}
	batch = inDouble(batch)
	r, err := o.losses.For(batch)
	if err != nil {
		return err
	}
	o.present, o.feeds = r, r.Feed(o.feeds[:0], batch)
	return nil
}

// inDouble returns a batch whose real numbers are float64.
func inDouble(b autodiff.Batch) autodiff.Batch {
	out := autodiff.Batch{X: double(b.X), Y: double(b.Y)}
	for _, m := range b.More {
		out.More = append(out.More, autodiff.Named{Name: m.Name, Value: double(m.Value)})
	}
	return out
}

// double returns v, in float64 if it is float32.
func double(v *tensor.Dense) *tensor.Dense {
	if v == nil || v.Dtype() != tensor.Float32 {
		return v
	}
	return dense.Wrap(v.Shape(), dense.Floats(v))
}

// errUnmade is the error of an objective that is no objective.
var errUnmade = errors.New("curvature: the objective is nil or empty; make it with NewObjective")

// Dim returns the number of weights.
func (o *Objective) Dim() int {
	if o == nil {
		return 0
	}
	return o.dim
}

// Point returns the present weights as a new vector.
func (o *Objective) Point() []float64 {
	if o == nil {
		return nil
	}
	w := make([]float64, 0, o.dim)
	for _, p := range o.params {
		w = dense.Append(w, p.Value())
	}
	return w
}

// Move gives the parameters the weights w. It is an error if w is not as long
// as Dim.
func (o *Objective) Move(w []float64) error {
	if err := o.check("Move", w); err != nil {
		return err
	}
	for _, p := range o.params {
		w = dense.Fill(p.Value(), w)
	}
	return nil
}

// check refuses an objective that was not made, and vectors of another length.
func (o *Objective) check(what string, vectors ...[]float64) error {
	if o == nil || o.present == nil {
		return errUnmade
	}
	for _, v := range vectors {
		if len(v) != o.dim {
			return fmt.Errorf("curvature: %s: a vector has length %d, want %d", what, len(v), o.dim)
		}
	}
	return nil
}

// Loss returns the loss at the present weights. It may be infinite or NaN.
func (o *Objective) Loss() (float64, error) {
	if err := o.check("Loss"); err != nil {
		return 0, err
	}
	p, err := o.present.lossProgram()
	if err != nil {
		return 0, err
	}
	out, err := p.Run(o.feeds...)
	if err != nil {
		return 0, fmt.Errorf("curvature: Loss: %w", err)
	}
	return out.Scalar(0), nil
}

// Gradient fills dst with the gradient at the present weights and returns the
// loss there. It is an error if dst is not as long as Dim.
func (o *Objective) Gradient(dst []float64) (float64, error) {
	if err := o.check("Gradient", dst); err != nil {
		return 0, err
	}
	p := o.present.slope
	out, err := p.Run(o.feeds...)
	if err != nil {
		return 0, fmt.Errorf("curvature: Gradient: %w", err)
	}
	dst = dst[:0]
	for i := range o.params {
		dst = dense.Append(dst, p.Output(1+i))
	}
	return out.Scalar(0), nil
}

// slope returns the loss and the gradient, a new vector, for what is named.
func (o *Objective) slope(what string) (float64, []float64, error) {
	if err := o.check(what); err != nil {
		return 0, nil, err
	}
	g := make([]float64, o.dim)
	loss, err := o.Gradient(g)
	return loss, g, err
}
