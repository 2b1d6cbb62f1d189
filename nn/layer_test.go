package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

func generator() *rand.Rand { return rand.New(rand.NewPCG(3, 5)) }

// matrix returns a tensor of float64 with elements drawn from U(−1, 1).
func matrix(rng *rand.Rand, shape ...int) *tensor.Dense {
	x := make([]float64, autodiff.Shape(shape).Size())
	for i := range x {
		x[i] = 2*rng.Float64() - 1
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
}

// forward returns what a layer computes in float64, from the second of two runs
// of one program.
func forward(t *testing.T, l nn.Layer, x *tensor.Dense) *tensor.Dense {
	t.Helper()
	g := autodiff.NewGraph(tensor.Float64)
	xn := g.Input("x", x.Shape()...)
	p, err := autodiff.Compile(l.Forward(xn))
	require.NoError(t, err)
	out, err := p.Run(xn.Feed(x))
	require.NoError(t, err)
	first := out.Value(0)
	out, err = p.Run(xn.Feed(x))
	require.NoError(t, err)
	require.Equal(t, first.Float64s(), out.Value(0).Float64s(), "the second run")
	return first
}

func TestLinear(t *testing.T) {
	const n, in, out = 4, 3, 2
	rng := generator()
	l := nn.NewLinear("scores", in, out, nn.Normal(1), rng)
	copy(l.Bias.Value().Float32s(), []float32{0.5, -2})
	x := matrix(rng, n, in)
	for _, test := range []struct {
		layer *nn.Linear
		bias  []float64
	}{{l, []float64{0.5, -2}}, {l.WithoutBias(), []float64{0, 0}}} {
		want := make([]float64, n*out)
		for i := range n {
			for j := range out {
				want[i*out+j] = test.bias[j]
				for k := range in {
					want[i*out+j] += x.Float64s()[i*in+k] * float64(l.Weight.Value().Float32s()[j*in+k])
				}
			}
		}
		got := forward(t, test.layer, x)
		assert.Equal(t, tensor.Shape{n, out}, got.Shape())
		assert.InDeltaSlice(t, want, got.Float64s(), 1e-15)
	}
}

func TestLinearParams(t *testing.T) {
	l := nn.NewLinear("scores", 3, 2, nn.Constant(1), nil)
	assert.Equal(t, "scores/W", l.Weight.Name())
	assert.Equal(t, "scores/b", l.Bias.Name())
	assert.Equal(t, autodiff.Shape{2, 3}, l.Weight.Shape())
	assert.Equal(t, autodiff.Shape{2}, l.Bias.Shape())
	assert.Equal(t, tensor.Float32, l.Weight.Precision())
	assert.Equal(t, []float32{0, 0}, l.Bias.Value().Float32s())
	assert.Equal(t, []*autodiff.Param{l.Weight, l.Bias}, l.Params())
	assert.Equal(t, []*autodiff.Param{l.Weight}, l.Weights())
	assert.Equal(t, []*autodiff.Param{l.Weight}, l.WithoutBias().Params())
}

func TestActivations(t *testing.T) {
	x := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{-2, -0.5, 0, 0.3, 1, 4}))
	for name, test := range map[string]struct {
		layer nn.Layer
		f     func(float64) float64
	}{
		"ReLU":    {nn.ReLU{}, func(x float64) float64 { return math.Max(x, 0) }},
		"Tanh":    {nn.Tanh{}, func(x float64) float64 { e := math.Exp(2 * x); return (e - 1) / (e + 1) }},
		"Sigmoid": {nn.Sigmoid{}, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }},
		"GELU":    {nn.GELU{}, func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 }},
		"SiLU":    {nn.SiLU{}, func(x float64) float64 { return x / (1 + math.Exp(-x)) }},
		"Func":    {nn.Func((*autodiff.Node).Abs), math.Abs},
		"empty":   {nn.Sequential{}, func(x float64) float64 { return x }},
	} {
		got := forward(t, test.layer, x)
		assert.Equal(t, x.Shape(), got.Shape(), name)
		for i, v := range x.Float64s() {
			assert.InDelta(t, test.f(v), got.Float64s()[i], 1e-15, "%s(%v)", name, v)
		}
		assert.Empty(t, test.layer.Params(), name)
	}
}

func TestFlatten(t *testing.T) {
	x := matrix(generator(), 2, 3, 4, 5)
	got := forward(t, nn.Flatten{}, x)
	assert.Equal(t, tensor.Shape{2, 60}, got.Shape())
	assert.Equal(t, x.Float64s(), got.Float64s())
	assert.Equal(t, tensor.Shape{7, 1}, forward(t, nn.Flatten{}, matrix(generator(), 7)).Shape())
	assert.Regexp(t, `nn\.Flatten at layer_test\.go:\d+: a scalar`,
		caught(func() { nn.Flatten{}.Forward(autodiff.NewGraph(tensor.Float64).Input("x")) }))
}

