package main

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// BenchmarkStep takes a step of each preset for CIFAR-10 after the bias of the
// whitening is frozen, on images of noise. Its images/s say how long an epoch takes.
func BenchmarkStep(b *testing.B) {
	for _, name := range []string{"quick", "94", "95"} {
		b.Run("preset="+name, func(b *testing.B) {
			p := presets[name]
			p.epochs = 1 << 20 // as many steps as the benchmark wants
			x := noisy(p.batch, 32, 32, 3)
			rng := rand.New(rand.NewPCG(1, 2))
			n := newNetwork(design{widths: p.widths, classes: 10}, x, rng)
			require.NoError(b, x.Reshape(p.batch, 32*32*3))
			labels := make([]int, p.batch)
			for i := range labels {
				labels[i] = rng.IntN(10)
			}
			batch := autodiff.Batch{X: x, Y: tensor.New(tensor.WithShape(p.batch), tensor.WithBacking(labels))}
			trainer, err := n.trainer(settings{preset: p}, 1)
			require.NoError(b, err)
			for range frozen + 1 {
				_, err := trainer.Step(batch)
				require.NoError(b, err)
			}
			for b.Loop() {
				_, err := trainer.Step(batch)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(p.batch*b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
