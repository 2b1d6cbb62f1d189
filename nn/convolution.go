package nn

import (
	"fmt"
	"math/rand/v2"

	"declive/autodiff"
)

// Conv2D is the layer of windows on images x of shape (n, height, width, in) times
// weights, see [autodiff.Node.Conv2D],
//
//	y = x * W + b    shape(y) = (n, height′, width′, out)
//
// A nil Bias stands for 0.
type Conv2D struct {
	Weight *autodiff.Param // W, of shape (out, rows, columns, in)
	Bias   *autodiff.Param // b, of shape (out), or nil
	Window autodiff.Window // where windows lie; the zero Window moves by 1, without padding
}

// NewConv2D returns a layer of windows of size×size pixels with weights drawn by init
// and biases 0. The parameters are named name/W and name/b. It panics with an
// [*autodiff.Error] if a number is negative, or for another reason of [NewParam].
func NewConv2D(name string, in, out, size int, at autodiff.Window, init Init, rng *rand.Rand) *Conv2D {
	return &Conv2D{
		Weight: NewParam(name+"/W", init, rng, out, size, size, in),
		Bias:   NewParam(name+"/b", Zeros(), nil, out),
		Window: at,
	}
}

// WithoutBias returns the layer with the same weights and no bias.
func (l *Conv2D) WithoutBias() *Conv2D {
	made("nn.Conv2D", l)
	return &Conv2D{Weight: l.Weight, Window: l.Window}
}

// Forward records x * W + b. It panics with an [*autodiff.Error] that names the
// parameter if x does not go with W, b does not or W is nil.
func (l *Conv2D) Forward(x *autodiff.Node) *autodiff.Node {
	made("nn.Conv2D", l)
	isImages("nn.Conv2D", x)
	l.fits(x.Shape())
	g := x.Graph()
	y := x.Conv2D(g.Param(l.Weight), l.Window)
	if l.Bias == nil {
		return y
	}
	return y.Add(g.Param(l.Bias))
}

// fits refuses images of shape s that do not go with the weights.
func (l *Conv2D) fits(s autodiff.Shape) {
	const name = "nn.Conv2D"
	mustBeSound(l.Weight)
	w := l.Weight.Shape()
	switch {
	case len(w) != 4:
		autodiff.Fail(name, fmt.Sprintf("%s has the shape %v, want (out, rows, columns, in)", l.Weight.Name(), w), s)
	case s[3] != w[3]:
		autodiff.Fail(name, fmt.Sprintf("%s is for %d channels, but the images have %d", l.Weight.Name(), w[3], s[3]), s)
	}
	isBias(name, l.Bias, w[0], s)
}

// Params returns the weights and, if there is one, the bias.
func (l *Conv2D) Params() []*autodiff.Param {
	made("nn.Conv2D", l)
	if l.Bias == nil {
		return []*autodiff.Param{l.Weight}
	}
	return []*autodiff.Param{l.Weight, l.Bias}
}

// Weights returns the parameters to regularise, W alone.
func (l *Conv2D) Weights() []*autodiff.Param { return weights(l.Params()) }

// MaxPool2D is the layer of the largest elements of windows of Size×Size pixels, see
// [autodiff.Node.MaxPool2D]. Without a stride the windows lie beside each other.
type MaxPool2D struct {
	stateless
	Size   int
	Window autodiff.Window
}

// Forward records the pool. It panics with an [*autodiff.Error] if x is no images, or
// no window fits.
func (l MaxPool2D) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.MaxPool2D", x)
	return x.MaxPool2D(l.Size, l.Size, besides(l.Window, l.Size))
}

// AvgPool2D is the layer of the means of windows of Size×Size pixels, see
// [autodiff.Node.AvgPool2D]. Without a stride the windows lie beside each other.
type AvgPool2D struct {
	stateless
	Size   int
	Window autodiff.Window
}

// Forward records the pool. It panics with an [*autodiff.Error] if x is no images, or
// no window fits.
func (l AvgPool2D) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.AvgPool2D", x)
	return x.AvgPool2D(l.Size, l.Size, besides(l.Window, l.Size))
}

// besides gives windows without a stride that of their size.
func besides(w autodiff.Window, size int) autodiff.Window {
	if w.Stride == 0 && w.Strides == [2]int{} {
		w.Stride = size
	}
	return w
}

// GlobalPool is the layer of the mean of each channel of images of shape
// (n, height, width, channels), or with Max of its maximum: of shape (n, channels).
type GlobalPool struct {
	stateless
	Max bool
}

// Forward records the mean or the maximum. It panics with an [*autodiff.Error] if x
// has not four axes, or for a maximum of images without pixels.
func (l GlobalPool) Forward(x *autodiff.Node) *autodiff.Node {
	isImages("nn.GlobalPool", x)
	if l.Max {
		return x.ReduceMax(1, 2)
	}
	return x.Mean(1, 2)
}

// isImages refuses an input that is not of shape (n, height, width, channels).
func isImages(layer string, x *autodiff.Node) {
	need(layer, x)
	if s := x.Shape(); len(s) != 4 {
		autodiff.Fail(layer, "the input is no images (n, height, width, channels)", s)
	}
}

// Residual is the layer
//
//	y = Body(x) + Shortcut(x)
//
// of He, Zhang, Ren and Sun (Deep Residual Learning for Image Recognition, arXiv
// 1512.03385). A nil Shortcut passes x on.
type Residual struct{ Body, Shortcut Layer }

// Forward records the sum. It panics with an [*autodiff.Error] if the body is nil or
// the shapes of the summands differ.
func (l Residual) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.Residual", x)
	body, shortcut := l.branches()
	y, z := body.Forward(x), shortcut.Forward(x)
	if y == nil || z == nil || !y.Shape().Equal(z.Shape()) {
		autodiff.Fail("nn.Residual", fmt.Sprintf("the body makes %v and the shortcut %v of the input, want one shape", y, z), x.Shape())
	}
	return y.Add(z)
}

// branches returns the body, and the shortcut, which passes its input on if it is nil.
func (l Residual) branches() (body, shortcut Layer) {
	if l.Body == nil {
		autodiff.Fail("nn.Residual", "the body is nil")
	}
	if l.Shortcut == nil {
		return l.Body, Sequential{}
	}
	return l.Body, l.Shortcut
}

// Params returns the parameters of the body and of the shortcut, one that they share
// only once. It panics with an [*autodiff.Error] if the body is nil.
func (l Residual) Params() []*autodiff.Param {
	body, shortcut := l.branches()
	return Sequential{body, shortcut}.Params()
}
