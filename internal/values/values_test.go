package values_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/internal/dense"
	"declive/internal/values"
)

func TestThereAndBack(t *testing.T) {
	for _, shape := range [][]int{{}, {1}, {6}, {2, 3}, {3, 1, 2}} {
		x := []float64{0.5, -1, 2, 3.25, -4, 5}[:tensor.Shape(shape).TotalSize()]
		for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			v := values.New(dt, shape, x)
			assert.Equal(t, dt, v.Dtype())
			assert.Equal(t, shape, append([]int{}, v.Shape()...))
			back, err := values.Elements(v)
			require.NoError(t, err)
			assert.Equal(t, x, back)
		}
	}
}

func TestCopies(t *testing.T) {
	x := []float64{1, 2}
	v := dense.New(tensor.Float64, []int{2}, x)
	x[0] = 7
	back, err := values.Elements(v)
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 2}, back)
	back[1] = 9
	assert.Equal(t, []float64{1, 2}, v.Data())
}

// A transposed tensor's memory is in another order than its elements.
func TestViews(t *testing.T) {
	v := dense.New(tensor.Float64, []int{2, 3}, []float64{1, 2, 3, 4, 5, 6})
	require.NoError(t, v.T())
	x, err := values.Elements(v)
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 4, 2, 5, 3, 6}, x)
	v.UT()
	column, err := v.Slice(nil, tensor.S(1))
	require.NoError(t, err)
	x, err = values.Elements(column)
	require.NoError(t, err)
	assert.Equal(t, []float64{2, 5}, x)
}

func TestOtherTypes(t *testing.T) {
	_, err := values.Elements(G.NewI(3))
	assert.EqualError(t, err, "elements are int, want float32 or float64")
	_, err = values.Elements(nil)
	assert.EqualError(t, err, "there is no value")
}
