package conv

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// pools have windows that overlap, that leave gaps and remainders, and that reach
// beyond the image.
var pools = []Windows{
	{N: 2, H: 31, W: 33, C: 5, R: 2, S: 2, Stride: [2]int{2, 2}},
	{N: 3, H: 15, W: 14, C: 17, R: 2, S: 2, Stride: [2]int{2, 2}},
	{N: 2, H: 7, W: 9, C: 32, R: 2, S: 3, Stride: [2]int{2, 3}},
	{N: 1, H: 3, W: 4, C: 24, R: 3, S: 4, Stride: [2]int{3, 4}},
	{N: 4, H: 1, W: 5, C: 9, R: 1, S: 1, Stride: [2]int{1, 1}},
	{N: 2, H: 9, W: 12, C: 18, R: 3, S: 3, Stride: [2]int{2, 2}, Before: [2]int{1, 1}, After: [2]int{1, 1}},
	{N: 2, H: 8, W: 11, C: 7, R: 3, S: 2, Stride: [2]int{1, 1}, Before: [2]int{2, 0}, After: [2]int{1, 1}},
	{N: 1, H: 12, W: 10, C: 16, R: 2, S: 1, Stride: [2]int{5, 3}},
	{N: 1, H: 20, W: 17, C: 8, R: 16, S: 16, Stride: [2]int{4, 1}, Before: [2]int{3, 15}, After: [2]int{0, 2}},
	{N: 0, H: 4, W: 4, C: 2, R: 2, S: 2, Stride: [2]int{2, 2}},
	{N: 2, H: 4, W: 4, C: 0, R: 2, S: 2, Stride: [2]int{2, 2}},
}

// eachPixel calls f for every pixel of every window that lies on the image: with the
// pixel of x, the position in the window and the pixel of y, counted in order.
func (g Windows) eachPixel(f func(x, w, y int)) { Geometry{g, 1}.eachTap(f) }

// poolWant returns what the methods of a pool have to return, by plain loops.
func poolWant[F kernel.Float](g Windows, x, u, dy []F) (y []F, at []byte, picked, dx []F) {
	oh, ow := g.Out()
	n := g.N * oh * ow * g.C
	y, at, picked, dx = make([]F, n), make([]byte, n), make([]F, n), make([]F, len(x))
	from := make([]int, n)
	for i := range y {
		y[i] = F(math.Inf(-1))
	}
	for c := range g.C {
		seen := make([]bool, g.N*oh*ow)
		g.eachPixel(func(pixel, w, result int) {
			i, j := result*g.C+c, pixel*g.C+c
			if !seen[result] || x[j] > y[i] || math.IsNaN(float64(x[j])) {
				y[i], at[i], from[i], seen[result] = x[j], byte(w), j, true
			}
		})
	}
	for i, j := range from {
		picked[i] = u[j]
		dx[j] += dy[i]
	}
	return y, at, picked, dx
}

// Small whole numbers have many equals, and their sums are exact.
func wholeNumbers[F kernel.Float](rng *rand.Rand, n int) []F {
	x := make([]F, n)
	for i := range x {
		x[i] = F(rng.IntN(7) - 3)
	}
	return x
}

func testPool[F kernel.Float](t *testing.T, g Windows, x []F) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	oh, ow := g.Out()
	n := g.N * oh * ow * g.C
	u, dy := wholeNumbers[F](rng, len(x)), wholeNumbers[F](rng, n)
	wantY, wantAt, wantPicked, wantDX := poolWant(g, x, u, dy)
	y, at, dx := wholeNumbers[F](rng, n+guards), make([]byte, n+guards), wholeNumbers[F](rng, len(x)+guards)
	behindY, behindX := slices.Clone(y[n:]), slices.Clone(dx[len(x):])
	p := NewMaxPool[F](g)
	p.Max(x, y, at)
	for i := range wantY {
		if math.IsNaN(float64(wantY[i])) && math.IsNaN(float64(y[i])) {
			y[i], wantY[i] = 0, 0
		}
	}
	require.Equal(t, wantY, y[:n], "%+v", g)
	require.Equal(t, wantAt, at[:n], "%+v", g)
	require.Equal(t, make([]byte, guards), at[n:], "%+v", g)
	p.Pick(at, u, y)
	require.Equal(t, wantPicked, y[:n], "%+v", g)
	require.Equal(t, behindY, y[n:], "%+v", g)
	p.Spread(at, dy, dx)
	require.Equal(t, wantDX, dx[:len(x)], "%+v", g)
	require.Equal(t, behindX, dx[len(x):], "%+v", g)
}

