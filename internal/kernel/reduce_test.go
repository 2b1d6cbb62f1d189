package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReduceNothing(t *testing.T) {
	dst := []float64{7, 7, 7}
	ReduceRows(ReduceSum, 3, 0, dst, nil, 0)
	assert.Equal(t, []float64{0, 0, 0}, dst)
	ReduceRows(ReduceMax, 3, 0, dst, nil, 0)
	assert.Equal(t, []float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}, dst)
	ReduceCols(ReduceSum, 0, 3, dst, nil, 0, false)
	assert.Equal(t, []float64{0, 0, 0}, dst)
	ReduceCols(ReduceMax, 0, 3, dst, nil, 0, true)
	assert.Equal(t, []float64{0, 0, 0}, dst)
}

func TestReduce(t *testing.T) {
	x := []float32{
		1, 2, 3, 9,
		4, -5, 6, 9,
	}
	rows, cols := make([]float32, 2), make([]float32, 3)
	ReduceRows(ReduceSum, 2, 3, rows, x, 4)
	assert.Equal(t, []float32{6, 5}, rows)
	ReduceRows(ReduceMax, 2, 3, rows, x, 4)
	assert.Equal(t, []float32{3, 6}, rows)
	ReduceCols(ReduceSum, 2, 3, cols, x, 4, false)
	assert.Equal(t, []float32{5, -3, 9}, cols)
	ReduceCols(ReduceSum, 2, 3, cols, x, 4, true)
	assert.Equal(t, []float32{10, -6, 18}, cols)
	ReduceCols(ReduceMax, 2, 3, cols, x, 4, false)
	assert.Equal(t, []float32{4, 2, 6}, cols)
}
