package vec

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

func TestDeviations(t *testing.T) {
	kerneltest.BothTypes(t, testDeviations[float32], testDeviations[float64])
	sum, square := []float64{1, 2}, []float64{10, 20}
	Deviations(2, 2, sum, square, []float64{3, 5, 0, 4, 9, 0}, 3, []float64{1, 6})
	assert.Equal(t, []float64{1 + 2 + 3, 2 - 1 + 3}, sum)
	assert.Equal(t, []float64{10 + 4 + 9, 20 + 1 + 9}, square)
}

// testDeviations compares with the reference to the bit.
func testDeviations[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 17))
	for _, cols := range lengths() {
		for _, rows := range []int{0, 1, 2, 7} {
			compareDeviations[F](t, rng, rows, cols, cols%3)
		}
	}
	compareDeviations[F](t, rng, 9000, 10, 0)
	compareDeviations[F](t, rng, 3, piece+9, 1)
}

func compareDeviations[F kernel.Float](t *testing.T, rng *rand.Rand, rows, cols, gap int) {
	t.Helper()
	for _, special := range []bool{false, true} {
		x, from := numbers[F](rng, rows*(cols+gap)+1, special)[1:], numbers[F](rng, cols+1, special)[1:]
		sum, square := newGuarded[F](3, cols), newGuarded[F](2, cols)
		copy(sum.slice, numbers[F](rng, cols, special))
		copy(square.slice, numbers[F](rng, cols, special))
		wantSum, wantSquare := append([]F(nil), sum.slice...), append([]F(nil), square.slice...)
		deviationsGeneric(rows, cols, wantSum, wantSquare, x, cols+gap, from)
		Deviations(rows, cols, sum.slice, square.slice, x, cols+gap, from)
		sum.check(t, 3, "sum")
		square.check(t, 2, "square")
		same(t, wantSum, sum.slice, "sum of %d×%d", rows, cols)
		same(t, wantSquare, square.slice, "square of %d×%d", rows, cols)
	}
}
