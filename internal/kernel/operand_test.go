package kernel

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

func TestOperand(t *testing.T) {
	x := []float64{0, 1, 2, 3, 4, 5, 6}
	matrix := Operand[float64]{x, 4, 1}
	assert.NotPanics(t, func() { matrix.Check(2, 3) })
	assert.Panics(t, func() { matrix.Check(2, 4) })
	assert.Equal(t, 6.0, *matrix.At(1, 2))
	rest := matrix.From(2)
	assert.Equal(t, 6.0, *rest.At(1, 0))
	column := Operand[float64]{x, 1, 0}
	assert.Equal(t, 3.0, *column.At(3, 9))
	assert.Equal(t, 3.0, *column.Column().At(0, 3))
	assert.True(t, matrix.Flat(4))
	assert.False(t, matrix.Flat(3), "a gap between rows")
	assert.False(t, column.Flat(3))
	scalar := Operand[float64]{x, 0, 0}
	assert.True(t, scalar.Flat(3))
}

func TestGrow(t *testing.T) {
	var buf []float32
	for _, n := range []int{1, 5, 16, 17, 100} {
		x := Grow(&buf, n)
		assert.Len(t, x, n)
		assert.Zero(t, uintptr(unsafe.Pointer(&x[0]))%Line, "%d elements", n)
		x[n-1] = float32(n)
		assert.Same(t, &x[0], &Grow(&buf, 1)[0], "memory that is long enough stays")
	}
	assert.Equal(t, 24, RoundUp(17, 8))
	assert.Equal(t, 16, RoundUp(16, 8))
	assert.Equal(t, 0, RoundUp(0, 8))
}
