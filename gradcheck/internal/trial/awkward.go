package trial

import (
	"math"
	"math/rand/v2"

	"declive/gradcheck"
)

// Awkward returns right gradients at points, or of functions, that mislead
// numerical differentiation.
func Awkward() []Case {
	var out []Case
	for _, s := range awkwardScalars {
		out = append(out, Case{Name: s.name, Problem: s.problem})
	}
	for _, v := range awkwardVectors {
		out = append(out, Case{Name: v.name, Options: v.opts, Problem: func() gradcheck.Problem {
			p := vector(append([]float64(nil), v.at...), v.f, v.g)
			p.Float32 = v.single
			return p
		}})
	}
	for _, g := range awkwardGraphs {
		out = append(out, Case{Name: g.name, Problem: func() gradcheck.Problem {
			p, err := gradcheck.OpProblem(g.f, operands(rand.New(rand.NewPCG(77, 652))))
			if err != nil {
				panic(err)
			}
			return p
		}})
	}
	return out
}

var awkwardScalars = []scalar{
	{name: "ReLU at 0, slope 0", f: func(x float64) float64 { return max(x, 0) }, df: step, at: []float64{0, -1, 2, 0}},
	{name: "ReLU at 0, slope 1", f: func(x float64) float64 { return max(x, 0) }, df: func(x float64) float64 { return btof(x >= 0) }, at: []float64{0, -1, 2, 0}},
	{name: "|x| at 0", f: math.Abs, df: sign, at: []float64{0, 1, -2}},
	{name: "|x| beside 0", f: math.Abs, df: sign, at: []float64{1e-7, 1, -1e-9, -2}},
	{name: "ReLU 1e-5 from 0", f: func(x float64) float64 { return max(x, 0) }, df: step, at: []float64{1e-5, -1e-5, 1, -1}},
	{name: "hinge at its margin", f: func(x float64) float64 { return max(0, 1-x) }, df: func(x float64) float64 { return -btof(x < 1) }, at: []float64{1, 0.5, 2}},
	{name: "Huber at its threshold", f: func(x float64) float64 { return huber(x, 1) }, df: func(x float64) float64 { return max(-1, min(1, x)) }, at: []float64{1, -1, 0.3, 2}},
	{name: "ReLU² at 0", f: func(x float64) float64 { return max(x, 0) * max(x, 0) }, df: func(x float64) float64 { return 2 * max(x, 0) }, at: []float64{0, 1, -1}},
	{name: "x·|x| at 0", f: func(x float64) float64 { return x * math.Abs(x) }, df: func(x float64) float64 { return 2 * math.Abs(x) }, at: []float64{0, 1, -2}},
	{name: "|x|^1.5 at 0", f: func(x float64) float64 { return math.Pow(math.Abs(x), 1.5) }, df: func(x float64) float64 { return 1.5 * sign(x) * math.Sqrt(math.Abs(x)) }, at: []float64{0, 1, -2}},
	{name: "floor off its steps", f: math.Floor, df: func(float64) float64 { return 0 }, at: []float64{0.5, 1.9999, -2.3}},
	{name: "floor at a step", f: math.Floor, df: func(float64) float64 { return 0 }, at: []float64{1, 0.4, 2.6}},
	{name: "sin 1000x", f: func(x float64) float64 { return math.Sin(1000 * x) }, df: func(x float64) float64 { return 1000 * math.Cos(1000*x) }, at: spread},
	{name: "exp 30x", f: func(x float64) float64 { return math.Exp(30 * x) }, df: func(x float64) float64 { return 30 * math.Exp(30*x) }, at: []float64{-1, -0.3, 0.2, 1}},
	{name: "log near 0", f: math.Log, df: func(x float64) float64 { return 1 / x }, at: []float64{1e-6, 1e-3, 1}},
	{name: "√x near 0", f: math.Sqrt, df: func(x float64) float64 { return 0.5 / math.Sqrt(x) }, at: []float64{1e-8, 1e-4, 1}},
	{name: "1/x near 0", f: func(x float64) float64 { return 1 / x }, df: func(x float64) float64 { return -1 / (x * x) }, at: []float64{1e-3, -1e-2, 1}},
	{name: "tan near a pole", f: math.Tan, df: func(x float64) float64 { return 1 + math.Tan(x)*math.Tan(x) }, at: []float64{1.57, 1.5, 0.1}},
	{name: "large and small variables", f: func(x float64) float64 { return math.Sin(x) + x*x }, df: func(x float64) float64 { return math.Cos(x) + 2*x }, at: []float64{1e-8, 1e3, -1e-3, 1}},
	{name: "minimum at 0", f: func(x float64) float64 { return x * x }, df: func(x float64) float64 { return 2 * x }, at: []float64{0, 0, 1}},
	{name: "minimum at π", f: math.Cos, df: func(x float64) float64 { return -math.Sin(x) }, at: []float64{math.Pi, 1, 0}},
	{name: "saturated beside active", f: logistic, df: func(x float64) float64 { s := logistic(x); return s * (1 - s) }, at: []float64{40, -40, 0.1, 1}},
	{name: "(1 − cos x)/x², cancelling", f: func(x float64) float64 { return (1 - math.Cos(x)) / (x * x) },
		df: func(x float64) float64 { return (x*math.Sin(x) - 2*(1-math.Cos(x))) / (x * x * x) }, at: []float64{0.05, 0.3, 1, 2}},
	{name: "degree 12", f: func(x float64) float64 { return math.Pow(x, 12) }, df: func(x float64) float64 { return 12 * math.Pow(x, 11) }, at: spread},
	{name: "log gamma", f: func(x float64) float64 { l, _ := math.Lgamma(x); return l }, df: digamma, at: positive},
	{name: "dead ReLUs", f: func(x float64) float64 { return max(x-3, 0) }, df: func(x float64) float64 { return step(x - 3) }, at: spread},
	{name: "step of a smooth ramp", f: func(x float64) float64 { return math.Tanh(200 * x) }, df: func(x float64) float64 { t := math.Tanh(200 * x); return 200 * (1 - t*t) }, at: []float64{0.001, -0.004, 0.02, 0}},
}

