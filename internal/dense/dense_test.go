package dense_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

const materialize = "the tensor is not contiguous and row-major; use its Materialize method"

func counting(shape ...int) *tensor.Dense {
	v := make([]float64, tensor.Shape(shape).TotalSize())
	for i := range v {
		v[i] = float64(i)
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
}

func sliced(t *testing.T, v *tensor.Dense, at ...tensor.Slice) *tensor.Dense {
	s, err := v.Slice(at...)
	require.NoError(t, err)
	return s.(*tensor.Dense)
}

func transposed(t *testing.T, v *tensor.Dense, axes ...int) *tensor.Dense {
	require.NoError(t, v.T(axes...))
	return v
}

// TestNumbers has every way to a tensor whose memory is not in the order of its
// indices, and those that leave it so.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		name string
		v    *tensor.Dense
		want string
	}{
		{"matrix", counting(4, 3), ""},
		{"float32", tensor.New(tensor.WithShape(3), tensor.Of(tensor.Float32)), ""},
		{"scalar", tensor.New(tensor.FromScalar(3.0)), ""},
		{"empty", counting(0, 3), ""},
		{"rows", sliced(t, counting(4, 3), tensor.S(1, 3)), ""},
		{"one row", sliced(t, counting(4, 3), tensor.S(1)), ""},
		{"one element", sliced(t, counting(4, 3), tensor.S(1), tensor.S(2)), ""},
		{"materialized", transposed(t, counting(4, 3)).Materialize().(*tensor.Dense), ""},
		{"transposed", transposed(t, counting(4, 3)), materialize},
		{"transposed cube", transposed(t, counting(2, 3, 4), 0, 2, 1), materialize},
		{"columns", sliced(t, counting(4, 3), nil, tensor.S(1, 3)), materialize},
		{"one column", sliced(t, counting(4, 3), nil, tensor.S(1)), materialize},
		{"column major", tensor.New(tensor.WithShape(2, 3), tensor.AsFortran([]float64{0, 1, 2, 3, 4, 5})),
			"the tensor is not contiguous and row-major; copy its elements into one that tensor.New makes"},
		{"integers", tensor.New(tensor.WithShape(2), tensor.Of(tensor.Int)), "precision int is neither float32 nor float64"},
		{"not made", &tensor.Dense{}, "the tensor has no element type; make it with tensor.New"},
		{"nil", nil, "the tensor is nil"},
	} {
		assert.Equal(t, c.want, dense.Numbers(c.v), c.name)
	}
}

func TestOf(t *testing.T) {
	labels := tensor.New(tensor.WithShape(2), tensor.Of(tensor.Int))
	assert.Empty(t, dense.Of(tensor.Int, labels))
	assert.Equal(t, "elements are int, want float32", dense.Of(tensor.Float32, labels))
	assert.Equal(t, "the tensor is nil", dense.Of(tensor.Int, nil))
	assert.Equal(t, materialize, dense.Of(tensor.Float64, transposed(t, counting(4, 3))))
}

func TestSize(t *testing.T) {
	const overflow = "more elements than an int can count"
	for _, c := range []struct {
		shape  []int
		size   int
		reason string
	}{
		{nil, 1, ""},
		{[]int{3, 0, 5}, 0, ""},
		{[]int{3, 4, 5}, 60, ""},
		{[]int{math.MaxInt}, math.MaxInt, ""},
		{[]int{1, math.MaxInt, 1}, math.MaxInt, ""},
		{[]int{math.MaxInt/2 + 1, 2}, 0, overflow},
		{[]int{math.MaxInt, math.MaxInt}, 0, overflow},
		{[]int{math.MaxInt, 0, 2}, 0, overflow},
		{[]int{4, -1}, 0, "negative length in the shape"},
		{[]int{math.MaxInt, -1, 3}, 0, "negative length in the shape"},
	} {
		size, reason := dense.Size(c.shape...)
		assert.Equal(t, c.size, size, "%v", c.shape)
		assert.Equal(t, c.reason, reason, "%v", c.shape)
	}
}
