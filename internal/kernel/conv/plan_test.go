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
	{Windows{N: 1, H: 1, W: 1, C: 1, R: 1, S: 1, Stride: [2]int{1, 1}}, 1},
	{Windows{N: 2, H: 5, W: 9, C: 3, R: 2, S: 4, Stride: [2]int{3, 2}, Before: [2]int{1, 3}, After: [2]int{0, 2}}, 4},
	{Windows{N: 3, H: 6, W: 4, C: 2, R: 1, S: 3, Stride: [2]int{1, 4}, Before: [2]int{0, 1}, After: [2]int{2, 1}}, 7},
	{Windows{N: 2, H: 3, W: 5, C: 8, R: 3, S: 2, Stride: [2]int{2, 3}, Before: [2]int{4, 3}, After: [2]int{5, 1}}, 6},
	{Windows{N: 2, H: 7, W: 6, C: 5, R: 2, S: 2, Stride: [2]int{4, 5}, Before: [2]int{1, 0}, After: [2]int{0, 1}}, 3},
	{Windows{N: 1, H: 9, W: 30, C: 21, R: 3, S: 3, Stride: [2]int{1, 1}, Before: [2]int{2, 0}, After: [2]int{0, 1}}, 19},
	{Windows{N: 2, H: 6, W: 11, C: 16, R: 3, S: 3, Stride: [2]int{1, 1}, Before: [2]int{3, 4}, After: [2]int{4, 3}}, 23},
	{Windows{N: 0, H: 4, W: 4, C: 2, R: 2, S: 2, Stride: [2]int{1, 1}}, 3},
	{Windows{N: 2, H: 4, W: 5, C: 0, R: 2, S: 2, Stride: [2]int{1, 1}}, 3},
	{Windows{N: 2, H: 4, W: 5, C: 3, R: 2, S: 2, Stride: [2]int{1, 1}}, 0},
}

// sample is gs, without the larger ones where tests have to be short: under
// emulation each of them takes a second.
func sample(gs []Geometry) []Geometry {
	if !testing.Short() {
		return gs
	}
	return slices.DeleteFunc(slices.Clone(gs), func(g Geometry) bool { return g.Flops() > 2e6 })
}

