package gradcheck_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"declive/gradcheck"
)

// quartic is Σ_i (i+1) x_i⁴/4 + x_i x_{i+1}.
func quartic(x []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += float64(i+1) * v * v * v * v / 4
		if i+1 < len(x) {
			s += v * x[i+1]
		}
	}
	return s
}

func quarticGrad(x []float64) []float64 {
	g := make([]float64, len(x))
	for i, v := range x {
		g[i] += float64(i+1) * v * v * v
		if i+1 < len(x) {
			g[i] += x[i+1]
			g[i+1] += v
		}
	}
	return g
}

var somewhere = []float64{0.7, -1.3, 0.2, 2.1, -0.4}

func compute(t *testing.T, f func([]float64) float64, g func([]float64) []float64, x []float64, opts ...gradcheck.Option) *gradcheck.Report {
	t.Helper()
	r, err := gradcheck.Compute(t.Context(), gradcheck.FuncProblem(f, g, x), opts...)
	require.NoError(t, err)
	return r
}

func TestRight(t *testing.T) {
	r := compute(t, quartic, quarticGrad, somewhere)
	assert.True(t, r.OK(), r)
	assert.Equal(t, 5, r.Vars[0].Agree)
	assert.NoError(t, r.Err())
}

// A gradient wrong by δ must be flagged whenever |δ| exceeds twice the
// tolerance, at whichever coordinate it is.
func TestFlagsWhatExceedsTheTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0.01, 3), 2, 6).Draw(t, "x")
		i := rapid.IntRange(0, len(x)-1).Draw(t, "i")
		size := math.Pow(10, rapid.Float64Range(-8, 1).Draw(t, "log size"))
		right, err := gradcheck.Compute(context.Background(), gradcheck.FuncProblem(quartic, quarticGrad, x))
		require.NoError(t, err)
		require.True(t, right.OK(), right)
		delta := size * (math.Abs(quarticGrad(x)[i]) + 1e-3)
		wrong := func(x []float64) []float64 {
			g := quarticGrad(x)
			g[i] += delta
			return g
		}
		r, err := gradcheck.Compute(context.Background(), gradcheck.FuncProblem(quartic, wrong, x))
		require.NoError(t, err)
		if delta > 2*r.Vars[0].Coords[i].Tol {
			assert.Equal(t, gradcheck.Disagree, r.Vars[0].Coords[i].Verdict, "δ = %v, %v", delta, r)
		}
	})
}

// protocols are gradients whose numbers are right once and wrong in the way
// they are delivered.
func TestProtocol(t *testing.T) {
	buffer := make([]float64, len(somewhere))
	sum := make([]float64, len(somewhere))
	var cache []float64
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name string
		f    func([]float64) float64
		g    func([]float64) []float64
		want string
	}{
		{"aliased", quartic, func(x []float64) []float64 { copy(buffer, quarticGrad(x)); return buffer }, "overwrites"},
		{"accumulates", quartic, func(x []float64) []float64 {
			for i, g := range quarticGrad(x) {
				sum[i] += g
			}
			return append([]float64(nil), sum...)
		}, "zero it first"},
		{"stale", quartic, func(x []float64) []float64 {
			if cache == nil {
				cache = quarticGrad(x)
			}
			return append([]float64(nil), cache...)
		}, "remembered"},
		{"random", quartic, func(x []float64) []float64 {
			g := quarticGrad(x)
			g[rng.IntN(len(g))] = 0
			return g
		}, "random"},
		{"changes x in the gradient", quartic, func(x []float64) []float64 { g := quarticGrad(x); x[2]++; return g }, "changes its argument: x[2]"},
		{"changes x in the function", func(x []float64) float64 { y := quartic(x); x[1]++; return y }, quarticGrad, "function changes its argument: x[1]"},
		{"random function", func(x []float64) float64 { return quartic(x) + rng.Float64() }, quarticGrad, "draws random numbers"},
		{"nil", quartic, func([]float64) []float64 { return nil }, "nil"},
		{"short", quartic, func(x []float64) []float64 { return quarticGrad(x)[1:] }, "has 4 elements"},
		{"NaN", quartic, func(x []float64) []float64 { g := quarticGrad(x); g[3] = math.NaN(); return g }, "x[3] is NaN"},
		{"function NaN", func([]float64) float64 { return math.NaN() }, quarticGrad, "function is NaN"},
		{"zero", quartic, func(x []float64) []float64 { return make([]float64, len(x)) }, "detached"},
		{"right at one point", quartic, func([]float64) []float64 { return quarticGrad(somewhere) }, "same at both points"},
	} {
		r := compute(t, c.f, c.g, somewhere)
		assert.False(t, r.OK(), c.name)
		assert.Contains(t, strings.Join(strings.Fields(r.String()), " "), c.want, c.name)
	}
}

