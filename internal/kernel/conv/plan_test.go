package conv

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/kerneltest"
	"declive/internal/kernel/vec"
)

var roles = []Role{Forward, Data, Weights}

// geometries have dimensions that all differ, sides of both sides of blocks, and
// channels of both sides of vectors and panels.
var geometries = []Geometry{
	square(2, 31, 3, 24, 3, 1, 1),
	square(3, 15, 24, 17, 3, 1, 1),
	square(5, 7, 16, 40, 3, 1, 1),
	square(4, 3, 33, 20, 3, 1, 1),
	square(6, 1, 20, 18, 3, 1, 1),
	square(1, 13, 7, 5, 3, 2, 1),
	square(2, 16, 17, 34, 3, 2, 1),
	square(2, 9, 6, 16, 5, 1, 0),
	square(3, 8, 3, 24, 2, 1, 0),
	square(2, 10, 19, 33, 1, 1, 0),
	square(2, 11, 64, 13, 1, 2, 0),
	square(1, 12, 128, 9, 3, 1, 1),
	square(1, 40, 20, 10, 3, 1, 1),
	{N: 1, H: 1, W: 1, C: 1, K: 1, R: 1, S: 1, Stride: [2]int{1, 1}},
	{N: 2, H: 5, W: 9, C: 3, K: 4, R: 2, S: 4, Stride: [2]int{3, 2}, Before: [2]int{1, 3}, After: [2]int{0, 2}},
	{N: 3, H: 6, W: 4, C: 2, K: 7, R: 1, S: 3, Stride: [2]int{1, 4}, Before: [2]int{0, 1}, After: [2]int{2, 1}},
	{N: 2, H: 3, W: 5, C: 8, K: 6, R: 3, S: 2, Stride: [2]int{2, 3}, Before: [2]int{4, 3}, After: [2]int{5, 1}},
	{N: 2, H: 7, W: 6, C: 5, K: 3, R: 2, S: 2, Stride: [2]int{4, 5}, Before: [2]int{1, 0}, After: [2]int{0, 1}},
	{N: 1, H: 9, W: 30, C: 21, K: 19, R: 3, S: 3, Stride: [2]int{1, 1}, Before: [2]int{2, 0}, After: [2]int{0, 1}},
	{N: 2, H: 6, W: 11, C: 16, K: 23, R: 3, S: 3, Stride: [2]int{1, 1}, Before: [2]int{3, 4}, After: [2]int{4, 3}},
	{N: 0, H: 4, W: 4, C: 2, K: 3, R: 2, S: 2, Stride: [2]int{1, 1}},
	{N: 2, H: 4, W: 5, C: 0, K: 3, R: 2, S: 2, Stride: [2]int{1, 1}},
	{N: 2, H: 4, W: 5, C: 3, K: 0, R: 2, S: 2, Stride: [2]int{1, 1}},
}

// square is a geometry of n images of side×side pixels and a square window.
func square(n, side, c, k, window, stride, pad int) Geometry {
	both := func(x int) [2]int { return [2]int{x, x} }
	return Geometry{N: n, H: side, W: side + side/5, C: c, K: k, R: window, S: window,
		Stride: both(stride), Before: both(pad), After: both(pad)}
}

// operands are the arguments of a run, a little off any alignment.
type operands[F kernel.Float] struct{ a, b, c, bias []F }

func newOperands[F kernel.Float](g Geometry, role Role) operands[F] {
	rng := rand.New(rand.NewPCG(1, 2))
	a, b, c := g.operands(role)
	o := operands[F]{random[F](rng, a+1)[1:], random[F](rng, b+1)[1:], random[F](rng, c+guards+1)[1:], nil}
	if role != Weights {
		o.bias = random[F](rng, g.channels(role))
	}
	return o
}

// guards is the number of elements behind the result that must stay as they are.
const guards = 40

func random[F kernel.Float](rng *rand.Rand, n int) []F {
	x := make([]F, n)
	for i := range x {
		x[i] = F(2*rng.Float64() - 1)
	}
	return x
}

// run runs a plan on the operands, in a workspace that holds NaN.
func (o operands[F]) run(p *Plan[F], act vec.UnaryOp) {
	workspace := make([]F, p.Workspace())
	for i := range workspace {
		workspace[i] = F(math.NaN())
	}
	p.Run(o.a, o.b, o.c, gemm.Epilogue[F]{Bias: o.bias, Act: act}, workspace)
}

