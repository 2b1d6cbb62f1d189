package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/datasets"
)

// BenchmarkEpoch times a passage through stored examples in minibatches of the
// sizes that the lecture names, gathering and training steps together.
func BenchmarkEpoch(b *testing.B) {
	const examples, features = 12800, 3072
	for _, stored := range []string{"uint8", "float32"} {
		data := stockOf(b, stored, examples, features)
		for _, hidden := range []int{0, 64} {
			for _, size := range []int{16, 32, 64, 128, 256} {
				b.Run(fmt.Sprintf("stored=%s/hidden=%d/batch=%d", stored, hidden, size), func(b *testing.B) {
					m := linear(svm, 1, features, 10, linearScale)(tensor.Float32)
					if hidden > 0 {
						m = mlp(1, features, hidden, 10)(tensor.Float32)
					}
					step, err := trained(m, 1e-3)
					require.NoError(b, err)
					batches := data.Minibatches(size, rand.New(rand.NewPCG(1, 2)))
					for b.Loop() {
						for batch := range batches {
							_, err := step(batch)
							require.NoError(b, err)
						}
					}
				})
			}
		}
	}
}

// stockOf returns labelled examples that are stored as bytes, which a batch turns
// into numbers from 0 to 1, or as such numbers.
func stockOf(t testing.TB, stored string, n, features int) *datasets.Dataset {
	pixels := make([]uint8, n*features)
	for i := range pixels {
		pixels[i] = uint8(bits(inputs, i))
	}
	d, err := datasets.New(pixels, features)
	require.NoError(t, err)
	d, err = d.With(datasets.Scale(1. / 255))
	require.NoError(t, err)
	if stored == "float32" {
		all, err := d.All()
		require.NoError(t, err)
		d, err = datasets.New(all.X.Float32s(), features)
		require.NoError(t, err)
	}
	d, err = d.WithLabels(classes(n, 10).Ints())
	require.NoError(t, err)
	return d
}
