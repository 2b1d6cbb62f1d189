//go:build !purego

package kernel

import "sync"

// fastGemm is what a plan holds for the assembly.
type fastGemm[F Float] struct {
	kernels *gemmKernels[F]
	size    int // of an element, in bytes

	// op(A) is a[i*rowA+p*stepA] and op(B) is b[p*stepB+j*colB], for i < m,
	// j < n and p < k.
	rowA, stepA, stepB, colB int

	path path
	cut  cut
	band band
	own  *gemmScratch[F] // of a plan with a single part

	calls []tileCall[F] // all of a small product
}

// A path is a way to compute C.
type path uint8

const (
	packedPath path = iota
	directPath
	dotsPath
	columnsPath
	vectorMatrixPath
	matrixVectorTPath
)

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
	sums       Pairwise[F]
	packed     packed // what b holds
}

// packed says that a block of op(B), with steps from p and columns from j to
// end−1, has been packed in a run; no run has serial 0.
type packed struct {
	serial    uint64
	p, j, end int
}

// holds reports whether b is still what was packed, and notes what it will be.
func (s *gemmScratch[F]) holds(what packed) bool {
	if what.serial != 0 && s.packed == what {
		return true
	}
	s.packed = what
	return false
}

// A scratchList holds idle scratch, of which there is one for each core at most.
// Plans share it: what they share stays in cache. It is given up when no cores
// have worked together for a while.
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

// freeScratch gives up idle scratch.
func freeScratch() {
	scratch32.free()
	scratch64.free()
}

func (l *scratchList[F]) free() {
	l.mutex.Lock()
	clear(l.idle)
	l.idle = l.idle[:0]
	l.mutex.Unlock()
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
	g.path = g.choosePath()
	g.band = g.chooseBand()
	g.cut = g.chooseCut()
	g.parts = g.cut.parts
	if g.parts == 1 {
		g.own = new(gemmScratch[F])
	}
	switch {
	case g.parts > 1:
		g.job = g.units
	case g.path == directPath && g.k <= g.directSteps():
		g.planSmall()
	default:
		g.job = func(int, int) { g.compute(g.own, block{0, g.m, 0, g.n}) }
	}
}

// choosePath picks one way to compute C, by shape and layout alone.
func (g *Gemm[F]) choosePath() path {
	ks := g.kernels
	narrow := 24
	long := 4 * ks.lanes
	switch {
	case g.m == 1 && g.n > 1 && g.colB == 1 && g.n*g.k >= 1<<12:
		return vectorMatrixPath
	case g.n == 1 && g.m > 1 && g.rowA == 1 && g.m*g.k >= 1<<12:
		return matrixVectorTPath
	case g.stepA == 1 && g.k >= long && (g.n <= narrow && g.n%ks.lanes != 0 || g.m <= narrow && g.stepB == 1):
		return dotsPath
	case g.rowA == 1 && g.n <= narrow && g.n%ks.lanes != 0 && g.m >= 4*ks.lanes:
		return columnsPath
	case g.colB == 1 && g.direct():
		return directPath
	}
	return packedPath
}

// compute computes a block of C.
func (g *Gemm[F]) compute(s *gemmScratch[F], r block) {
	switch g.path {
	case packedPath, directPath:
		g.tiles(s, r)
	case dotsPath:
		g.dots(s, r)
	case columnsPath:
		g.columns(s, r)
	case vectorMatrixPath:
		g.vectorMatrix(s, r)
	case matrixVectorTPath:
		g.matrixVectorT(s, r)
	}
}

// direct reports whether B is best read where it is: unless it is large and its
// rows fall on the same lines of the cache, or are too many for the table of
// pages. Low tiles read it more often. These limits are measured.
func (g *Gemm[F]) direct() bool {
	row, all := g.ldb*g.size, g.k*g.n*g.size
	switch {
	case g.m <= 2*g.kernels.rows, g.k <= 16, all <= 16<<10:
		return true
	case row%2048 == 0:
		return all <= 1<<20 && g.kernels.rows > 8 && distinctLines(row) >= 32
	}
	return g.k <= 512 || all <= 1<<20 || g.k*row <= 4<<20
}
