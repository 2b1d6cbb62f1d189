package nn

import (
	"fmt"
	"math/rand/v2"

	"declive/autodiff"
)

// Linear is the layer of scores
//
//	s = x·Wᵀ + b    shape(s) = (n, out) for x of shape (n, in)
//
// with a row of W for each output. A nil Bias stands for 0.
type Linear struct {
	Weight *autodiff.Param // W, of shape (out, in)
	Bias   *autodiff.Param // b, of shape (out), or nil
}

// NewLinear returns a layer with weights drawn by init and biases 0. The
// parameters are named name/W and name/b. It panics with an [*autodiff.Error] if
// in or out is negative, or for another reason of [NewParam].
func NewLinear(name string, in, out int, init Init, rng *rand.Rand) *Linear {
	return &Linear{
		Weight: NewParam(name+"/W", init, rng, out, in),
		Bias:   NewParam(name+"/b", Zeros(), nil, out),
	}
}

// WithoutBias returns the layer with the same weights and no bias.
func (l *Linear) WithoutBias() *Linear {
	made("nn.Linear", l)
	return &Linear{Weight: l.Weight}
}

// Forward records x·Wᵀ + b. It panics with an [*autodiff.Error] that names the
// parameter if x does not go with W, b does not or W is nil.
func (l *Linear) Forward(x *autodiff.Node) *autodiff.Node {
	made("nn.Linear", l)
	need("nn.Linear", x)
	l.fits(x.Shape())
	g := x.Graph()
	s := x.MatMul(g.Param(l.Weight).T())
	if l.Bias == nil {
		return s
	}
	return s.Add(g.Param(l.Bias))
}

// fits refuses an input of shape s that does not go with the weights.
func (l *Linear) fits(s autodiff.Shape) {
	const name = "nn.Linear"
	mustBeSound(l.Weight)
	w := l.Weight.Shape()
	switch {
	case len(w) != 2:
		autodiff.Fail(name, fmt.Sprintf("%s has the shape %v, want (out, in)", l.Weight.Name(), w), s)
	case len(s) != 2:
		autodiff.Fail(name, fmt.Sprintf("%s is for an input of shape (n, %d); nn.Flatten makes rows of anything", l.Weight.Name(), w[1]), s)
	case s[1] != w[1]:
		autodiff.Fail(name, fmt.Sprintf("%s is for %d features, but the input has %d", l.Weight.Name(), w[1], s[1]), s)
	}
	isBias(name, l.Bias, w[0], s)
}

// isBias refuses a bias that is not one number for each of the outputs: it would
// broadcast.
func isBias(layer string, b *autodiff.Param, outputs int, input autodiff.Shape) {
	if b == nil {
		return
	}
	mustBeSound(b)
	if !b.Shape().Equal(autodiff.Shape{outputs}) {
		autodiff.Fail(layer, fmt.Sprintf("%s has the shape %v, but there are %d outputs", b.Name(), b.Shape(), outputs), input)
	}
}

// Params returns the weights and, if there is one, the bias.
func (l *Linear) Params() []*autodiff.Param {
	made("nn.Linear", l)
	if l.Bias == nil {
		return []*autodiff.Param{l.Weight}
	}
	return []*autodiff.Param{l.Weight, l.Bias}
}

// Weights returns the parameters to regularise, W alone.
func (l *Linear) Weights() []*autodiff.Param { return weights(l.Params()) }

// NewMLP returns a multilayer perceptron: linear layers from widths[0] inputs
// through the hidden widths to as many outputs as the last width, with the
// activation after each but the last. The layers are named name/1, name/2, ….
// Two hidden layers of 128 and 64 units on images of 784 pixels are
//
//	nn.NewMLP("digits", []int{784, 128, 64, 10}, nn.ReLU{}, nn.HeNormal(), rng)
//
// It panics with an [*autodiff.Error] if there are fewer than two widths, if a
// hidden layer lacks its activation, or for a reason of [NewParam].
func NewMLP(name string, widths []int, activation Layer, init Init, rng *rand.Rand) Sequential {
	if len(widths) < 2 {
		autodiff.Fail("nn.NewMLP", fmt.Sprintf("widths %v lack inputs or outputs", widths))
	}
	if len(widths) > 2 && activation == nil {
		autodiff.Fail("nn.NewMLP", "the activation is nil; without one the layers are one linear layer")
	}
	var layers Sequential
	for i, in := range widths[:len(widths)-1] {
		if i > 0 {
			layers = append(layers, activation)
		}
		layers = append(layers, NewLinear(fmt.Sprintf("%s/%d", name, i+1), in, widths[i+1], init, rng))
	}
	return layers
}
