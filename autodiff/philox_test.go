package autodiff

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// The first and the second known answer that the authors of Philox publish.
func TestPhilox(t *testing.T) {
	const all = 0xffffffff
	assert.Equal(t, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, philox([4]uint32{}, 0))
	assert.Equal(t, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, philox([4]uint32{all, all, all, all}, 1<<64-1))
}

// Numbers are the same for the same seed and step in both precisions, of a shape or
// of a longer one, and others for another seed or step. Of n even ones the mean and
// the mean of squares are off by about 0.29/√n and 0.3/√n; five times that is allowed.
func TestRandom(t *testing.T) {
	const n = 40_003
	draw := func(precision tensor.Dtype, seed uint64, step float64, n int) []float64 {
		g := NewGraph(precision)
		at := g.Input("step")
		p, err := Compile(g.Random(seed, at, n))
		require.NoError(t, err)
		value := dense.New(precision, nil, []float64{step})
		out, err := p.Run(at.Feed(value))
		require.NoError(t, err)
		return dense.Floats(out.Value(0))
	}
	x := draw(tensor.Float64, 5, 3, n)
	assert.Equal(t, x, draw(tensor.Float32, 5, 3, n))
	assert.Equal(t, x[:9], draw(tensor.Float64, 5, 3, 9))
	others := [][]float64{draw(tensor.Float64, 6, 3, n), draw(tensor.Float64, 5, 4, n)}
	sum, squares, products := 0.0, 0.0, [2]float64{}
	for i, v := range x {
		assert.True(t, v >= 0 && v < 1)
		sum, squares = sum+v/n, squares+v*v/n
		for j, y := range others {
			products[j] += v * y[i] / n
		}
	}
	assert.InDelta(t, 0.5, sum, 5*0.29/200)
	assert.InDelta(t, 1./3, squares, 5*0.3/200)
	assert.InDelta(t, 0.25, products[0], 5*0.22/200, "independent of another seed")
	assert.InDelta(t, 0.25, products[1], 5*0.22/200, "independent of another step")
}
