package autodiff

import (
	"gorgonia.org/tensor"
)

// A Param is a tensor that training changes: a name and a value, float32 or
// float64, contiguous and row-major. A graph of the value's precision uses its
// memory directly; a graph of the other precision converts it at every run.
type Param struct {
	name  string
	value *tensor.Dense
}

// NewParam returns a parameter that owns value. It panics with an [*Error] if
// the name is empty or value is not a contiguous tensor of float32 or float64.
func NewParam(name string, value *tensor.Dense) *Param {
	if name == "" {
		fail("NewParam", "a parameter needs a name")
	}
	if reason := unusable(value); reason != "" {
		fail("NewParam", name+": "+reason)
	}
	return &Param{name: name, value: value}
}

// Name returns the parameter's name, unique within a model.
func (p *Param) Name() string { return p.name }

// Value returns the parameter's tensor, not a copy.
func (p *Param) Value() *tensor.Dense { return p.value }

// Shape returns the parameter's shape.
func (p *Param) Shape() Shape { return Shape(p.value.Shape()) }

// Precision returns tensor.Float32 or tensor.Float64.
func (p *Param) Precision() tensor.Dtype { return p.value.Dtype() }

// Convert changes the parameter's precision to dt, rounding its value.
// Programs compiled before keep the old memory: convert first, compile after.
// It panics with an [*Error] if dt is neither Float32 nor Float64.
func (p *Param) Convert(dt tensor.Dtype) {
	if dt == p.value.Dtype() {
		return
	}
	shape := p.Shape().clone()
	switch {
	case dt == tensor.Float64:
		p.value = dense(shape, converted[float64](p.value))
	case dt == tensor.Float32:
		p.value = dense(shape, converted[float32](p.value))
	default:
		fail("Convert", "precision "+dt.String()+" of "+p.name+" is neither float32 nor float64")
	}
}
