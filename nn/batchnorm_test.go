package nn_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

// training records a layer in a graph that trains, with the assignments, and runs it
// on one minibatch after the other. It returns the last result.
func training(t *testing.T, l nn.Layer, batches ...*tensor.Dense) *tensor.Dense {
	t.Helper()
	g := autodiff.NewTrainingGraph(tensor.Float64)
	x := g.Input("x", batches[0].Shape()...)
	y := l.Forward(x)
	var assigned []*autodiff.Node
	for _, n := range g.Assigned() {
		assigned = append(assigned, n)
	}
	p, err := autodiff.Compile(y, assigned...)
	require.NoError(t, err)
	var out autodiff.Results
	for _, b := range batches {
		out, err = p.Run(x.Feed(b))
		require.NoError(t, err)
	}
	return out.Value(0)
}

// column returns the elements of feature c.
func column(x *tensor.Dense, c int) []float64 {
	var out []float64
	features := x.Shape()[len(x.Shape())-1]
	for i := c; i < x.Shape().TotalSize(); i += features {
		out = append(out, x.Float64s()[i])
	}
	return out
}

// While it trains, the layer normalises by the minibatch and remembers its
// statistics; afterwards it normalises by those.
func TestBatchNorm(t *testing.T) {
	for _, shape := range [][]int{{7, 3}, {2, 5, 4, 3}} {
		l := nn.NewBatchNorm("n", 3)
		l.Keep = 0.75
		for _, p := range append(l.Params(), l.Statistics()...) {
			p.Convert(tensor.Float64)
		}
		rng := generator()
		first, second := matrix(rng, shape...), matrix(rng, shape...)
		l.Scale.Value().Float64s()[1], l.Shift.Value().Float64s()[1] = 3, -2
		y := training(t, l, first, second)
		for c := range 3 {
			m1, v1 := stat.MeanVariance(column(first, c), nil)
			m2, v2 := stat.MeanVariance(column(second, c), nil)
			mean := 0.75*(0.25*m1) + 0.25*m2
			variance := 0.75*(0.75+0.25*v1) + 0.25*v2
			assert.InDelta(t, mean, l.Mean.Value().Float64s()[c], 1e-14)
			assert.InDelta(t, variance, l.Variance.Value().Float64s()[c], 1e-14)
			scale, shift := l.Scale.Value().Float64s()[c], l.Shift.Value().Float64s()[c]
			n := float64(len(column(y, c)))
			judged := column(forward(t, l, first), c)
			for i, v := range column(second, c) {
				assert.InDelta(t, (v-m2)/math.Sqrt(v2*(n-1)/n+1e-5)*scale+shift, column(y, c)[i], 1e-13)
				assert.InDelta(t, (column(first, c)[i]-mean)/math.Sqrt(variance+1e-5)*scale+shift, judged[i], 1e-13)
			}
		}
	}
}

// The gradient in a graph that trains goes through the statistics of the minibatch.
func TestGradientOfBatchNormInTraining(t *testing.T) {
	l := nn.NewBatchNorm("n", 3)
	for _, p := range append(l.Params(), l.Statistics()...) {
		p.Convert(tensor.Float64)
	}
	l.Scale.Value().Float64s()[1] = 2
	x := matrix(generator(), 2, 2, 3, 3)
	g := autodiff.NewTrainingGraph(tensor.Float64)
	in := g.Input("x", x.Shape()...)
	grads, err := autodiff.Grad(l.Forward(in).Tanh().Square().Sum(), in)
	require.NoError(t, err)
	p, err := autodiff.Compile(grads[0])
	require.NoError(t, err)
	out, err := p.Run(in.Feed(x))
	require.NoError(t, err)
	f := func(x *tensor.Dense) float64 {
		sum := 0.0
		for c := range 3 {
			mean, variance := stat.PopMeanVariance(column(x, c), nil)
			for _, v := range column(x, c) {
				sum += math.Pow(math.Tanh((v-mean)/math.Sqrt(variance+1e-5)*float64(1+c%2)), 2)
			}
		}
		return sum
	}
	const h = 1e-5 // central differences are off by about h², and 1e-16/h
	for i := range x.Float64s() {
		at := x.Float64s()[i]
		x.Float64s()[i] = at + h
		up := f(x)
		x.Float64s()[i] = at - h
		down := f(x)
		x.Float64s()[i] = at
		assert.InDelta(t, (up-down)/(2*h), out.Value(0).Float64s()[i], 1e-8, "element %d", i)
	}
}

// The statistics of a model are those of all its layers, and go into its file.
func TestStatistics(t *testing.T) {
	build := func() nn.Layer {
		shared := nn.NewBatchNorm("a", 3)
		return nn.Sequential{shared, nn.ReLU{}, nn.Residual{Body: nn.NewBatchNorm("b", 3)}, nn.Residual{Body: nn.Tanh{}, Shortcut: nn.Sequential{shared}}}
	}
	model := build()
	assert.Equal(t, []string{"a/mean", "a/variance", "b/mean", "b/variance"}, names(nn.Statistics(model)))
	assert.Equal(t, []string{"a/gamma", "a/beta", "b/gamma", "b/beta"}, names(model.Params()))
	assert.Empty(t, nn.Statistics(nn.Tanh{}))
	nn.Statistics(model)[2].Value().Float32s()[1] = 5
	path := filepath.Join(t.TempDir(), "model")
	require.NoError(t, nn.Save(path, append(model.Params(), nn.Statistics(model)...)))
	other := build()
	require.NoError(t, nn.Load(path, append(other.Params(), nn.Statistics(other)...)))
	assert.Equal(t, float32(5), nn.Statistics(other)[2].Value().Float32s()[1])
}

// A minibatch of ghosts is normalised as its parts are one by one, and the running
// statistics move towards the means of theirs.
func TestGhosts(t *testing.T) {
	x := matrix(generator(), 6, 5, 4, 3)
	of := func(ghost int, x *tensor.Dense) (*nn.BatchNorm, []float64) {
		l := nn.NewBatchNorm("n", 3)
		l.Ghost = ghost
		for _, p := range append(l.Params(), l.Statistics()...) {
			p.Convert(tensor.Float64)
		}
		return l, training(t, l, x).Float64s()
	}
	l, y := of(2, x)
	mean, variance := make([]float64, 3), make([]float64, 3)
	for i := range 3 {
		const part = 2 * 5 * 4 * 3
		own := tensor.New(tensor.WithShape(2, 5, 4, 3), tensor.WithBacking(x.Float64s()[i*part:(i+1)*part]))
		one, want := of(2, own)
		for c := range 3 {
			mean[c] += one.Mean.Value().Float64s()[c] / 3
			variance[c] += one.Variance.Value().Float64s()[c] / 3
		}
		assert.InDeltaSlice(t, want, y[i*part:(i+1)*part], 1e-13)
	}
	assert.InDeltaSlice(t, mean, l.Mean.Value().Float64s(), 1e-15)
	assert.InDeltaSlice(t, variance, l.Variance.Value().Float64s(), 1e-15)
	_, whole := of(0, x)
	_, large := of(7, x)
	assert.Equal(t, whole, large, "a minibatch smaller than a ghost")
	assert.NotEqual(t, whole, y)
}
