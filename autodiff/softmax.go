package autodiff

// The functions of this file subtract the maximum before they exponentiate, so
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
