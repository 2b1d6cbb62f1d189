package conv

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/kerneltest"
)

// benchShapes are the layers of a small network, of airbench94, of ResNet-20 and
// ResNet-18, and of LeNet.
var benchShapes = []Geometry{
	layer(64, 32, 3, 32, 3, 1, 1), // conv-step
	layer(64, 16, 32, 64, 3, 1, 1),
	layer(256, 32, 3, 24, 2, 1, 0), // airbench94
	layer(256, 31, 24, 64, 3, 1, 1),
	layer(256, 15, 64, 64, 3, 1, 1),
	layer(256, 15, 64, 256, 3, 1, 1),
	layer(256, 7, 256, 256, 3, 1, 1),
	layer(256, 3, 256, 256, 3, 1, 1),
	layer(128, 32, 16, 16, 3, 1, 1), // ResNet-20
	layer(128, 16, 32, 32, 3, 1, 1),
	layer(128, 8, 64, 64, 3, 1, 1),
	layer(128, 32, 16, 32, 3, 2, 1),
	layer(64, 32, 64, 64, 3, 1, 1), // ResNet-18
	layer(64, 16, 128, 128, 3, 1, 1),
	layer(64, 8, 256, 256, 3, 1, 1),
	layer(64, 4, 512, 512, 3, 1, 1),
	layer(64, 32, 64, 128, 3, 2, 1),
	layer(64, 16, 128, 128, 1, 1, 0),
	layer(256, 14, 6, 16, 5, 1, 0), // LeNet
}

// layer is a geometry of square images and windows.
func layer(n, side, c, k, window, stride, pad int) Geometry {
	g := square(n, side, c, k, window, stride, pad)
	g.W = side
	return g
}

func BenchmarkRun(b *testing.B) {
	kerneltest.EachISA(b, func(b *testing.B) {
		b.Run("dtype=f32", benchmarkRun[float32])
		b.Run("dtype=f64", benchmarkRun[float64])
	})
}

func benchmarkRun[F kernel.Float](b *testing.B) {
	for _, g := range benchShapes {
		for _, role := range roles {
			for _, by := range algorithms(g) {
				name := fmt.Sprintf("role=%v/by=%v/n=%d/side=%d/c=%d/k=%d/window=%d/stride=%d", role, by, g.N, g.H, g.C, g.K, g.R, g.Stride[0])
				b.Run(name, func(b *testing.B) { benchmark[F](b, g, role, by) })
			}
		}
	}
}

func benchmark[F kernel.Float](b *testing.B, g Geometry, role Role, by algorithm) {
	rng := rand.New(rand.NewPCG(1, 2))
	lenA, lenB, lenC := g.operands(role)
	x, y, z := random[F](rng, lenA), random[F](rng, lenB), make([]F, lenC)
	p := newPlan[F](g, role, by)
	workspace := make([]F, p.Workspace())
	for b.Loop() {
		p.Run(x, y, z, gemm.Epilogue[F]{}, workspace)
	}
	b.ReportMetric(1e-9*g.Flops()*float64(b.N)/b.Elapsed().Seconds(), "Gflop/s")
}

func BenchmarkMaxPool(b *testing.B) {
	kerneltest.EachISA(b, func(b *testing.B) {
		g := Windows{N: 128, H: 31, W: 31, C: 64, R: 2, S: 2, Stride: [2]int{2, 2}} // airbench94
		p := NewMaxPool[float32](g)
		x := random[float32](rand.New(rand.NewPCG(1, 2)), p.lenX)
		y, at := make([]float32, p.lenY), make([]byte, p.lenY)
		for name, run := range map[string]func(){
			"max":    func() { p.Max(x, y, at) },
			"pick":   func() { p.Pick(at, x, y) },
			"spread": func() { p.Spread(at, y, x) },
		} {
			b.Run(fmt.Sprintf("op=%s/n=%d/side=%d/c=%d/window=%d", name, g.N, g.H, g.C, g.R), func(b *testing.B) {
				b.SetBytes(int64(4 * p.lenX))
				for b.Loop() {
					run()
				}
			})
		}
	})
}
