package nn_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// A convolutional network with every kind of layer learns whether the upper or the
// lower half of an image is brighter, and is judged by its running statistics, without
// dropout: twice the same.
func TestAConvolutionalNetworkLearns(t *testing.T) {
	rng := generator()
	at := autodiff.Window{Pad: 1}
	norm := nn.NewBatchNorm("norm", 8)
	model := nn.Sequential{
		nn.NewConv2D("first", 1, 8, 3, at, nn.HeNormal(), rng).WithoutBias(), nn.MaxPool2D{Size: 2}, norm, nn.GELU{},
		nn.Residual{Body: nn.Sequential{nn.NewConv2D("second", 8, 8, 3, at, nn.Dirac(nn.Zeros()), nil), nn.SiLU{}}},
		nn.Flatten{}, nn.NewDropout(0.1, rng), nn.NewLinear("scores", 8*3*2, 2, nn.GlorotNormal(), rng),
	}
	x := matrix(rng, 64, 6, 5, 1)
	y := make([]int, 64)
	for i := range y {
		y[i] = i % 2
		for j := range 15 {
			x.Float64s()[i*30+y[i]*15+j] += 0.5
		}
	}
	for _, p := range append(model.Params(), nn.Statistics(model)...) {
		p.Convert(tensor.Float64)
	}
	batch := autodiff.Batch{X: x, Y: tensor.New(tensor.WithShape(64), tensor.WithBacking(y))}
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.SoftmaxCrossEntropy(model.Forward(x), y) }
	tr, err := optim.NewTrainer(loss, model.Params(), optim.Adam{LearningRate: 0.01})
	require.NoError(t, err)
	for range 40 {
		_, err := tr.Step(batch)
		require.NoError(t, err)
	}
	first, err := tr.Evaluate(slices.Values([]autodiff.Batch{batch}))
	require.NoError(t, err)
	assert.Less(t, first.Loss, 0.1, "chance is 0.69")
	again, err := tr.Evaluate(slices.Values([]autodiff.Batch{batch}))
	require.NoError(t, err)
	assert.Equal(t, first.Loss, again.Loss)
	assert.NotEqual(t, make([]float64, 8), norm.Mean.Value().Float64s())
}
