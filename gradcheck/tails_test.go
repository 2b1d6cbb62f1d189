package gradcheck_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/gradcheck"
)

// A tail is a function that saturates far from 0, with its derivative by a formula
// that is exact there.
type tail struct {
	name  string
	f, df func(x float64) float64
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func sech2(x float64) float64 {
	e := math.Exp(-2 * math.Abs(x))
	return 4 * e / ((1 + e) * (1 + e))
}

var tails = []tail{
	{"tanh", math.Tanh, sech2},
	{"sigmoid", sigmoid, func(x float64) float64 { return sigmoid(x) * sigmoid(-x) }},
	{"erf", math.Erf, func(x float64) float64 { return 2 / math.SqrtPi * math.Exp(-x*x) }},
	{"softplus", func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, sigmoid},
	{"exp(−x²)", func(x float64) float64 { return math.Exp(-x * x) }, func(x float64) float64 { return -2 * x * math.Exp(-x*x) }},
	{"log1p(exp)", func(x float64) float64 { return math.Log1p(math.Exp(x)) }, sigmoid},
	{"1 − exp(−x²)", func(x float64) float64 { return 1 - math.Exp(-x*x) }, func(x float64) float64 { return 2 * x * math.Exp(-x*x) }},
}

// A saturated function is Σ (i+1)(y_i − m) + c, y_i = φ(x_i), with m the mean of
// y if it is centred, else 0. In single precision every result is rounded.
type saturated struct {
	tail
	centred bool
	offset  float64
	single  bool
}

func (s saturated) round(v float64) float64 {
	if s.single {
		return float64(float32(v))
	}
	return v
}

func (s saturated) value(x []float64) float64 {
	y, mean := make([]float64, len(x)), 0.0
	for i, v := range x {
		y[i] = s.round(s.f(v))
		mean = s.round(mean + y[i])
	}
	mean = s.round(mean / float64(len(x)))
	if !s.centred {
		mean = 0
	}
	sum := s.offset
	for i := range y {
		sum = s.round(sum + s.round(float64(i+1)*s.round(y[i]-mean)))
	}
	return sum
}

func (s saturated) gradient(x []float64) []float64 {
	n := float64(len(x))
	g := make([]float64, len(x))
	for i, v := range x {
		w := float64(i + 1)
		if s.centred {
			w -= (n + 1) / 2
		}
		g[i] = s.round(w * s.df(v))
	}
	return g
}

func (s saturated) problem(x []float64, spoil func(g []float64)) gradcheck.Problem {
	p := gradcheck.FuncProblem(s.value, func(x []float64) []float64 {
		g := s.gradient(x)
		spoil(g)
		return g
	}, x)
	p.Float32 = s.single
	return p
}

func (s saturated) String() string {
	return fmt.Sprintf("%s, centred %v, offset %v, float32 %v", s.name, s.centred, s.offset, s.single)
}

// spoils make element i of a gradient wrong.
var spoils = map[string]func(i int) func(g []float64){
	"doubled": func(i int) func(g []float64) { return func(g []float64) { g[i] *= 2 } },
	"zero":    func(i int) func(g []float64) { return func(g []float64) { g[i] = 0 } },
	"sign":    func(i int) func(g []float64) { return func(g []float64) { g[i] *= -1 } },
}

// The long steps of the ladder see a step function here, the short ones nothing,
// those between the slope.
func TestSaturatedTanh(t *testing.T) {
	s := saturated{tail: tails[0], centred: true}
	x := []float64{11.889, 35.38, 10.447, 18.457}
	r, err := gradcheck.Compute(t.Context(), s.problem(x, func([]float64) {}))
	require.NoError(t, err)
	assert.True(t, r.OK(), r)
	assert.Zero(t, r.Wrong())
	assert.Equal(t, gradcheck.Agree, r.Vars[0].Coords[2].Verdict, "1.7e-9 is resolved")
	for name, spoil := range spoils {
		r, err := gradcheck.Compute(t.Context(), s.problem(x, spoil(2)))
		require.NoError(t, err)
		assert.False(t, r.OK(), name)
	}
}

// draw returns a saturated function and a point where most of it is far from 0.
func draw(rng *rand.Rand, k int) (s saturated, x []float64) {
	s = saturated{
		tail: tails[k%len(tails)], centred: rng.IntN(2) == 0, single: rng.IntN(2) == 0,
		offset: []float64{0, 0, 1, -30}[rng.IntN(4)],
	}
	x = make([]float64, 2+rng.IntN(5))
	far := []float64{8, 20, 40}[rng.IntN(3)]
	for i := range x {
		x[i] = far * (2*rng.Float64() - 1)
		if rng.IntN(4) > 0 {
			x[i] = math.Copysign(far*(0.3+0.7*rng.Float64()), x[i])
		}
		x[i] = float64(float32(x[i]))
	}
	return s, x
}

// resolvable reports whether the first slope stands out: of the rounding of n terms
// and n sums, a hundred times over, and of the tolerance of 1e-8, in float32 1e-5,
// of the largest slope, three times over.
func (s saturated) resolvable(x []float64) bool {
	eps, floor, largest := 0x1p-53, 1e-8, 0.0
	if s.single {
		eps, floor = 0x1p-24, 1e-5
	}
	g := s.gradient(x)
	for _, v := range g {
		largest = max(largest, math.Abs(v))
	}
	n := float64(len(x))
	noise := eps * (math.Abs(s.offset) + 40*n) * 2 * n
	return math.Abs(g[0]) > max(100*noise, 3*floor*largest)
}

// No right gradient of a saturated function is called wrong, in either precision,
// and wrong ones are found wherever they can be.
func TestSaturatedTails(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	tried, dim := 0, 0
	for k := range 600 {
		s, x := draw(rng, k)
		r, err := gradcheck.Compute(t.Context(), s.problem(x, func([]float64) {}))
		require.NoError(t, err)
		v := r.Vars[0]
		assert.Zero(t, v.Disagree+len(v.Spread)+len(v.Nearby)+len(r.Ties)+len(r.Faults), "%v at %v: %v", s, x, r)
		if !r.OK() {
			dim++
		}
		if !s.resolvable(x) {
			continue
		}
		for name, spoil := range spoils {
			tried++
			r, err := gradcheck.Compute(t.Context(), s.problem(x, spoil(0)))
			require.NoError(t, err)
			assert.False(t, r.OK(), "%s: %v at %v: %v", name, s, x, r)
		}
	}
	t.Logf("%d faults found; %d of 600 right gradients are too dim to say", tried, dim)
	assert.Greater(t, tried, 400)
	assert.Less(t, dim, 120)
}