func TestSequentialSharesParameters(t *testing.T) {
	a, b := nn.NewLinear("a", 3, 3, nn.Normal(1), generator()), nn.NewLinear("b", 3, 2, nn.Zeros(), nil)
	s := nn.Sequential{a, nn.Tanh{}, a, nn.Sequential{nn.ReLU{}, b}}
	assert.Equal(t, []*autodiff.Param{a.Weight, a.Bias, b.Weight, b.Bias}, s.Params())
	assert.Equal(t, []*autodiff.Param{a.Weight, b.Weight}, s.Weights())
	x := matrix(generator(), 5, 3)
	twice := forward(t, a, forward(t, nn.Tanh{}, forward(t, a, x)))
	assert.InDeltaSlice(t, twice.Float64s(), forward(t, s[:3], x).Float64s(), 1e-15)
}

func TestMLP(t *testing.T) {
	m := nn.NewMLP("m", []int{6, 5, 4, 3}, nn.Tanh{}, nn.GlorotNormal(), generator())
	require.Len(t, m, 5)
	x := matrix(generator(), 2, 6)
	h := x
	for i, l := range []nn.Layer{m[0], nn.Tanh{}, m[2], nn.Tanh{}, m[4]} {
		assert.IsType(t, l, m[i])
		h = forward(t, l, h)
	}
	assert.Equal(t, h.Float64s(), forward(t, m, x).Float64s())
	assert.Equal(t, []string{"m/1/W", "m/1/b", "m/2/W", "m/2/b", "m/3/W", "m/3/b"}, names(m.Params()))
	assert.Len(t, nn.NewMLP("m", []int{6, 3}, nn.Tanh{}, nn.Zeros(), nil), 1, "no hidden layer")
	assert.Regexp(t, `nn\.NewMLP at layer_test\.go:\d+: widths \[6\]`,
		caught(func() { nn.NewMLP("m", []int{6}, nn.Tanh{}, nn.Zeros(), nil) }))
}

// A layer that does not go with its input is reported by the name of the parameter, at
// the line that records the model.
func TestWrongWidth(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	rows, images := g.Input("rows", 7, 4), g.Input("images", 7, 5, 6, 2)
	vector := nn.NewParam("v", nn.Zeros(), nil, 3)
	convolution := nn.NewConv2D("conv", 3, 2, 1, autodiff.Window{}, nn.Zeros(), nil)
	for _, c := range []struct {
		layer nn.Layer
		input *autodiff.Node
		want  string
	}{
		{nn.NewLinear("scores", 3, 2, nn.Zeros(), nil), rows, `nn.Linear at layer_test\.go:\d+: scores/W is for 3 features, but the input has 4: \(7, 4\)`},
		{nn.NewLinear("scores", 3, 2, nn.Zeros(), nil), images, `scores/W is for an input of shape \(n, 3\); nn.Flatten makes rows of anything: \(7, 5, 6, 2\)`},
		{&nn.Linear{Weight: vector}, rows, `nn.Linear at .*: v has the shape \(3\), want \(out, in\)`},
		{&nn.Linear{Weight: nn.NewParam("w", nn.Zeros(), nil, 2, 4), Bias: vector}, rows, `nn.Linear at .*: v has the shape \(3\), but there are 2 outputs`},
		{convolution, images, `nn.Conv2D at .*: conv/W is for 3 channels, but the images have 2: \(7, 5, 6, 2\)`},
		{convolution, rows, `nn.Conv2D at .*: the input is no images`},
		{&nn.Conv2D{Weight: vector}, images, `nn.Conv2D at .*: v has the shape \(3\), want \(out, rows, columns, in\)`},
		{&nn.Conv2D{Weight: nn.NewParam("w", nn.Zeros(), nil, 4, 1, 1, 2), Bias: vector}, images, `nn.Conv2D at .*: v has the shape \(3\), but there are 4 outputs`},
	} {
		assert.Regexp(t, c.want, caught(func() { c.layer.Forward(c.input) }))
	}
}

func names(params []*autodiff.Param) []string {
	var out []string
	for _, p := range params {
		out = append(out, p.Name())
	}
	return out
}

// caught returns the error that f panics with.
func caught(f func()) (err error) {
	defer autodiff.Catch(&err)
	f()
	return nil
}