func TestVJPMustUseTheIncomingGradient(t *testing.T) {
	p := gradcheck.Problem{
		Vars: []gradcheck.Var{{Name: "x", Shape: []int{2}, Value: []float64{0.5, 2}}},
		F:    func(x [][]float64) ([]float64, error) { return []float64{x[0][0] * x[0][1]}, nil },
		VJP: func(x [][]float64, v []float64) ([][]float64, error) {
			return [][]float64{{x[0][1], x[0][0]}}, nil
		},
	}
	r, err := gradcheck.Compute(t.Context(), p)
	require.NoError(t, err)
	assert.Contains(t, r.String(), "incoming gradient is ignored")
}

func TestKinkModes(t *testing.T) {
	abs := func(x []float64) float64 { return math.Abs(x[0]) + x[1]*x[1] }
	at := []float64{0, 1}
	grad := func(s float64) func([]float64) []float64 {
		return func(x []float64) []float64 {
			if x[0] != 0 {
				return []float64{math.Copysign(1, x[0]), 2 * x[1]}
			}
			return []float64{s, 2 * x[1]}
		}
	}
	for _, c := range []struct {
		s    float64
		mode gradcheck.KinkMode
		ok   bool
	}{
		{0, gradcheck.Interval, true},
		{1, gradcheck.Interval, true},
		{-1, gradcheck.Interval, true},
		{1.01, gradcheck.Interval, false},
		{-1.01, gradcheck.Interval, false},
		{5, gradcheck.Skip, true},
		{0, gradcheck.Fail, false},
	} {
		r := compute(t, abs, grad(c.s), at, gradcheck.Kinks(c.mode))
		assert.Equal(t, c.ok, r.OK(), "subgradient %v, mode %v: %v", c.s, c.mode, r)
	}
}

// max(a, b) at a tie: along (1, 1) it is smooth with slope 1.
func TestStrictTies(t *testing.T) {
	f := func(x []float64) float64 { return max(x[0], x[1]) }
	grad := func(a, b float64) func([]float64) []float64 {
		return func(x []float64) []float64 {
			switch {
			case x[0] > x[1]:
				return []float64{1, 0}
			case x[0] < x[1]:
				return []float64{0, 1}
			}
			return []float64{a, b}
		}
	}
	for _, c := range []struct {
		a, b float64
		ok   bool
	}{{1, 0, true}, {0, 1, true}, {0.5, 0.5, true}, {1, 1, false}, {0, 0, false}} {
		r := compute(t, f, grad(c.a, c.b), []float64{0.6, 0.6}, gradcheck.Kinks(gradcheck.Strict))
		assert.Equal(t, c.ok, r.OK(), "gradient (%v, %v): %v", c.a, c.b, r)
		equal := compute(t, f, grad(c.a, c.b), []float64{0.6, 0.6})
		assert.Equal(t, c.ok, equal.OK(), "a plain function, gradient (%v, %v): %v", c.a, c.b, equal)
		p := gradcheck.Problem{
			Vars: []gradcheck.Var{{Name: "x", Shape: []int{2}, Value: []float64{0.6, 0.6}}},
			F:    func(x [][]float64) ([]float64, error) { return []float64{f(x[0])}, nil },
			Grad: func(x [][]float64) ([][]float64, error) { return [][]float64{grad(c.a, c.b)(x[0])}, nil },
		}
		loose, err := gradcheck.Compute(t.Context(), p)
		require.NoError(t, err)
		assert.True(t, loose.OK(), loose)
		assert.Contains(t, loose.String(), "Kinks(Strict) does that", "ties were not looked at, and the report says so")
	}
}

