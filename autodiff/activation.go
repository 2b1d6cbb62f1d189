package autodiff

import "math"

// Erf returns the error function of every element.
//
//	y = erf x = 2/√π ∫₀ˣ e^−t² dt    dx = dy·2/√π·e^−x²
func (x *Node) Erf() *Node { return x.graph.apply(erf{}, x) }

type erf struct{ unary }

func (erf) name() string              { return "Erf" }
func (erf) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (erf) value(x []float64) float64 { return math.Erf(x[0]) }
func (erf) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].bell())} }

// Erfc returns 1 − erf x of every element, exact also where erf x is almost 1.
//
//	y = erfc x = 2/√π ∫ₓ^∞ e^−t² dt    dx = −dy·2/√π·e^−x²
func (x *Node) Erfc() *Node { return x.graph.apply(erfc{}, x) }

type erfc struct{ unary }

func (erfc) name() string              { return "Erfc" }
func (erfc) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (erfc) value(x []float64) float64 { return math.Erfc(x[0]) }
func (erfc) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].bell()).Neg()} }

// bell returns the derivative of the error function.
func (x *Node) bell() *Node { return x.Square().Neg().Exp().MulScalar(2 / math.SqrtPi) }

// GELU returns every element times the probability that a number of the standard
// normal distribution is smaller (Hendrycks and Gimpel, Gaussian Error Linear Units,
// arXiv 1606.08415).
//
//	y = x·Φ(x)    Φ(x) = erfc(−x/√2)/2
func (x *Node) GELU() *Node { return x.MulScalar(-math.Sqrt2 / 2).Erfc().Mul(x.MulScalar(0.5)) }

// GELUTanh is the approximation of [Node.GELU] of the same paper that is off by less
// than 0.001, and faster.
//
//	y = x/2·(1 + tanh u) = x·σ(2u)    u = √(2/π)·(x + 0.044715·x³)
func (x *Node) GELUTanh() *Node {
	near := x.Clamp(-32, 32) // beyond, σ(2u) is 0 or 1, and x³ may overflow
	u := near.Square().MulScalar(0.044715).AddScalar(1).Mul(near)
	return u.MulScalar(2 * math.Sqrt2 / math.SqrtPi).Sigmoid().Mul(x)
}

// GELUSigmoid is the approximation of [Node.GELU] of the same paper that is off by
// less than 0.03, and the fastest.
//
//	y = x·σ(1.702·x)
func (x *Node) GELUSigmoid() *Node { return x.MulScalar(1.702).Sigmoid().Mul(x) }

// SiLU returns every element times its logistic function (Elfwing, Uchibe and Doya,
// Sigmoid-Weighted Linear Units, arXiv 1702.03118), which is also called swish.
//
//	y = x·σ(x)
func (x *Node) SiLU() *Node { return x.Sigmoid().Mul(x) }

// LeakyReLU returns every element, those not above 0 times the slope (Maas, Hannun
// and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013).
//
//	y = x where x > 0, else slope·x
func (x *Node) LeakyReLU(slope float64) *Node {
	return x.Greater(x.graph.Scalar(0)).Where(x, x.MulScalar(slope))
}

// ELU returns every element, those not above 0 on an exponential that falls to −α
// (Clevert, Unterthiner and Hochreiter, Exponential Linear Units, arXiv 1511.07289).
//
//	y = x where x > 0, else α·(eˣ − 1)
func (x *Node) ELU(alpha float64) *Node {
	return x.Greater(x.graph.Scalar(0)).Where(x, x.Expm1().MulScalar(alpha))
}

// CELU is [Node.ELU] with an exponential whose slope at 0 is 1 for every α (Barron,
// Continuously Differentiable Exponential Linear Units, arXiv 1704.07483). It panics
// with an [*Error] if α is not above 0.
//
//	y = x where x > 0, else α·(e^(x/α) − 1)
func (x *Node) CELU(alpha float64) *Node {
	if !(alpha > 0) {
		failf("CELU", "alpha %v, want more than 0", alpha)
	}
	return x.Greater(x.graph.Scalar(0)).Where(x, x.DivScalar(alpha).Expm1().MulScalar(alpha))
}
