package plane

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim/curvature"
	"declive/plot"
)

// The loss is w₁ + 3·w₂ wherever the weights are, and they stay there.
func TestTabulate(t *testing.T) {
	w := autodiff.NewParam("w", Matrix(1, 2, 3, 4))
	o, err := curvature.NewObjective(func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return g.Param(w).Mul(g.Constant(Matrix(1, 2, 1, 3))).Sum()
	}, []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	s, err := Tabulate(o, plot.Box{Left: -1, Right: 2, Bottom: -3, Top: 1}, 5)
	require.NoError(t, err)
	assert.Equal(t, []float64{3, 4}, o.Point())
	lo, hi := s.Range()
	assert.Equal(t, []float64{-10, 5}, []float64{lo, hi})
}

func TestPath(t *testing.T) {
	s := Way{{1, 2}, {3, 4}, {5, 6}}.Path("name", plot.Style{})
	assert.Equal(t, []float64{1, 3, 5}, s.X)
	assert.Equal(t, []float64{2, 4, 6}, s.Y)
	assert.Equal(t, "name", s.Name)
}
