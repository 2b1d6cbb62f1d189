package nn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/internal/exported"
	"declive/losses"
	"declive/nn"
)

// gradientModels are models with every layer of the package.
func gradientModels(rng *rand.Rand) map[string]nn.Layer {
	first := nn.NewLinear("first", 3*4, 7, nn.HeNormal(), rng)
	images := nn.Func(func(x *autodiff.Node) *autodiff.Node { return x.Reshape(2, 3, 4, 1) })
	padded := autodiff.Window{Pad: 1}
	convolution := nn.NewConv2D("c", 1, 6, 3, padded, nn.HeNormal(), rng)
	scores := nn.Sequential{nn.GlobalPool{}, nn.NewLinear("l", 6, 5, nn.HeNormal(), rng)}
	return map[string]nn.Layer{
		"Conv2D":            nn.Sequential{images, convolution, nn.Tanh{}, scores},
		"MaxPool2D":         nn.Sequential{images, convolution, nn.MaxPool2D{Size: 2}, nn.GlobalPool{Max: true}, scores[1]},
		"AvgPool2D":         nn.Sequential{images, convolution.WithoutBias(), nn.AvgPool2D{Size: 2, Window: padded}, nn.GELU{}, scores},
		"Residual":          nn.Sequential{images, convolution, nn.Residual{Body: nn.Sequential{nn.SiLU{}, nn.NewConv2D("d", 6, 6, 1, autodiff.Window{}, nn.Orthogonal(1), rng)}}, scores},
		"BatchNorm":         nn.Sequential{images, convolution, nn.NewBatchNorm("n", 6), nn.Tanh{}, scores},
		"Scale":             nn.Sequential{nn.Flatten{}, nn.NewLinear("l", 12, 5, nn.GlorotUniform(), rng), nn.Scale{Factor: -0.5}},
		"GELUTanh":          nn.Sequential{nn.Flatten{}, first, nn.GELU{Form: nn.GELUTanh}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"GELUSigmoid":       nn.Sequential{nn.Flatten{}, first, nn.GELU{Form: nn.GELUSigmoid}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Dropout":           nn.Sequential{images, convolution, nn.NewDropout(0.5, rng), scores},
		"GroupNorm":         nn.Sequential{images, convolution, nn.NewGroupNorm("n", 3, 6), nn.Tanh{}, scores},
		"LayerNorm":         nn.Sequential{images, convolution, nn.NewLayerNorm("n", 6), nn.Tanh{}, scores},
		"RMSNorm":           nn.Sequential{nn.Flatten{}, first, nn.NewRMSNorm("n", 7), nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Linear":            nn.Sequential{nn.Flatten{}, nn.NewLinear("l", 12, 5, nn.GlorotUniform(), rng)},
		"LinearWithoutBias": nn.Sequential{nn.Flatten{}, nn.NewLinear("l", 12, 5, nn.HeUniform(), rng).WithoutBias()},
		"ReLU":              nn.Sequential{nn.Flatten{}, first, nn.ReLU{}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Tanh":              nn.Sequential{nn.Flatten{}, first, nn.Tanh{}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Sigmoid":           nn.Sequential{nn.Flatten{}, first, nn.Sigmoid{}, nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"Func":              nn.Sequential{nn.Flatten{}, first, nn.Func((*autodiff.Node).Softplus), nn.NewLinear("l", 7, 5, nn.HeNormal(), rng)},
		"MLP":               nn.Sequential{nn.Flatten{}, nn.NewMLP("m", []int{12, 6, 7, 5}, nn.Tanh{}, nn.GlorotNormal(), rng)},
	}
}

// Every layer, differentiated with respect to its parameters and through them
// those of the layer before it.
func TestGradientsOfLayers(t *testing.T) {
	rng := generator()
	y := tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{4, 1}))
	for name, m := range gradientModels(rng) {
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

// A new layer has to come into gradientModels: every exported type with a Forward
// method in the package's source is in one of them.
func TestEveryLayerIsInGradientModels(t *testing.T) {
	seen := map[string]bool{}
	var visit func(l nn.Layer)
	visit = func(l nn.Layer) {
		seen[strings.TrimLeft(fmt.Sprintf("%T", l), "*")] = true
		if s, ok := l.(nn.Sequential); ok {
			for _, inner := range s {
				visit(inner)
			}
		}
		if r, ok := l.(nn.Residual); ok {
			visit(r.Body)
		}
	}
	for _, m := range gradientModels(generator()) {
		visit(m)
	}
	functions, err := exported.Functions(".")
	require.NoError(t, err)
	found := 0
	for _, f := range functions {
		if layer, forward := strings.CutSuffix(f.Name, ".Forward"); forward && layer != "Layer" {
			found++
			assert.True(t, seen["nn."+layer], "%s is in no model of gradientModels", layer)
		}
	}
	assert.GreaterOrEqual(t, found, 7)
}

// A layer used twice gets the sum of both gradients.
func TestGradientOfASharedLayer(t *testing.T) {
	rng := generator()
	l := nn.NewLinear("shared", 5, 5, nn.GlorotNormal(), rng)
	s := nn.Sequential{l, nn.Tanh{}, l}
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return s.Forward(x).Square().Mean() }
	gradcheck.Check(t, loss, s.Params(), autodiff.Batch{X: matrix(rng, 3, 5)})
}
