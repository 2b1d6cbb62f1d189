package gemm

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
	"declive/internal/kernel/kerneltest"
	"declive/internal/kernel/vec"
)

// A product is a case for a plan: sizes, layout, distances between the ends of
// rows, and what is asked for besides the product.
type product struct {
	m, n, k        int
	transA, transB bool
	gap            int
	alpha, beta    float64
	bias           bool
	act            vec.UnaryOp
}

func (p product) String() string {
	return fmt.Sprintf("m=%d n=%d k=%d transposed=%t,%t gap=%d alpha=%g beta=%g bias=%t act=%d",
		p.m, p.n, p.k, p.transA, p.transB, p.gap, p.alpha, p.beta, p.bias, p.act)
}

// matrices are the matrices of a product, a little off any alignment.
type matrices[F kernel.Float] struct {
	a, b, c, bias []F
	lda, ldb, ldc int
}

func newMatrices[F kernel.Float](p product) matrices[F] {
	o := zeroMatrices[F](p)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, x := range [][]F{o.a, o.b, o.c, o.bias} {
		randomise(rng, x)
	}
	return o
}

// zeroMatrices is newMatrices before it fills them.
func zeroMatrices[F kernel.Float](p product) matrices[F] {
	rowsA, rowsB := p.m, p.k
	o := matrices[F]{lda: p.k + p.gap, ldb: p.n + p.gap, ldc: p.n + p.gap}
	if p.transA {
		rowsA, o.lda = p.k, p.m+p.gap
	}
	if p.transB {
		rowsB, o.ldb = p.n, p.k+p.gap
	}
	o.a, o.b = make([]F, rowsA*o.lda+1)[1:], make([]F, rowsB*o.ldb+1)[1:]
	o.c = make([]F, p.m*o.ldc+guards+1)[1:]
	if p.bias {
		o.bias = make([]F, p.n)
	}
	return o
}

// guards is the number of elements behind C that must stay as they are.
const guards = 40

func (o matrices[F]) run(p product) {
	g := New[F](p.m, p.n, p.k, p.transA, p.transB, o.lda, o.ldb, o.ldc)
	g.Run(F(p.alpha), o.a, o.b, F(p.beta), o.c, Epilogue[F]{Bias: o.bias, Act: p.act})
}

// testProduct compares with sums in float64. An element is the sum of k products
// and at most two more terms. Each of the k+4 roundings on its way is off by at
// most eps/2 relative to the sum of the absolute values of all terms; ReLU and
// the rounding of the reference do not add to that.
func testProduct[F kernel.Float](t *testing.T, p product) {
	t.Helper()
	o := newMatrices[F](p)
	before := append([]F(nil), o.c...)
	o.run(p)
	eps := 0x1p-23
	if kernel.Size[F]() == 8 {
		eps = 0x1p-52
	}
	rows, cols := o.factors(p)
	for at, got := range o.c {
		i, j := at/max(1, o.ldc), at%max(1, o.ldc)
		if i >= p.m || j >= p.n {
			if got != before[at] {
				t.Fatalf("Run(%v) changed element %d outside C", p, at)
			}
			continue
		}
		want, magnitude := o.element(p, rows[i*p.k:][:p.k], cols[j*p.k:][:p.k], float64(before[at]), j)
		if d := math.Abs(want - float64(got)); !(d <= float64(p.k+4)*eps*magnitude) {
			t.Fatalf("Run(%v) at (%d, %d) = %v, want %v", p, i, j, got, want)
		}
	}
}

// factors returns the rows of op(A) and the columns of op(B), one after the other.
func (o matrices[F]) factors(p product) (rows, cols []float64) {
	rowA, stepA, stepB, colB := o.strides(p)
	rows, cols = make([]float64, 0, p.m*p.k), make([]float64, 0, p.n*p.k)
	for i := range p.m {
		for q := range p.k {
			rows = append(rows, float64(o.a[i*rowA+q*stepA]))
		}
	}
	for j := range p.n {
		for q := range p.k {
			cols = append(cols, float64(o.b[q*stepB+j*colB]))
		}
	}
	return rows, cols
}

// strides are the distances between neighbours in op(A), from row to row and from
// step to step along k, and in op(B), likewise and from column to column.
func (o matrices[F]) strides(p product) (rowA, stepA, stepB, colB int) {
	rowA, stepA, stepB, colB = o.lda, 1, o.ldb, 1
	if p.transA {
		rowA, stepA = 1, o.lda
	}
	if p.transB {
		stepB, colB = 1, o.ldb
	}
	return rowA, stepA, stepB, colB
}

