package nn

import (
	"cmp"
	"fmt"

	"declive/autodiff"
	"declive/internal/setting"
)

// normEpsilon is what a norm's Epsilon of 0 stands for.
const normEpsilon = 1e-5

// A LayerNorm gives the features of each example, or of each pixel, the mean 0 and
// the variance 1, and then a scale and a shift of their own (Ba, Kiros and Hinton,
// Layer Normalization, arXiv 1607.06450):
//
//	y = x̂·γ + β    x̂ = (x − μ)/√(σ² + ε)    shape(y) = shape(x) = (…, features)
//
// where μ and σ² are over the last axis. A nil Scale stands for 1, a nil Shift for 0.
type LayerNorm struct {
	Scale   *autodiff.Param // γ, of shape (features), or nil
	Shift   *autodiff.Param // β, of shape (features), or nil
	Epsilon float64         // ε; 0 stands for 1e-5
}

// NewLayerNorm returns a layer with scales 1 and shifts 0, named name/gamma and
// name/beta. It panics with an [*autodiff.Error] if features is negative.
func NewLayerNorm(name string, features int) *LayerNorm {
	scale, shift := newAffine(name, features)
	return &LayerNorm{Scale: scale, Shift: shift}
}

// Forward records the formula. It panics with an [*autodiff.Error] if x is a scalar or
// has other features.
func (l *LayerNorm) Forward(x *autodiff.Node) *autodiff.Node {
	made("nn.LayerNorm", l)
	last := lastAxis("nn.LayerNorm", x, l.Scale, l.Shift)
	return affine(x.Normalize(cmp.Or(l.Epsilon, normEpsilon), last), l.Scale, l.Shift)
}

// Params returns the scale and the shift, if there are.
func (l *LayerNorm) Params() []*autodiff.Param {
	made("nn.LayerNorm", l)
	return present(l.Scale, l.Shift)
}

// An RMSNorm divides the features of each example, or of each pixel, by their root
// mean square, and gives them a scale (Zhang and Sennrich, Root Mean Square Layer
// Normalization, arXiv 1910.07467):
//
//	y = γ·x/√(mean x² + ε)    shape(y) = shape(x) = (…, features)
//
// over the last axis. A nil Scale stands for 1.
type RMSNorm struct {
	Scale   *autodiff.Param // γ, of shape (features), or nil
	Epsilon float64         // ε; 0 stands for 1e-5
}

// NewRMSNorm returns a layer with scales 1, named name/gamma. It panics with an
// [*autodiff.Error] if features is negative.
func NewRMSNorm(name string, features int) *RMSNorm {
	return &RMSNorm{Scale: NewParam(name+"/gamma", Constant(1), nil, features)}
}

// Forward records the formula. It panics with an [*autodiff.Error] if x is a scalar or
// has other features, or if ε is not positive or infinite.
func (l *RMSNorm) Forward(x *autodiff.Node) *autodiff.Node {
	made("nn.RMSNorm", l)
	last := lastAxis("nn.RMSNorm", x, l.Scale, nil)
	epsilon := cmp.Or(l.Epsilon, normEpsilon)
	if !setting.IsPositive(epsilon) {
		autodiff.Fail("nn.RMSNorm", fmt.Sprintf("epsilon is %v, want a positive number", epsilon))
	}
	root := x.Square().MeanKeep(last).AddScalar(epsilon).Sqrt()
	return affine(x.Div(root), l.Scale, nil)
}

// Params returns the scale, if there is one.
func (l *RMSNorm) Params() []*autodiff.Param {
	made("nn.RMSNorm", l)
	return present(l.Scale)
}

// A GroupNorm gives each group of channels of an image the mean 0 and the variance 1,
// over all pixels, and then each channel a scale and a shift (Wu and He, Group
// Normalization, arXiv 1803.08494):
//
//	y = x̂·γ + β    x̂ = (x − μ)/√(σ² + ε)    shape(y) = shape(x) = (n, height, width, channels)
//
// A group is some neighbouring channels. A nil Scale stands for 1, a nil Shift for 0.
type GroupNorm struct {
	Groups  int
	Scale   *autodiff.Param // γ, of shape (channels), or nil
	Shift   *autodiff.Param // β, of shape (channels), or nil
	Epsilon float64         // ε; 0 stands for 1e-5
}

// NewGroupNorm returns a layer with scales 1 and shifts 0, named name/gamma and
// name/beta. It panics with an [*autodiff.Error] if the channels are negative or not
// so many groups of one size.
func NewGroupNorm(name string, groups, channels int) *GroupNorm {
	scale, shift := newAffine(name, channels)
	l := &GroupNorm{Groups: groups, Scale: scale, Shift: shift}
	l.divide("nn.NewGroupNorm", channels)
	return l
}

// divide returns the channels of a group.
func (l *GroupNorm) divide(name string, channels int) int {
	if l.Groups < 1 || channels%l.Groups != 0 {
		autodiff.Fail(name, fmt.Sprintf("%d channels are not %d groups of one size", channels, l.Groups))
	}
	return channels / l.Groups
}

// Forward records the formula. It panics with an [*autodiff.Error] if x is no images
// or has other channels.
func (l *GroupNorm) Forward(x *autodiff.Node) *autodiff.Node {
	made("nn.GroupNorm", l)
	isImages("nn.GroupNorm", x)
	lastAxis("nn.GroupNorm", x, l.Scale, l.Shift)
	s := x.Shape()
	grouped := x.Reshape(s[0], s[1]*s[2], l.Groups, l.divide("nn.GroupNorm", s[3]))
	y := grouped.Normalize(cmp.Or(l.Epsilon, normEpsilon), 1, 3).Reshape(s...)
	return affine(y, l.Scale, l.Shift)
}

// Params returns the scale and the shift, if there are.
func (l *GroupNorm) Params() []*autodiff.Param {
	made("nn.GroupNorm", l)
	return present(l.Scale, l.Shift)
}

// newAffine returns scales 1 and shifts 0.
func newAffine(name string, features int) (scale, shift *autodiff.Param) {
	return NewParam(name+"/gamma", Constant(1), nil, features), NewParam(name+"/beta", Zeros(), nil, features)
}

// lastAxis returns the last axis of x, whose features are as many as the parameters
// that there are have: others would broadcast.
func lastAxis(layer string, x *autodiff.Node, params ...*autodiff.Param) int {
	need(layer, x)
	s := x.Shape()
	if len(s) == 0 {
		autodiff.Fail(layer, "a scalar has no axis of features")
	}
	last := len(s) - 1
	for _, p := range present(params...) {
		mustBeSound(p)
		if !p.Shape().Equal(autodiff.Shape{s[last]}) {
			autodiff.Fail(layer, fmt.Sprintf("%s has the shape %v, but there are %d features", p.Name(), p.Shape(), s[last]), s)
		}
	}
	return last
}

// affine records x·γ + β for what there is of them.
func affine(x *autodiff.Node, scale, shift *autodiff.Param) *autodiff.Node {
	if scale != nil {
		x = x.Mul(x.Graph().Param(scale))
	}
	if shift != nil {
		x = x.Add(x.Graph().Param(shift))
	}
	return x
}

// present returns the parameters that there are.
func present(params ...*autodiff.Param) []*autodiff.Param {
	var out []*autodiff.Param
	for _, p := range params {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}
