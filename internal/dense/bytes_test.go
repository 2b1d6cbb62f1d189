package dense_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/dense"
)

func TestBytes(t *testing.T) {
	x, y := []float32{1.5, -2, 3}, make([]float32, 3)
	assert.Equal(t, 12, copy(dense.Bytes(y), dense.Bytes(x)))
	assert.Equal(t, x, y, "the memory itself")
	assert.Len(t, dense.Bytes([]float64{1, 2}), 16)
	assert.Empty(t, dense.Bytes[float64](nil))
}
