package autodiff

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// A Param is a tensor that training changes: a name and a value, float32 or
// float64, contiguous and row-major. A graph of the value's precision uses its
// memory directly; a graph of the other precision converts it at every run.
//
// Its tensor keeps the shape it was made with: see [Param.Check].
type Param struct {
	name  string
	shape Shape
	value *tensor.Dense
}

// NewParam returns a parameter that owns value. It panics with an [*Error] if
// the name is empty or value is not a contiguous tensor of float32 or float64.
func NewParam(name string, value *tensor.Dense) *Param {
	if name == "" {
		fail("NewParam", "a parameter needs a name")
	}
	if reason := dense.Numbers(value); reason != "" {
		fail("NewParam", name+": "+reason)
	}
	return &Param{name: name, shape: Shape(value.Shape()).clone(), value: value}
}

// Check returns an error if p is nil, or if the tensor that [Param.Value]
// returns was transposed, reshaped or made a view since: the library would read
// its elements in another order than they stand in. Functions that take
// parameters call it.
func (p *Param) Check() error {
	if reason := p.reason(); reason != "" {
		return &Error{Op: "Param", Reason: reason, Caller: callers().String()}
	}
	return nil
}

// reason says why p cannot be used, or "".
func (p *Param) reason() string {
	switch {
	case p == nil:
		return "the parameter is nil"
	case p.value == nil:
		return "the parameter has no value; make it with NewParam"
	}
	if now := Shape(p.value.Shape()); !now.Equal(p.shape) {
		return fmt.Sprintf("the tensor of %s has the shape %v, but the parameter was made with %v; transpose or reshape a copy", p.name, now, p.shape)
	}
	if reason := dense.Numbers(p.value); reason != "" {
		return p.name + ": " + reason
	}
	return ""
}

// Name returns the parameter's name, unique within a model.
func (p *Param) Name() string { return p.name }

// Value returns the parameter's tensor, not a copy.
func (p *Param) Value() *tensor.Dense { return p.value }

// Shape returns the parameter's shape. The slice is the parameter's own and must
// not be changed.
func (p *Param) Shape() Shape { return p.shape }

// Precision returns tensor.Float32 or tensor.Float64.
func (p *Param) Precision() tensor.Dtype { return p.value.Dtype() }

// Convert changes the parameter's precision to dt, rounding its value.
// Programs compiled before keep the old memory: convert first, compile after.
// It panics with an [*Error] if dt is neither Float32 nor Float64.
func (p *Param) Convert(dt tensor.Dtype) {
	if dt == p.value.Dtype() {
		return
	}
	if reason := p.reason(); reason != "" {
		fail("Convert", reason)
	}
	switch {
	case dt == tensor.Float64:
		p.value = dense.Wrap(p.shape, dense.Floats(p.value))
	case dt == tensor.Float32:
		p.value = dense.Wrap(p.shape, dense.Converted[float32](p.value))
	default:
		fail("Convert", "precision "+dense.TypeName(dt)+" of "+p.name+" is neither float32 nor float64")
	}
}
