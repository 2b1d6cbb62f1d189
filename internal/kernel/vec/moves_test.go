package vec

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

func TestTranspose(t *testing.T) {
	kerneltest.BothTypes(t, testTranspose[float32], testTranspose[float64])
}

func testTranspose[F kernel.Float](t *testing.T) {
	for _, rows := range []int{0, 1, 3, 4, 5, 7, 8, 9, 10, 16, 19} {
		for _, cols := range []int{0, 1, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 127, 128, 129, 132, 135, 260} {
			lds, ldd := cols+2, rows+1
			src, want, dst := make([]F, rows*lds), newGuarded[F](1, cols*ldd), newGuarded[F](1, cols*ldd)
			for i := range src {
				src[i] = F(i)
			}
			for i := range rows {
				for j := range cols {
					want.slice[j*ldd+i] = src[i*lds+j]
				}
			}
			Transpose(rows, cols, dst.slice, ldd, src, lds)
			dst.check(t, 1, "Transpose")
			same(t, want.slice, dst.slice, "Transpose of %d×%d", rows, cols)
		}
	}
}

func TestGather(t *testing.T) {
	src := []float64{0, 1, 2, 10, 11, 12, 20, 21, 22}
	dst := []float64{7, 7, 7, 7, 7, 7}
	Gather(dst, 3, src, 3, []int{2, 0}, 2)
	assert.Equal(t, []float64{20, 21, 7, 0, 1, 7}, dst)
}

func TestGatherRows(t *testing.T) {
	kerneltest.BothTypes(t, testGatherRows[float32], testGatherRows[float64])
}

func testGatherRows[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(20, 21))
	rows := []int{4, 0, 2, 2, 1, 3, 4, 0, 1, 2, 4, 4, 0, 3, 1, 0, 2, 3, 1}
	for _, n := range append(lengths(), 255, 256, 257, 300, 4096, 4351, 4352, 8200) {
		for count := range len(rows) + 1 {
			lds, ldd := n+1, n+2
			src := numbers[F](rng, 5*lds, false)
			want, dst := newGuarded[F](0, count*ldd), newGuarded[F](3, count*ldd)
			for i, r := range rows[:count] {
				copy(want.slice[i*ldd:][:n], src[r*lds:])
			}
			Gather(dst.slice, ldd, src, lds, rows[:count], n)
			dst.check(t, 3, "Gather")
			same(t, want.slice, dst.slice, "Gather of %d×%d", count, n)
		}
	}
}

func TestGatherBytes(t *testing.T) {
	kerneltest.BothTypes(t, testGatherBytes[float32], testGatherBytes[float64])
}

func testGatherBytes[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 17))
	rows := []int{4, 0, 2, 1, 3, 0, 4}
	for _, n := range append(lengths(), convertedBytes, 2*convertedBytes+1, 3*convertedBytes+70) {
		lds, ldd := n+1, n+2
		src := make([]byte, 5*lds)
		for i := range src {
			src[i] = byte(rng.Uint32())
		}
		for mode := range 4 {
			scale := operand(numbers[F](rng, n+1, false), 0, mode/2)
			shift := operand(numbers[F](rng, n+1, false), 0, mode%2)
			want, dst := newGuarded[F](0, len(rows)*ldd), newGuarded[F](3, len(rows)*ldd)
			for i, r := range rows {
				for j := range n {
					want.slice[i*ldd+j] = F(F(src[r*lds+j])*scale.Data[j*scale.Col]) + shift.Data[j*shift.Col]
				}
			}
			GatherBytes(dst.slice, ldd, src, lds, rows, n, scale, shift)
			dst.check(t, 3, "GatherBytes")
			same(t, want.slice, dst.slice, "GatherBytes of %d in mode %d", n, mode)
		}
	}
}

func TestVectors(t *testing.T) { kerneltest.BothTypes(t, testVectors[float32], testVectors[float64]) }

func testVectors[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 19))
	for _, n := range append(lengths(), 2*piece+3) {
		x, y := numbers[F](rng, n+1, false)[1:], newGuarded[F](3, n)
		copy(y.slice, numbers[F](rng, n, false))
		var want F
		for i := 0; i < n; i += piece {
			end := min(i+piece, n)
			want += dotGeneric(x[i:end], y.slice[i:end])
		}
		same(t, []F{want}, []F{Dot(x, y.slice)}, "Dot of %d", n)

		sum := append([]F(nil), y.slice...)
		axpbyGeneric(0.5, x, -3, sum)
		Axpby(0.5, x, -3, y.slice)
		y.check(t, 3, "Axpby")
		same(t, sum, y.slice, "Axpby of %d", n)
		testFinite(t, x)
	}
}

func testFinite[F kernel.Float](t *testing.T, x []F) {
	assert.True(t, AllFinite(x), "%d", len(x))
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, i := range []int{0, len(x) / 2, len(x) - 1} {
			if i < 0 || i >= len(x) {
				continue
			}
			old := x[i]
			x[i] = F(bad)
			assert.False(t, AllFinite(x), "%v at %d of %d", bad, i, len(x))
			x[i] = old
		}
	}
}

// TestFiniteLarge has a sum that overflows, of finite numbers.
func TestFiniteLarge(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		x := make([]float32, 1000)
		fill(x, math.MaxFloat32)
		assert.True(t, AllFinite(x))
	})
}

// TestNoAllocations runs every kernel once.
func TestNoAllocations(t *testing.T) {
	x, y, z, rows := make([]float32, 300), make([]float32, 300), make([]float32, 300), []int{0, 1}
	a, s := operand(x, 10, 1), operand(y, 1, 0)
	src := make([]byte, 300)
	long, fours := make([]float32, 1200), []int{0, 1, 2, 3}
	kerneltest.EachISA(t, func(t *testing.T) {
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			Unary(Exp, z, x)
			Binary(Add, 30, 10, z, 10, a, s)
			Select(30, 10, z, 10, a, s, a)
			ReduceRows(ReduceSum, 30, 10, y, x, 10)
			ReduceCols(ReduceMax, 30, 10, y, x, 10, true)
			Transpose(30, 10, z, 30, x, 10)
			Gather(z, 10, x, 10, rows, 10)
			Gather(long, 300, long, 300, fours, 300)
			GatherBytes(z, 150, src, 150, rows, 150, operand(x, 0, 1), operand(y, 0, 0))
			Axpby(1, x, 2, z)
			_ = Dot(x, y)
			_ = AllFinite(x)
		}))
	})
}
