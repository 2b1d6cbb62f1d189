package trial

import (
	"math"

	"declive/gradcheck"
)

// A scalar is a function applied to every element of a vector, with a
// derivative that may be wrong.
type scalar struct {
	name  string
	f, df func(x float64) float64
	at    []float64
	cause string
}

var spread = []float64{-2.1, -1.3, -0.4, 0.3, 0.9, 1.7, 2.6}
var positive = []float64{0.2, 0.5, 0.8, 1.3, 1.9, 2.6, 3.1}

// wrongScalars are derivatives of one function each, wrong in a way that has
// happened.
var wrongScalars = []scalar{
	{"log2 without 1/ln 2", math.Log2, func(x float64) float64 { return 1 / x }, positive, "0.693"},
	{"1/√x with the wrong power", func(x float64) float64 { return 1 / math.Sqrt(x) },
		func(x float64) float64 { return -0.5 / math.Sqrt(x) }, positive, "a power is wrong"},
	{"leaky ReLU without the slope below 0", func(x float64) float64 { return max(x, 0.1*x) },
		func(x float64) float64 { return step(x) }, spread, "x < 0"},
	{"|x| with slope 1", math.Abs, func(float64) float64 { return 1 }, spread, "x < 0|sign"},
	{"Huber with the wrong threshold", func(x float64) float64 { return huber(x, 1) },
		func(x float64) float64 { return max(-1.5, min(1.5, x)) }, spread, `threshold in \|x\|`},
	{"sigmoid' as s", logistic, logistic, spread, ""},
	{"sigmoid' of the derivative", logistic, func(x float64) float64 { s := logistic(x) * (1 - logistic(x)); return s * (1 - s) }, spread, ""},
	{"softplus saturated too early", func(x float64) float64 { return math.Log1p(math.Exp(x)) },
		func(x float64) float64 {
			if x > 1.5 {
				return 1
			}
			return logistic(x)
		}, spread, "threshold in x|last"},
	{"GELU by its approximation", func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 },
		func(x float64) float64 {
			u := math.Sqrt(2/math.Pi) * (x + 0.044715*x*x*x)
			t := math.Tanh(u)
			return (1+t)/2 + x*(1-t*t)/2*math.Sqrt(2/math.Pi)*(1+3*0.044715*x*x)
		}, spread, "relative errors|threshold"},
	{"π as 3.1416", func(x float64) float64 { return math.Sin(math.Pi * x) },
		func(x float64) float64 { return 3.1416 * math.Cos(math.Pi*x) }, spread, "relative errors|1.00000"},
	{"derivative by differences", math.Sin, func(x float64) float64 { return (math.Sin(x+1e-4) - math.Sin(x)) / 1e-4 }, spread, "relative errors"},
	{"float32 inside", math.Exp, func(x float64) float64 { return float64(float32(math.Exp(math.Round(x*4096) / 4096))) }, spread, "relative errors"},
	{"x·x differentiated once", func(x float64) float64 { return x * x }, func(x float64) float64 { return x }, spread, "0.5"},
	{"degrees for radians", func(x float64) float64 { return math.Sin(x * math.Pi / 180) },
		func(x float64) float64 { return math.Cos(x * math.Pi / 180) }, spread, "57.29"},
	{"power not lowered", func(x float64) float64 { return math.Pow(x, 3) }, func(x float64) float64 { return 3 * math.Pow(x, 3) }, spread, "a power is wrong"},
	{"cos for −cos'", math.Cos, func(x float64) float64 { return math.Sin(x) }, spread, "sign"},
	{"chain rule forgotten", func(x float64) float64 { return math.Exp(-x * x) },
		func(x float64) float64 { return math.Exp(-x * x) }, spread, "chain rule"},
	{"reciprocal without the square", func(x float64) float64 { return 1 / x }, func(x float64) float64 { return -1 / x }, positive, "a power is wrong"},
	{"erf without 2/√π", math.Erf, func(x float64) float64 { return math.Exp(-x * x) }, spread, "0.886"},
	{"clamp without its branch", func(x float64) float64 { return max(-1, min(1, x)) }, func(float64) float64 { return 1 }, spread, "does not depend on"},
	{"slope outside the kink's interval", math.Abs, func(x float64) float64 {
		if x == 0 {
			return 2
		}
		return math.Copysign(1, x)
	}, []float64{-1.5, 0, 0.7, 2, 1, -2}, "kink|\\[1\\]"},
}

func step(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func huber(x, d float64) float64 {
	if math.Abs(x) <= d {
		return x * x / 2
	}
	return d * (math.Abs(x) - d/2)
}

// problem applies the function to its points and weighs the results.
func (s scalar) problem() gradcheck.Problem {
	f := func(x []float64) float64 {
		y := make([]float64, len(x))
		for i := range x {
			y[i] = s.f(x[i])
		}
		sum, _ := weigh(y)
		return sum
	}
	g := func(x []float64) []float64 {
		_, c := weigh(x)
		out := make([]float64, len(x))
		for i := range x {
			out[i] = c[i] * s.df(x[i])
		}
		return out
	}
	return vector(append([]float64(nil), s.at...), f, g)
}
