package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

func TestConv2D(t *testing.T) {
	at := autodiff.Window{Stride: 2, Pad: 1}
	l := nn.NewConv2D("c", 3, 7, 5, at, nn.HeNormal(), generator())
	assert.Equal(t, []string{"c/W", "c/b"}, names(l.Params()))
	assert.Equal(t, autodiff.Shape{7, 5, 5, 3}, l.Weight.Shape())
	assert.Equal(t, autodiff.Shape{7}, l.Bias.Shape())
	assert.Equal(t, []*autodiff.Param{l.Weight}, l.Weights())
	assert.Equal(t, []*autodiff.Param{l.Weight}, l.WithoutBias().Params())
	x := matrix(generator(), 2, 9, 6, 3)
	plain := forward(t, l.WithoutBias(), x)
	assert.Equal(t, tensor.Shape{2, 4, 2, 7}, plain.Shape())
	l.Bias.Value().Float32s()[4] = 3
	for i, y := range forward(t, l, x).Float64s() {
		want := plain.Float64s()[i]
		if i%7 == 4 {
			want += 3
		}
		require.InDelta(t, want, y, 1e-14)
	}
}

// Pools lie beside each other unless they have a stride.
func TestPools(t *testing.T) {
	x := matrix(generator(), 2, 7, 5, 3)
	for _, c := range []struct {
		layer nn.Layer
		want  tensor.Shape
	}{
		{nn.MaxPool2D{Size: 2}, tensor.Shape{2, 3, 2, 3}},
		{nn.AvgPool2D{Size: 3}, tensor.Shape{2, 2, 1, 3}},
		{nn.MaxPool2D{Size: 2, Window: autodiff.Window{Stride: 1}}, tensor.Shape{2, 6, 4, 3}},
		{nn.AvgPool2D{Size: 2, Window: autodiff.Window{Strides: [2]int{1, 2}, Pad: 1}}, tensor.Shape{2, 8, 3, 3}},
		{nn.GlobalPool{}, tensor.Shape{2, 3}},
		{nn.GlobalPool{Max: true}, tensor.Shape{2, 3}},
	} {
		assert.Equal(t, c.want, forward(t, c.layer, x).Shape(), "%T", c.layer)
	}
	last := func(l nn.Layer) float64 { return forward(t, l, x).Float64s()[5] }
	sum, most := 0.0, math.Inf(-1)
	for pixel := range 7 * 5 {
		v := x.Float64s()[7*5*3+pixel*3+2]
		sum, most = sum+v, max(most, v)
	}
	assert.InDelta(t, sum/35, last(nn.GlobalPool{}), 1e-15)
	assert.Equal(t, most, last(nn.GlobalPool{Max: true}))
}

func TestResidual(t *testing.T) {
	x := matrix(generator(), 2, 3)
	l := nn.NewLinear("l", 3, 3, nn.GlorotNormal(), generator())
	y := forward(t, l, x)
	for i, got := range forward(t, nn.Residual{Body: l}, x).Float64s() {
		assert.InDelta(t, x.Float64s()[i]+y.Float64s()[i], got, 1e-15)
	}
	both := nn.Residual{Body: nn.Sequential{l, nn.Tanh{}}, Shortcut: l}
	assert.Equal(t, l.Params(), both.Params(), "shared parameters once")
	for i, got := range forward(t, both, x).Float64s() {
		v := y.Float64s()[i]
		assert.InDelta(t, v+math.Tanh(v), got, 1e-15)
	}
}

