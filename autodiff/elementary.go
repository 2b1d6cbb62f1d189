package autodiff

import (
	"math"

	"declive/internal/kernel/vec"
)

// Exp returns e to the power of every element.
//
//	y = eˣ    dx = dy·y
func (x *Node) Exp() *Node { return x.graph.apply(exp{}, x) }

type exp struct{ unary }

func (exp) name() string              { return "Exp" }
func (exp) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (exp) value(x []float64) float64 { return vec.Exp.Value(x[0]) }
func (exp) kernel() vec.UnaryOp       { return vec.Exp }
func (exp) vjp(y, dy *Node) []*Node   { return []*Node{dy.Mul(y)} }

// Expm1 returns eˣ − 1, accurate near zero.
//
//	y = eˣ − 1    dx = dy·eˣ
func (x *Node) Expm1() *Node { return x.graph.apply(expm1{}, x) }

type expm1 struct{ unary }

func (expm1) name() string              { return "Expm1" }
func (expm1) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (expm1) value(x []float64) float64 { return vec.Expm1.Value(x[0]) }
func (expm1) kernel() vec.UnaryOp       { return vec.Expm1 }
func (expm1) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].Exp())} }

// Log returns the natural logarithm of every element, NaN below zero.
//
//	y = ln x    dx = dy/x
func (x *Node) Log() *Node { return x.graph.apply(log{}, x) }

type log struct{ unary }

func (log) name() string              { return "Log" }
func (log) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (log) value(x []float64) float64 { return vec.Log.Value(x[0]) }
func (log) kernel() vec.UnaryOp       { return vec.Log }
func (log) vjp(n, dy *Node) []*Node   { return []*Node{dy.Div(n.inputs[0])} }

// Log1p returns ln(1 + x), accurate near zero.
//
//	y = ln(1 + x)    dx = dy/(1 + x)
func (x *Node) Log1p() *Node { return x.graph.apply(log1p{}, x) }

type log1p struct{ unary }

func (log1p) name() string              { return "Log1p" }
func (log1p) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (log1p) value(x []float64) float64 { return vec.Log1p.Value(x[0]) }
func (log1p) kernel() vec.UnaryOp       { return vec.Log1p }
func (log1p) vjp(n, dy *Node) []*Node   { return []*Node{dy.Div(n.inputs[0].AddScalar(1))} }

// Tanh returns the hyperbolic tangent of every element.
//
//	y = tanh x    dx = dy·sech² x
func (x *Node) Tanh() *Node { return x.graph.apply(tanh{}, x) }

type tanh struct{ unary }

func (tanh) name() string              { return "Tanh" }
func (tanh) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (tanh) value(x []float64) float64 { return vec.Tanh.Value(x[0]) }
func (tanh) kernel() vec.UnaryOp       { return vec.Tanh }
func (tanh) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].sech2())} }

// sech2 returns the derivative of the hyperbolic tangent. Taken from its value,
// as 1 − tanh² x, it would lose all digits in the tails, where that rounds to 1.
//
//	y = sech² x = 4t/(1 + t)²    t = e^−2|x|    dx = −dy·2y·tanh x
func (x *Node) sech2() *Node { return x.graph.apply(sech2{}, x) }

type sech2 struct{ unary }

func (sech2) name() string              { return "Sech2" }
func (sech2) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (sech2) value(x []float64) float64 { return vec.Sech2.Value(x[0]) }
func (sech2) kernel() vec.UnaryOp       { return vec.Sech2 }
func (sech2) vjp(y, dy *Node) []*Node {
	return []*Node{dy.Mul(y).Mul(y.inputs[0].Tanh()).MulScalar(-2)}
}

// Sigmoid returns the logistic function of every element, without overflow.
//
//	y = σ(x) = 1/(1 + e⁻ˣ)    dx = dy·σ(x)·σ(−x)
func (x *Node) Sigmoid() *Node { return x.graph.apply(sigmoid{}, x) }

type sigmoid struct{ unary }

func (sigmoid) name() string              { return "Sigmoid" }
func (sigmoid) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (sigmoid) value(x []float64) float64 { return vec.Sigmoid.Value(x[0]) }
func (sigmoid) kernel() vec.UnaryOp       { return vec.Sigmoid }
func (sigmoid) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].logisticDensity())} }

// logisticDensity returns the derivative of the logistic function, the density of
// the logistic distribution. From the value, as y·(1 − y), it would be lost where
// that rounds to 1.
//
//	y = σ(x)·σ(−x) = t/(1 + t)²    t = e^−|x|    dx = −dy·y·tanh(x/2)
func (x *Node) logisticDensity() *Node { return x.graph.apply(logisticDensity{}, x) }

type logisticDensity struct{ unary }

func (logisticDensity) name() string              { return "LogisticDensity" }
func (logisticDensity) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (logisticDensity) value(x []float64) float64 { return vec.LogisticDensity.Value(x[0]) }
func (logisticDensity) kernel() vec.UnaryOp       { return vec.LogisticDensity }
func (logisticDensity) vjp(y, dy *Node) []*Node {
	return []*Node{dy.Mul(y).Mul(y.inputs[0].MulScalar(0.5).Tanh()).Neg()}
}

