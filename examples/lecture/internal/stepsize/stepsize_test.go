package stepsize

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The edge that runs show is the bound 2/λmax that Lanczos measured.
func TestEdge(t *testing.T) {
	f, err := newDigits(60, 30, rand.New(rand.NewPCG(1, 6)))
	require.NoError(t, err)
	measured, err := f.measuredEdge(t.Context(), 200)
	require.NoError(t, err)
	assert.InDelta(t, 1, measured/f.edge(), 0.005)
	trials, err := f.try(t.Context(), 200, 0.5, 0.99, 1.01)
	require.NoError(t, err)
	assert.False(t, trials[0].rises())
	assert.False(t, trials[1].rises())
	assert.True(t, trials[2].rises())
	assert.Greater(t, trials[2].last(), trials[2].losses[0])
}

func TestThreeRates(t *testing.T) {
	f, err := newLine(50, rand.New(rand.NewPCG(1, 6)))
	require.NoError(t, err)
	var ends []float64
	for _, c := range f.choices() {
		values, way, err := f.descend(c.rate, 20)
		require.NoError(t, err)
		require.Len(t, way, 21)
		ends = append(ends, values[19]/values[0])
	}
	assert.Less(t, ends[1], ends[0])
	assert.Less(t, ends[0], 1.0)
	assert.Greater(t, ends[2], 1.0)
}