// Two rectifiers at 0 whose difference is smooth along (1, −1): automatic
// differentiation says 0 there and is right by its rules.
func TestKinksThatAreNoTies(t *testing.T) {
	f := func(x []float64) float64 { return max(x[0], 0) - max(x[1], 0) + max(x[2], 0)/2 - max(-x[3], 0)/2 }
	step := func(x, slope float64) float64 {
		if x > 0 {
			return slope
		}
		return 0
	}
	grad := func(x []float64) []float64 {
		return []float64{step(x[0], 1), -step(x[1], 1), step(x[2], 0.5), step(-x[3], 0.5)}
	}
	for seed := range uint64(10) {
		r := compute(t, f, grad, make([]float64, 4), gradcheck.Seed(seed))
		assert.True(t, r.OK(), r)
		assert.Equal(t, 4, r.Vars[0].Kinks)
	}
}

// Ties are looked for along directions too: in twenty pairs at once, of which a
// sample or random directions compare no single coordinate.
func TestStrictTiesEverywhere(t *testing.T) {
	x := make([]float64, 40)
	for i := range x {
		x[i] = float64(1 + i/2)
	}
	f := func(x []float64) float64 {
		s := 0.0
		for i := 0; i < len(x); i += 2 {
			s += max(x[i], x[i+1])
		}
		return s
	}
	grad := func(tie float64) func([]float64) []float64 {
		return func(x []float64) []float64 {
			g := make([]float64, len(x))
			for i := range g {
				switch other := x[i^1]; {
				case x[i] > other:
					g[i] = 1
				case x[i] == other:
					g[i] = tie
				}
			}
			return g
		}
	}
	for _, opts := range [][]gradcheck.Option{{}, {gradcheck.Fast(3)}, {gradcheck.Sample(1)}} {
		opts = append(opts, gradcheck.Kinks(gradcheck.Strict))
		shared := compute(t, f, grad(0.5), x, opts...)
		assert.True(t, shared.OK(), shared)
		twice := compute(t, f, grad(1), x, opts...)
		assert.False(t, twice.OK())
		assert.Contains(t, twice.String(), "handed out twice")
	}
}

func TestUnresolvedIsNoPass(t *testing.T) {
	f := func(x []float64) float64 { return float64(float32(1e9 + math.Sin(x[0]))) }
	g := func(x []float64) []float64 { return []float64{math.Cos(x[0])} }
	r := compute(t, f, g, []float64{0.3})
	assert.Equal(t, gradcheck.Unresolved, r.Vars[0].Coords[0].Verdict)
	assert.False(t, r.OK())
	assert.Contains(t, r.String(), "cannot resolve")
	allowed := compute(t, f, g, []float64{0.3}, gradcheck.MaxUnresolved(1))
	assert.True(t, allowed.OK())
}

// long has 300 weights and a wrong gradient at the given places.
func long(wrong ...int) ([]float64, func([]float64) []float64) {
	x := make([]float64, 300)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x, func(x []float64) []float64 {
		g := quarticGrad(x)
		for _, i := range wrong {
			g[i] *= 1.01
		}
		return g
	}
}

func TestFastFindsByBisection(t *testing.T) {
	x, g := long(17, 240)
	r := compute(t, quartic, g, x, gradcheck.Fast(3))
	require.False(t, r.OK())
	require.Len(t, r.Vars[0].Coords, 2, r)
	assert.Equal(t, 17, r.Vars[0].Coords[0].Index)
	assert.Equal(t, 240, r.Vars[0].Coords[1].Index)
	_, right := long()
	ok := compute(t, quartic, right, x, gradcheck.Fast(3))
	assert.True(t, ok.OK(), ok)
	assert.Less(t, ok.Evals, 200)
}

func TestSampleSaysSo(t *testing.T) {
	x, g := long()
	r := compute(t, quartic, g, x, gradcheck.Sample(20))
	require.Len(t, r.Vars[0].Coords, 20)
	assert.True(t, r.Vars[0].Sampled)
	assert.Contains(t, r.String(), "coordinates: 20 (a sample)")
	assert.Equal(t, 0, r.Vars[0].Coords[0].Index)
	assert.Equal(t, 299, r.Vars[0].Coords[19].Index)
}

