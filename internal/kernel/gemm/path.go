//go:build (amd64 || arm64) && !purego

package gemm

import "declive/internal/kernel"

// assembly is what a plan holds for the assembly.
type assembly[F kernel.Float] struct {
	kernels *kernels[F]
	size    int // of an element, in bytes

	// op(A) is a[i*rowA+p*stepA] and op(B) is b[p*stepB+j*colB], for i < m,
	// j < n and p < k.
	rowA, stepA, stepB, colB int

	path path
	cut  cut
	band band
	own  *scratch[F] // of a plan with a single part

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

// tiny is the number of multiplications up to which plain Go is faster.
const tiny = 24

func (g *Plan[F]) plan() {
	g.kernels = kernelsInUse[F]()
	if g.kernels == nil || g.m*g.n*g.k <= tiny {
		g.planGeneric()
		return
	}
	g.size = kernel.Size[F]()
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
		g.own = new(scratch[F])
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
func (g *Plan[F]) choosePath() path {
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
func (g *Plan[F]) compute(s *scratch[F], r block) {
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
func (g *Plan[F]) direct() bool {
	row, all := g.ldb*g.size, g.k*g.n*g.size
	switch {
	case g.m <= 2*g.kernels.rows, g.k <= 16, all <= 16<<10:
		return true
	case row%2048 == 0:
		return all <= 1<<20 && g.kernels.rows > 8 && distinctLines(row) >= 32
	}
	return g.k <= 512 || all <= 1<<20 || g.k*row <= 4<<20
}
