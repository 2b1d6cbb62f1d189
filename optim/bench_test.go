package optim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/optim"
	"declive/optim/internal/sample"
)

// BenchmarkTrainerStep takes steps in float32.
func BenchmarkTrainerStep(b *testing.B) {
	for _, task := range sample.Tasks() {
		task.Batch.X = sample.Single(task.Batch.X)
		for _, p := range task.Model.Params() {
			p.Convert(tensor.Float32)
		}
		for _, rule := range []optim.Rule{optim.SGD{LearningRate: 1e-6}, optim.Adam{LearningRate: 1e-6}} {
			b.Run(fmt.Sprintf("model=%s/rule=%T", task.Name, rule), func(b *testing.B) {
				trainer, err := optim.NewTrainer(task.Model.Softmax, task.Model.Params(), rule)
				require.NoError(b, err)
				for b.Loop() {
					_, err := trainer.Step(task.Batch)
					require.NoError(b, err)
				}
			})
		}
	}
}