// square is a geometry of n images of side×side pixels and a square window.
func square(n, side, c, k, window, stride, pad int) Geometry {
	both := func(x int) [2]int { return [2]int{x, x} }
	return Geometry{Windows{N: n, H: side, W: side + side/5, C: c, R: window, S: window,
		Stride: both(stride), Before: both(pad), After: both(pad)}, k}
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
		for i, g := range sample(geometries) {
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
		for _, g := range []Geometry{square(37, 9, 16, 20, 3, 1, 1), square(21, 16, 5, 24, 3, 2, 1), square(1, 60, 17, 16, 3, 1, 1), square(2, 8, 17, 260, 3, 1, 1), square(3, 7, 20, 150, 3, 2, 1)} {
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

// algorithms are those that can compute a shape.
func algorithms(g Geometry) []algorithm {
	if g.R == 3 && g.S == 3 && g.Stride == [2]int{1, 1} {
		return []algorithm{directly, winograd}
	}
	return []algorithm{directly}
}

// The workspace may begin anywhere, and Run looks at no more of it than it asks for.
func TestWorkspaceOfAnyAlignment(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		g := square(3, 9, 17, 20, 3, 1, 1)
		for _, role := range roles {
			o := newOperands[float32](g, role)
			p := New[float32](g, role)
			memory := make([]float32, p.Workspace()+8)
			var want []float32
			for skip := range 8 {
				p.Run(o.a, o.b, o.c, gemm.Epilogue[float32]{}, memory[skip:][:p.Workspace()])
				if want == nil {
					want = slices.Clone(o.c)
				}
				require.Equal(t, want, o.c, "%v, workspace from element %d", role, skip)
			}
		}
	})
}

// What decides is the shape.
func TestChoice(t *testing.T) {
	for _, c := range []struct {
		g    Geometry
		role Role
		want algorithm
	}{
		{square(4, 16, 16, 17, 3, 1, 1), Forward, winograd},
		{square(4, 16, 15, 17, 3, 1, 1), Forward, directly},
		{square(4, 16, 16, 15, 3, 1, 1), Data, directly},
		{square(4, 16, 16, 17, 3, 2, 1), Forward, directly},
		{square(4, 16, 16, 17, 5, 1, 1), Weights, directly},
		{square(64, 3, 16, 17, 3, 1, 1), Forward, winograd},
		{square(64, 2, 16, 17, 3, 1, 1), Forward, directly},
		{square(64, 4, 16, 17, 3, 1, 0), Forward, directly}, // 2×2 results,
		{square(64, 4, 16, 17, 3, 1, 0), Data, winograd},    // of 4×4
		{square(1, 3, 16, 17, 3, 1, 1), Forward, directly},
	} {
		require.Equal(t, c.want, choose[float32](c.g, c.role), "%v of %+v", c.role, c.g)
		require.Equal(t, directly, choose[float64](c.g, c.role))
	}
}

func TestRefuses(t *testing.T) {
	g := Geometry{Windows{N: 1, H: 3, W: 4, C: 2, R: 2, S: 3, Stride: [2]int{1, 1}}, 5}
	p := New[float64](g, Forward)
	x, w, y, space := make([]float64, 24), make([]float64, 60), make([]float64, 20), make([]float64, p.Workspace())
	p.Run(x, w, y, gemm.Epilogue[float64]{Bias: y[:5]}, space)
	for want, run := range map[string]func(){
		"A of the forward product has 23 elements, want 24": func() { p.Run(x[1:], w, y, gemm.Epilogue[float64]{}, space) },
		"B of the forward product has 59 elements, want 60": func() { p.Run(x, w[1:], y, gemm.Epilogue[float64]{}, space) },
		"C of the forward product has 19 elements, want 20": func() { p.Run(x, w, y[1:], gemm.Epilogue[float64]{}, space) },
		"bias has 4 elements, want 5":                       func() { p.Run(x, w, y, gemm.Epilogue[float64]{Bias: y[:4]}, space) },
		fmt.Sprintf("workspace of the forward product has %d elements, want %d", len(space)-1, len(space)): func() {
			p.Run(x, w, y, gemm.Epilogue[float64]{}, space[1:])
		},
		"the gradient of the weights takes no bias and no activation": func() {
			q := New[float64](g, Weights)
			q.Run(x, y, w, gemm.Epilogue[float64]{Act: vec.ReLU}, make([]float64, q.Workspace()))
		},
		"window 2×3 is larger than the 1×4 image with padding [0 0], [0 0]": func() {
			g := g
			g.H = 1
			New[float64](g, Forward)
		},
		"strides [1 0], want at least 1":                                      func() { g := g; g.Stride[1] = 0; New[float64](g, Data) },
		"negative padding [0 -1], [0 0]":                                      func() { g := g; g.Before[1] = -1; New[float64](g, Data) },
		"window 0×3 is empty":                                                 func() { g := g; g.R = 0; New[float64](g, Data) },
		"negative size among N=1 H=3 W=4 C=-2":                                func() { g := g; g.C = -2; New[float64](g, Data) },
		"negative number of channels K=-1":                                    func() { g := g; g.K = -1; New[float64](g, Data) },
		"more than 2³¹ weights: 1073741824×2×3×2":                             func() { g := g; g.K = 1 << 30; New[float64](g, Data) },
		"more than 2³¹ elements in 2 rows of 1073741824 pixels of 2 channels": func() { g := g; g.W = 1 << 30; New[float64](g, Data) },
	} {
		assert.PanicsWithValue(t, "conv: "+want, run)
	}
}

// Tables reach every pixel of a part, also where few results need much of the
// source: without a bound on its size, 192 results were of one part here.
func TestTablesReachTheSource(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("the images are larger than the address space")
	}
	g := Geometry{Windows{N: 192, H: 1, W: 4096, C: 4096, R: 1, S: 4096, Stride: [2]int{1, 1}}, 1}
	p := &Plan[float32]{Geometry: g, role: Forward, kernels: kernelsInUse[float32]()}
	d := &direct[float32]{Plan: p, in: g.C, out: g.K, rows: forwardAxis(1, g.H, g.R, 1, 0), cols: forwardAxis(1, g.W, g.S, 1, 0)}
	d.frame, d.cut = p.frames(&d.rows, &d.cols, g.C)
	rows := d.pixels(0, 0)
	require.Len(t, rows, d.cut.each)
	for i, r := range rows {
		require.Equal(t, i*d.frame.image(), int(r.from), "image %d", i)
	}
}

