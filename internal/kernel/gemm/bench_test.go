package gemm

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// benchShapes are the products of linear models, of dense layers and of
// convolutions.
var benchShapes = []struct {
	m, n, k        int
	transA, transB bool
}{
	{256, 10, 3073, false, true},  // scores x·Wᵀ
	{10, 3073, 256, true, false},  // their dW
	{256, 3073, 10, false, false}, // and dX
	{256, 10, 3073, false, false}, // the same for weights by inputs
	{3073, 10, 256, true, false},
	{256, 3073, 10, false, true},
	{256, 1, 3073, false, true}, // logistic regression
	{1, 3073, 256, true, false},
	{3073, 1, 256, true, false},
	{256, 512, 3072, false, true}, // dense layer
	{256, 512, 3072, false, false},
	{512, 3072, 256, true, false},
	{3072, 512, 256, true, false},
	{256, 3072, 512, false, false},
	{256, 3072, 512, false, true},
	{256, 256, 512, false, true},
	{256, 256, 512, false, false},
	{256, 10, 256, false, true},
	{10, 256, 256, true, false},
	{256, 256, 10, false, false},
	{64, 128, 784, false, false}, // small perceptron
	{784, 128, 64, true, false},
	{64, 10, 128, false, false},
	{128, 10, 64, true, false},
	{64, 128, 10, false, true},
	{1024, 1024, 1024, false, false},
	{1024, 1024, 1024, false, true},
	{1024, 1024, 1024, true, false},
	{64, 65536, 27, false, false}, // convolution
	{64, 27, 65536, false, true},
	{64, 27, 65536, false, false},
	{1, 1, 4, false, true},
	{8, 8, 8, false, false},
	{8, 8, 8, false, true},
	{16, 16, 16, false, false},
	{16, 16, 16, false, true},
	{32, 32, 32, false, false},
	{32, 32, 32, false, true},
	{64, 64, 64, false, false},
	{128, 128, 128, false, false},
}

func BenchmarkRun(b *testing.B) {
	kerneltest.EachISA(b, func(b *testing.B) {
		b.Run("dtype=f32", benchmarkRun[float32])
		b.Run("dtype=f64", benchmarkRun[float64])
	})
}

func benchmarkRun[F kernel.Float](b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	letter := map[bool]string{false: "N", true: "T"}
	for _, s := range benchShapes {
		name := fmt.Sprintf("m=%d/n=%d/k=%d/op=%s%s", s.m, s.n, s.k, letter[s.transA], letter[s.transB])
		b.Run(name, func(b *testing.B) {
			lda, ldb := s.k, s.n
			if s.transA {
				lda = s.m
			}
			if s.transB {
				ldb = s.k
			}
			x, y, c := random[F](rng, s.m*s.k), random[F](rng, s.k*s.n), make([]F, s.m*s.n)
			g := New[F](s.m, s.n, s.k, s.transA, s.transB, lda, ldb, s.n)
			for b.Loop() {
				g.Run(1, x, y, 0, c, Epilogue[F]{})
			}
			b.ReportMetric(2e-9*float64(s.m*s.n*s.k)*float64(b.N)/b.Elapsed().Seconds(), "Gflop/s")
		})
	}
}
