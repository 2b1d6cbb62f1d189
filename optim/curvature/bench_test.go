package curvature_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

// BenchmarkHessianProduct multiplies the Hessian with a vector.
func BenchmarkHessianProduct(b *testing.B) {
	for _, task := range sample.Tasks() {
		o, err := curvature.NewObjective(task.Model.Softmax, task.Model.Params(), task.Batch)
		require.NoError(b, err)
		v, hv := sample.Normal(sample.Rand(), o.Dim()), make([]float64, o.Dim())
		b.Run(fmt.Sprintf("model=%s/dim=%d", task.Name, o.Dim()), func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, o.HessianProduct(hv, v))
			}
		})
	}
}
