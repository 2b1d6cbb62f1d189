package bridge

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	G "gorgonia.org/gorgonia"

	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/vec"
)

// BLAS is gonum's implementation of the basic linear algebra subprograms with
// the matrix products Sgemm and Dgemm on Declive's kernels, for blas32.Use,
// blas64.Use, tensor.Use and gorgonia.Use. Everything else is gonum's own: of the
// routines that multiply matrices with matrices, Gorgonia and its tensors call no
// other, and the factorisations of package mat reach it in blocks.
//
// Products panic on the same arguments, with the same messages, as gonum's. Those
// of fewer than 1000 multiplications are left to gonum, which is faster there.
// The others add in another order, so that results differ by rounding; and they
// multiply every zero, where gonum skips those of A, so that 0·NaN is NaN.
type BLAS struct{ gonum.Implementation }

var (
	_ blas.Float32 = BLAS{}
	_ blas.Float64 = BLAS{}
	_ G.BLAS       = BLAS{}
)

// UseKernels has gonum's blas32, blas64 and mat, Gorgonia and its tensors
// multiply matrices with [BLAS]: programs that never heard of Declive speed up.
// The function that it returns brings back what was in use before. Neither may
// be called while products are computed elsewhere.
func UseKernels() (restore func()) {
	single, double, all := blas32.Implementation(), blas64.Implementation(), G.WhichBLAS()
	blas32.Use(BLAS{})
	blas64.Use(BLAS{})
	G.Use(BLAS{})
	return func() {
		blas32.Use(single)
		blas64.Use(double)
		G.Use(all)
	}
}

// A product of fewer multiplications is faster by gonum, which plans nothing:
// matrices of 8×8 take one and a half to three times as long here, those of 12×12
// at most as long.
const fewest = 1000

// Sgemm computes C = alpha·op(A)·op(B) + beta·C, with op(A) of shape (m, k),
// op(B) of shape (k, n) and C of shape (m, n), by rows. It panics as gonum's.
func (s BLAS) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if m*n*k < fewest || !product(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
		s.Implementation.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	}
}

// Dgemm is [BLAS.Sgemm] in double precision.
func (s BLAS) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if m*n*k < fewest || !product(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
		s.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	}
}

// product computes a product unless its arguments are wrong, which gonum
// reports, or there is nothing to multiply.
func product[F kernel.Float](tA, tB blas.Transpose, m, n, k int, alpha F, a []F, lda int, b []F, ldb int, beta F, c []F, ldc int) bool {
	if min(m, n, k) <= 0 || alpha == 0 || !isTranspose(tA) || !isTranspose(tB) {
		return false
	}
	transA, transB := tA != blas.NoTrans, tB != blas.NoTrans
	if !fits(len(a), m, k, lda, transA) || !fits(len(b), k, n, ldb, transB) || !fits(len(c), m, n, ldc, false) {
		return false
	}
	gemm.New[F](m, n, k, transA, transB, lda, ldb, ldc).Run(alpha, a, b, beta, c, gemm.Epilogue[F]{Act: vec.Copy})
	return true
}

func isTranspose(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}

// fits reports whether a slice holds the matrix that becomes one of rows × cols.
func fits(length, rows, cols, ld int, trans bool) bool {
	if trans {
		rows, cols = cols, rows
	}
	return ld >= cols && length >= (rows-1)*ld+cols
}
