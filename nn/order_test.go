package nn_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/safetensors"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// formula returns the numbers (31s + 17i mod 101)/101 − ½, for i = 0, 1, …
func formula(s int, shape ...int) *tensor.Dense {
	x := make([]float64, autodiff.Shape(shape).Size())
	for i := range x {
		x[i] = float64((s*31+i*17)%101)/101 - 0.5
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
}

// pixelsFirst returns images of (n, channels, height, width) as ours.
func pixelsFirst(t *testing.T, x *tensor.Dense) *tensor.Dense {
	t.Helper()
	y, err := tensor.Transpose(x, 0, 2, 3, 1)
	require.NoError(t, err)
	return y.(*tensor.Dense)
}

// The model of TestConvnetOfPyTorch, and how PyTorch stores it.
func convnet() (model nn.Sequential, norm *nn.BatchNorm, params []*autodiff.Param) {
	norm = nn.NewBatchNorm("norm", 5)
	model = nn.Sequential{
		&nn.Conv2D{
			Weight: nn.NewParam("conv/W", nn.Zeros(), nil, 5, 3, 2, 3), Bias: nn.NewParam("conv/b", nn.Zeros(), nil, 5),
			Window: autodiff.Window{Strides: [2]int{2, 1}, Pads: [2][2]int{{1, 1}, {0, 0}}},
		},
		norm, nn.ReLU{}, nn.MaxPool2D{Size: 2}, nn.Flatten{}, nn.NewLinear("scores", 20, 4, nn.Zeros(), nil),
	}
	params = append(model.Params(), nn.Statistics(model)...)
	for _, p := range params {
		p.Convert(tensor.Float64)
	}
	return model, norm, params
}

var (
	torchOrder = nn.Order{ChannelsFirst: true, Flattened: map[string][3]int{"scores/W": {2, 2, 5}}}
	torchNames = map[string]string{
		"conv/W": "0.weight", "conv/b": "0.bias", "norm/gamma": "1.weight", "norm/beta": "1.bias",
		"norm/mean": "1.running_mean", "norm/variance": "1.running_var", "scores/W": "5.weight", "scores/b": "5.bias",
	}
)

// Scores, loss, gradients and running statistics of a small network were written down
// from PyTorch 1.13 in float64:
//
//	Conv2d(3, 5, (3, 2), stride=(2, 1), padding=(1, 0)), BatchNorm2d(5), ReLU(), MaxPool2d(2), Flatten(), Linear(20, 4)
//
// with tensors by formula. A step of rate 1 takes the gradient from the parameters,
// which are read again from a file in PyTorch's order. Numbers below 1 of some hundred
// operations agree to 1e-13.
func TestConvnetOfPyTorch(t *testing.T) {
	model, norm, params := convnet()
	var file bytes.Buffer
	theirs := []safetensors.Tensor{
		{Name: "0.weight", Value: formula(1, 5, 3, 3, 2)}, {Name: "0.bias", Value: formula(2, 5)},
		{Name: "1.weight", Value: formula(3, 5)}, {Name: "1.bias", Value: formula(4, 5)},
		{Name: "1.running_mean", Value: formula(5, 5)}, {Name: "1.running_var", Value: formula(6, 5)},
		{Name: "5.weight", Value: formula(7, 4, 20)}, {Name: "5.bias", Value: formula(8, 4)},
	}
	for i := range 5 {
		theirs[5].Value.Float64s()[i]++
	}
	require.NoError(t, safetensors.Write(&file, theirs, nil))
	ours := map[string]string{}
	for name, to := range torchNames {
		ours[to] = name
	}
	require.NoError(t, nn.Reading{Names: ours, Order: torchOrder}.ReadParams(&file, params))

	batch := autodiff.Batch{X: pixelsFirst(t, formula(20, 2, 3, 7, 6)), Y: tensor.New(tensor.WithBacking([]int{1, 3}))}
	scores := forward(t, model, batch.X).Float64s()
	assert.InDeltaSlice(t, []float64{
		-0.3704775852965816, 0.04997924996883414, 0.3205163721819438, 0.41494428667987954,
		-0.4388673971961247, 0.013352067479037041, 0.29353680081116834, 0.32374107543188657,
	}, scores, 1e-13)

	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.SoftmaxCrossEntropy(model.Forward(x), y) }
	tr, err := optim.NewTrainer(loss, model.Params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	value, err := tr.Step(batch)
	require.NoError(t, err)
	assert.InDelta(t, 1.3326447607704037, value, 1e-13)
	assert.InDeltaSlice(t, []float64{
		0.04694674541711599, 0.20994865699441229, 0.3794852220370552, -0.45097821292030194, -0.28144164787765913,
	}, norm.Mean.Value().Float64s(), 1e-13)
	assert.InDeltaSlice(t, []float64{
		1.2160169526531173, 0.46599112314744456, 0.6166846550961856, 0.7687717288776463, 0.9222523444918266,
	}, norm.Variance.Value().Float64s(), 1e-13)

	file.Reset()
	require.NoError(t, nn.Writing{Names: torchNames, Order: torchOrder}.WriteParams(&file, params))
	written, err := safetensors.Open(&file)
	require.NoError(t, err)
	after, err := written.All(func(string) bool { return false })
	require.NoError(t, err)
	gradients := map[string]float64{ // Σ of their products with formula(40)
		"0.weight": 0.1623390203663501, "0.bias": 0, "1.weight": 0.14537136286489666, "1.bias": -0.018336195798864773,
		"5.weight": -0.07767996117277845, "5.bias": -0.03859198787662444,
	}
	for _, before := range theirs {
		want, ok := gradients[before.Name]
		if !ok {
			continue
		}
		sum := 0.0
		for _, v := range after {
			if v.Name != before.Name {
				continue
			}
			require.Equal(t, before.Value.Shape(), v.Value.Shape())
			factors := formula(40, v.Value.Shape()...).Float64s()
			for i, f := range factors {
				sum += f * (before.Value.Float64s()[i] - v.Value.Float64s()[i])
			}
		}
		assert.InDelta(t, want, sum, 1e-13, before.Name)
	}
}

// What is written in another program's order is read back, in either precision.
func TestOrderIsUndone(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		_, _, params := convnet()
		_, _, again := convnet()
		for i, p := range params {
			p.Convert(dt)
			again[i].Convert(dt)
			for j := range p.Shape().Size() {
				dense.SetElement(p.Value(), j, float64(j+i))
			}
		}
		var file bytes.Buffer
		require.NoError(t, nn.Writing{Order: torchOrder}.WriteParams(&file, params))
		require.NoError(t, nn.Reading{Order: torchOrder}.ReadParams(&file, again))
		for i, p := range params {
			assert.Equal(t, p.Value().Data(), again[i].Value().Data(), p.Name())
		}
	}
}

