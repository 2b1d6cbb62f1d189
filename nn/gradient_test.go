package nn_test

import (
	"testing"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/losses"
	"declive/nn"
)

// Every layer, differentiated with respect to its parameters and through them
// those of the layer before it.
func TestGradientsOfLayers(t *testing.T) {
	rng := generator()
	first := nn.NewLinear("first", 3*4, 7, nn.HeNormal(), rng)
	models := map[string]nn.Layer{
		"Linear":            nn.Sequential{nn.Flatten{}, nn.NewLinear("l", 12, 5, nn.GlorotUniform(), rng)},
		"LinearWithoutBias": nn.Sequential{nn.Flatten{}, nn.NewLinear("l", 12, 5, nn.HeUniform(), rng).WithoutBias()},
		"ReLU":              nn.Sequential{nn.Flatten{}, first, nn.ReLU{}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Tanh":              nn.Sequential{nn.Flatten{}, first, nn.Tanh{}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Sigmoid":           nn.Sequential{nn.Flatten{}, first, nn.Sigmoid{}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Func":              nn.Sequential{nn.Flatten{}, first, nn.Func((*autodiff.Node).Softplus), nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"MLP":               nn.Sequential{nn.Flatten{}, nn.NewMLP("m", []int{12, 6, 7, 5}, nn.Tanh{}, nn.GlorotNormal(), rng)},
	}
	y := tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{4, 1}))
	for name, m := range models {
		for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			t.Run(name+"/"+dt.String(), func(t *testing.T) {
				for _, p := range m.Params() {
					p.Convert(dt)
				}
				loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.SoftmaxCrossEntropy(m.Forward(x), y) }
				gradcheck.Check(t, loss, m.Params(), autodiff.Batch{X: matrix(rng, 2, 3, 4), Y: y})
			})
		}
	}
}

// A layer used twice gets the sum of both gradients.
func TestGradientOfASharedLayer(t *testing.T) {
	rng := generator()
	l := nn.NewLinear("shared", 5, 5, nn.GlorotNormal(), rng)
	s := nn.Sequential{l, nn.Tanh{}, l}
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return s.Forward(x).Square().Mean() }
	gradcheck.Check(t, loss, s.Params(), autodiff.Batch{X: matrix(rng, 3, 5)})
}
