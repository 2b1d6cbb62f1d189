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

func (normalize) name() string              { return "Normalize" }
func (normalize) traits() Traits            { return Traits{Rounds: true} }
func (o normalize) attributes() []int       { return slices.Clone(o.axes) }
func (o normalize) coefficients() []float64 { return []float64{o.epsilon} }

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

// The functions that follow subtract the maximum before they exponentiate, so
// that no exponential overflows and at least one is 1. The maximum is held
// constant in the derivative: it cancels. A maximum of −∞, of nothing but −∞, or
// of ∞ is not subtracted, since ∞ − ∞ is NaN.

// LogSumExp returns ln Σ eˣ over the given axes, which disappear from the shape,
// or over all elements if none is given.
//
//	y = m + ln Σ e^(x−m)    m = max x    dx = dy·softmax x
//
// It is −∞ over nothing but −∞, such as a row of which all is masked, and the
// derivative there is 0.
func (x *Node) LogSumExp(axes ...int) *Node {
	top := x.ReduceMaxKeep(axes...).StopGradient()
	m := top.orZero()
	sum := x.Sub(m).Exp().SumKeep(axes...)
	return sum.Where(m.Add(sum.Log()), top).squeeze(x.axes("LogSumExp", axes))
}

// Softmax returns exponentials divided by their sum along an axis: positive
// numbers that sum to 1.
//
//	y = e^(x−m) / Σ e^(x−m)    m = max x
//
// Along nothing but −∞ it is 0, and so is its derivative.
func (x *Node) Softmax(axis int) *Node {
	e := x.Sub(x.ReduceMaxKeep(axis).StopGradient().orZero()).Exp()
	sum := e.SumKeep(axis)
	return e.Div(sum.Where(sum, x.graph.Scalar(1)))
}

// LogSoftmax returns the logarithm of [Node.Softmax], finite even where that
// underflows, and exact to rounding even where that is almost 1.
//
//	y = z − ln(1 + r)    r = Σ e^z − 1    z = x − m    m = max x
//
// where the largest term, which is 1, is left out of the sum. Along nothing but
// −∞ it is −∞, and its derivative 0.
func (x *Node) LogSoftmax(axis int) *Node {
	z := x.Sub(x.ReduceMaxKeep(axis).StopGradient().orZero())
	top := z.Equal(z.graph.Scalar(0)) // of one element, or several at a tie
	r := z.Exp().Sub(top).SumKeep(axis).Add(top.SumKeep(axis).SubScalar(1))
	some := r.NotEqual(z.graph.Scalar(-1))
	return z.Sub(some.Where(r.Log1p(), z.graph.Scalar(0)))
}

// orZero returns m, and 0 where it is infinite or NaN.
func (m *Node) orZero() *Node {
	zero := m.graph.Scalar(0)
	return m.Sub(m).Equal(zero).Where(m, zero)
}
