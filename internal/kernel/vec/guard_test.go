//go:build unix

package vec

import (
	"testing"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// Kernels touch nothing outside of their operands, at either end.
func TestGuardedVectors(t *testing.T) {
	kerneltest.BothTypes(t, testGuarded[float32], testGuarded[float64])
}

func testGuarded[F kernel.Float](t *testing.T) {
	const most = 150
	var g [3]kerneltest.Guarded[F]
	for i := range g {
		g[i] = kerneltest.NewGuarded[F](t, most*9)
	}
	bytes := kerneltest.NewGuarded[F](t, most)
	for n := 1; n <= most; n++ {
		for _, take := range []func(g kerneltest.Guarded[F], n int) []F{kerneltest.Guarded[F].First, kerneltest.Guarded[F].Last} {
			x, y, z := take(g[0], n), take(g[1], n), take(g[2], n)
			for op := range numUnary {
				Unary(op, y, x)
			}
			all := func(x []F) kernel.Operand[F] { return kernel.Operand[F]{Data: x, Row: len(x), Col: 1} }
			for op := range numBinary {
				Binary(op, 1, n, z, n, all(x), all(y))
			}
			Select(1, n, z, n, all(x), all(y), all(x))
			Axpby(2, x, 3, y)
			Dot(x, y)
			AllFinite(x)
			for op := range numReduction {
				ReduceRows(op, 1, n, take(g[1], 1), x, n)
				ReduceCols(op, 3, n, y, take(g[0], 3*n), n, true)
			}
			Deviations(3, n, y, z, take(g[0], 3*n), n, y)
			Transpose(9, n, take(g[1], 9*n), 9, take(g[0], 9*n), n)
			Gather(take(g[1], 9*n), n, take(g[0], 9*n), n, []int{8, 0, 7, 1, 6, 2, 5, 3, 4}, n)
			src := kerneltest.Bytes(take(bytes, (n+7)/8*8/kernel.Size[F]()))
			GatherBytes(take(g[1], len(src)), len(src), src, len(src), []int{0}, len(src), all(take(g[0], len(src))), all(take(g[2], len(src))))
		}
	}
	// Rows that are long enough for the kernel that copies eight side by side.
	wide := [2]kerneltest.Guarded[F]{kerneltest.NewGuarded[F](t, 8*300), kerneltest.NewGuarded[F](t, 8*300)}
	for n := minLong; n < minLong+20; n++ {
		Gather(wide[0].Last(8*n), n, wide[1].Last(8*n), n, []int{7, 6, 5, 4, 3, 2, 1, 0}, n)
		Gather(wide[0].First(8*n), n, wide[1].First(8*n), n, []int{7, 6, 5, 4, 3, 2, 1, 0}, n)
	}
}

// minLong is the length of rows from which gather has a kernel.
const minLong = 256
