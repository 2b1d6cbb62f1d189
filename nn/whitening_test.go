package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

// smooth returns images whose neighbouring pixels are alike.
func smooth(shape ...int) *tensor.Dense {
	x := matrix(generator(), shape...)
	v, line := x.Float64s(), shape[2]*shape[3]
	for i := line; i < len(v); i++ {
		v[i] += 0.7*v[i-shape[3]] + 0.2*v[i-line]
	}
	return x
}

// The outputs of the layer are not correlated on the images it was made from, and have
// the mean square λ/(λ + ε) of the eigenvalues that gonum finds for their patches.
func TestWhitening(t *testing.T) {
	const size, channels, epsilon, patches = 2, 3, 0.01, 5 * 6 * 3
	const features = size * size * channels
	x := smooth(5, 7, 4, channels)
	l := nn.NewConv2D("w", channels, 2*features, size, autodiff.Window{}, nn.Whitening(x, size, epsilon), nil)
	w := l.Weight.Value().Float32s()
	l.Weight.Convert(tensor.Float64)
	l.Bias.Convert(tensor.Float64)
	y := forward(t, l, x)
	require.Equal(t, tensor.Shape{5, 6, 3, 2 * features}, y.Shape())
	values := momentsByHand(t, x, size)
	for i := range features {
		for j := range features {
			sum := 0.0
			for n := range patches {
				sum += y.Float64s()[n*2*features+i] * y.Float64s()[n*2*features+j] / patches
			}
			want := 0.0
			if i == j {
				want = values[i] / (values[i] + epsilon)
			}
			assert.InDelta(t, want, sum, 1e-5, "%d, %d", i, j) // of weights rounded to float32
		}
		for k := range features {
			assert.Equal(t, w[i*features+k], -w[(features+i)*features+k])
		}
	}
	few := nn.NewParam("few", nn.Whitening(x, size, epsilon), nil, 4, size, size, channels).Value().Float32s()
	assert.Equal(t, w[:2*features], few[:2*features], "those with the largest eigenvalues")
	assert.Equal(t, w[features*features:(features+2)*features], few[2*features:])
}

// momentsByHand returns the eigenvalues of the second moments of patches, the largest
// first.
func momentsByHand(t *testing.T, x *tensor.Dense, size int) []float64 {
	s := x.Shape()
	features, count := size*size*s[3], 0
	sum := mat.NewSymDense(features, nil)
	for n := range s[0] {
		for i := range s[1] - size + 1 {
			for j := range s[2] - size + 1 {
				p := mat.NewVecDense(features, nil)
				for k := range features {
					r, c, q := k/(size*s[3]), k/s[3]%size, k%s[3]
					p.SetVec(k, x.Float64s()[((n*s[1]+i+r)*s[2]+j+c)*s[3]+q])
				}
				sum.SymRankOne(sum, 1, p)
				count++
			}
		}
	}
	sum.ScaleSym(1/float64(count), sum)
	var e mat.EigenSym
	require.True(t, e.Factorize(sum, false))
	values := e.Values(nil)
	for i := range len(values) / 2 {
		values[i], values[len(values)-1-i] = values[len(values)-1-i], values[i]
	}
	return values
}

// Images of one colour have patches of one eigenvalue that is not 0; ε keeps the other
// filters finite.
func TestWhiteningOfFlatImages(t *testing.T) {
	x := tensor.New(tensor.WithShape(2, 3, 4, 2), tensor.Of(tensor.Float32))
	for i := range x.Float32s() {
		x.Float32s()[i] = 2
	}
	w := nn.NewParam("w", nn.Whitening(x, 1, 0.5), nil, 4, 1, 1, 2).Value().Float32s()
	assert.InDelta(t, math.Sqrt(0.5)/math.Sqrt(8.5), w[0], 1e-6)
	assert.InDelta(t, w[0], w[1], 1e-6)
	assert.InDelta(t, 1/math.Sqrt(0.5), math.Hypot(float64(w[2]), float64(w[3])), 1e-6)
}