type awkwardVector struct {
	name   string
	f      func(x []float64) float64
	g      func(x []float64) []float64
	at     []float64
	single bool
	opts   []gradcheck.Option
}

var awkwardVectors = []awkwardVector{
	{name: "scaled by 1e12", f: func(x []float64) float64 { return 1e12 * bowl(x) }, g: func(x []float64) []float64 { return bowlGrad(x, 1e12) }, at: spread},
	{name: "scaled by 1e-12", f: func(x []float64) float64 { return 1e-12 * bowl(x) }, g: func(x []float64) []float64 { return bowlGrad(x, 1e-12) }, at: spread},
	{name: "offset of 1e6", f: func(x []float64) float64 { return 1e6 + bowl(x) }, g: func(x []float64) []float64 { return bowlGrad(x, 1) }, at: spread},
	{name: "maximum with a tie, the first wins", f: largest, g: func(x []float64) []float64 { return share(x, true) }, at: []float64{1, 3, 3, 2}},
	{name: "maximum with a tie, shared", f: largest, g: func(x []float64) []float64 { return share(x, false) }, at: []float64{1, 3, 3, 2}, opts: []gradcheck.Option{gradcheck.Kinks(gradcheck.Strict)}},
	{name: "log-sum-exp at 1e3", f: logSumExp, g: softmax, at: []float64{1000, 1001, 999.5}},
	{name: "constant", f: func([]float64) float64 { return 3 }, g: func(x []float64) []float64 { return make([]float64, len(x)) }, at: spread},
	{name: "variables that do not matter", f: func(x []float64) float64 { return x[0] * x[2] }, g: func(x []float64) []float64 { return []float64{x[2], 0, x[0], 0} }, at: []float64{1, 2, 3, 4}},
	{name: "mean of 1e5 terms", f: longMean, g: longMeanGrad, at: []float64{0.3, -0.7}},
	{name: "Newton's method stopped at 1e-9", f: func(x []float64) float64 { return newton(x[0]) + x[1] }, g: func(x []float64) []float64 { return []float64{0.5 / math.Sqrt(x[0]), 1} }, at: []float64{2, 1}},
	{name: "float32 inside", f: func(x []float64) float64 { return float64(float32(bowl(x))) }, g: func(x []float64) []float64 { return bowlGrad(x, 1) }, at: spread, opts: []gradcheck.Option{gradcheck.MaxUnresolved(1)}},
	{name: "float32 declared", f: func(x []float64) float64 { return float64(float32(bowl(x))) }, g: func(x []float64) []float64 { return bowlGrad(x, 1) }, at: rounded(spread), single: true},
	{name: "gradient rounded differently at each call", f: bowl, g: jitter(), at: spread},
	{name: "edge of the domain", f: func(x []float64) float64 { return math.Pow(x[0], 1.5) + x[1]*x[1] }, g: func(x []float64) []float64 { return []float64{1.5 * math.Sqrt(x[0]), 2 * x[1]} }, at: []float64{0, 1}, opts: []gradcheck.Option{gradcheck.Bounds(0, 2)}},
	{name: "NaN on the left", f: func(x []float64) float64 { return math.Pow(x[0], 2.5) + x[1]*x[1] }, g: func(x []float64) []float64 { return []float64{2.5 * math.Pow(x[0], 1.5), 2 * x[1]} }, at: []float64{0, 1}},
	{name: "saddle", f: func(x []float64) float64 { return x[0] * x[1] }, g: func(x []float64) []float64 { return []float64{x[1], x[0]} }, at: []float64{0, 0}},
	{name: "gradients of 1 and 1e-7 in one vector", f: func(x []float64) float64 { return math.Sin(x[0]) + 1e-7*math.Sin(x[1]) }, g: func(x []float64) []float64 { return []float64{math.Cos(x[0]), 1e-7 * math.Cos(x[1])} }, at: []float64{0.5, 0.5}},
}

