package autodiff

import (
	"fmt"
	"math"
	"slices"

	"declive/autodiff/internal/shape"
)

// Sum returns the sum over the given axes, which disappear from the shape, or
// over all elements if none is given. The sum over an empty axis is 0. It panics
// with an [*Error] if x lacks an axis or one is given twice.
//
//	y = Σ x    dx = dy, repeated over the axes
func (x *Node) Sum(axes ...int) *Node { return x.SumKeep(axes...).squeeze(x.axes("Sum", axes)) }

// SumKeep is [Node.Sum], but the axes stay with length 1, so that the result
// broadcasts against x.
func (x *Node) SumKeep(axes ...int) *Node {
	return x.reduce(x.axes("Sum", axes), func(from, to int) op { return sum{from, to} })
}

// Mean returns the mean over the given axes, which disappear from the shape, or
// over all elements if none is given. The mean over an empty axis is NaN.
func (x *Node) Mean(axes ...int) *Node { return x.MeanKeep(axes...).squeeze(x.axes("Mean", axes)) }

// MeanKeep is [Node.Mean], but the axes stay with length 1.
func (x *Node) MeanKeep(axes ...int) *Node {
	count := 1
	for _, a := range x.axes("Mean", axes) {
		count *= x.shape[a]
	}
	return x.SumKeep(axes...).DivScalar(float64(count))
}

// Variance returns the mean of the squared distances from the mean over the given
// axes, which disappear from the shape, or over all elements if none is given. Over
// an empty axis it is NaN.
//
//	y = 1/n Σ (x − μ)²    μ = 1/n Σ x    dx = dy·2(x − μ)/n
func (x *Node) Variance(axes ...int) *Node {
	return x.VarianceKeep(axes...).squeeze(x.axes("Variance", axes))
}

// VarianceKeep is [Node.Variance], but the axes stay with length 1.
func (x *Node) VarianceKeep(axes ...int) *Node {
	x.axes("Variance", axes)
	return x.Sub(x.MeanKeep(axes...)).Square().MeanKeep(axes...)
}

// ReduceMax returns the maximum over the given axes, which disappear from the
// shape, or over all elements if none is given; NaN if one of them is NaN. It
// panics with an [*Error] if an axis is missing, given twice or empty.
//
//	y = max x    dx = dy/Σm where m, else 0    m = 1 where x = y, else 0
//
// so elements that share the maximum share the gradient evenly.
func (x *Node) ReduceMax(axes ...int) *Node {
	return x.ReduceMaxKeep(axes...).squeeze(x.axes("ReduceMax", axes))
}

// ReduceMaxKeep is [Node.ReduceMax], but the axes stay with length 1.
func (x *Node) ReduceMaxKeep(axes ...int) *Node {
	return x.reduce(x.axes("ReduceMax", axes), func(from, to int) op { return reduceMax{from, to} })
}

// Norm returns the Euclidean norm over the given axes, which disappear from the
// shape, or over all elements if none is given. It neither overflows nor
// underflows where the elements do not.
//
//	y = m·√Σ(x/m)²    m = max |x|    dx = dy·x/y, and 0 where y = 0
func (x *Node) Norm(axes ...int) *Node { return x.NormKeep(axes...).squeeze(x.axes("Norm", axes)) }

// NormKeep is [Node.Norm], but the axes stay with length 1.
func (x *Node) NormKeep(axes ...int) *Node {
	axes = x.axes("Norm", axes)
	if x.shape.Size() == 0 {
		return x.SumKeep(axes...) // of nothing, 0
	}
	m := x.Abs().ReduceMaxKeep(axes...).StopGradient()
	zero, one := x.graph.Scalar(0), x.graph.Scalar(1)
	m = m.Sub(m).Equal(zero).Where(m, one) // dividing by ∞ would lose which is NaN
	m = m.Where(m, one)
	sum := x.Div(m).Square().SumKeep(axes...)
	return m.Mul(sum.Where(sum.Sqrt(), zero))
}

// axes returns the sorted axes of a reduction, all of them for none.
func (x *Node) axes(name string, axes []int) []int {
	if len(axes) == 0 {
		axes = make([]int, len(x.shape))
		for i := range axes {
			axes[i] = i
		}
	}
	sorted := slices.Sorted(slices.Values(axes))
	for i, a := range sorted {
		if reason := x.shape.has(a); reason != "" {
			fail(name, reason, x.shape)
		}
		if i > 0 && a == sorted[i-1] {
			fail(name, fmt.Sprintf("axis %d is given twice", a), x.shape)
		}
	}
	return sorted
}

// reduce applies a reduction to each run of neighbouring axes.
func (x *Node) reduce(axes []int, o func(from, to int) op) *Node {
	y := x
	for from, to := range shape.Runs(axes) {
		y = x.graph.apply(o(from, to), y)
	}
	return y
}

// squeeze removes axes of length 1.
func (x *Node) squeeze(axes []int) *Node {
	if len(axes) == 0 {
		return x
	}
	out := Shape{}
	for i, d := range x.shape {
		if !slices.Contains(axes, i) {
			out = append(out, d)
		}
	}
	return x.Reshape(out...)
}

// sum adds over the axes from … to−1, which stay with length 1.
type sum struct{ from, to int }

func (sum) name() string                       { return "Sum" }
func (sum) traits() Traits                     { return Traits{Rounds: true, Sums: true} }
func (o sum) attributes() []int                { return []int{o.from, o.to} }
func (o sum) shape(in []*Node) (Shape, string) { return reduced(in, o.from, o.to) }
func (sum) vjp(n, dy *Node) []*Node            { return []*Node{dy.Broadcast(n.inputs[0].shape...)} }

func (o sum) reference(n *Node, in [][]float64, out []float64) {
	fold(n, o.from, o.to, func(i, j int) { out[i] += in[0][j] })
}

// reduceMax takes the maximum over the axes from … to−1, which stay with length 1.
type reduceMax struct{ from, to int }

func (reduceMax) name() string        { return "ReduceMax" }
func (reduceMax) traits() Traits      { return Traits{} }
func (o reduceMax) attributes() []int { return []int{o.from, o.to} }

func (o reduceMax) shape(in []*Node) (Shape, string) {
	out, reason := reduced(in, o.from, o.to)
	if reason == "" && in[0].shape[o.from:o.to].Size() == 0 {
		reason = "maximum over an empty axis"
	}
	return out, reason
}

func (o reduceMax) vjp(n, dy *Node) []*Node {
	x := n.inputs[0]
	m := x.Equal(n)
	count := n.graph.apply(sum(o), m)
	return []*Node{m.Where(dy.Div(count), n.graph.Scalar(0))}
}

func (o reduceMax) reference(n *Node, in [][]float64, out []float64) {
	for i := range out {
		out[i] = math.Inf(-1)
	}
	fold(n, o.from, o.to, func(i, j int) { out[i] = max(out[i], in[0][j]) })
}

func reduced(in []*Node, from, to int) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	out := in[0].shape.clone()
	for i := from; i < to; i++ {
		out[i] = 1
	}
	return out, ""
}

// fold calls f for every element j of n's operand with the element i of n that
// it is reduced into.
func fold(n *Node, from, to int, f func(i, j int)) {
	x := n.inputs[0].shape
	inner, middle := x[to:].Size(), x[from:to].Size()
	for j := range x.Size() {
		f(j/(inner*middle)*inner+j%inner, j)
	}
}
