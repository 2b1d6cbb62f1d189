package dense_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

func TestBatch(t *testing.T) {
	of := func(dt tensor.Dtype, shape ...int) *tensor.Dense {
		return tensor.New(tensor.WithShape(shape...), tensor.Of(dt))
	}
	across := of(tensor.Float64, 3, 2)
	assert.NoError(t, across.T())
	x, y := of(tensor.Float64, 2, 3), of(tensor.Float32, 2)
	for _, c := range []struct {
		x, y *tensor.Dense
		want string
	}{
		{nil, nil, ""},
		{x, nil, ""},
		{x, y, ""},
		{x, of(tensor.Int, 2), ""},
		{nil, of(tensor.Int, 5), ""},
		{tensor.New(tensor.FromScalar(1.0)), of(tensor.Int, 5), ""},
		{of(tensor.Int, 2, 3), y, "examples of shape (2, 3): precision int is neither float32 nor float64"},
		{across, y, "examples of shape (2, 3): the tensor is not contiguous and row-major; use its Materialize method"},
		{x, of(tensor.Int32, 2), "targets of shape (2): precision int32 is neither float32 nor float64 (class labels are int)"},
		{x, of(tensor.Int, 2, 1), "labels have shape (2, 1), want one axis"},
		{x, tensor.New(tensor.FromScalar(1)), "labels have shape (), want one axis"},
		{x, of(tensor.Int, 3), "labels of shape (3): there are 3 for 2 examples"},
	} {
		assert.Equal(t, c.want, dense.Batch(c.x, c.y))
	}
}