// Norms give what they are over the mean 0 and the variance 1, for any scale of the
// data, before their own scales and shifts.
func TestNorms(t *testing.T) {
	x := matrix(generator(), 2, 3, 4, 6)
	for i := range x.Float64s() {
		x.Float64s()[i] = 5 + 20*x.Float64s()[i]
	}
	group := nn.NewGroupNorm("g", 2, 6)
	layer := nn.NewLayerNorm("l", 6)
	for name, c := range map[string]struct {
		layer nn.Layer
		of    func(image, pixel, channel int) int // the set that an element is normalised in
		sets  int
	}{
		"GroupNorm": {group, func(image, _, channel int) int { return image*2 + channel/3 }, 4},
		"LayerNorm": {layer, func(image, pixel, _ int) int { return image*12 + pixel }, 24},
	} {
		sets := make([][]float64, c.sets)
		for i, y := range forward(t, c.layer, x).Float64s() {
			set := c.of(i/72, i/6%12, i%6)
			sets[set] = append(sets[set], y)
		}
		for _, s := range sets {
			mean, variance := stat.PopMeanVariance(s, nil)
			assert.InDelta(t, 0, mean, 1e-13, name)
			assert.InDelta(t, 1, variance, 1e-5, name) // ε is 1e-5, the variance of the data above 1
		}
	}
	y := forward(t, nn.NewRMSNorm("r", 6), x).Float64s()
	for from := 0; from < len(y); from += 6 {
		sum := 0.0
		for _, v := range y[from : from+6] {
			sum += v * v
		}
		assert.InDelta(t, 6, sum, 1e-4) // 6·ε for a mean square above 1
	}
	plain := forward(t, layer, x)
	layer.Scale.Value().Float32s()[2], layer.Shift.Value().Float32s()[2] = 4, -1
	assert.InDelta(t, 4*plain.Float64s()[8]-1, forward(t, layer, x).Float64s()[8], 1e-13)
	assert.Equal(t, plain.Float64s()[9], forward(t, layer, x).Float64s()[9])
	assert.Equal(t, forward(t, nn.NewLayerNorm("m", 6), x).Float64s(), forward(t, &nn.LayerNorm{}, x).Float64s(), "neither scale nor shift")
}

// Dirac passes channels on, as many as there are.
func TestDirac(t *testing.T) {
	x := matrix(generator(), 2, 4, 5, 3)
	for _, size := range []int{1, 3, 5} {
		l := nn.NewConv2D("c", 3, 4, size, autodiff.Window{Pad: size / 2}, nn.Dirac(nn.Constant(0)), nil)
		y := forward(t, l, x)
		for i, v := range y.Float64s() {
			want := 0.0
			if i%4 < 3 {
				want = x.Float64s()[i/4*3+i%4]
			}
			require.Equal(t, want, v)
		}
	}
	l := nn.NewLinear("l", 3, 2, nn.Dirac(nn.Constant(7)), nil)
	assert.Equal(t, []float32{1, 0, 0, 0, 1, 0}, l.Weight.Value().Float32s())
	l = nn.NewLinear("l", 2, 3, nn.Dirac(nn.Constant(7)), nil)
	assert.Equal(t, []float32{1, 0, 0, 1, 7, 7}, l.Weight.Value().Float32s())
}

// The shorter side of an orthogonal matrix consists of orthogonal vectors of the
// gain's length.
func TestOrthogonal(t *testing.T) {
	for _, shape := range [][]int{{5, 7}, {7, 5}, {1, 4}, {4, 1}, {6, 3, 3, 2}, {40, 3, 3, 2}} {
		p := nn.NewParam("w", nn.Orthogonal(3), generator(), shape...)
		w := p.Value().Float32s()
		rows, cols := shape[0], len(w)/shape[0]
		at := func(i, k int) float64 { return float64(w[i*cols+k]) }
		if rows > cols {
			rows, cols = cols, rows
			at = func(i, k int) float64 { return float64(w[k*rows+i]) }
		}
		for i := range rows {
			for j := range rows {
				dot, want := 0.0, 0.0
				for k := range cols {
					dot += at(i, k) * at(j, k)
				}
				if i == j {
					want = 9
				}
				// Both factors are rounded to float32, and Σ |a·b| ≤ 9.
				assert.InDelta(t, want, dot, 2.01*9*0x1p-24, "%v: %d and %d", shape, i, j)
			}
		}
	}
}