func TestOrderRefuses(t *testing.T) {
	_, _, params := convnet()
	for want, order := range map[string]nn.Order{
		"the weights scores/W take flattened images, but ChannelsFirst is not set": {Flattened: torchOrder.Flattened},
		"there is no parameter scores, which is among the flattened":               {ChannelsFirst: true, Flattened: map[string][3]int{"scores": {2, 2, 5}}},
		"the parameter scores/W of shape (4, 20) does not take flattened images of [3 2 5]": {
			ChannelsFirst: true, Flattened: map[string][3]int{"scores/W": {3, 2, 5}}},
		"the parameter scores/W of shape (4, 20) does not take flattened images of [-2 -2 5]": {
			ChannelsFirst: true, Flattened: map[string][3]int{"scores/W": {-2, -2, 5}}},
		"the parameter conv/b of shape (5) does not": {ChannelsFirst: true, Flattened: map[string][3]int{"conv/b": {1, 1, 5}}},
	} {
		assert.ErrorContains(t, nn.Writing{Order: order}.WriteParams(&bytes.Buffer{}, params), want)
		assert.ErrorContains(t, nn.Reading{Order: order}.ReadParams(&bytes.Buffer{}, params), want)
	}
	assert.ErrorContains(t, nn.Writing{Names: map[string]string{"fc.weight": "scores/W"}}.WriteParams(&bytes.Buffer{}, params),
		`there is no parameter "fc.weight", which is among the names`)

	var file bytes.Buffer
	require.NoError(t, nn.Writing{Order: torchOrder}.WriteParams(&file, params))
	theirs := bytes.Clone(file.Bytes())
	assert.ErrorContains(t, nn.Reading{Convert: true}.ReadParams(&file, params),
		`tensor "conv/W" is of shape (5, 3, 3, 2) in the file, the parameter conv/W of (5, 3, 2, 3); set ChannelsFirst of the Order`)
	require.NoError(t, nn.Reading{Order: torchOrder}.ReadParams(bytes.NewReader(theirs), params))
	file.Reset()
	require.NoError(t, nn.WriteParams(&file, params))
	assert.ErrorContains(t, nn.Reading{Order: torchOrder}.ReadParams(&file, params),
		fmt.Sprintf("the parameter conv/W of %v, which is (5, 3, 3, 2) with the channels first", params[0].Shape()))
}
