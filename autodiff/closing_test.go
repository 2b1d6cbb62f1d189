package autodiff

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// Sums of many rows, of everything and of squares, and the products and sums of
// the gradient of a linear model: closings of loops, reductions and blocks.
//
// Terms are equal, so that all roundings may be to one side. Of a chain of n each
// is off by at most half a unit of the sum so far, which is n/4 units of the whole:
// 32 for the rows of a run, 128 for the additions of a lane or of the rows of a
// kernel, 192 for the products of a block. The pairwise additions after them, at
// most 20, add half a unit each. Chains over all rows, or those of a part, would
// be off by 2²⁰/32/4 units at least.
func TestSumsOfManyRows(t *testing.T) {
	const rows = 1 << 20
	const bound = (192 + 128 + 20) * 0x1p-23
	v := float64(float32(0.7))
	g := NewGraph(tensor.Float32)
	x := g.Input("x", rows, 3)
	w := g.Param(NewParam("w", tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(3, 2))))
	b := g.Param(NewParam("b", tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(2))))
	loss := x.MatMul(w).Add(b).AddScalar(0.7).Square().Sum().MulScalar(0.5)
	grads, err := Grad(loss, w, b)
	require.NoError(t, err)
	data := make([]float32, rows*3)
	for i := range data {
		data[i] = 0.7
	}
	feed := x.Feed(tensor.New(tensor.WithShape(rows, 3), tensor.WithBacking(data)))
	for _, tt := range []struct {
		name string
		y    *Node
		want float64
	}{
		{"rows", x.Square().Sum(0), v * v * rows},
		{"rows as they are", x.Sum(0), v * rows},
		{"all", x.AddScalar(0).Mul(x).Exp().Sum(), math.Exp(v*v) * 3 * rows},
		{"squares", x.Square().Sum(), v * v * 3 * rows},
		{"mean", x.Mean(), v},
		{"dW", grads[0], v * v * rows},
		{"db", grads[1], v * rows},
	} {
		p, err := Compile(tt.y)
		require.NoError(t, err)
		var out Results
		for range 2 {
			out, err = p.Run(feed)
			require.NoError(t, err)
		}
		for _, got := range dense.Memory[float32](out.Value(0)) {
			assert.InEpsilon(t, tt.want, got, bound, "%s: %v", tt.name, p)
		}
	}
}
