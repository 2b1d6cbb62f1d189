package dense_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

var precisions = []tensor.Dtype{tensor.Float32, tensor.Float64}

// third is not the same number in float32 and in float64.
const third = 1.0 / 3

func TestZeros(t *testing.T) {
	for _, shape := range [][]int{{}, {1}, {5}, {2, 3}, {0, 4}, {3, 1, 2}} {
		for _, dt := range precisions {
			v := dense.Zeros(dt, shape...)
			assert.Equal(t, dt, v.Dtype())
			assert.Equal(t, shape, append([]int{}, v.Shape()...))
			assert.Equal(t, make([]float64, tensor.Shape(shape).TotalSize()), dense.Floats(v))
		}
	}
}

func TestNew(t *testing.T) {
	x := []float64{third, -1, 2, 3.25, -4, 5}
	for _, dt := range precisions {
		v := dense.New(dt, []int{2, 3}, x)
		assert.Equal(t, []int{2, 3}, append([]int{}, v.Shape()...))
		assert.Equal(t, rounded(dt, third), dense.Element(v, 0))
		assert.Equal(t, x[1:], dense.Floats(v)[1:])
	}
	v := dense.New(tensor.Float64, []int{6}, x)
	x[0] = 7
	assert.Equal(t, third, dense.Element(v, 0), "New must copy")
}

func rounded(dt tensor.Dtype, x float64) float64 {
	if dt == tensor.Float32 {
		return float64(float32(x))
	}
	return x
}

func TestWrapShares(t *testing.T) {
	x := []int{1, 2, 3, 4, 5, 6}
	v := dense.Wrap([]int{3, 2}, x)
	assert.Equal(t, tensor.Int, v.Dtype())
	x[4] = 9
	assert.Equal(t, 9, v.Ints()[4])
}

func TestMemory(t *testing.T) {
	single, double := dense.Zeros(tensor.Float32, 3), dense.Zeros(tensor.Float64, 3)
	dense.Memory[float32](single)[1] = third
	dense.Memory[float64](double)[2] = third
	assert.Equal(t, []float32{0, third, 0}, single.Float32s())
	assert.Equal(t, []float64{0, 0, third}, double.Float64s())
}

func TestConverted(t *testing.T) {
	for _, dt := range precisions {
		v := dense.New(dt, []int{3}, []float64{third, 2, -3})
		assert.Equal(t, []float32{third, 2, -3}, dense.Converted[float32](v))
		assert.Equal(t, []float64{rounded(dt, third), 2, -3}, dense.Converted[float64](v))
		assert.Equal(t, []float64{7, rounded(dt, third), 2, -3}, dense.Append([]float64{7}, v))
		dense.Converted[float64](v)[1] = 9
		assert.Equal(t, 2.0, dense.Element(v, 1), "Converted must copy")
	}
}

func TestElements(t *testing.T) {
	for _, dt := range precisions {
		v, w := dense.Zeros(dt, 2, 3), dense.Zeros(dt, 2, 3)
		dense.SetElement(v, 4, third)
		assert.Equal(t, []float64{0, 0, 0, 0, rounded(dt, third), 0}, dense.Floats(v))
		dense.Assign(w, v)
		assert.Equal(t, dense.Floats(v), dense.Floats(w))
		assert.Equal(t, []float64{7, 8}, dense.Fill(v, []float64{1, 2, 3, 4, 5, third, 7, 8}))
		assert.Equal(t, []float64{1, 2, 3, 4, 5, rounded(dt, third)}, dense.Floats(v))
		assert.Zero(t, dense.Element(w, 0), "Assign must copy")
	}
}

func TestTypes(t *testing.T) {
	assert.True(t, dense.IsFloat(tensor.Float32))
	assert.True(t, dense.IsFloat(tensor.Float64))
	assert.False(t, dense.IsFloat(tensor.Int))
	assert.Equal(t, "float32", dense.TypeName(tensor.Float32))
	assert.Equal(t, "none", dense.TypeName(tensor.Dtype{}))
}
