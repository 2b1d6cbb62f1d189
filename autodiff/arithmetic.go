package autodiff

import (
	"math"

	"declive/internal/kernel/vec"
)

// Add returns a + b, broadcasting.
//
//	y = a + b    da = dy   db = dy
func (a *Node) Add(b *Node) *Node { return a.graph.apply(add{}, a, b) }

// AddScalar returns x + c.
func (x *Node) AddScalar(c float64) *Node { return x.Add(x.graph.Scalar(c)) }

type add struct {
	broadcasting
	bounded
}

func (add) name() string              { return "Add" }
func (add) traits() Traits            { return Traits{Elementwise: true, Rounds: true, Sums: true} }
func (add) value(x []float64) float64 { return x[0] + x[1] }
func (add) kernel() vec.BinaryOp      { return vec.Add }
func (add) vjp(_, dy *Node) []*Node   { return []*Node{dy, dy} }

// Sub returns a − b, broadcasting.
//
//	y = a − b    da = dy   db = −dy
func (a *Node) Sub(b *Node) *Node { return a.graph.apply(sub{}, a, b) }

// SubScalar returns x − c.
func (x *Node) SubScalar(c float64) *Node { return x.Sub(x.graph.Scalar(c)) }

type sub struct {
	broadcasting
	bounded
}

func (sub) name() string              { return "Sub" }
func (sub) traits() Traits            { return Traits{Elementwise: true, Rounds: true, Sums: true} }
func (sub) value(x []float64) float64 { return x[0] - x[1] }
func (sub) kernel() vec.BinaryOp      { return vec.Sub }
func (sub) vjp(_, dy *Node) []*Node   { return []*Node{dy, dy.Neg()} }

// Mul returns the elementwise product a·b, broadcasting.
//
//	y = a·b    da = dy·b   db = dy·a
func (a *Node) Mul(b *Node) *Node { return a.graph.apply(mul{}, a, b) }

// MulScalar returns c·x.
func (x *Node) MulScalar(c float64) *Node { return x.Mul(x.graph.Scalar(c)) }

type mul struct{ broadcasting }

func (mul) name() string              { return "Mul" }
func (mul) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (mul) value(x []float64) float64 { return x[0] * x[1] }
func (mul) kernel() vec.BinaryOp      { return vec.Mul }
func (mul) vjp(n, dy *Node) []*Node {
	a, b := n.inputs[0], n.inputs[1]
	return []*Node{dy.Mul(b), dy.Mul(a)}
}

// finite: the other factor, if it is given.
func (mul) finite(n *Node, i int) bool { return len(n.inputs[1-i].inputs) == 0 }

// Div returns the elementwise quotient a/b, broadcasting.
//
//	y = a/b    da = dy/b   db = −dy·y/b
func (a *Node) Div(b *Node) *Node { return a.graph.apply(div{}, a, b) }

// DivScalar returns x/c.
func (x *Node) DivScalar(c float64) *Node { return x.Div(x.graph.Scalar(c)) }

type div struct{ broadcasting }

func (div) name() string              { return "Div" }
func (div) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (div) value(x []float64) float64 { return x[0] / x[1] }
func (div) kernel() vec.BinaryOp      { return vec.Div }
func (div) vjp(n, dy *Node) []*Node {
	y, b := n, n.inputs[1]
	da := dy.Div(b)
	return []*Node{da, da.Mul(y).Neg()}
}

// finite: the reciprocal of a constant that is not 0.
func (div) finite(n *Node, i int) bool {
	c, constant := scalarConstant(n.inputs[1])
	return i == 0 && constant && c != 0
}

// Neg returns −x.
//
//	y = −x    dx = −dy
func (x *Node) Neg() *Node { return x.graph.apply(neg{}, x) }

type neg struct {
	unary
	bounded
}

func (neg) name() string              { return "Neg" }
func (neg) traits() Traits            { return Traits{Elementwise: true, Sums: true} }
func (neg) value(x []float64) float64 { return -x[0] }
func (neg) kernel() vec.UnaryOp       { return vec.Neg }
func (neg) vjp(_, dy *Node) []*Node   { return []*Node{dy.Neg()} }

// Square returns x·x.
func (x *Node) Square() *Node { return x.Mul(x) }

// Pow returns x to a constant power, elementwise. A negative x to a power that
// is no integer is NaN.
//
//	y = x^c    dx = dy·c·x^(c−1), and 0 everywhere for c = 0
//
// Where the derivative is infinite, at 0 for c < 1, it is 0 if dy is.
func (x *Node) Pow(c float64) *Node {
	switch c {
	case 1:
		return x
	case 2:
		return x.Square()
	}
	return x.graph.apply(pow{exponent: c}, x, x.graph.Scalar(c))
}

// pow's second operand is its exponent, for those who read the graph. As all
// values it is rounded to the graph's precision, where the power would lose as
// many digits as its logarithm is large; so the op has the exponent itself.
type pow struct {
	broadcasting
	exponent float64
}

func (pow) name() string                { return "Pow" }
func (pow) traits() Traits              { return Traits{Elementwise: true, Rounds: true} }
func (o pow) value(x []float64) float64 { return vec.Pow(x[0], o.exponent) }
func (o pow) vjp(n, dy *Node) []*Node {
	x, c := n.inputs[0], o.exponent
	switch {
	case c == 0:
		return []*Node{nil, nil}
	case c < 1:
		return []*Node{dy.unlessPole(dy.Mul(x.Pow(c-1).MulScalar(c)), x), nil}
	}
	return []*Node{dy.Mul(x.Pow(c - 1).MulScalar(c)), nil}
}

// Sqrt returns the square root of every element, NaN below zero.
//
//	y = √x    dx = dy/(2y), and 0 where y and dy are 0
//
// so that x·√x has the derivative 0 at 0.
func (x *Node) Sqrt() *Node { return x.graph.apply(sqrt{}, x) }

type sqrt struct{ unary }

func (sqrt) name() string              { return "Sqrt" }
func (sqrt) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (sqrt) value(x []float64) float64 { return math.Sqrt(x[0]) }
func (sqrt) kernel() vec.UnaryOp       { return vec.Sqrt }
func (sqrt) vjp(y, dy *Node) []*Node {
	return []*Node{dy.unlessPole(dy.Div(y).MulScalar(0.5), y)}
}

// unlessPole returns dx, but 0 where both dy and x are 0: there it would be 0·∞.
func (dy *Node) unlessPole(dx, x *Node) *Node {
	return x.Where(x, dy).Where(dx, dx.graph.Scalar(0))
}
