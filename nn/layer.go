package nn

import (
	"fmt"
	"slices"

	"declive/autodiff"
	"declive/internal/dense"
)

// A Layer computes nodes from nodes with parameters of its own.
type Layer interface {
	// Forward records the layer's computation on a minibatch x, one example a
	// row, in x's graph.
	Forward(x *autodiff.Node) *autodiff.Node

	// Params returns the parameters in a fixed order.
	Params() []*autodiff.Param
}

// A Sequential is a layer that passes its input through all of its layers in
// turn. The empty Sequential returns its input.
type Sequential []Layer

// Forward records the layers one after the other. It panics with an
// [*autodiff.Error] if one is nil or records nothing.
func (s Sequential) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.Sequential", x)
	for i, l := range s {
		s.has(i)
		if x = l.Forward(x); x == nil {
			autodiff.Fail("nn.Sequential", fmt.Sprintf("layer %d, %T, returned nil from Forward", i, l))
		}
	}
	return x
}

// has refuses a layer i that is nil.
func (s Sequential) has(i int) {
	if s[i] == nil {
		autodiff.Fail("nn.Sequential", fmt.Sprintf("layer %d is nil", i))
	}
}

// need refuses a layer's input that is nil.
func need(layer string, x *autodiff.Node) {
	if x == nil {
		autodiff.Fail(layer, "the input is nil")
	}
}

// made refuses a layer that is a nil pointer.
func made[T any](layer string, l *T) {
	if l == nil {
		autodiff.Fail(layer, "the layer is nil")
	}
}

// Params returns the parameters of all layers in order, one that several layers
// share only once.
func (s Sequential) Params() []*autodiff.Param {
	var params []*autodiff.Param
	for i, l := range s {
		s.has(i)
		for _, p := range l.Params() {
			if !slices.Contains(params, p) {
				params = append(params, p)
			}
		}
	}
	return params
}

// Weights returns the parameters to regularise: those with two axes or more,
// which leaves out biases. It panics with an [*autodiff.Error] if
// [autodiff.Param.Check] fails for one.
func (s Sequential) Weights() []*autodiff.Param { return weights(s.Params()) }

func weights(params []*autodiff.Param) []*autodiff.Param {
	var out []*autodiff.Param
	for _, p := range params {
		mustBeSound(p)
		if len(p.Shape()) >= 2 {
			out = append(out, p)
		}
	}
	return out
}

// mustBeSound panics with the [*autodiff.Error] of a parameter whose Check fails.
func mustBeSound(p *autodiff.Param) {
	if err := p.Check(); err != nil {
		panic(err)
	}
}

// A Func is a layer without parameters: a function of one node, such as a
// method expression of an op,
//
//	nn.Func((*autodiff.Node).Softplus)
type Func func(x *autodiff.Node) *autodiff.Node

// Forward calls the function. It panics with an [*autodiff.Error] if there is none.
func (f Func) Forward(x *autodiff.Node) *autodiff.Node {
	if f == nil {
		autodiff.Fail("nn.Func", "the function is nil")
	}
	need("nn.Func", x)
	return f(x)
}

// Params returns none.
func (f Func) Params() []*autodiff.Param { return nil }

// stateless is embedded in layers without parameters.
type stateless struct{}

// Params returns none.
func (stateless) Params() []*autodiff.Param { return nil }

// ReLU is the layer max(x, 0), see [autodiff.Node.ReLU].
type ReLU struct{ stateless }

// Forward records max(x, 0).
func (ReLU) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.ReLU", x)
	return x.ReLU()
}

// Tanh is the layer tanh x.
type Tanh struct{ stateless }

// Forward records tanh x.
func (Tanh) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.Tanh", x)
	return x.Tanh()
}

// Sigmoid is the layer 1/(1 + e⁻ˣ).
type Sigmoid struct{ stateless }

// Forward records 1/(1 + e⁻ˣ).
func (Sigmoid) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.Sigmoid", x)
	return x.Sigmoid()
}

// GELU is the layer x·Φ(x), see [autodiff.Node.GELU], or one of its approximations.
type GELU struct {
	stateless
	Form GELUForm
}

// A GELUForm is a formula of [GELU].
type GELUForm string

const (
	GELUExact   GELUForm = ""        // x·Φ(x)
	GELUTanh    GELUForm = "tanh"    // see [autodiff.Node.GELUTanh]
	GELUSigmoid GELUForm = "sigmoid" // x·σ(1.702·x), the fastest
)

// Forward records the formula. It panics with an [*autodiff.Error] if there is none of
// that name.
func (l GELU) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.GELU", x)
	switch l.Form {
	case GELUExact:
		return x.GELU()
	case GELUTanh:
		return x.GELUTanh()
	case GELUSigmoid:
		return x.GELUSigmoid()
	}
	autodiff.Fail("nn.GELU", fmt.Sprintf("the form is %q, want %q, %q or %q", l.Form, GELUExact, GELUTanh, GELUSigmoid))
	return nil
}

// SiLU is the layer x/(1 + e⁻ˣ).
type SiLU struct{ stateless }

// Forward records x/(1 + e⁻ˣ).
func (SiLU) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.SiLU", x)
	return x.SiLU()
}

// Scale is the layer of x times a number, such as a temperature of scores.
type Scale struct {
	stateless
	Factor float64
}

// Forward records x·Factor. It panics with an [*autodiff.Error] if the factor is not
// finite.
func (l Scale) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.Scale", x)
	if !dense.Finite(l.Factor) {
		autodiff.Fail("nn.Scale", fmt.Sprintf("the factor is %v", l.Factor))
	}
	return x.MulScalar(l.Factor)
}

// Flatten turns examples of any shape into rows: (n, a, b, …) into (n, a·b·…).
type Flatten struct{ stateless }

// Forward records the reshape; it changes nothing about x of shape (n, k). It
// panics with an [*autodiff.Error] if x is a scalar.
func (Flatten) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.Flatten", x)
	s := x.Shape()
	if len(s) == 0 {
		autodiff.Fail("nn.Flatten", "a scalar has no axis of examples")
	}
	return x.Reshape(s[0], s[1:].Size())
}

var (
	_ Layer = Sequential(nil)
	_ Layer = Func(nil)
	_ Layer = ReLU{}
	_ Layer = Tanh{}
	_ Layer = Sigmoid{}
	_ Layer = Flatten{}
	_ Layer = Scale{}
	_ Layer = (*Linear)(nil)
	_ Layer = GELU{}
	_ Layer = SiLU{}
	_ Layer = (*Conv2D)(nil)
	_ Layer = MaxPool2D{}
	_ Layer = AvgPool2D{}
	_ Layer = GlobalPool{}
	_ Layer = Residual{}
	_ Layer = Dropout{}
	_ Layer = (*BatchNorm)(nil)
	_ Layer = (*LayerNorm)(nil)
	_ Layer = (*RMSNorm)(nil)
	_ Layer = (*GroupNorm)(nil)
)
