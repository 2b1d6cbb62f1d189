package vec

import (
	"math"

	"declive/internal/kernel"
)

// A UnaryOp is a function of one number.
type UnaryOp uint8

// The functions that [Unary] applies. Each propagates NaN. Those up to ReLU
// are rounded once. The largest errors measured of the others, in units in the
// last place over the whole range, subnormal numbers included, float32 against
// float64 and float64 against math/big:
//
//	                 assembly             plain Go
//	                 float32  float64     float32  float64
//	Exp                0.96     0.93        0.50     1.67
//	Expm1              1.33     1.29        0.50     0.78
//	Log                0.84     0.79        0.50     0.79
//	Log1p              1.40     1.30        0.50     0.76
//	Tanh               2.54     2.52        0.50     1.30
//	Sigmoid            2.41     2.26        0.50     2.26
//	Softplus           1.79     1.68        0.50     2.11
//	Sech2              2.38     2.18        0.50     2.18
//	LogisticDensity    2.38     2.10        0.50     2.22
//	Erf                2.80     1.40        0.50     0.90
//	Erfc               7.00     5.50        0.50     2.60
//	Gaussian           1.15     1.10        0.50     1.90
//	GELU               7.10     6.10        0.50     3.00
//	GELUSlope          4.40     3.60        0.50     4.40
const (
	Copy            UnaryOp = iota // x
	Neg                            // −x
	Abs                            // |x|
	Sign                           // −1, 0 or 1; 0 for a zero of either sign
	Sqrt                           // √x
	ReLU                           // max(x, 0); the zero may have either sign
	Exp                            // eˣ
	Expm1                          // eˣ − 1
	Log                            // ln x; NaN below zero, −Inf at zero
	Log1p                          // ln(1 + x)
	Tanh                           // (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)
	Sigmoid                        // 1/(1 + e⁻ˣ)
	Softplus                       // ln(1 + eˣ)
	Sech2                          // 1 − tanh²x = 4/(eˣ + e⁻ˣ)², the derivative of Tanh
	LogisticDensity                // σ(x)·σ(−x) = 1/(e^(x/2) + e^(−x/2))², the derivative of Sigmoid
	Erf                            // 2/√π ∫₀ˣ e^−t² dt
	Erfc                           // 1 − erf x
	Gaussian                       // e^−x²
	GELU                           // x·Φ(x), Φ being the normal distribution; 0 at −Inf
	GELUSlope                      // Φ(x) + x·φ(x), the derivative of GELU; φ is the normal density
	numUnary
)

var unaryNames = [numUnary]string{
	"Copy", "Neg", "Abs", "Sign", "Sqrt", "ReLU",
	"Exp", "Expm1", "Log", "Log1p", "Tanh", "Sigmoid", "Softplus",
	"Sech2", "LogisticDensity", "Erf", "Erfc", "Gaussian", "GELU", "GELUSlope",
}

// String returns the name of the function.
func (op UnaryOp) String() string { return unaryNames[op] }

// Value returns the function at x, as plain Go computes it: what the assembly is
// measured by.
func (op UnaryOp) Value(x float64) float64 {
	y := []float64{x}
	unaryGeneric(op, y, y)
	return y[0]
}

// Unary applies op to every element of x. dst is as long as x, and either the
// same slice or a separate one:
//
//	for i, v := range x {
//		dst[i] = op(v)
//	}
func Unary[F kernel.Float](op UnaryOp, dst, x []F) {
	dst = dst[:len(x)]
	if len(x) > 0 {
		unary(op, dst, x)
	}
}

// unaryGeneric is the reference of Unary.
func unaryGeneric[F kernel.Float](op UnaryOp, dst, x []F) {
	switch op {
	case Copy:
		copy(dst, x)
	case Neg:
		for i, v := range x {
			dst[i] = -v
		}
	case Abs:
		for i, v := range x {
			dst[i] = F(math.Abs(float64(v)))
		}
	case Sqrt:
		for i, v := range x {
			dst[i] = F(math.Sqrt(float64(v)))
		}
	case ReLU:
		for i, v := range x {
			dst[i] = max(v, 0)
		}
	default:
		f := unaryFuncs[op]
		for i, v := range x {
			dst[i] = F(f(float64(v)))
		}
	}
}

// unaryFuncs holds the functions that unaryGeneric evaluates in float64.
var unaryFuncs = [numUnary]func(float64) float64{
	Sign:     sign,
	Exp:      exp,
	Expm1:    expm1,
	Log:      log,
	Log1p:    log1p,
	Tanh:     tanh,
	Sigmoid:  sigmoid,
	Softplus: softplus,

	Sech2:           func(x float64) float64 { return density(2*x, 2) },
	LogisticDensity: func(x float64) float64 { return density(x, 0) },

	Erf:       math.Erf,
	Erfc:      math.Erfc,
	Gaussian:  gaussian,
	GELU:      gelu,
	GELUSlope: geluSlope,
}
