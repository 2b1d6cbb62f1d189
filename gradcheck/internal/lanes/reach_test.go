package lanes

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

// How far the move of one element of a variable spreads, by the name of each op: what
// is wider than it has to be is right, but slow.
func TestReach(t *testing.T) {
	type node = autodiff.Node
	padded, apart := autodiff.Window{Pad: 1}, autodiff.Window{Stride: 2}
	for _, c := range []struct {
		name  string
		shape []int // of the variable
		f     func(x, v *node) *node
		want  map[string]reach
	}{
		{"weights of a convolution", []int{3, 3, 3, 2}, func(x, w *node) *node {
			h := x.Conv2D(w, padded).Normalize(0.1, 0, 1, 2).ReLU().MaxPool2D(2, 2, apart).Reshape(5, -1)
			return h.MatMul(x.Graph().Constant(dense.Zeros(tensor.Float64, 18, 4)))
		}, map[string]reach{"Conv2D": column, "Normalize": column, "ReLU": column, "MaxPool2D": column, "Reshape": column, "MatMul": whole}},
		{"weights, squared, and the mean of images", []int{3, 3, 3, 2}, func(x, w *node) *node {
			return x.Conv2D(w.Square(), padded).Tanh().Sum(1, 2)
		}, map[string]reach{"Mul": element, "Conv2D": column, "Tanh": column, "Sum": column}},
		{"a bias", []int{2}, func(x, b *node) *node { return x.Add(b).Exp().Conv2D(x.Slice(0, 0, 1), padded) },
			map[string]reach{"Add": column, "Exp": column, "Conv2D": whole}},
		{"images", []int{5, 6, 4, 2}, func(x, v *node) *node { return v.Mul(x).MaxPool2D(2, 2, apart) },
			map[string]reach{"Mul": element, "MaxPool2D": whole}},
		{"statistics of all channels", []int{3, 3, 3, 2}, func(x, w *node) *node { return x.Conv2D(w, padded).Normalize(0.1, 3) },
			map[string]reach{"Conv2D": column, "Normalize": whole}},
	} {
		images := dense.New(tensor.Float64, []int{5, 6, 4, 2}, make([]float64, 5*6*4*2))
		source, err := trace.Op(func(in ...*node) *node { return c.f(in[0].Graph().Constant(images), in[0]) },
			[]*tensor.Dense{dense.Zeros(tensor.Float64, c.shape...)})
		require.NoError(t, err, c.name)
		f, err := source.Record(tensor.Float64)
		require.NoError(t, err, c.name)
		values, err := f.Values(f.Start)
		require.NoError(t, err, c.name)
		p, err := Record(f, 0, values)
		require.NoError(t, err, c.name)
		got := map[string]reach{}
		for n, l := range p.known {
			if _, asked := c.want[n.Op()]; asked && l.reach != fixed {
				got[n.Op()] = max(got[n.Op()], l.reach)
			}
		}
		assert.Equal(t, c.want, got, c.name)
	}
}
