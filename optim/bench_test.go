package optim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/optim"
	"declive/optim/internal/sample"
)

// BenchmarkTrainerStep takes steps of a softmax classifier in float32: tiny, where
// all is overhead, and of the size of MNIST.
func BenchmarkTrainerStep(b *testing.B) {
	for _, m := range []struct {
		name                 string
		features, classes, n int
	}{
		{"tiny", 4, 3, 8},
		{"softmax", 784, 10, 128},
	} {
		for _, rule := range []optim.Rule{optim.SGD{LearningRate: 0.01}, optim.Adam{LearningRate: 0.001}} {
			b.Run(fmt.Sprintf("model=%s/rule=%T", m.name, rule), func(b *testing.B) {
				model := sample.NewLinear(sample.Rand(), m.features, m.classes)
				for _, p := range model.Params() {
					p.Convert(tensor.Float32)
				}
				points := sample.NewPoints(sample.Rand(), m.n, m.features, m.classes)
				points.Single = true
				trainer, err := optim.NewTrainer(model.Softmax, model.Params(), rule)
				require.NoError(b, err)
				for batch := range points.Minibatches(0, nil) {
					for b.Loop() {
						_, err := trainer.Step(batch)
						require.NoError(b, err)
					}
				}
			})
		}
	}
}
