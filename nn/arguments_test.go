package nn_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/nn"
)

// disturbed returns parameters that are no longer as they were made.
func disturbed(t *testing.T) map[string]*autodiff.Param {
	fresh := func(name string) *autodiff.Param { return nn.NewParam(name, nn.Constant(1), nil, 2, 3) }
	transposed, reshaped := fresh("transposed"), fresh("reshaped")
	require.NoError(t, transposed.Value().T())
	require.NoError(t, reshaped.Value().Reshape(3, 2))
	return map[string]*autodiff.Param{"nil param": nil, "empty param": {}, "transposed param": transposed, "reshaped param": reshaped}
}

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := autodiff.NewGraph(tensor.Float32)
	x := g.Input("x", 2, 3)
	none := func(*autodiff.Node) *autodiff.Node { return nil }
	made := func(init nn.Init, rng *rand.Rand, shape ...int) func() error {
		return exported.Panics(func() { nn.NewParam("p", init, rng, shape...) })
	}
	linear := func(in, out int, init nn.Init, rng *rand.Rand) func() error {
		return exported.Panics(func() { nn.NewLinear("l", in, out, init, rng) })
	}
	mlp := func(widths []int, activation nn.Layer, init nn.Init, rng *rand.Rand) func() error {
		return exported.Panics(func() { nn.NewMLP("m", widths, activation, init, rng) })
	}
	images, at := g.Input("images", 2, 5, 4, 3), autodiff.Window{}
	forward := func(l nn.Layer, x *autodiff.Node) func() error { return exported.Panics(func() { l.Forward(x) }) }
	path := filepath.Join(t.TempDir(), "saved")
	pixels := func(shape ...int) *tensor.Dense { return matrix(rng, shape...) }
	whitening := func(images *tensor.Dense, size int, epsilon float64) func() error {
		return exported.Panics(func() { nn.Whitening(images, size, epsilon) })
	}
	ghosts := func(size, examples int) func() error {
		return exported.Panics(func() {
			l := nn.NewBatchNorm("ghosts", 3)
			l.Ghost = size
			l.Forward(autodiff.NewTrainingGraph(tensor.Float32).Input("x", examples, 3))
		})
	}
	calls := []exported.Call{
		{Of: "NewParam", With: "no name", Do: exported.Panics(func() { nn.NewParam("", nn.Zeros(), nil, 2) })},
		{Of: "NewParam", With: "nil init", Do: made(nil, rng, 2)},
		{Of: "NewParam", With: "nil rng", Do: made(nn.HeNormal(), nil, 2)},
		{Of: "NewParam", With: "negative length", Do: made(nn.Zeros(), nil, 2, -1)},
		{Of: "NewParam", With: "a size that overflows to 0", Do: made(nn.Zeros(), nil, math.MaxInt/2+1, 2)},
		{Of: "NewParam", With: "a size that overflows, of nothing", Do: made(nn.Zeros(), nil, math.MaxInt, 2, 0)},
		{Of: "NewParam", With: "a size beyond memory", Do: made(nn.Zeros(), nil, math.MaxInt)},
		{Of: "NewParam", With: "1e300", Do: made(nn.Constant(1e300), nil, 2)},
		{Of: "NewParam", With: "-Inf", Do: made(nn.Constant(math.Inf(-1)), nil, 2)},
		{Of: "NewParam", With: "NaN", Do: made(nn.Constant(math.NaN()), nil, 2)},
		{Of: "NewParam", With: "deviation 1e300", Do: made(nn.Normal(1e300), rng, 2)},
		{Of: "NewParam", With: "interval of 1e300", Do: made(nn.Uniform(1e299, 1e300), rng, 2)},
		{Of: "NewParam", With: "no elements", Do: made(nn.GlorotNormal(), nil, 0, 0), Accepted: true},
		{Of: "Constant", With: "1e300, which NewParam refuses", Do: exported.Panics(func() { nn.Constant(1e300) }), Accepted: true},
		{Of: "Normal", With: "negative", Do: exported.Panics(func() { nn.Normal(-1) })},
		{Of: "Normal", With: "NaN", Do: exported.Panics(func() { nn.Normal(math.NaN()) })},
		{Of: "Normal", With: "Inf", Do: exported.Panics(func() { nn.Normal(math.Inf(1)) })},
		{Of: "Uniform", With: "nothing between", Do: exported.Panics(func() { nn.Uniform(1, 1) })},
		{Of: "Uniform", With: "NaN", Do: exported.Panics(func() { nn.Uniform(0, math.NaN()) })},
		{Of: "Uniform", With: "too wide", Do: exported.Panics(func() { nn.Uniform(-math.MaxFloat64, math.MaxFloat64) })},
		{Of: "NewLinear", With: "negative in", Do: linear(-1, 2, nn.Zeros(), nil)},
		{Of: "NewLinear", With: "negative out", Do: linear(2, -1, nn.Zeros(), nil)},
		{Of: "NewLinear", With: "huge", Do: linear(math.MaxInt, math.MaxInt, nn.Zeros(), nil)},
		{Of: "NewLinear", With: "nil init", Do: linear(2, 2, nil, rng)},
		{Of: "NewLinear", With: "nil rng", Do: linear(2, 2, nn.HeUniform(), nil)},
		{Of: "NewMLP", With: "nil widths", Do: mlp(nil, nn.ReLU{}, nn.Zeros(), nil)},
		{Of: "NewMLP", With: "negative width", Do: mlp([]int{2, -3, 1}, nn.ReLU{}, nn.Zeros(), nil)},
		{Of: "NewMLP", With: "nil activation", Do: mlp([]int{2, 3, 1}, nil, nn.Zeros(), nil)},
		{Of: "NewMLP", With: "nil activation that is not needed", Do: mlp([]int{2, 3}, nil, nn.Zeros(), nil), Accepted: true},
		{Of: "NewMLP", With: "nil init", Do: mlp([]int{2, 3, 1}, nn.ReLU{}, nil, rng)},
		{Of: "NewMLP", With: "nil rng", Do: mlp([]int{2, 3, 1}, nn.ReLU{}, nn.GlorotUniform(), nil)},
		{Of: "Func.Forward", With: "nil input", Do: forward(nn.Func((*autodiff.Node).Tanh), nil)},
		{Of: "Func.Forward", With: "nil function", Do: forward(nn.Func(nil), x)},
		{Of: "Flatten.Forward", With: "nil input", Do: forward(nn.Flatten{}, nil)},
		{Of: "Flatten.Forward", With: "scalar", Do: forward(nn.Flatten{}, g.Scalar(1))},
		{Of: "ReLU.Forward", With: "nil input", Do: forward(nn.ReLU{}, nil)},
		{Of: "Sigmoid.Forward", With: "nil input", Do: forward(nn.Sigmoid{}, nil)},
		{Of: "Tanh.Forward", With: "nil input", Do: forward(nn.Tanh{}, nil)},
		{Of: "Linear.Forward", With: "nil input", Do: forward(nn.NewLinear("a", 3, 2, nn.Zeros(), nil), nil)},
		{Of: "Linear.Forward", With: "other width", Do: forward(nn.NewLinear("b", 4, 2, nn.Zeros(), nil), x)},
		{Of: "Linear.Forward", With: "no weight", Do: forward(&nn.Linear{}, x)},
		{Of: "Linear.ForwardSparse", With: "no matrix", Do: exported.Panics(func() { nn.NewLinear("a", 3, 2, nn.Zeros(), nil).ForwardSparse(autodiff.Sparse{}) })},
		{Of: "Linear.ForwardSparse", With: "a nil layer", Do: exported.Panics(func() { (*nn.Linear)(nil).ForwardSparse(autodiff.Sparse{Values: x}) })},
		{Of: "Linear.ForwardSparse", With: "no weight", Do: exported.Panics(func() { (&nn.Linear{}).ForwardSparse(autodiff.Sparse{Values: x}) })},
		{Of: "Linear.Weights", With: "no weight", Do: exported.Panics(func() { (&nn.Linear{}).Weights() })},
		{Of: "Sequential.Forward", With: "nil input", Do: forward(nn.Sequential{}, nil)},
		{Of: "Sequential.Forward", With: "nil layer", Do: forward(nn.Sequential{nil}, x)},
		{Of: "Sequential.Forward", With: "a layer that returns nil", Do: forward(nn.Sequential{nn.Func(none), nn.ReLU{}}, x)},
		{Of: "Sequential.Params", With: "nil layer", Do: exported.Panics(func() { nn.Sequential{nil}.Params() })},
		{Of: "Sequential.Weights", With: "nil layer", Do: exported.Panics(func() { nn.Sequential{nil}.Weights() })},
		{Of: "Sequential.Weights", With: "a layer without weight", Do: exported.Panics(func() { nn.Sequential{&nn.Linear{}}.Weights() })},
		{Of: "GELU.Forward", With: "nil input", Do: forward(nn.GELU{}, nil)},
		{Of: "GELU.Forward", With: "an unknown form", Do: forward(nn.GELU{Form: "cosh"}, x)},
		{Of: "Scale.Forward", With: "nil input", Do: forward(nn.Scale{Factor: 1}, nil)},
		{Of: "Scale.Forward", With: "Inf", Do: forward(nn.Scale{Factor: math.Inf(1)}, x)},
		{Of: "SiLU.Forward", With: "nil input", Do: forward(nn.SiLU{}, nil)},
		{Of: "Dirac", With: "nil, which NewParam refuses", Do: exported.Panics(func() { nn.Dirac(nil) }), Accepted: true},
		{Of: "NewParam", With: "Dirac of nil", Do: made(nn.Dirac(nil), nil, 2, 3)},
		{Of: "NewParam", With: "Dirac of an even window", Do: made(nn.Dirac(nn.Zeros()), nil, 2, 2, 2, 3)},
		{Of: "NewParam", With: "Dirac of nothing", Do: made(nn.Dirac(nn.Zeros()), nil, 0, 3, 3, 2), Accepted: true},
		{Of: "NewParam", With: "Orthogonal without rng", Do: made(nn.Orthogonal(1), nil, 2, 2)},
		{Of: "Orthogonal", With: "NaN", Do: exported.Panics(func() { nn.Orthogonal(math.NaN()) })},
		{Of: "Whitening", With: "nil", Do: whitening(nil, 2, 1)},
		{Of: "Whitening", With: "a matrix", Do: whitening(pixels(6, 2), 2, 1)},
		{Of: "Whitening", With: "labels", Do: whitening(tensor.New(tensor.WithShape(1, 1, 1, 2), tensor.WithBacking([]int{1, 2})), 1, 1)},
		{Of: "Whitening", With: "no images", Do: whitening(tensor.New(tensor.WithShape(0, 3, 3, 1), tensor.WithBacking([]float32{})), 2, 1)},
		{Of: "Whitening", With: "a size beyond the image", Do: whitening(pixels(1, 3, 2, 2), 3, 1)},
		{Of: "Whitening", With: "size 0", Do: whitening(pixels(1, 3, 2, 2), 0, 1)},
		{Of: "Whitening", With: "epsilon 0", Do: whitening(pixels(1, 3, 2, 2), 2, 0)},
		{Of: "Whitening", With: "epsilon Inf", Do: whitening(pixels(1, 3, 2, 2), 2, math.Inf(1))},
		{Of: "Whitening", With: "NaN", Do: whitening(tensor.New(tensor.WithShape(1, 1, 1, 1), tensor.WithBacking([]float32{float32(math.NaN())})), 1, 1)},
		{Of: "NewParam", With: "Whitening of an odd number of outputs", Do: made(nn.Whitening(pixels(1, 3, 2, 2), 1, 1), nil, 3, 1, 1, 2)},
		{Of: "NewParam", With: "Whitening of too many outputs", Do: made(nn.Whitening(pixels(1, 3, 2, 2), 1, 1), nil, 6, 1, 1, 2)},
		{Of: "NewParam", With: "Whitening for other windows", Do: made(nn.Whitening(pixels(1, 3, 2, 2), 1, 1), nil, 2, 1, 2, 2)},
		{Of: "NewParam", With: "Whitening of nothing", Do: made(nn.Whitening(pixels(1, 3, 2, 2), 1, 1), nil, 0, 1, 1, 2), Accepted: true},
		{Of: "NewConv2D", With: "negative in", Do: exported.Panics(func() { nn.NewConv2D("c", -1, 2, 3, at, nn.Zeros(), nil) })},
		{Of: "NewConv2D", With: "negative size", Do: exported.Panics(func() { nn.NewConv2D("c", 1, 2, -3, at, nn.Zeros(), nil) })},
		{Of: "NewConv2D", With: "nil init", Do: exported.Panics(func() { nn.NewConv2D("c", 1, 2, 3, at, nil, rng) })},
		{Of: "Conv2D.Forward", With: "nil input", Do: forward(nn.NewConv2D("c1", 3, 2, 3, at, nn.Zeros(), nil), nil)},
		{Of: "Conv2D.Forward", With: "a matrix", Do: forward(nn.NewConv2D("c2", 3, 2, 3, at, nn.Zeros(), nil), x)},
		{Of: "Conv2D.Forward", With: "no weight", Do: forward(&nn.Conv2D{}, images)},
		{Of: "Conv2D.Weights", With: "no weight", Do: exported.Panics(func() { (&nn.Conv2D{}).Weights() })},
		{Of: "MaxPool2D.Forward", With: "nil input", Do: forward(nn.MaxPool2D{Size: 2}, nil)},
		{Of: "MaxPool2D.Forward", With: "no size", Do: forward(nn.MaxPool2D{}, images)},
		{Of: "MaxPool2D.Forward", With: "a matrix", Do: forward(nn.MaxPool2D{Size: 2}, x)},
		{Of: "AvgPool2D.Forward", With: "nil input", Do: forward(nn.AvgPool2D{Size: 2}, nil)},
		{Of: "AvgPool2D.Forward", With: "no size", Do: forward(nn.AvgPool2D{}, images)},
		{Of: "AvgPool2D.Forward", With: "a size beyond the image", Do: forward(nn.AvgPool2D{Size: 6}, images)},
		{Of: "GlobalPool.Forward", With: "nil input", Do: forward(nn.GlobalPool{}, nil)},
		{Of: "GlobalPool.Forward", With: "a matrix", Do: forward(nn.GlobalPool{}, x)},
		{Of: "Residual.Forward", With: "nil input", Do: forward(nn.Residual{Body: nn.ReLU{}}, nil)},
		{Of: "Residual.Forward", With: "no body", Do: forward(nn.Residual{}, x)},
		{Of: "Residual.Forward", With: "a body that returns nil", Do: forward(nn.Residual{Body: nn.Func(none)}, x)},
		{Of: "Residual.Forward", With: "another shape", Do: forward(nn.Residual{Body: nn.GlobalPool{}}, images)},
		{Of: "Residual.Params", With: "no body", Do: exported.Panics(func() { nn.Residual{}.Params() })},
		{Of: "NewBatchNorm", With: "negative features", Do: exported.Panics(func() { nn.NewBatchNorm("n", -1) })},
		{Of: "BatchNorm.Forward", With: "nil input", Do: forward(nn.NewBatchNorm("b1", 3), nil)},
		{Of: "BatchNorm.Forward", With: "other features", Do: forward(nn.NewBatchNorm("b2", 1), x)},
		{Of: "BatchNorm.Forward", With: "no examples", Do: forward(nn.NewBatchNorm("b3", 2), x.Sum(1))},
		{Of: "BatchNorm.Forward", With: "no statistics", Do: forward(&nn.BatchNorm{}, x)},
		{Of: "BatchNorm.Forward", With: "keep 1", Do: exported.Panics(func() {
			l := nn.NewBatchNorm("b4", 3)
			l.Keep = 1
			l.Forward(x)
		})},
		{Of: "BatchNorm.Forward", With: "a negative epsilon", Do: exported.Panics(func() {
			l := nn.NewBatchNorm("b5", 3)
			l.Epsilon = -1
			l.Forward(x)
		})},
		{Of: "BatchNorm.Forward", With: "epsilon Inf", Do: forward(&nn.BatchNorm{
			Mean: nn.NewParam("m", nn.Zeros(), nil, 3), Variance: nn.NewParam("v", nn.Zeros(), nil, 3), Epsilon: math.Inf(1)}, x)},
		{Of: "BatchNorm.Forward", With: "ghosts of a negative size", Do: ghosts(-1, 4)},
		{Of: "BatchNorm.Forward", With: "a part of a ghost", Do: ghosts(3, 4)},
		{Of: "BatchNorm.Forward", With: "ghosts of one number", Do: ghosts(1, 4)},
		{Of: "BatchNorm.Forward", With: "one example to train", Do: forward(nn.NewBatchNorm("b6", 3), autodiff.NewTrainingGraph(tensor.Float32).Input("x", 1, 3))},
		{Of: "Statistics", With: "nil", Do: exported.Panics(func() { nn.Statistics(nil) }), Accepted: true},
		{Of: "NewDropout", With: "nil rng", Do: exported.Panics(func() { nn.NewDropout(0.5, nil) })},
		{Of: "NewDropout", With: "all", Do: exported.Panics(func() { nn.NewDropout(1, rng) })},
		{Of: "NewDropout", With: "NaN", Do: exported.Panics(func() { nn.NewDropout(math.NaN(), rng) })},
		{Of: "Dropout.Forward", With: "nil input", Do: forward(nn.Dropout{}, nil)},
		{Of: "Dropout.Forward", With: "a negative rate", Do: forward(nn.Dropout{Rate: -1}, x)},
		{Of: "Dropout.Forward", With: "no step", Do: forward(nn.Dropout{Rate: 0.5}, autodiff.NewTrainingGraph(tensor.Float32).Input("x", 1, 3))},
		{Of: "NewLayerNorm", With: "negative features", Do: exported.Panics(func() { nn.NewLayerNorm("n", -1) })},
		{Of: "LayerNorm.Forward", With: "nil input", Do: forward(nn.NewLayerNorm("n1", 3), nil)},
		{Of: "LayerNorm.Forward", With: "other features", Do: forward(nn.NewLayerNorm("n2", 1), x)},
		{Of: "LayerNorm.Forward", With: "a scalar", Do: forward(nn.NewLayerNorm("n3", 1), g.Scalar(1))},
		{Of: "LayerNorm.Forward", With: "a negative epsilon", Do: forward(&nn.LayerNorm{Epsilon: -1}, x)},
		{Of: "NewRMSNorm", With: "negative features", Do: exported.Panics(func() { nn.NewRMSNorm("n", -1) })},
		{Of: "RMSNorm.Forward", With: "nil input", Do: forward(nn.NewRMSNorm("n4", 3), nil)},
		{Of: "RMSNorm.Forward", With: "other features", Do: forward(nn.NewRMSNorm("n5", 1), x)},
		{Of: "RMSNorm.Forward", With: "a negative epsilon", Do: forward(&nn.RMSNorm{Epsilon: -1}, x)},
		{Of: "RMSNorm.Forward", With: "epsilon Inf", Do: forward(&nn.RMSNorm{Epsilon: math.Inf(1)}, x)},
		{Of: "LayerNorm.Forward", With: "epsilon Inf", Do: forward(&nn.LayerNorm{Epsilon: math.Inf(1)}, x)},
		{Of: "NewGroupNorm", With: "no groups", Do: exported.Panics(func() { nn.NewGroupNorm("n", 0, 3) })},
		{Of: "NewGroupNorm", With: "groups of several sizes", Do: exported.Panics(func() { nn.NewGroupNorm("n", 2, 3) })},
		{Of: "GroupNorm.Forward", With: "nil input", Do: forward(nn.NewGroupNorm("n6", 1, 3), nil)},
		{Of: "GroupNorm.Forward", With: "a matrix", Do: forward(nn.NewGroupNorm("n7", 1, 3), x)},
		{Of: "GroupNorm.Forward", With: "other channels", Do: forward(nn.NewGroupNorm("n8", 1, 1), images)},
		{Of: "GroupNorm.Forward", With: "no groups", Do: forward(&nn.GroupNorm{}, images)},
		{Of: "WriteParams", With: "nil writer", Do: func() error { return nn.WriteParams(nil, nil) }},
		{Of: "ReadParams", With: "nil reader", Do: func() error { return nn.ReadParams(nil, nil) }},
		{Of: "ReadParams", With: "nothing to read", Do: func() error { return nn.ReadParams(&bytes.Buffer{}, nil) }},
		{Of: "Save", With: "no path", Do: func() error { return nn.Save("", nil) }},
		{Of: "Save", With: "a folder that is not there", Do: func() error { return nn.Save(filepath.Join(path, "there"), nil) }},
		{Of: "Reading.ReadParams", With: "nil reader", Do: func() error { return nn.Reading{Convert: true}.ReadParams(nil, nil) }},
		{Of: "Reading.ReadParams", With: "a nil parameter", Do: func() error {
			return nn.Reading{Convert: true}.ReadParams(&bytes.Buffer{}, []*autodiff.Param{nil})
		}},
		{Of: "Reading.Load", With: "no path", Do: func() error { return nn.Reading{Convert: true}.Load("", nil) }},
		{Of: "Writing.WriteParams", With: "nil writer", Do: func() error { return nn.Writing{}.WriteParams(nil, nil) }},
		{Of: "Writing.WriteParams", With: "a nil parameter", Do: func() error {
			return nn.Writing{}.WriteParams(&bytes.Buffer{}, []*autodiff.Param{nil})
		}},
		{Of: "Writing.Save", With: "no path", Do: func() error { return nn.Writing{}.Save("", nil) }},
		{Of: "Load", With: "no path", Do: func() error { return nn.Load("", nil) }},
		{Of: "Summary", With: "no parameters", Do: exported.Panics(func() { nn.Summary(nil) }), Accepted: true},
	}
	for name, p := range disturbed(t) {
		params := []*autodiff.Param{p}
		calls = append(calls,
			exported.Call{Of: "WriteParams", With: name, Do: func() error { return nn.WriteParams(&bytes.Buffer{}, params) }},
			exported.Call{Of: "ReadParams", With: name, Do: func() error { return nn.ReadParams(&bytes.Buffer{}, params) }},
			exported.Call{Of: "Save", With: name, Do: func() error { return nn.Save(path, params) }},
			exported.Call{Of: "Summary", With: name, Do: exported.Panics(func() { nn.Summary(params) })},
			exported.Call{Of: "Linear.Forward", With: name, Do: forward(&nn.Linear{Weight: p}, x)},
			exported.Call{Of: "Linear.Weights", With: name, Do: exported.Panics(func() { (&nn.Linear{Weight: p}).Weights() })},
		)
	}
	for name, l := range map[string]nn.Layer{
		"Linear": (*nn.Linear)(nil), "Conv2D": (*nn.Conv2D)(nil), "BatchNorm": (*nn.BatchNorm)(nil),
		"LayerNorm": (*nn.LayerNorm)(nil), "RMSNorm": (*nn.RMSNorm)(nil), "GroupNorm": (*nn.GroupNorm)(nil),
	} {
		calls = append(calls,
			exported.Call{Of: name + ".Forward", With: "a nil layer", Do: forward(l, images)},
			exported.Call{Of: name + ".Params", With: "a nil layer", Do: exported.Panics(func() { l.Params() })})
	}
	calls = append(calls,
		exported.Call{Of: "Linear.Weights", With: "a nil layer", Do: exported.Panics(func() { (*nn.Linear)(nil).Weights() })},
		exported.Call{Of: "Linear.WithoutBias", With: "a nil layer", Do: exported.Panics(func() { (*nn.Linear)(nil).WithoutBias() })},
		exported.Call{Of: "Conv2D.Weights", With: "a nil layer", Do: exported.Panics(func() { (*nn.Conv2D)(nil).Weights() })},
		exported.Call{Of: "Conv2D.WithoutBias", With: "a nil layer", Do: exported.Panics(func() { (*nn.Conv2D)(nil).WithoutBias() })},
		exported.Call{Of: "BatchNorm.Statistics", With: "a nil layer", Do: exported.Panics(func() { (*nn.BatchNorm)(nil).Statistics() })},
		exported.Call{Of: "Statistics", With: "a nil layer", Do: exported.Panics(func() { nn.Statistics((*nn.BatchNorm)(nil)) })})
	exported.Check(t, ".", calls)
	assert.NoFileExists(t, path)
}

// TestLoadIntoATransposedParameter refuses it and changes nothing: the file's
// elements would stand in another order than the tensor's indices.
func TestLoadIntoATransposedParameter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "saved")
	saved := nn.NewParam("p", nn.Normal(1), rand.New(rand.NewPCG(1, 2)), 2, 3)
	require.NoError(t, nn.Save(path, []*autodiff.Param{saved}))
	p := nn.NewParam("p", nn.Zeros(), nil, 2, 3)
	require.NoError(t, p.Value().T())
	assert.ErrorContains(t, nn.Load(path, []*autodiff.Param{p}), "the tensor of p has the shape (3, 2), but the parameter was made with (2, 3)")
	p.Value().UT()
	assert.Equal(t, make([]float32, 6), p.Value().Float32s())
	require.NoError(t, nn.Load(path, []*autodiff.Param{p}))
	assert.Equal(t, saved.Value().Float32s(), p.Value().Float32s())
}
