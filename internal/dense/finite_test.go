package dense_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

func TestFinite(t *testing.T) {
	assert.True(t, dense.Finite())
	assert.True(t, dense.Finite(0, math.MaxFloat64, -math.SmallestNonzeroFloat64))
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		assert.False(t, dense.Finite(bad))
		assert.False(t, dense.Finite(1, bad, 2))
		for _, dt := range precisions {
			assert.Equal(t, 4, dense.FirstNonFinite(dense.New(dt, []int{2, 3}, []float64{1, 2, 3, 4, bad, bad})))
		}
	}
	assert.Equal(t, -1, dense.FirstNonFinite(dense.New(tensor.Float32, []int{3}, []float64{1, 2, 3})))
	assert.Equal(t, -1, dense.FirstNonFinite(dense.Zeros(tensor.Float64, 0, 3)))
	assert.Equal(t, -1, dense.FirstNonFinite(dense.Wrap([]int{2}, []int{1, 2})))
}
