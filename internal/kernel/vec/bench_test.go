package vec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// benchTypes runs a benchmark of each element type with every implementation.
func benchTypes(b *testing.B, f32, f64 func(b *testing.B)) {
	kerneltest.EachISA(b, func(b *testing.B) {
		b.Run("dtype=f32", f32)
		b.Run("dtype=f64", f64)
	})
}

// benchSize is the number of elements of a tile: three of them fit in L1.
const benchSize = 2048

// perElement runs f, which handles n elements, and reports its throughput.
func perElement[F kernel.Float](b *testing.B, name string, n int, f func()) {
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(n * kernel.Size[F]()))
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(n)*float64(b.N)/1e9/b.Elapsed().Seconds(), "Gelem/s")
	})
}

func BenchmarkUnary(b *testing.B) { benchTypes(b, benchUnary[float32], benchUnary[float64]) }

func benchUnary[F kernel.Float](b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := numbers[F](rng, benchSize, false), make([]F, benchSize)
	for op := range numUnary {
		for _, n := range []int{16, benchSize} {
			perElement[F](b, fmt.Sprintf("op=%v/n=%d", op, n), n, func() { Unary(op, y[:n], x[:n]) })
		}
	}
}

func BenchmarkBinary(b *testing.B) { benchTypes(b, benchBinary[float32], benchBinary[float64]) }

func benchBinary[F kernel.Float](b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	z := make([]F, 2560)
	for _, g := range [][2]int{{1, 16}, {1, benchSize}, {256, 10}} {
		rows, cols := g[0], g[1]
		x := operand(numbers[F](rng, rows*cols, false), cols, 1)
		for _, kind := range []string{"full", "row", "column", "scalar"} {
			y := operands[F](rng, rows, cols, 0)[kind]
			for _, op := range []BinaryOp{Add, Max, Greater} {
				perElement[F](b, fmt.Sprintf("op=%v/b=%s/rows=%d/cols=%d", op, kind, rows, cols), rows*cols, func() {
					Binary(op, rows, cols, z, cols, x, y)
				})
			}
		}
		perElement[F](b, fmt.Sprintf("op=Select/rows=%d/cols=%d", rows, cols), rows*cols, func() {
			Select(rows, cols, z, cols, x, x, operand(x.Data, 0, 0))
		})
	}
}

func BenchmarkReduce(b *testing.B) { benchTypes(b, benchReduce[float32], benchReduce[float64]) }

func benchReduce[F kernel.Float](b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, g := range [][2]int{{1, benchSize}, {256, 10}, {16, 100}} {
		rows, cols := g[0], g[1]
		x, y := numbers[F](rng, rows*cols, false), make([]F, benchSize)
		for op := range numReduction {
			at := fmt.Sprintf("op=%v/rows=%d/cols=%d", op, rows, cols)
			perElement[F](b, "of=rows/"+at, rows*cols, func() { ReduceRows(op, rows, cols, y, x, cols) })
			perElement[F](b, "of=cols/"+at, rows*cols, func() { ReduceCols(op, rows, cols, y, x, cols, false) })
		}
	}
}

func BenchmarkMoves(b *testing.B) { benchTypes(b, benchMoves[float32], benchMoves[float64]) }

func benchMoves[F kernel.Float](b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 8))
	x, y, bytes := numbers[F](rng, 3072, false), numbers[F](rng, 3072, false), make([]byte, 3072)
	perElement[F](b, "op=Transpose/rows=32/cols=64", 2048, func() { Transpose(32, 64, y, 32, x, 64) })
	perElement[F](b, "op=Transpose/rows=256/cols=10", 2560, func() { Transpose(256, 10, y, 256, x, 10) })
	row, scalar, rows := operand(x, 0, 1), operand(x, 0, 0), []int{0}
	perElement[F](b, "op=GatherBytes/scale=row/n=3072", 3072, func() { GatherBytes(y, 3072, bytes, 3072, rows, 3072, row, row) })
	perElement[F](b, "op=GatherBytes/scale=scalar/n=3072", 3072, func() { GatherBytes(y, 3072, bytes, 3072, rows, 3072, scalar, scalar) })
	perElement[F](b, "op=Axpby/n=2048", benchSize, func() { Axpby(0.5, x[:benchSize], 0.5, y[:benchSize]) })
	perElement[F](b, "op=Dot/n=2048", benchSize, func() { Dot(x[:benchSize], y[:benchSize]) })
	perElement[F](b, "op=AllFinite/n=2048", benchSize, func() { AllFinite(x[:benchSize]) })
}
