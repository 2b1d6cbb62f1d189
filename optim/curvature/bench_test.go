package curvature_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

// BenchmarkHessianProduct multiplies the Hessian of a softmax classifier with a
// vector: tiny, where all is overhead, and of the size of MNIST.
func BenchmarkHessianProduct(b *testing.B) {
	for _, m := range []struct {
		name                 string
		features, classes, n int
	}{
		{"tiny", 4, 3, 8},
		{"softmax", 784, 10, 128},
	} {
		model := sample.NewLinear(sample.Rand(), m.features, m.classes)
		for batch := range sample.NewPoints(sample.Rand(), m.n, m.features, m.classes).Minibatches(0, nil) {
			o, err := curvature.NewObjective(model.Softmax, model.Params(), batch)
			require.NoError(b, err)
			v, hv := sample.Normal(sample.Rand(), o.Dim()), make([]float64, o.Dim())
			b.Run(fmt.Sprintf("model=%s/dim=%d", m.name, o.Dim()), func(b *testing.B) {
				for b.Loop() {
					require.NoError(b, o.HessianProduct(hv, v))
				}
			})
		}
	}
}
