package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/nn"
)

// The rows (0 5 0 0), (1 0 0 2) and (0 0 0 0) give the scores that they give with their
// zeros.
func TestLinearForwardSparse(t *testing.T) {
	full := dense.New(tensor.Float64, []int{3, 4}, []float64{0, 5, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0})
	ints := func(v ...int) *tensor.Dense { return dense.Wrap([]int{len(v)}, v) }
	l := nn.NewLinear("l", 4, 2, nn.Normal(1), rand.New(rand.NewPCG(1, 2)))
	l.Bias.Value().Float32s()[1] = 3
	for _, l := range []*nn.Linear{l, l.WithoutBias()} {
		g := autodiff.NewGraph(tensor.Float64)
		s := autodiff.Sparse{Values: g.Input("v", 3), Columns: g.Labels("c", 3), Ends: g.Labels("e", 3)}
		x := g.Input("x", 3, 4)
		feeds := []autodiff.Feed{
			s.Values.Feed(dense.New(tensor.Float64, []int{3}, []float64{5, 1, 2})),
			s.Columns.Feed(ints(1, 0, 3)), s.Ends.Feed(ints(1, 3, 3)), x.Feed(full),
		}
		p, err := autodiff.Compile(l.Forward(x), l.ForwardSparse(s))
		require.NoError(t, err)
		out, err := p.Run(feeds...)
		require.NoError(t, err)
		assert.InDeltaSlice(t, out.Value(0).Float64s(), out.Value(1).Float64s(), 1e-14)
	}
}
