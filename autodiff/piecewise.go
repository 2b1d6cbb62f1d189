package autodiff

import (
	"math"

	"declive/internal/kernel/vec"
)

// ReLU returns max(x, 0) of every element; NaN stays NaN.
//
//	y = max(x, 0)    dx = dy where x > 0, else 0; the derivative at 0 is 0
func (x *Node) ReLU() *Node { return x.graph.apply(relu{}, x) }

type relu struct {
	unary
	bounded
}

func (relu) name() string              { return "ReLU" }
func (relu) traits() Traits            { return Traits{Elementwise: true} }
func (relu) value(x []float64) float64 { return max(x[0], 0) }
func (relu) kernel() vec.UnaryOp       { return vec.ReLU }
func (relu) vjp(y, dy *Node) []*Node {
	zero := y.graph.Scalar(0)
	return []*Node{y.Greater(zero).Where(dy, zero)} // y > 0 exactly where x > 0
}

// Abs returns the absolute value of every element.
//
//	y = |x|    dx = dy·sign x where x ≠ 0, else 0
func (x *Node) Abs() *Node { return x.graph.apply(abs{}, x) }

type abs struct{ unary }

func (abs) name() string              { return "Abs" }
func (abs) traits() Traits            { return Traits{Elementwise: true} }
func (abs) value(x []float64) float64 { return math.Abs(x[0]) }
func (abs) kernel() vec.UnaryOp       { return vec.Abs }
func (abs) vjp(n, dy *Node) []*Node {
	s := n.inputs[0].Sign()
	return []*Node{s.Where(dy.Mul(s), n.graph.Scalar(0))}
}

// Sign returns −1, 0 or 1 by the sign of every element, NaN for NaN. Its
// derivative is 0.
func (x *Node) Sign() *Node { return x.graph.apply(sign{}, x) }

type sign struct {
	unary
	flat
}

func (sign) name() string        { return "Sign" }
func (sign) traits() Traits      { return Traits{Elementwise: true, Flat: true} }
func (sign) kernel() vec.UnaryOp { return vec.Sign }
func (sign) value(x []float64) float64 {
	switch {
	case x[0] > 0:
		return 1
	case x[0] < 0:
		return -1
	case x[0] == 0:
		return 0
	}
	return x[0]
}

// Max returns the larger of a and b, elementwise and broadcasting; NaN if one
// of them is NaN. See [Node.ReduceMax] for the maximum over axes.
//
//	y = max(a, b)    da = dy where a > b   db = dy where a < b   else 0
//
// At a tie the gradient is shared: both are dy/2 where a = b.
func (a *Node) Max(b *Node) *Node { return a.graph.apply(maximum{}, a, b) }

type maximum struct {
	broadcasting
	bounded
}

func (maximum) name() string              { return "Max" }
func (maximum) traits() Traits            { return Traits{Elementwise: true} }
func (maximum) value(x []float64) float64 { return max(x[0], x[1]) }
func (maximum) kernel() vec.BinaryOp      { return vec.Max }
func (maximum) vjp(n, dy *Node) []*Node {
	a, b := n.inputs[0], n.inputs[1]
	return share(a, b, a.Greater(b), dy)
}

// Min returns the smaller of a and b, elementwise and broadcasting; NaN if one
// of them is NaN. At a tie the gradient is shared, as in [Node.Max].
func (a *Node) Min(b *Node) *Node { return a.graph.apply(minimum{}, a, b) }

type minimum struct {
	broadcasting
	bounded
}

func (minimum) name() string              { return "Min" }
func (minimum) traits() Traits            { return Traits{Elementwise: true} }
func (minimum) value(x []float64) float64 { return min(x[0], x[1]) }
func (minimum) kernel() vec.BinaryOp      { return vec.Min }
func (minimum) vjp(n, dy *Node) []*Node {
	a, b := n.inputs[0], n.inputs[1]
	return share(a, b, a.Less(b), dy)
}

// share splits dy between a, where wins is 1, and b, evenly where a = b. Beside a
// NaN it goes to b.
func share(a, b, wins, dy *Node) []*Node {
	zero := dy.graph.Scalar(0)
	m := wins.Add(a.Equal(b).MulScalar(0.5))
	rest := m.Neg().AddScalar(1)
	return []*Node{m.Where(dy.Mul(m), zero), rest.Where(dy.Mul(rest), zero)}
}

