package autodiff

// The functions of this file subtract the maximum before they exponentiate, so
// that no exponential overflows and at least one is 1. The maximum is held
// constant in the derivative: it cancels.

// LogSumExp returns ln Σ eˣ over the given axes, which disappear from the shape,
// or over all elements if none is given.
//
//	y = m + ln Σ e^(x−m)    m = max x
func (x *Node) LogSumExp(axes ...int) *Node {
	m := x.ReduceMaxKeep(axes...).StopGradient()
	y := m.Add(x.Sub(m).Exp().SumKeep(axes...).Log())
	return y.squeeze(x.axes("LogSumExp", axes))
}

// Softmax returns exponentials divided by their sum along an axis: positive
// numbers that sum to 1.
//
//	y = e^(x−m) / Σ e^(x−m)    m = max x
func (x *Node) Softmax(axis int) *Node {
	e := x.Sub(x.ReduceMaxKeep(axis).StopGradient()).Exp()
	return e.Div(e.SumKeep(axis))
}

// LogSoftmax returns the logarithm of [Node.Softmax], finite even where that
// underflows.
//
//	y = (x−m) − ln Σ e^(x−m)    m = max x
func (x *Node) LogSoftmax(axis int) *Node {
	z := x.Sub(x.ReduceMaxKeep(axis).StopGradient())
	return z.Sub(z.Exp().SumKeep(axis).Log())
}