// want is the result by definition, in float64, with the sum of the magnitudes of
// its terms.
func (o operands[F]) want(g Geometry, role Role, act vec.UnaryOp) (want, magnitude []float64) {
	_, _, n := g.operands(role)
	want, magnitude = make([]float64, n), make([]float64, n)
	a, b := convert(o.a), convert(o.b)
	Reference(g, role, a, b, want)
	vec.Unary(vec.Abs, a, a)
	vec.Unary(vec.Abs, b, b)
	Reference(g, role, a, b, magnitude)
	for i := range want {
		if o.bias != nil {
			bias := float64(o.bias[i%len(o.bias)])
			want[i] += bias
			magnitude[i] += math.Abs(bias)
		}
	}
	vec.Unary(act, want, want)
	return want, magnitude
}

func convert[F kernel.Float](x []F) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// terms is the number of products of an element of a role's result, at most.
func (g Geometry) terms(role Role) int {
	oh, ow := g.Out()
	return [...]int{g.R * g.S * g.C, g.R * g.S * g.K, g.N * oh * ow}[role]
}

// testDirect compares with sums in float64. Each of the roundings on the way of
// an element, of n products and a bias, is off by at most eps/2 relative to the
// sum of the absolute values of all terms. Tanh has a slope of at most 1 and errs
// by less than 2.6 units in the last place of a number up to 1.
func testDirect[F kernel.Float](t *testing.T, g Geometry, role Role, act vec.UnaryOp) {
	t.Helper()
	o := newOperands[F](g, role)
	before := slices.Clone(o.c)
	o.run(newPlan[F](g, role, directly), act)
	want, magnitude := o.want(g, role, act)
	for i, got := range o.c {
		if i >= len(want) {
			require.Equal(t, before[i], got, "%v of %+v: element %d behind the result", role, g, i)
			continue
		}
		eps := kerneltest.ULP[F](1)
		bound := float64(g.terms(role)+2)*eps*magnitude[i] + 2.6*eps
		if d := math.Abs(want[i] - float64(got)); !(d <= bound) {
			t.Fatalf("%v of %+v at %d = %v, want %v ± %v", role, g, i, got, want[i], bound)
		}
	}
}

// activationOf is one that a role may have.
func activationOf(i int, role Role) vec.UnaryOp {
	if role == Weights {
		return vec.Copy
	}
	return []vec.UnaryOp{vec.Copy, vec.ReLU, vec.Tanh}[i%3]
}

func TestDirect(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for i, g := range geometries {
			for _, role := range roles {
				testDirect[float32](t, g, role, activationOf(i, role))
				testDirect[float64](t, g, role, activationOf(i+1, role))
			}
		}
	})
}

func TestSameOnAnyNumberOfCores(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
		for _, g := range []Geometry{square(37, 9, 16, 20, 3, 1, 1), square(21, 16, 5, 24, 3, 2, 1), square(1, 60, 17, 16, 3, 1, 1)} {
			for _, role := range roles {
				var want []float32
				for _, cores := range []int{1, 2, 3} {
					runtime.GOMAXPROCS(cores)
					o := newOperands[float32](g, role)
					o.run(New[float32](g, role), vec.Copy)
					if want == nil {
						want = o.c
					}
					require.True(t, slices.Equal(want, o.c), "%v of %+v on %d cores", role, g, cores)
				}
			}
		}
	})
}

func TestRunDoesNotAllocate(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, g := range []Geometry{square(8, 9, 16, 20, 3, 1, 1), square(3, 9, 5, 24, 3, 2, 1)} {
			for _, role := range roles {
				o := newOperands[float32](g, role)
				p := New[float32](g, role)
				workspace := make([]float32, p.Workspace())
				run := func() { p.Run(o.a, o.b, o.c, gemm.Epilogue[float32]{}, workspace) }
				assert.Less(t, testing.AllocsPerRun(10, run), 1.0, "%v of %+v", role, g)
			}
		}
	})
}

var _ = fmt.Sprint

// algorithms are those that can compute a shape.
func algorithms(g Geometry) []algorithm {
	if g.R == 3 && g.S == 3 && g.Stride == [2]int{1, 1} {
		return []algorithm{directly, winograd}
	}
	return []algorithm{directly}
}
