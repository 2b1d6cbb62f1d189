// Package reader reads what package onnx writes with a program that is not ours,
// github.com/advancedclimatesystems/gonnx. It is a module of its own, so that its
// dependencies are not those of declive.
package reader

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/advancedclimatesystems/gonnx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/nn"
	"declive/onnx"
	"declive/predict"
)

// models have every layer that the other program can run, transforms of both kinds,
// and a regression.
func models() map[string]predict.Model {
	rng := rand.New(rand.NewPCG(1, 2))
	activations := nn.Sequential{
		nn.Flatten{}, nn.NewLinear("a", 6, 5, nn.HeNormal(), rng), nn.ReLU{},
		nn.Sequential{nn.NewLinear("b", 5, 4, nn.HeNormal(), rng), nn.Tanh{}}, nn.NewLinear("c", 4, 3, nn.HeNormal(), rng), nn.Sigmoid{},
	}
	// The other program has no pools, means or roots, and convolves no image that is wider
	// than high.
	images := nn.Sequential{
		nn.NewConv2D("i", 2, 3, 3, autodiff.Window{Strides: [2]int{1, 2}, Pads: [2][2]int{{1, 0}, {2, 1}}}, nn.HeNormal(), rng),
		batchNorm(rng), nn.SiLU{}, nn.Dropout{Rate: 0.5},
		nn.Residual{Body: nn.NewConv2D("j", 3, 3, 3, autodiff.Window{Pad: 1}, nn.HeNormal(), rng)}, nn.Flatten{}, nn.NewLinear("k", 8*4*3, 2, nn.HeNormal(), rng),
	}
	return map[string]predict.Model{
		"images":      {Layer: images, Shape: []int{9, 6, 2}},
		"linear":      {Layer: nn.NewLinear("scores", 4, 3, nn.Normal(1), rng), Shape: []int{4}, Transform: datasets.Transform{Shift: []float64{0.5}, Scale: []float64{2}}},
		"activations": {Layer: activations, Shape: []int{2, 3}, Transform: datasets.Transform{Shift: []float64{1, 2, 3, 4, 5, 6}, Scale: []float64{1, 0.5, 2, 1, 3, 0.25}}},
		"no bias":     {Layer: nn.NewLinear("scores", 4, 2, nn.Normal(1), rng).WithoutBias(), Shape: []int{4}},
		"regression": {Layer: nn.NewMLP("m", []int{3, 7, 1}, nn.Tanh{}, nn.HeNormal(), rng), Shape: []int{3}, Regression: true,
			Targets: datasets.Transform{Shift: []float64{30}, Scale: []float64{0.25}}},
	}
}

// batchNorm returns a layer with statistics, scales and shifts that all differ.
func batchNorm(rng *rand.Rand) *nn.BatchNorm {
	l := nn.NewBatchNorm("norm", 3)
	for _, p := range append(l.Params(), l.Statistics()...) {
		for i := range p.Value().Float32s() {
			p.Value().Float32s()[i] = 0.5 + rng.Float32()
		}
	}
	return l
}

func TestScores(t *testing.T) {
	for name, m := range models() {
		terms := 7. // of the longest sum
		if name == "images" {
			terms = 8 * 4 * 3
		}
		for _, n := range []int{1, 5} { // the axis of examples has no length of its own
			x := make([]float64, n*tensor.Shape(m.Shape).TotalSize())
			rng := rand.New(rand.NewPCG(3, 4))
			for i := range x {
				x[i] = rng.NormFloat64()
			}
			p, err := predict.New(m)
			require.NoError(t, err)
			want, err := p.Scores(nil, x)
			require.NoError(t, err)
			got := theirs(t, m, n, x)
			require.Len(t, got, len(want), name)
			for i := range want {
				// Sums of terms that are together below 100 in float32, in another order.
				assert.InDelta(t, want[i], got[i], terms*100*0x1p-24, "%s, %d examples, score %d", name, n, i)
			}
		}
	}
}

// theirs returns the scores that the other program computes for n examples.
func theirs(t *testing.T, m predict.Model, n int, x []float64) []float32 {
	var b bytes.Buffer
	require.NoError(t, onnx.Write(&b, m))
	proto, err := gonnx.ModelProtoFromBytes(b.Bytes())
	require.NoError(t, err)
	require.Len(t, proto.OpsetImport, 1)
	assert.Equal(t, int64(17), proto.OpsetImport[0].Version)
	assert.Equal(t, int64(8), proto.IrVersion)
	// It knows version 13 alone, in which these operators compute the same.
	proto.OpsetImport[0].Version = 13
	model, err := gonnx.NewModel(proto)
	require.NoError(t, err)
	assert.Equal(t, []string{"x"}, model.InputNames())
	assert.Equal(t, []string{"scores"}, model.OutputNames())
	assert.True(t, model.InputShapes()["x"][0].IsDynamic)

	single := make([]float32, len(x))
	for i, v := range x {
		single[i] = float32(v)
	}
	in := tensor.New(tensor.WithShape(append([]int{n}, m.Shape...)...), tensor.WithBacking(single))
	out, err := model.Run(gonnx.Tensors{"x": in})
	require.NoError(t, err)
	return out["scores"].Data().([]float32)
}
