package classifier

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/nn"
)

func TestConfuse(t *testing.T) {
	d, err := datasets.New([]float32{3, 1, 1, 4, 5, 2, 0, 2, 1, 0}, 2)
	require.NoError(t, err)
	d, err = d.WithLabels([]int{0, 1, 1, 1, 0}, "wide", "tall")
	require.NoError(t, err)
	m := nn.NewLinear("m", 2, 2, nn.Zeros(), rand.New(rand.NewPCG(1, 1)))
	copy(m.Weights()[0].Value().Float32s(), []float32{1, 0, 0, 1}) // the larger feature
	c, err := confuse(m, d)
	require.NoError(t, err)
	assert.Equal(t, confusion{{2, 0}, {1, 2}}, c)
	assert.Equal(t, 1.0/3, c.share(1, 0))
	mistake, best, poorest := c.worst()
	assert.Equal(t, 1, mistake.truth)
	assert.Equal(t, 0, mistake.taken)
	assert.Equal(t, 0, best)
	assert.Equal(t, 1, poorest)
}
