package gradcheck

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A lane program that computes something else is found out.
func TestWrongLanesAreNotUsed(t *testing.T) {
	p, err := OpProblem(func(in ...*autodiff.Node) *autodiff.Node { return in[1].MatMul(in[0].T()).Tanh().MatMul(in[1]) },
		[]*tensor.Dense{dense.New(tensor.Float64, []int{3, 2}, []float64{0.3, 0.2, 0.1, -0.2, 0.4, 0.7}), dense.New(tensor.Float64, []int{3, 2}, []float64{1, 2, 3, 4, 5, 6})})
	require.NoError(t, err)
	p.graph.Output = p.graph.Output.MulScalar(1.01)
	r, err := Compute(t.Context(), p)
	require.NoError(t, err)
	assert.True(t, r.OK(), r)
	assert.Contains(t, r.String(), "incremental evaluation differs")
}