// What a sample leaves out still counts along a direction.
func TestSampleMissesNothingLarge(t *testing.T) {
	x, g := long(17, 240)
	for seed := range uint64(5) {
		r := compute(t, quartic, g, x, gradcheck.Sample(8), gradcheck.Seed(seed))
		assert.False(t, r.OK(), "seed %d: %v", seed, r)
		assert.Regexp(t, `\[17\]|\[240\]`, r.String())
		_, right := long()
		r = compute(t, quartic, right, x, gradcheck.Sample(8), gradcheck.Seed(seed))
		assert.True(t, r.OK(), "seed %d: %v", seed, r)
	}
}

func TestBounds(t *testing.T) {
	f := func(x []float64) float64 { // defined on [0, 1] only, right derivative 1.5√x + 1
		if x[0] < 0 || x[0] > 1 {
			panic("outside")
		}
		return math.Pow(x[0], 1.5) + x[0] + x[1]*x[0]
	}
	g := func(x []float64) []float64 { return []float64{1.5*math.Sqrt(x[0]) + 1 + x[1], x[0]} }
	for _, x := range []float64{0, 0.5, 1, 1e-9} {
		r := compute(t, f, g, []float64{x, 0.7}, gradcheck.Bounds(0, 1))
		assert.True(t, r.OK(), "x = %v: %v", x, r)
	}
	_, err := gradcheck.Compute(t.Context(), gradcheck.FuncProblem(f, g, []float64{2, 0}), gradcheck.Bounds(0, 1))
	assert.ErrorContains(t, err, "x: element [0] is 2, outside [0, 1]")
}

func TestDomainEdges(t *testing.T) {
	f := func(x []float64) float64 { return math.Log(x[0]) + math.Sqrt(x[1]) }
	g := func(x []float64) []float64 { return []float64{1 / x[0], 0.5 / math.Sqrt(x[1])} }
	r := compute(t, f, g, []float64{1e-5, 3})
	assert.True(t, r.OK(), r)
}

func TestAt(t *testing.T) {
	wrongForLarge := func(x []float64) []float64 {
		g := quarticGrad(x)
		if x[0] > 10 {
			g[0]++
		}
		return g
	}
	far := []float64{11, 1, 2, 3, 4}
	assert.True(t, compute(t, quartic, wrongForLarge, somewhere).OK())
	r := compute(t, quartic, wrongForLarge, somewhere, gradcheck.At(far))
	assert.False(t, r.OK())
	assert.Contains(t, r.String(), "further point")
	_, err := gradcheck.Compute(t.Context(), gradcheck.FuncProblem(quartic, quarticGrad, somewhere), gradcheck.At([]float64{1}))
	assert.ErrorContains(t, err, "At: point 0")
}

// A gradient of a few roundings is 0, along random directions too.
func TestZeroOfRoundings(t *testing.T) {
	constant := func([]float64) float64 { return 1.5 }
	rounding := func(x []float64) []float64 { return []float64{2e-17, -1e-17, 3e-17} }
	for _, opts := range [][]gradcheck.Option{nil, {gradcheck.Fast(3)}, {gradcheck.Sample(1)}} {
		r := compute(t, constant, rounding, []float64{0.5, 1, 2}, opts...)
		assert.True(t, r.OK(), r)
	}
	small := func(x []float64) []float64 { return []float64{2e-12, -1e-12, 3e-12} }
	assert.False(t, compute(t, constant, small, []float64{0.5, 1, 2}, gradcheck.Fast(3)).OK())
}

// Each derivative is one of those that the kink at 0 allows. Their sum along a
// direction need not be a slope of the function.
func TestKinksTogether(t *testing.T) {
	weights := []float64{1, -2, 0.5, 3, -1, 2.5, -0.75}
	f := func(x []float64) float64 {
		sum := 0.0
		for i, w := range weights {
			sum += w * (max(x[i], 0) + x[i])
		}
		return sum
	}
	grad := func(x []float64) []float64 {
		g := append([]float64(nil), weights...)
		for i, w := range weights {
			if x[i] > 0 {
				g[i] += w
			}
		}
		return g
	}
	for _, opt := range []gradcheck.Option{gradcheck.Fast(3), gradcheck.Sample(6)} {
		for seed := range uint64(20) {
			r := compute(t, f, grad, make([]float64, 7), opt, gradcheck.Seed(seed))
			assert.True(t, r.OK(), r)
		}
	}
}