// element is an element of C in column j, of a row of op(A) and a column of op(B)
// and its value before, and the sum of the magnitudes of its terms.
func (o matrices[F]) element(p product, row, col []float64, before float64, j int) (want, magnitude float64) {
	for q, a := range row {
		x := a * col[q]
		want += x
		magnitude += math.Abs(x)
	}
	want, magnitude = p.alpha*want, math.Abs(p.alpha)*magnitude
	add := func(x float64) { want, magnitude = want+x, magnitude+math.Abs(x) }
	if p.beta != 0 {
		add(p.beta * before)
	}
	if p.bias {
		add(float64(o.bias[j]))
	}
	if p.act == vec.ReLU {
		want = max(want, 0)
	}
	return want, magnitude
}

// sizes go through both sides of the edges of tiles and blocks of every
// instruction set, and through every path.
var sizes = [][3]int{
	{0, 3, 2}, {3, 0, 2}, {2, 3, 0}, {40, 50, 0}, {1, 1, 1}, {1, 1, 4}, {2, 4, 3}, {3, 5, 7}, {5, 9, 2},
	{4, 33, 9}, {6, 16, 17}, {7, 15, 16}, {13, 31, 8}, {14, 32, 15}, {15, 33, 7}, {27, 63, 5}, {29, 65, 33},
	{1, 300, 100}, {300, 1, 100}, {1, 70, 300}, {70, 1, 300}, {2, 5000, 3}, {1, 4100, 9}, {4100, 1, 9},
	{151, 10, 1500}, {10, 307, 700}, {1, 4097, 141}, {4100, 1, 129}, {33, 7, 129}, {31, 24, 64}, {10, 307, 256}, {10, 90, 600}, {307, 10, 256}, {300, 3, 600},
	{67, 129, 65}, {100, 100, 100}, {70, 75, 800}, {60, 600, 40}, {257, 307, 10}, {70, 512, 30}, {16, 16, 5000},
	{201, 1, 333}, {1, 333, 201}, {333, 1, 201}, {151, 6, 2101}, {141, 1, 5003}, {1, 4097, 99}, {79, 11, 519},
	{3, 1, 100}, {191, 1, 107}, {37, 1, 9000}, {38, 1, 64}, {1, 3, 100}, {1, 191, 107},
	{40, 9, 1201}, {33, 7, 1203}, {35, 18, 601}, {9, 1031, 300},
}

func TestProducts(t *testing.T) {
	kerneltest.BothTypes(t, testProducts[float32], testProducts[float64])
}

func testProducts[F kernel.Float](t *testing.T) {
	for _, s := range sizes {
		if testing.Short() && s[0]*s[1]*s[2] > 1<<18 {
			continue
		}
		for layout := range 4 {
			p := product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0, alpha: 1}
			testProduct[F](t, p)
			p.gap, p.alpha, p.beta, p.bias, p.act = 3, 0.75, -2, true, vec.ReLU
			testProduct[F](t, p)
		}
	}
}

// Rows may all fall on the same lines of the cache.
func TestFarRows(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, k := range []int{10, 30} {
			b, c := slices.Repeat([]float32{1}, 1<<16*k), make([]float32, 40*33)
			New[float32](40, 33, k, false, false, k, 1<<16, 33).Run(1, b, b, 0, c, Epilogue[float32]{})
			for _, v := range c {
				require.EqualValues(t, k, v)
			}
		}
	})
}

func FuzzProduct(f *testing.F) {
	f.Add(uint16(14), uint16(33), uint16(100), uint8(1), uint8(2))
	f.Add(uint16(256), uint16(10), uint16(300), uint8(2), uint8(0))
	f.Add(uint16(64), uint16(13), uint16(900), uint8(2), uint8(0))
	f.Fuzz(func(t *testing.T, m, n, k uint16, flags, gap uint8) {
		p := product{
			m: int(m) % 300, n: int(n) % 300, k: int(k) % 1100, gap: int(gap) % 20,
			transA: flags&1 > 0, transB: flags&2 > 0, alpha: float64(1 + flags>>2&1),
			beta: float64(flags >> 3 & 1), bias: flags&16 > 0, act: map[bool]vec.UnaryOp{false: vec.Copy, true: vec.ReLU}[flags&32 > 0],
		}
		kerneltest.EachISA(t, func(t *testing.T) {
			testProduct[float32](t, p)
			testProduct[float64](t, p)
		})
	})
}

// With beta = 0 C is not read; NaN and 0·∞ of the operands reach every element
// that they belong to, ReLU or not.
func TestNotFinite(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, s := range sizes {
			for layout := range 4 {
				testNotFinite(t, product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0, alpha: 1, act: vec.ReLU})
			}
		}
	})
}

