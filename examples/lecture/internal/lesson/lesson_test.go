package lesson

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
)

// Two planes of 2 by 4, shrunk to 1 by 2: each number is the mean of four.
func TestShrink(t *testing.T) {
	d, err := datasets.New([]uint8{
		1, 3, 10, 20,
		5, 7, 30, 40,

		0, 0, 8, 8,
		0, 4, 8, 8,
	}, 2, 2, 4)
	require.NoError(t, err)
	d, err = d.WithLabels([]int{1}, "a", "b")
	require.NoError(t, err)
	small, err := shrink(d, 2)
	require.NoError(t, err)
	b, err := small.All()
	require.NoError(t, err)
	assert.Equal(t, []float32{4, 25, 1, 8}, b.X.Float32s())
	assert.Equal(t, []int{1}, b.Y.Ints())
	assert.Equal(t, []string{"a", "b"}, small.Classes())
	_, err = shrink(d, 3)
	assert.EqualError(t, err, "lesson: images of shape (2, 2, 4) cannot be shrunk by 3")
}

func TestShrunkIsStandardisedWithABias(t *testing.T) {
	data, err := Load("", true, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	d, err := data.Shrunk(data.Coarse(), 100)
	require.NoError(t, err)
	assert.Equal(t, 100, d.Len())
	require.Equal(t, 7*7+1, d.Features())
	b, err := d.All()
	require.NoError(t, err)
	x := b.X.Float32s()
	sum, squares := 0.0, 0.0
	for i := range 100 {
		middle := float64(x[50*i+24])
		sum, squares = sum+middle, squares+middle*middle
		assert.Equal(t, float32(1), x[50*i+49])
	}
	assert.InDelta(t, 0, sum/100, 1e-5)
	assert.InDelta(t, 1, squares/100, 1e-4)
}

func TestLoadNamesTheFolder(t *testing.T) {
	_, err := Load("none", false, nil)
	assert.ErrorContains(t, err, "in "+filepath.Join("none", "cifar10")+": ")
}
