// Package gemm multiplies matrices of float32 and float64. What holds for all
// kernels is said in package kernel.
//
// A product is planned once with [New] for its shape and layout and then run on
// any operands with [Plan.Run], without allocating. Large products are divided
// among the cores of package pool, in parts that follow from the shape alone.
package gemm

import (
	"fmt"
	"sync/atomic"

	"declive/internal/kernel"
	"declive/internal/kernel/vec"
	"declive/internal/pool"
)

// A Plan is how to compute products of matrices of one shape and layout,
//
//	C = act(alpha·op(A)·op(B) + beta·C + bias)
//
// with op(A) of shape (m, k), op(B) of shape (k, n) and C of shape (m, n), where
// op transposes a matrix that was planned as transposed. Matrices are stored by
// rows, a leading dimension apart.
//
// The products of an element are added in blocks of at most some hundreds, the
// sums of up to 2¹⁵ products one block after the other, and those pairwise: with
// n equal terms no rounding is relative to more than a few hundred additions.
//
// A plan holds the operands of a call while it runs: it serves one goroutine at
// a time.
type Plan[F kernel.Float] struct {
	m, n, k        int
	transA, transB bool
	lda, ldb, ldc  int

	lenA, lenB, lenC int                // least lengths of the operands
	parts            int                // parts of C computed on their own, by shape
	job              func(from, to int) // computes some of them, from the operands of the call
	long             *piecewise[F]      // of a product with a long k, which uses no parts
	assembly[F]

	nextA, nextB int // from an operand to that of the next run, in elements; 0 if not known

	alpha, beta F
	a, b, c     []F
	serial      uint64 // of a call whose parts share what they pack, else 0
	ep          Epilogue[F]
}

// serials counts calls.
var serials atomic.Uint64

// An Epilogue is what happens to each finished element of a product.
type Epilogue[F kernel.Float] struct {
	Bias []F         // added to every row, of length n; nil for none
	Act  vec.UnaryOp // applied last; [vec.Copy] for none
}

// New plans products of op(A) of shape (m, k) with op(B) of shape (k, n).
// The leading dimensions lda, ldb and ldc are the distances between rows as
// stored: with transA, A has k rows of m elements; with transB, B has n rows of
// k elements. It panics on a negative size and on a leading dimension smaller
// than a row.
func New[F kernel.Float](m, n, k int, transA, transB bool, lda, ldb, ldc int) *Plan[F] {
	g := &Plan[F]{m: m, n: n, k: k, transA: transA, transB: transB, lda: lda, ldb: ldb, ldc: ldc}
	rowsA, rowA, rowsB, rowB := m, k, k, n
	if transA {
		rowsA, rowA = k, m
	}
	if transB {
		rowsB, rowB = n, k
	}
	if min(m, n, k) < 0 || lda < rowA || ldb < rowB || ldc < n {
		panic(fmt.Sprintf("gemm: sizes m=%d n=%d k=%d do not fit leading dimensions %d %d %d", m, n, k, lda, ldb, ldc))
	}
	g.lenA, g.lenB, g.lenC = extent(rowsA, rowA, lda), extent(rowsB, rowB, ldb), extent(m, n, ldc)
	g.plan()
	g.planLong()
	return g
}

// Run computes C = act(alpha·op(A)·op(B) + beta·C + bias). With beta = 0 it does
// not read c, which may hold anything. It does not allocate, and panics before
// it writes if a slice is too short.
func (g *Plan[F]) Run(alpha F, a, b []F, beta F, c []F, ep Epilogue[F]) {
	g.check(a, b, c, &ep)
	if g.m == 0 || g.n == 0 || g.small(alpha, a, b, beta, c, &ep) {
		return
	}
	g.alpha, g.a, g.b, g.beta, g.c, g.ep = alpha, a, b, beta, c, ep
	switch {
	case g.long != nil:
		g.runLong()
	case g.parts == 1:
		g.job(0, 1)
	default:
		g.serial = serials.Add(1)
		pool.DoRuns(g.parts, g.job)
	}
	g.a, g.b, g.c, g.ep.Bias = nil, nil, nil, nil
}

// Expect says how many elements behind the operands of a run those of the next one
// begin, where that is known, else 0. A product that computes little with each
// element fetches the next ones from memory on its way.
func (g *Plan[F]) Expect(nextA, nextB int) {
	g.nextA, g.nextB = nextA, nextB
	g.plan()
}

func (g *Plan[F]) check(a, b, c []F, ep *Epilogue[F]) {
	if len(a) < g.lenA || len(b) < g.lenB || len(c) < g.lenC || ep.Bias != nil && len(ep.Bias) < g.n {
		g.refuse(len(a), len(b), len(c), len(ep.Bias))
	}
}

// refuse panics with the reason why check fails.
func (g *Plan[F]) refuse(a, b, c, bias int) {
	for _, x := range []struct {
		name      string
		got, want int
	}{{"A", a, g.lenA}, {"B", b, g.lenB}, {"C", c, g.lenC}, {"bias", bias, g.n}} {
		if x.got < x.want {
			panic(fmt.Sprintf("gemm: %s has %d elements, want %d", x.name, x.got, x.want))
		}
	}
}

// extent is the number of elements from the first to the last of a matrix.
func extent(rows, cols, ld int) int {
	if rows == 0 || cols == 0 {
		return 0
	}
	return (rows-1)*ld + cols
}
