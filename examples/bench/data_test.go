package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"gorgonia.org/tensor"
)

// The first numbers of stream 0; the integers are those of the published
// SplitMix64 with seed 0.
func TestStream(t *testing.T) {
	for i, want := range []struct {
		bits       uint64
		unit, even float64
	}{
		{0xe220a8397b1dcdaf, 0.8833108082136426, 0.7666216164272852},
		{0x6e789e6aa1b965f4, 0.43152799704850997, -0.13694400590298006},
		{0x06c45d188009454f, 0.026433771592597743, -0.9471324568148045},
		{0xf88bb8a8724c81ec, 0.9708819781538285, 0.941763956307657},
		{0x1b39896a51a8749b, 0.10634669156721244, -0.7873066168655751},
	} {
		assert.Equal(t, want.bits, bits(0, i), "element %d", i)
		assert.Equal(t, want.unit, unit(0, i), "element %d", i)
		assert.Equal(t, want.even, even(0, i), "element %d", i)
	}
}

func TestTransposed(t *testing.T) {
	a, b := uniform(tensor.Float64, 7, 0.5, 3, 4).Float64s(), transposed(tensor.Float64, 7, 0.5, 4, 3).Float64s()
	for i := range 3 {
		for j := range 4 {
			assert.Equal(t, a[4*i+j], b[3*j+i], "element (%d, %d)", i, j)
		}
	}
}

func TestRoundedOnce(t *testing.T) {
	a, b := uniform(tensor.Float64, 3, 0.01, 5, 2), uniform(tensor.Float32, 3, 0.01, 5, 2)
	for i, v := range a.Float64s() {
		assert.Equal(t, float32(v), b.Float32s()[i])
	}
}

func TestOrderIsAPermutation(t *testing.T) {
	seen := map[int]bool{}
	last := uint64(0)
	for _, row := range order(100) {
		assert.False(t, seen[row], "row %d", row)
		seen[row] = true
		assert.LessOrEqual(t, last, bits(permutation, row))
		last = bits(permutation, row)
	}
	assert.Len(t, seen, 100)
}
