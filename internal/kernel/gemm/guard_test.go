//go:build unix

package gemm

import (
	"testing"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// Products touch nothing outside of their matrices, at either end.
func TestGuardedProducts(t *testing.T) {
	kerneltest.BothTypes(t, testGuarded[float32], testGuarded[float64])
}

func testGuarded[F kernel.Float](t *testing.T) {
	const most = 1 << 15
	a, b := kerneltest.NewGuarded[F](t, most), kerneltest.NewGuarded[F](t, most)
	c, bias := kerneltest.NewGuarded[F](t, most), kerneltest.NewGuarded[F](t, most)
	for _, s := range [][3]int{
		{1, 1, 67}, {1, 300, 29}, {300, 1, 29}, {7, 10, 131}, {10, 131, 7}, {131, 10, 67}, {5, 29, 3}, {13, 18, 19},
		{67, 69, 71}, {2, 5, 300}, {37, 3, 90}, {6, 16, 8}, {9, 1, 131}, {1, 9, 131}, {33, 11, 899},
	} {
		for layout := range 4 {
			m, n, k := s[0], s[1], s[2]
			transA, transB := layout&1 > 0, layout&2 > 0
			lda, ldb := k, n
			if transA {
				lda = m
			}
			if transB {
				ldb = k
			}
			g := New[F](m, n, k, transA, transB, lda, ldb, n)
			for _, take := range []func(g kerneltest.Guarded[F], n int) []F{kerneltest.Guarded[F].First, kerneltest.Guarded[F].Last} {
				g.Run(2, take(a, m*k), take(b, k*n), 1, take(c, m*n), Epilogue[F]{Bias: take(bias, n)})
			}
		}
	}
}
