package autodiff

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// TestParamChangedBehindItsBack transposes and reshapes the tensor of a
// parameter: nothing may read its elements in another order without a word.
func TestParamChangedBehindItsBack(t *testing.T) {
	for name, change := range map[string]func(*tensor.Dense) error{
		"transposed": func(v *tensor.Dense) error { return v.T() },
		"reshaped":   func(v *tensor.Dense) error { return v.Reshape(3, 2) },
	} {
		p := NewParam("p", dense.Wrap(Shape{2, 3}, []float64{1, 2, 3, 4, 5, 6}))
		require.NoError(t, p.Check())
		require.NoError(t, change(p.Value()))
		want := "the tensor of p has the shape (3, 2), but the parameter was made with (2, 3); transpose or reshape a copy"
		assert.ErrorContains(t, p.Check(), want, name)
		g := NewGraph(tensor.Float64)
		_, err := func() (n *Node, err error) { defer Catch(&err); return g.Param(p), nil }()
		assert.ErrorContains(t, err, want, name)
		_, err = func() (n *Node, err error) {
			defer Catch(&err)
			return g.Assign(p, g.Input("v", 2, 3)), nil
		}()
		assert.ErrorContains(t, err, want, name)
	}
	square := NewParam("square", dense.Wrap(Shape{2, 2}, []float64{1, 2, 3, 4}))
	require.NoError(t, square.Value().T())
	assert.ErrorContains(t, square.Check(), "square: the tensor is not contiguous and row-major")
	var none *Param
	assert.ErrorContains(t, none.Check(), "the parameter is nil")
}