func TestMaxPool(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, g := range pools {
			rng := rand.New(rand.NewPCG(1, 2))
			n := g.N * g.H * g.W * g.C
			testPool(t, g, wholeNumbers[float32](rng, n))
			testPool(t, g, wholeNumbers[float64](rng, n))
		}
	})
}

// A NaN and the infinities are elements like others.
func TestMaxPoolNotFinite(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, g := range pools {
			rng := rand.New(rand.NewPCG(1, 2))
			x := wholeNumbers[float32](rng, g.N*g.H*g.W*g.C)
			for i := range x {
				switch rng.IntN(9) {
				case 0:
					x[i] = float32(math.NaN())
				case 1:
					x[i] = float32(math.Inf(1))
				case 2, 3, 4, 5:
					x[i] = float32(math.Inf(-1))
				}
			}
			testPool(t, g, x)
		}
	})
}

func TestMaxPoolSameOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	g := Windows{N: 9, H: 31, W: 30, C: 40, R: 3, S: 3, Stride: [2]int{2, 2}, Before: [2]int{1, 1}}
	oh, ow := g.Out()
	rng := rand.New(rand.NewPCG(1, 2))
	x, dy := random[float32](rng, g.N*g.H*g.W*g.C), random[float32](rng, g.N*oh*ow*g.C)
	var want []float32
	for _, cores := range []int{1, 2, 3} {
		runtime.GOMAXPROCS(cores)
		p := NewMaxPool[float32](g)
		y, at, dx := make([]float32, len(dy)), make([]byte, len(dy)), make([]float32, len(x))
		p.Max(x, y, at)
		p.Spread(at, dy, dx)
		if want == nil {
			want = dx
		}
		require.Equal(t, want, dx, "%d cores", cores)
	}
}

func TestMaxPoolDoesNotAllocate(t *testing.T) {
	g := Windows{N: 3, H: 30, W: 20, C: 40, R: 2, S: 2, Stride: [2]int{2, 2}}
	p := NewMaxPool[float32](g)
	x, y, at := make([]float32, p.lenX), make([]float32, p.lenY), make([]byte, p.lenY)
	assert.Less(t, testing.AllocsPerRun(10, func() {
		p.Max(x, y, at)
		p.Pick(at, x, y)
		p.Spread(at, y, x)
	}), 1.0)
}

func TestMaxPoolRefuses(t *testing.T) {
	window := func(r, s, before int) func() {
		return func() {
			NewMaxPool[float32](Windows{N: 1, H: 40, W: 40, C: 1, R: r, S: s, Stride: [2]int{1, 1}, Before: [2]int{before, 0}})
		}
	}
	assert.PanicsWithValue(t, "conv: pool of windows of 17×16 pixels, want at most 256", window(17, 16, 0))
	assert.PanicsWithValue(t, "conv: pool with padding [2 0], [0 0], want less than the window of 2×3", window(2, 3, 2))
	assert.PanicsWithValue(t, "conv: window 41×1 is larger than the 40×40 image with padding [0 0], [0 0]", window(41, 1, 0))
	p := NewMaxPool[float32](Windows{N: 1, H: 2, W: 4, C: 3, R: 2, S: 2, Stride: [2]int{2, 2}})
	assert.PanicsWithValue(t, "conv: pool of 23 elements into 6 with 6 positions, want 24, 6 and 6", func() {
		p.Max(make([]float32, 23), make([]float32, 6), make([]byte, 6))
	})
}