// Clamp returns every element, lo where it is below and hi where it is above; NaN
// stays NaN. Either limit may be infinite. It panics with an [*Error] if lo > hi
// or one of them is NaN.
//
//	y = min(max(x, lo), hi)    dx = dy where lo ≤ x ≤ hi, else 0
func (x *Node) Clamp(lo, hi float64) *Node {
	if !(lo <= hi) {
		failf("Clamp", "the limits %v and %v are no interval", lo, hi)
	}
	low, high := x.graph.Scalar(lo), x.graph.Scalar(hi)
	return x.Less(low).Where(low, x.Greater(high).Where(high, x))
}

// Greater returns 1 where a > b and 0 elsewhere, also beside a NaN. Comparisons
// broadcast, and their derivative is 0.
func (a *Node) Greater(b *Node) *Node { return a.graph.apply(greater{}, a, b) }

// Less returns 1 where a < b and 0 elsewhere.
func (a *Node) Less(b *Node) *Node { return a.graph.apply(greater{}, b, a) }

// GreaterEqual returns 1 where a ≥ b and 0 elsewhere.
func (a *Node) GreaterEqual(b *Node) *Node { return a.graph.apply(greaterEqual{}, a, b) }

// LessEqual returns 1 where a ≤ b and 0 elsewhere.
func (a *Node) LessEqual(b *Node) *Node { return a.graph.apply(greaterEqual{}, b, a) }

// Equal returns 1 where a = b and 0 elsewhere.
func (a *Node) Equal(b *Node) *Node { return a.graph.apply(equal{}, a, b) }

// NotEqual returns 1 where a ≠ b, also beside a NaN, and 0 elsewhere.
func (a *Node) NotEqual(b *Node) *Node { return a.graph.apply(notEqual{}, a, b) }

type comparison struct {
	broadcasting
	flat
}

func (comparison) traits() Traits { return Traits{Elementwise: true, Flat: true} }

type (
	greater      struct{ comparison }
	greaterEqual struct{ comparison }
	equal        struct{ comparison }
	notEqual     struct{ comparison }
)

func (greater) name() string                   { return "Greater" }
func (greater) value(x []float64) float64      { return indicator(x[0] > x[1]) }
func (greater) kernel() vec.BinaryOp           { return vec.Greater }
func (greaterEqual) name() string              { return "GreaterEqual" }
func (greaterEqual) value(x []float64) float64 { return indicator(x[0] >= x[1]) }
func (greaterEqual) kernel() vec.BinaryOp      { return vec.GreaterEqual }
func (equal) name() string                     { return "Equal" }
func (equal) value(x []float64) float64        { return indicator(x[0] == x[1]) }
func (equal) kernel() vec.BinaryOp             { return vec.Equal }
func (notEqual) name() string                  { return "NotEqual" }
func (notEqual) value(x []float64) float64     { return indicator(x[0] != x[1]) }
func (notEqual) kernel() vec.BinaryOp          { return vec.NotEqual }

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Where returns a where mask is not 0 and b where it is, broadcasting.
//
//	y = mask ≠ 0 ? a : b    da = mask ≠ 0 ? dy : 0   db = mask ≠ 0 ? 0 : dy
//
// The operand that is not chosen has no influence, even where it is NaN; nor has
// it on the gradient, even where its own derivative is infinite or NaN: x.Greater(0)
// choosing between √x and 0 has the derivative 0 at −1 and at 0.
func (mask *Node) Where(a, b *Node) *Node { return mask.graph.apply(where{}, mask, a, b) }

type where struct {
	broadcasting
	bounded
}

func (where) name() string   { return "Where" }
func (where) traits() Traits { return Traits{Elementwise: true} }
func (where) value(x []float64) float64 {
	if x[0] != 0 {
		return x[1]
	}
	return x[2]
}
func (where) vjp(n, dy *Node) []*Node {
	mask, zero := n.inputs[0], n.graph.Scalar(0)
	return []*Node{nil, mask.Where(dy, zero), mask.Where(zero, dy)}
}
