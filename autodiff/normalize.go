package autodiff

import (
	"fmt"
	"math"
	"slices"
)

// Normalize returns x with the mean 0 and the variance 1 over the given axes, or over
// all elements if none is given: over all axes but that of channels as batch
// normalisation has it (Ioffe and Szegedy, Batch Normalization, arXiv 1502.03167), over
// those of an example as layer normalisation has it (Ba, Kiros and Hinton, Layer
// Normalization, arXiv 1607.06450).
//
//	y  = (x − μ)/s    μ = mean x    s = √(mean (x − μ)² + ε)
//	dx = (dy − mean dy − y·mean(dy·y))/s
//
// ε, which keeps s from 0, is not scaled by anything. Normalize panics with an
// [*Error] if x lacks an axis or one is given twice, or if ε is negative or no number.
func (x *Node) Normalize(epsilon float64, axes ...int) *Node {
	return x.graph.apply(normalize{x.axes("Normalize", axes), epsilon}, x)
}

// normalize has a derivative of its own, since that of the formula takes another pass
// over the elements, for a path through the mean whose gradient is 0.
type normalize struct {
	axes    []int
	epsilon float64
}

func (normalize) name() string        { return "Normalize" }
func (normalize) traits() Traits      { return Traits{Rounds: true} }
func (o normalize) attributes() []int { return slices.Clone(o.axes) }

func (o normalize) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	if !(o.epsilon >= 0) || math.IsInf(o.epsilon, 0) {
		return nil, fmt.Sprintf("epsilon %v, want a number of at least 0", o.epsilon)
	}
	for _, a := range o.axes {
		if reason := in[0].shape.has(a); reason != "" {
			return nil, reason
		}
	}
	return in[0].shape, ""
}

func (o normalize) vjp(y, dy *Node) []*Node {
	if len(o.axes) == 0 {
		return []*Node{nil} // of a scalar, which is its mean
	}
	x := y.inputs[0]
	scale := y.graph.Scalar(1).Div(x.VarianceKeep(o.axes...).AddScalar(o.epsilon).Sqrt())
	mean, along := dy.MeanKeep(o.axes...), dy.Mul(y).MeanKeep(o.axes...)
	return []*Node{dy.Sub(mean).Sub(y.Mul(along)).Mul(scale)}
}

func (o normalize) reference(n *Node, in [][]float64, out []float64) {
	kept := n.shape.clone()
	for _, a := range o.axes {
		kept[a] = 1
	}
	strides := kept.repeated(len(kept))
	mean := func(f func(i, group int) float64) []float64 {
		sums := make([]float64, kept.Size())
		n.shape.each(func(i int, index []int) {
			group := offset(index, strides)
			sums[group] += f(i, group) * float64(kept.Size()) / float64(n.shape.Size())
		})
		return sums
	}
	mu := mean(func(i, _ int) float64 { return in[0][i] })
	variance := mean(func(i, group int) float64 { d := in[0][i] - mu[group]; return d * d })
	n.shape.each(func(i int, index []int) {
		group := offset(index, strides)
		out[i] = (in[0][i] - mu[group]) / math.Sqrt(variance[group]+o.epsilon)
	})
}
