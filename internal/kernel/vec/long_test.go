package vec

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel/kerneltest"
)

// One chain of additions stops to grow at 2²⁴.
func TestManyOnes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 64 MB")
	}
	const n = 1<<24 + 1<<18
	x := slices.Repeat([]float32{1}, n)
	kerneltest.EachISA(t, func(t *testing.T) {
		y := make([]float32, 1)
		assert.EqualValues(t, n, Dot(x, x), "Dot")
		ReduceRows(ReduceSum, 1, n, y, x, n)
		assert.EqualValues(t, n, y[0], "ReduceRows")
		ReduceCols(ReduceSum, n, 1, y, x, 1, false)
		assert.EqualValues(t, n, y[0], "ReduceCols")
		ReduceCols(ReduceSum, n, 1, y, x, 1, true)
		assert.EqualValues(t, 2*n, y[0], "ReduceCols onto")
	})
}