// Softplus returns ln(1 + eˣ) of every element, without overflow.
//
//	y = max(x, 0) + ln(1 + e^−|x|)    dx = dy·sigmoid(x)
func (x *Node) Softplus() *Node { return x.graph.apply(softplus{}, x) }

// LogSigmoid returns the logarithm of [Node.Sigmoid], exact also where that
// underflows or is almost 1.
//
//	y = −ln(1 + e⁻ˣ)    dx = dy·sigmoid(−x)
func (x *Node) LogSigmoid() *Node { return x.Neg().Softplus().Neg() }

type softplus struct{ unary }

func (softplus) name() string              { return "Softplus" }
func (softplus) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (softplus) value(x []float64) float64 { return vec.Softplus.Value(x[0]) }
func (softplus) kernel() vec.UnaryOp       { return vec.Softplus }
func (softplus) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].Sigmoid())} }

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

// Erf returns the error function of every element.
//
//	y = erf x = 2/√π ∫₀ˣ e^−t² dt    dx = dy·2/√π·e^−x²
func (x *Node) Erf() *Node { return x.graph.apply(erf{}, x) }

type erf struct{ unary }

func (erf) name() string              { return "Erf" }
func (erf) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (erf) value(x []float64) float64 { return vec.Erf.Value(x[0]) }
func (erf) kernel() vec.UnaryOp       { return vec.Erf }
func (erf) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].bell())} }

// Erfc returns 1 − erf x of every element, exact also where erf x is almost 1.
//
//	y = erfc x = 2/√π ∫ₓ^∞ e^−t² dt    dx = −dy·2/√π·e^−x²
func (x *Node) Erfc() *Node { return x.graph.apply(erfc{}, x) }

type erfc struct{ unary }

func (erfc) name() string              { return "Erfc" }
func (erfc) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (erfc) value(x []float64) float64 { return vec.Erfc.Value(x[0]) }
func (erfc) kernel() vec.UnaryOp       { return vec.Erfc }
func (erfc) vjp(n, dy *Node) []*Node   { return []*Node{dy.Mul(n.inputs[0].bell()).Neg()} }

// bell returns the derivative of the error function.
func (x *Node) bell() *Node { return x.gaussian().MulScalar(2 / math.SqrtPi) }

// gaussian returns e^−x², with all its digits where the rounding error of x² is large.
//
//	y = e^−x²    dx = −dy·y·2x
func (x *Node) gaussian() *Node { return x.graph.apply(gaussian{}, x) }

type gaussian struct{ unary }

func (gaussian) name() string              { return "Gaussian" }
func (gaussian) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (gaussian) value(x []float64) float64 { return vec.Gaussian.Value(x[0]) }
func (gaussian) kernel() vec.UnaryOp       { return vec.Gaussian }
func (gaussian) vjp(y, dy *Node) []*Node {
	return []*Node{dy.Mul(y).Mul(y.inputs[0]).MulScalar(-2)}
}

// GELU returns every element times the probability that a number of the standard
// normal distribution is smaller (Hendrycks and Gimpel, Gaussian Error Linear Units,
// arXiv 1606.08415).
//
//	y = x·Φ(x)    Φ(x) = erfc(−x/√2)/2    dx = dy·(Φ(x) + x·e^(−x²/2)/√(2π))
func (x *Node) GELU() *Node { return x.graph.apply(gelu{}, x) }

type gelu struct{ unary }

func (gelu) name() string              { return "GELU" }
func (gelu) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (gelu) value(x []float64) float64 { return vec.GELU.Value(x[0]) }
func (gelu) kernel() vec.UnaryOp       { return vec.GELU }
func (gelu) vjp(n, dy *Node) []*Node {
	return []*Node{dy.Mul(n.graph.apply(geluSlope{}, n.inputs[0]))}
}

// geluSlope is the derivative of GELU.
//
//	y = Φ(x) + x·e^(−x²/2)/√(2π)    dx = dy·(2 − x²)·e^(−x²/2)/√(2π)
type geluSlope struct{ unary }

func (geluSlope) name() string              { return "GELUSlope" }
func (geluSlope) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (geluSlope) value(x []float64) float64 { return vec.GELUSlope.Value(x[0]) }
func (geluSlope) kernel() vec.UnaryOp       { return vec.GELUSlope }
func (geluSlope) vjp(n, dy *Node) []*Node {
	near := n.inputs[0].Clamp(-40, 40) // beyond, the exponential is 0, and x² may overflow
	density := near.MulScalar(math.Sqrt2 / 2).gaussian().MulScalar(1 / (math.Sqrt2 * math.SqrtPi))
	return []*Node{dy.Mul(density).Mul(near.Square().Neg().AddScalar(2))}
}

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
// less than 0.03.
//
//	y = x·σ(1.702·x)
func (x *Node) GELUSigmoid() *Node {
	near := x.Clamp(-500, 500) // beyond, σ is 0 or 1, and 1.702²·x may overflow
	return near.MulScalar(1.702).Sigmoid().Mul(x)
}

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