func btof(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func sign(x float64) float64 { return btof(x > 0) - btof(x < 0) }

// bowl is Σ (i+1) log cosh x_i.
func bowl(x []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += float64(i+1) * math.Log(math.Cosh(v))
	}
	return s
}

func bowlGrad(x []float64, scale float64) []float64 {
	g := make([]float64, len(x))
	for i, v := range x {
		g[i] = scale * float64(i+1) * math.Tanh(v)
	}
	return g
}

// jitter returns a gradient whose last bit depends on the call, as that of a
// parallel sum does.
func jitter() func(x []float64) []float64 {
	calls := 0
	return func(x []float64) []float64 {
		calls++
		g := bowlGrad(x, 1)
		for i := range g {
			if (calls+i)%2 == 0 {
				g[i] = math.Nextafter(g[i], 0)
			}
		}
		return g
	}
}

func largest(x []float64) float64 {
	m := x[0]
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

// share returns the gradient of largest: all to the first of equals, or shared.
func share(x []float64, first bool) []float64 {
	m, n := largest(x), 0.0
	for _, v := range x {
		n += btof(v == m)
	}
	g := make([]float64, len(x))
	for i, v := range x {
		if v != m {
			continue
		}
		if first {
			g[i] = 1
			return g
		}
		g[i] = 1 / n
	}
	return g
}

func logSumExp(x []float64) float64 {
	m, s := largest(x), 0.0
	for _, v := range x {
		s += math.Exp(v - m)
	}
	return m + math.Log(s)
}

func softmax(x []float64) []float64 {
	l := logSumExp(x)
	g := make([]float64, len(x))
	for i, v := range x {
		g[i] = math.Exp(v - l)
	}
	return g
}

func longMean(x []float64) float64 {
	s := 0.0
	for k := range 100000 {
		s += math.Sin(x[0]+float64(k)) * x[1]
	}
	return s / 100000
}

func longMeanGrad(x []float64) []float64 {
	a, b := 0.0, 0.0
	for k := range 100000 {
		a += math.Cos(x[0]+float64(k)) * x[1]
		b += math.Sin(x[0] + float64(k))
	}
	return []float64{a / 100000, b / 100000}
}

// newton returns √a from an iteration that stops at 1e-9.
func newton(a float64) float64 {
	x := 1.0
	for {
		next := (x + a/x) / 2
		if math.Abs(next-x) < 1e-9 {
			return next
		}
		x = next
	}
}

func rounded(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(float32(v))
	}
	return out
}

// digamma is the derivative of log Γ: by recurrence to x ≥ 10, then its
// asymptotic series.
func digamma(x float64) float64 {
	s := 0.0
	for x < 10 {
		s -= 1 / x
		x++
	}
	f := 1 / (x * x)
	return s + math.Log(x) - 0.5/x - f*(1.0/12-f*(1.0/120-f*(1.0/252-f*(1.0/240-f/132))))
}