func TestExpect(t *testing.T) {
	round := func(x []float64) float64 { return math.Round(x[0]) + math.Round(x[1]) }
	through := func(x []float64) []float64 { return []float64{1, 1} }
	assert.False(t, compute(t, round, through, []float64{0.3, 1.2}).OK())
	r := compute(t, round, through, []float64{0.3, 1.2}, gradcheck.Expect("x", through))
	assert.True(t, r.OK(), r)
}

func TestOptionsAreRefused(t *testing.T) {
	p := gradcheck.FuncProblem(quartic, quarticGrad, somewhere)
	for _, c := range []struct {
		opt  gradcheck.Option
		want string
	}{
		{gradcheck.RelTol(0), "RelTol"},
		{gradcheck.Fast(0), "Fast"},
		{gradcheck.Sample(-1), "Sample"},
		{gradcheck.MaxUnresolved(2), "MaxUnresolved"},
		{gradcheck.Bounds(1, 1), "Bounds"},
		{gradcheck.Kinks(9), "Kinks"},
	} {
		_, err := gradcheck.Compute(t.Context(), p, c.opt)
		assert.ErrorContains(t, err, c.want)
	}
}

func TestProblemsAreRefused(t *testing.T) {
	good := gradcheck.FuncProblem(quartic, quarticGrad, somewhere)
	for _, c := range []struct {
		change func(p *gradcheck.Problem)
		want   string
	}{
		{func(p *gradcheck.Problem) { p.F = nil }, "no function"},
		{func(p *gradcheck.Problem) { p.Grad = nil }, "exactly one"},
		{func(p *gradcheck.Problem) { p.Vars = nil }, "no variables"},
		{func(p *gradcheck.Problem) { p.Vars[0].Shape = []int{4} }, "holds 4 elements"},
		{func(p *gradcheck.Problem) { p.Float32 = true }, "not a float32"},
		{func(p *gradcheck.Problem) { p.Vars[0].Value = []float64{1, 2, math.Inf(1), 4, 5} }, "[2] is +Inf"},
	} {
		p := good
		p.Vars = append([]gradcheck.Var(nil), good.Vars...)
		c.change(&p)
		_, err := gradcheck.Compute(t.Context(), p)
		assert.ErrorContains(t, err, c.want)
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := gradcheck.Compute(ctx, gradcheck.FuncProblem(quartic, quarticGrad, somewhere))
	assert.ErrorIs(t, err, context.Canceled)
}

func TestSameSeedSameReport(t *testing.T) {
	x, g := long(3)
	a := compute(t, quartic, g, x, gradcheck.Seed(5)).String()
	b := compute(t, quartic, g, x, gradcheck.Seed(5)).String()
	assert.Equal(t, a, b)
}

func TestCSV(t *testing.T) {
	r := compute(t, quartic, quarticGrad, somewhere)
	var b strings.Builder
	require.NoError(t, r.Vars[0].WriteCSV(&b))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 6)
	assert.Contains(t, lines[1], `"[0]",agree,`)
}

func ExampleCompute() {
	f := func(x []float64) float64 { return x[0]*x[0]*x[1] + math.Abs(x[1]) }
	grad := func(x []float64) []float64 { return []float64{x[0] * x[1], x[0]*x[0] + 1} } // should be 2 x₀ x₁
	report, err := gradcheck.Compute(context.Background(), gradcheck.FuncProblem(f, grad, []float64{1.5, 2}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.OK())
	for _, c := range report.Vars[0].Coords {
		fmt.Printf("x%d: analytic %.4f, numeric %.4f: %v\n", c.Index, c.Analytic, c.Numeric, c.Verdict)
	}
	// Output:
	// false
	// x0: analytic 3.0000, numeric 6.0000: disagree
	// x1: analytic 3.2500, numeric 3.2500: agree
}
