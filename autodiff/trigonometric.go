package autodiff

import "math"

// Sin returns the sine of every element, an angle in radians.
//
//	y = sin x    dx = dy·cos x
//
// In float64 it is off by at most 2⁻⁵², one unit in the last place of 1: close to
// a multiple of π that is a larger part of the result. Float32 adds one rounding.
func (x *Node) Sin() *Node { return x.graph.apply(sin{}, x) }

type sin struct{ unary }

func (sin) name() string              { return "Sin" }
func (sin) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (sin) value(x []float64) float64 { return math.Sin(x[0]) }
func (sin) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].Cos())} }

// Cos returns the cosine of every element, an angle in radians.
//
//	y = cos x    dx = −dy·sin x
//
// Its error is that of [Node.Sin].
func (x *Node) Cos() *Node { return x.graph.apply(cos{}, x) }

type cos struct{ unary }

func (cos) name() string              { return "Cos" }
func (cos) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (cos) value(x []float64) float64 { return math.Cos(x[0]) }
func (cos) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].Sin()).Neg()} }
