package autodiff_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Derivatives in the tails, where the function rounds to a constant. The values
// wanted are of forms without cancellation: those of hyperbolic functions by
// e^−2|x|, the logistic ones by e^−|x|.
func TestDerivativesInTheTails(t *testing.T) {
	sech2 := func(x float64) float64 { c := math.Cosh(x); return 1 / (c * c) }
	bell := func(x float64) float64 { c := math.Cosh(x / 2); return 1 / (4 * c * c) }
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for _, c := range []struct {
		name          string
		f             func(x *node) *node
		first, second func(x float64) float64
	}{
		{"tanh", (*node).Tanh, sech2, func(x float64) float64 { return -2 * math.Tanh(x) * sech2(x) }},
		{"sigmoid", (*node).Sigmoid, bell, func(x float64) float64 { return -math.Tanh(x/2) * bell(x) }},
		{"softplus", (*node).Softplus, logistic, bell},
		{"log sigmoid", (*node).LogSigmoid, func(x float64) float64 { return logistic(-x) }, func(x float64) float64 { return -bell(x) }},
		{"expm1", (*node).Expm1, math.Exp, math.Exp},
		{"exp", (*node).Exp, math.Exp, math.Exp},
	} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			for _, at := range []float64{-40, -17, -10, -8, -1e-3, 0, 1e-3, 0.5, 2, 8, 10, 17, 40} {
				t.Run(fmt.Sprintf("%s at %v/%v", c.name, at, dt), func(t *testing.T) {
					x := at
					if dt == tensor.Float32 {
						x = float64(float32(at))
					}
					compiled, interpreted := derivatives(t, dt, c.f, 2, at)
					for i, want := range []float64{c.first(x), c.second(x)} {
						if math.Abs(want) > math.MaxFloat32 || math.Abs(want) < 0x1p-126 {
							continue
						}
						requireNumber(t, dt, want, compiled[i+1][0], 8, "compiled")
						requireNumber(t, dt, want, interpreted[i+1][0], 8, "interpreted")
					}
				})
			}
		}
	}
}

// GELU keeps its digits below zero, where 1 + erf x has none left, and its derivative
// near its zero. In the first two the argument of the exponential, x²/2, is exact; in the
// second derivative x/√2 is rounded, which changes it by x²/2 roundings. The wanted values
// have the rounding errors of float64 of all three.
func TestGELUInTheTails(t *testing.T) {
	normal := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for _, x := range []float64{-10, -8, -3, -0.751953125, -0.125, 0.5, 3, 8} {
			compiled, interpreted := derivatives(t, dt, (*node).GELU, 2, x)
			for i, want := range []float64{
				x * math.Erfc(-x/math.Sqrt2) / 2,
				math.Erfc(-x/math.Sqrt2)/2 + x*normal(x),
				(2 - x*x) * normal(x),
			} {
				units := 8.0
				if i == 2 || dt == tensor.Float64 {
					units += 2 * x * x
				}
				if i == 1 && x == -0.751953125 { // the sum loses a factor of 4000
					want = -6.971942137637707e-05
				}
				what := fmt.Sprintf("derivative %d at %v in %v", i, x, dt)
				requireNumber(t, dt, want, compiled[i][0], units, what)
				requireNumber(t, dt, want, interpreted[i][0], units, what)
			}
		}
	}
}

// GELU, its approximations and SiLU are 0 or their operand far from 0, with derivatives
// 0 or 1 and 0, also where the powers in them overflow.
func TestGELUFarOut(t *testing.T) {
	for name, f := range map[string]func(x *node) *node{"GELU": (*node).GELU, "GELUTanh": (*node).GELUTanh, "GELUSigmoid": (*node).GELUSigmoid, "SiLU": (*node).SiLU} {
		for dt, far := range map[tensor.Dtype][]float64{tensor.Float32: {1e4, 1e19, 1e30, 1e38, 3e38}, tensor.Float64: {1e4, 1e154, 1e200, 5e307, 1.7e308}} {
			for _, x := range far {
				for _, at := range []float64{-x, x} {
					compiled, interpreted := derivatives(t, dt, f, 3, at)
					slope := math.Max(0, math.Copysign(1, at))
					if dt == tensor.Float32 {
						at = float64(float32(at))
					}
					for i, want := range []float64{at * slope, slope, 0, 0} {
						what := fmt.Sprintf("derivative %d of %s at %g in %v", i, name, at, dt)
						requireNumber(t, dt, want, compiled[i][0], 2, what) // products of constants and factors that are exactly 0 or 1
						requireNumber(t, dt, want, interpreted[i][0], 2, what)
					}
				}
			}
		}
	}
}

