//go:build !purego

package kernel

import (
	"sync"
	"unsafe"
)

// fastGemm is what a plan holds for the assembly.
type fastGemm[F Float] struct {
	kernels *gemmKernels[F]
	size    int // of an element, in bytes

	// op(A) is a[i*rowA+p*stepA] and op(B) is b[p*stepB+j*colB], for i < m,
	// j < n and p < k.
	rowA, stepA, stepB, colB int

	unitRows, unitCols int // of the parts of C
	unitsDown          int
	path               func(g *Gemm[F], s *gemmScratch[F], r block)
	own                *gemmScratch[F] // of a plan with a single part
}

// unitStrip is what the rows of a part are a multiple of: two strips of the
// tallest tile.
const unitStrip = 28

// A block is the part of C with rows i0 to i1−1 and columns j0 to j1−1.
type block struct{ i0, i1, j0, j1 int }

// gemmScratch is the memory that one goroutine needs to compute a part.
type gemmScratch[F Float] struct {
	tile      tileArgs[F]
	dot       dotArgs[F]
	pack      packArgs[F]
	transpose transposeArgs[F]
	finish    finishArgs[F]
	axpy      axpyArgs[F]

	a, b, s, t []F // packed operands and unfinished sums
}

// A scratchList holds idle scratch, of which there is one for each core at most.
// Plans share it: what they share stays in cache.
type scratchList[F Float] struct {
	mutex sync.Mutex
	idle  []*gemmScratch[F]
}

var (
	scratch32 scratchList[float32]
	scratch64 scratchList[float64]
)

func scratchFor[F Float]() *scratchList[F] {
	var list any = &scratch64
	if size[F]() == 4 {
		list = &scratch32
	}
	return list.(*scratchList[F])
}

func (l *scratchList[F]) get() *gemmScratch[F] {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	last := len(l.idle) - 1
	if last < 0 {
		return new(gemmScratch[F])
	}
	s := l.idle[last]
	l.idle = l.idle[:last]
	return s
}

func (l *scratchList[F]) put(s *gemmScratch[F]) {
	l.mutex.Lock()
	l.idle = append(l.idle, s)
	l.mutex.Unlock()
}

// grow returns the first n elements of *buf, aligned to 64 bytes, after making
// it long enough; the contents are left over from other uses.
func grow[F Float](buf *[]F, n int) []F {
	if cap(*buf) < n {
		line := 64 / size[F]()
		x := make([]F, n+line)
		skip := -int(uintptr(unsafe.Pointer(&x[0]))) & 63 / size[F]()
		*buf = x[skip : skip+n]
	}
	return (*buf)[:n]
}

// gemmKernelsFor returns the assembly to use, nil for none.
func gemmKernelsFor[F Float]() *gemmKernels[F] {
	var table any
	switch single := size[F]() == 4; {
	case useAVX512 && single:
		table = &gemmAVX512F32
	case useAVX512:
		table = &gemmAVX512F64
	case useAVX2 && single:
		table = &gemmAVX2F32
	case useAVX2:
		table = &gemmAVX2F64
	default:
		return nil
	}
	return table.(*gemmKernels[F])
}

// tinyGemm is the number of multiplications up to which plain Go is faster.
const tinyGemm = 24

func (g *Gemm[F]) plan() {
	g.kernels = gemmKernelsFor[F]()
	if g.kernels == nil || g.m*g.n*g.k <= tinyGemm {
		g.planGeneric()
		return
	}
	g.size = size[F]()
	g.rowA, g.stepA, g.stepB, g.colB = g.lda, 1, g.ldb, 1
	if g.transA {
		g.rowA, g.stepA = 1, g.lda
	}
	if g.transB {
		g.stepB, g.colB = 1, g.ldb
	}
	if g.k == 1 { // any step will do: say that both are contiguous in rows
		g.stepA, g.stepB = 1, 1
	}
	g.choosePath()
	g.split()
	if g.parts == 1 {
		g.own = new(gemmScratch[F])
		g.job = func(int, int) { g.path(g, g.own, block{0, g.m, 0, g.n}) }
	} else {
		g.job = g.units
	}
}

// choosePath picks one way to compute C, by shape and layout alone.
func (g *Gemm[F]) choosePath() {
	ks := g.kernels
	narrow := 24
	long := 4 * ks.lanes
	switch {
	case g.m == 1 && g.colB == 1 && g.n*g.k >= 1<<12:
		g.path = (*Gemm[F]).vectorMatrix
	case g.n == 1 && g.rowA == 1 && g.m*g.k >= 1<<12:
		g.path = (*Gemm[F]).matrixVectorT
	case g.stepA == 1 && g.k >= long && (g.n <= narrow && g.n%ks.lanes != 0 || g.m <= narrow && g.stepB == 1):
		g.path = (*Gemm[F]).dots
	case g.rowA == 1 && g.n <= narrow && g.n%ks.lanes != 0 && g.m >= 4*ks.lanes:
		g.path = (*Gemm[F]).columns
	case g.colB == 1 && g.direct():
		g.path = (*Gemm[F]).directTiles
	default:
		g.path = (*Gemm[F]).packedTiles
	}
}

// direct reports whether B is best read where it is: it is small or used for
// few rows, and its rows do not fall on the same lines of the cache.
func (g *Gemm[F]) direct() bool {
	aliased := g.ldb*g.size%2048 == 0 && g.k > 8
	return g.m <= 2*g.kernels.rows && !aliased || g.k*g.n*g.size <= 16<<10 || g.k <= 16
}

const (
	partFlops = 1 << 19 // least number of operations for a second part
	maxParts  = 64
)

// split divides C into parts by the size of the work.
func (g *Gemm[F]) split() {
	ks := g.kernels
	flops := 2 * g.m * g.n * g.k
	parts := max(1, min(maxParts, flops/partFlops))
	across := max(1, min(parts, g.n/(2*ks.lanes)))
	down := max(1, min((parts+across-1)/across, g.m/(2*ks.rows)))
	if g.m > 4*g.n {
		down = max(1, min(parts, g.m/(2*ks.rows)))
		across = max(1, min((parts+down-1)/down, g.n/(2*ks.lanes)))
	}
	g.unitRows = roundUp((g.m+down-1)/down, unitStrip)
	g.unitCols = roundUp((g.n+across-1)/across, 4*ks.lanes)
	g.unitsDown = (g.m + g.unitRows - 1) / g.unitRows
	g.parts = g.unitsDown * ((g.n + g.unitCols - 1) / g.unitCols)
}

func roundUp(n, step int) int { return (n + step - 1) / step * step }

// units computes the parts from lo to hi−1, which go down and then across C,
// merged into as few blocks as possible.
func (g *Gemm[F]) units(lo, hi int) {
	idle := scratchFor[F]()
	s := idle.get()
	for lo < hi {
		down, across := lo%g.unitsDown, lo/g.unitsDown
		height, width := min(hi-lo, g.unitsDown-down), 1
		if height == g.unitsDown {
			width = (hi - lo) / height
		}
		g.path(g, s, block{
			down * g.unitRows, min(g.m, (down+height)*g.unitRows),
			across * g.unitCols, min(g.n, (across+width)*g.unitCols),
		})
		lo += height * width
	}
	idle.put(s)
}