func testNotFinite(t *testing.T, p product) {
	o := newMatrices[float32](p)
	for i := range o.c {
		o.c[i] = float32(math.NaN())
	}
	if p.m*p.n*p.k == 0 {
		o.run(p)
		for _, v := range o.c[:p.m*p.n] {
			require.Zero(t, v, "%v", p)
		}
		return
	}
	clear(o.b)
	row, col := p.m/2, p.n/3
	o.a[map[bool]int{false: row * o.lda, true: row}[p.transA]] = float32(math.Inf(1))
	o.b[map[bool]int{false: col, true: col * o.ldb}[p.transB]] = float32(math.NaN())
	o.run(p)
	for at, v := range o.c[:p.m*p.n] {
		if nan := at/p.n == row || at%p.n == col; nan != (v != v) || !nan && v != 0 {
			t.Fatalf("%v: element %d is %v", p, at, v)
		}
	}
}

func TestSameOnAnyNumberOfCores(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
		for i, s := range [][3]int{{256, 10, 3073}, {10, 3073, 256}, {3073, 10, 256}, {256, 1, 3073}, {3073, 1, 256}, {1, 3073, 256}, {1, 4200, 131}, {301, 1, 2001}, {120, 330, 800}, {300, 301, 11}} {
			for layout := range 4 {
				if testing.Short() && layout != i%4 {
					continue
				}
				p := product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0, alpha: 1, beta: 1, bias: true}
				o := newMatrices[float32](p)
				before := slices.Clone(o.c)
				var want []float32
				for _, cores := range []int{1, 2, 3} {
					runtime.GOMAXPROCS(cores)
					copy(o.c, before)
					o.run(p)
					if want == nil {
						want = slices.Clone(o.c)
					}
					require.True(t, slices.Equal(want, o.c), "%v on %d cores", p, cores)
				}
			}
		}
	})
}

// What a product fetches for the next run, which may lie outside all matrices,
// changes nothing.
func TestExpectHasNoEffect(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, s := range [][3]int{{10, 3073, 80}, {10, 300, 20}, {3073, 10, 80}, {300, 10, 20}, {80, 10, 3073}, {60, 70, 90}} {
			for layout := range 4 {
				p := product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0, alpha: 2, beta: 1}
				plain, o := newMatrices[float32](p), newMatrices[float32](p)
				plain.run(p)
				g := New[float32](p.m, p.n, p.k, p.transA, p.transB, o.lda, o.ldb, o.ldc)
				g.Expect(1<<30, 1<<30)
				g.Run(2, o.a, o.b, 1, o.c, Epilogue[float32]{})
				require.True(t, slices.Equal(plain.c, o.c), "%v", p)
			}
		}
	})
}

func TestRunDoesNotAllocate(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, s := range [][3]int{{1, 1, 4}, {8, 8, 8}, {256, 10, 1000}, {10, 1000, 256}, {100, 110, 120}, {1000, 10, 256}, {1, 2000, 300}} {
			for layout := range 4 {
				p := product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0}
				o := newMatrices[float32](p)
				g := New[float32](p.m, p.n, p.k, p.transA, p.transB, o.lda, o.ldb, o.ldc)
				assert.Less(t, testing.AllocsPerRun(10, func() { g.Run(1, o.a, o.b, 0, o.c, Epilogue[float32]{}) }), 1.0, "%v", p)
			}
		}
	})
}

func TestRefusesShortSlices(t *testing.T) {
	g := New[float64](3, 4, 5, false, true, 5, 6, 7)
	a, b, c, bias := make([]float64, 15), make([]float64, 23), make([]float64, 18), make([]float64, 4)
	g.Run(1, a, b, 0, c, Epilogue[float64]{Bias: bias})
	for name, run := range map[string]func(){
		"A has 14 elements, want 15":  func() { g.Run(1, a[1:], b, 0, c, Epilogue[float64]{}) },
		"B has 22 elements, want 23":  func() { g.Run(1, a, b[1:], 0, c, Epilogue[float64]{}) },
		"C has 17 elements, want 18":  func() { g.Run(1, a, b, 0, c[1:], Epilogue[float64]{}) },
		"bias has 3 elements, want 4": func() { g.Run(1, a, b, 0, c, Epilogue[float64]{Bias: bias[1:]}) },
	} {
		assert.PanicsWithValue(t, "gemm: "+name, run)
	}
	assert.Panics(t, func() { New[float64](3, 4, 5, false, false, 4, 4, 4) })
}

// randomise sets x to numbers between −1 and 1.
func randomise[F kernel.Float](rng *rand.Rand, x []F) {
	for i := range x {
		x[i] = F(2*rng.Float64() - 1)
	}
}

func random[F kernel.Float](rng *rand.Rand, n int) []F {
	x := make([]F, n)
	randomise(rng, x)
	return x
}