// A row of which all is masked by −∞ has the logarithm −∞ of its sum, the
// softmax 0, and derivatives of 0; infinities and NaN elsewhere stay what they
// are.
func TestSoftmaxOfMaskedRows(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g := autodiff.NewGraph(dt)
		keep, x := g.Input("keep", 3, 3), g.Input("x", 3, 3)
		masked := keep.Where(x, g.Scalar(-inf))
		lse, soft, log := masked.LogSumExp(1), masked.Softmax(1), masked.LogSoftmax(1)
		ys := []*node{lse, soft, log}
		for _, y := range []*node{lse, soft.Square().Sum(1), keep.Where(log, g.Scalar(0)).Sum(1)} {
			d, err := autodiff.Grad(y.Sum(), x)
			require.NoError(t, err)
			dd, err := autodiff.Grad(d[0].Square().Sum(), x)
			require.NoError(t, err)
			ys = append(ys, d[0], dd[0])
		}
		k, v := zeros(dt, 3, 3), zeros(dt, 3, 3)
		for i, yes := range []float64{0, 0, 0, 1, 1, 0, 1, 1, 1} {
			set(k, i, yes)
			set(v, i, float64(i))
		}
		feeds := []autodiff.Feed{keep.Feed(k), x.Feed(v)}
		reference, err := autodiff.Interpret(feeds, ys...)
		require.NoError(t, err)
		compiled := run(t, feeds, ys...)
		for _, values := range [][]*tensor.Dense{compiled, reference} {
			require.Equal(t, -inf, elements(values[0])[0])
			require.InDelta(t, 4+math.Log1p(math.Exp(-1)), elements(values[0])[1], 1e-6)
			require.Equal(t, []float64{0, 0, 0}, elements(values[1])[:3])
			require.Equal(t, []float64{-inf, -inf, -inf}, elements(values[2])[:3])
			require.Equal(t, -inf, elements(values[2])[5])
			for i, d := range values[3:] {
				for j, e := range elements(d) {
					require.False(t, math.IsNaN(e) || math.IsInf(e, 0), "gradient %d, element %d", i, j)
					if j < 3 || j == 5 {
						require.Zero(t, e, "gradient %d, element %d", i, j)
					}
				}
			}
			s := 1 / (1 + math.E) // of the smaller of two that differ by 1
			require.InDelta(t, s, elements(values[3])[3], 1e-6)
		}
	}
}

func TestSoftmaxOfInfinities(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	a, b := g.Scalar(inf), g.Scalar(nan)
	row := func(x *node) *node { return autodiff.Concat(0, g.Input(fmt.Sprint(x.ID()), 2), x.Reshape(1)) }
	up, bad := row(a), row(b)
	var feeds []autodiff.Feed
	for _, n := range g.Nodes() {
		if n.Op() == "Input" {
			feeds = append(feeds, n.Feed(full(tensor.Float64, 1, 2)))
		}
	}
	values := run(t, feeds, up.LogSumExp(), up.Softmax(0), up.LogSoftmax(0), bad.LogSumExp(), bad.Softmax(0), bad.LogSoftmax(0))
	for i, want := range []string{"[+Inf]", "[0 0 NaN]", "[-Inf -Inf NaN]", "[NaN]", "[NaN NaN NaN]", "[NaN NaN NaN]"} {
		require.Equal(t, want, fmt.Sprint(elements(values[i])), "output %d", i)
	}
}

// LogSoftmax keeps the logarithm of a probability that rounds to 1.
func TestLogSoftmaxNearOne(t *testing.T) {
	for dt, margin := range map[tensor.Dtype]float64{tensor.Float32: 20, tensor.Float64: 40} {
		g := autodiff.NewGraph(dt)
		x := g.Input("x", 3)
		v := zeros(dt, 3)
		set(v, 1, margin)
		values := run(t, []autodiff.Feed{x.Feed(v)}, x.LogSoftmax(0))
		requireNumber(t, dt, -math.Log1p(2*math.Exp(-margin)), elements(values[0])[1], 4, "the largest")
		requireNumber(t, dt, -margin, elements(values[0])[0], 4, "another")
	}
}

// Norms neither overflow nor vanish where their elements do not.
func TestNormKeepsTheRange(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, scale := range []float64{1, 1e20, 1e-25, 1e38, 1e-38} {
			g := autodiff.NewGraph(dt)
			x := g.Input("x", 2, 3)
			y := x.Norm(1)
			d, err := autodiff.Grad(y.Sum(), x)
			require.NoError(t, err)
			v := zeros(dt, 2, 3)
			for i, e := range []float64{1, -2, 2, 0, 0, 0} {
				set(v, i, e*scale)
			}
			values := run(t, []autodiff.Feed{x.Feed(v)}, y, d[0])
			requireNumber(t, dt, 3*scale, elements(values[0])[0], 4, "norm")
			requireNumber(t, dt, 0, elements(values[0])[1], 0, "norm of 0")
			for i, want := range []float64{1. / 3, -2. / 3, 2. / 3, 0, 0, 0} {
				requireNumber(t, dt, want, elements(values[1])[i], 8, "gradient")
			}
		}
	}
	g := autodiff.NewGraph(tensor.Float64)
	big, bad := g.Scalar(inf).Broadcast(2), g.Scalar(nan).Broadcast(2)
	values := run(t, nil, big.Norm(), bad.Norm(), g.Scalar(1).Broadcast(2, 0).Norm(1))
	require.Equal(t, "[+Inf] [NaN] [0 0]", fmt.Sprint(elements(values[0]), elements(values[1]), elements(values[2])))
}

// Clamp holds its limits, and its derivative is 1 on them.
func TestClamp(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		clamp := func(x *node) *node { return x.Clamp(-1, 2) }
		compiled, interpreted := derivatives(t, dt, clamp, 1, -3, -1, 0.5, 2, 4)
		for _, got := range [][][]float64{compiled, interpreted} {
			require.Equal(t, []float64{-1, -1, 0.5, 2, 2}, got[0])
			require.Equal(t, []float64{0, 1, 1, 1, 0}, got[1])
		}
		compiled, _ = derivatives(t, dt, func(x *node) *node { return x.Clamp(0, inf) }, 1, -3, 5)
		require.Equal(t, [][]float64{{0, 5}, {0, 1}}, compiled)
	}
	x := autodiff.NewGraph(tensor.Float64).Input("x", 3)
	for _, limits := range [][2]float64{{1, 0}, {nan, 1}, {0, nan}} {
		require.Panics(t, func() { x.Clamp(limits[0], limits[1]) })
	}
}