// FuzzPlan runs both algorithms on small shapes of any kind.
func FuzzPlan(f *testing.F) {
	const threeByThree, aroundBy1 = 2 + 5*2, 1 + 4*1 + 16*1 + 64*1
	for r := range uint8(3) {
		f.Add(uint64(r), uint8(threeByThree), uint8(0), uint8(aroundBy1), r)
		f.Add(uint64(r), uint8(threeByThree), uint8(1+3*2), uint8(0), r)
		f.Add(uint64(r), uint8(1+5*4), uint8(2), uint8(3+4*1+64*2), r)
	}
	f.Fuzz(func(t *testing.T, seed uint64, window, stride, pad, r uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		g := Geometry{Windows{N: 1 + rng.IntN(3), H: 1 + rng.IntN(12), W: 1 + rng.IntN(12), C: 1 + rng.IntN(40)}, 1 + rng.IntN(40)}
		g.R, g.S = 1+int(window%5), 1+int(window/5%5)
		g.Stride = [2]int{1 + int(stride%3), 1 + int(stride/3%3)}
		g.Before, g.After = [2]int{int(pad % 4), int(pad / 4 % 4)}, [2]int{int(pad / 16 % 4), int(pad / 64)}
		if g.Reason() != "" {
			return
		}
		role := roles[r%3]
		kerneltest.EachISA(t, func(t *testing.T) {
			testDirect[float32](t, g, role, activationOf(int(r), role))
			testDirect[float64](t, g, role, activationOf(int(r), role))
			if len(algorithms(g)) > 1 {
				testWinograd[float32](t, newWinogradCase(g, role, vec.Copy))
			}
		})
	})
}

// Add is Run, scaled, on top of what was there; without a factor for that, it is
// not looked at.
func TestAdd(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, g := range []Geometry{square(2, 9, 17, 20, 3, 1, 1), square(2, 7, 5, 9, 2, 3, 1), square(0, 5, 3, 4, 2, 1, 0)} {
			for _, by := range algorithms(g) {
				o := newOperands[float32](g, Weights)
				p := newPlan[float32](g, Weights, by)
				space, c := make([]float32, p.Workspace()), o.c[:p.lenC]
				before := slices.Clone(c)
				p.Run(o.a, o.b, c, gemm.Epilogue[float32]{}, space)
				dw := slices.Clone(c)
				for _, f := range [][2]float32{{-0.5, 0.75}, {2, 1}, {0.25, 0}} {
					copy(c, before)
					want := make([]float32, len(c))
					for i := range want {
						want[i] = float32(f[0]*dw[i]) + float32(f[1]*before[i])
					}
					if f[1] == 0 {
						c[0] = float32(math.NaN())
					}
					p.Add(f[0], o.a, o.b, f[1], c, space)
					require.Equal(t, want, c, "%+v with factors %v", g, f)
				}
			}
		}
	})
	g := square(1, 3, 2, 3, 1, 1, 0)
	p := New[float64](g, Data)
	assert.PanicsWithValue(t, "conv: the data product adds to nothing, only that of the weights does", func() {
		p.Add(1, nil, nil, 1, nil, nil)
	})
}
