package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/stat"

	"declive/nn"
)

// Each initialiser has the mean and variance of its paper, and a bounded one
// its bounds. Of n = 40,000 draws the mean varies by σ/√n and the variance by at
// most σ²·√(2/n) (that of the normal distribution); five times that is allowed.
func TestInitialisersHaveTheirMoments(t *testing.T) {
	const out, in = 160, 250
	tests := []struct {
		name           string
		init           nn.Init
		mean, variance float64
		lo, hi         float64
	}{
		{"Zeros", nn.Zeros(), 0, 0, 0, 0},
		{"Constant", nn.Constant(-0.5), -0.5, 0, -0.5, -0.5},
		{"Normal", nn.Normal(0.25), 0, 0.0625, math.Inf(-1), math.Inf(1)},
		{"Uniform", nn.Uniform(-1, 3), 1, 16. / 12, -1, 3},
		{"GlorotNormal", nn.GlorotNormal(), 0, 2. / (in + out), math.Inf(-1), math.Inf(1)},
		{"GlorotUniform", nn.GlorotUniform(), 0, 2. / (in + out), -math.Sqrt(6. / (in + out)), math.Sqrt(6. / (in + out))},
		{"HeNormal", nn.HeNormal(), 0, 2. / in, math.Inf(-1), math.Inf(1)},
		{"HeUniform", nn.HeUniform(), 0, 2. / in, -math.Sqrt(6. / in), math.Sqrt(6. / in)},
	}
	for _, test := range tests {
		p := nn.NewParam("w", test.init, generator(), out, in)
		w := make([]float64, out*in)
		for i, v := range p.Value().Float32s() {
			w[i] = float64(v)
			if w[i] < test.lo-1e-6 || w[i] > test.hi+1e-6 { // rounded to float32
				t.Fatalf("%s: weight %d is %v, want %v to %v", test.name, i, w[i], test.lo, test.hi)
			}
		}
		n := float64(len(w))
		mean, variance := stat.MeanVariance(w, nil)
		assert.InDelta(t, test.mean, mean, 5*math.Sqrt(test.variance/n)+1e-12, test.name)
		assert.InDelta(t, test.variance, variance, 5*test.variance*math.Sqrt(2/n)+1e-12, test.name)
	}
}

func TestFansOfALayerWithPlaces(t *testing.T) {
	var in, out int
	spy := nn.Init(func(_ []float64, fanIn, fanOut int, _ *rand.Rand) { in, out = fanIn, fanOut })
	nn.NewParam("w", spy, nil, 2, 3, 5, 7)
	assert.Equal(t, []int{3 * 5 * 7, 2 * 3 * 5}, []int{in, out})
	nn.NewParam("b", spy, nil, 4)
	assert.Equal(t, []int{4, 4}, []int{in, out})
}

func TestSameSeedSameWeights(t *testing.T) {
	for _, init := range []nn.Init{nn.Normal(1), nn.Uniform(0, 1), nn.GlorotUniform(), nn.HeNormal()} {
		a, b := nn.NewParam("w", init, generator(), 3, 5), nn.NewParam("w", init, generator(), 3, 5)
		assert.Equal(t, a.Value().Float32s(), b.Value().Float32s())
	}
}

func TestWrongInitialisers(t *testing.T) {
	for want, f := range map[string]func(){
		`nn\.Normal at init_test\.go:\d+: standard deviation -1`:  func() { nn.Normal(-1) },
		`nn\.Normal at init_test\.go:\d+: standard deviation NaN`: func() { nn.Normal(math.NaN()) },
		`nn\.Uniform at init_test\.go:\d+: interval \[2, 1\)`:     func() { nn.Uniform(2, 1) },
		`nn\.Uniform at init_test\.go:\d+: interval \[NaN, 1\)`:   func() { nn.Uniform(math.NaN(), 1) },
		`nn\.NewParam at \w+\.go:\d+: an initialiser that draws`:  func() { nn.NewParam("w", nn.HeNormal(), nil, 2, 3) },
		`nn\.NewParam at init_test\.go:\d+: w: no initialiser`:    func() { nn.NewParam("w", nil, nil, 2, 3) },
		`nn\.NewParam at init_test\.go:\d+: w: negative length`:   func() { nn.NewParam("w", nn.Zeros(), nil, 2, -3) },
		`NewParam at init_test\.go:\d+: a parameter needs a name`: func() { nn.NewParam("", nn.Zeros(), nil, 2, 3) },
	} {
		assert.Regexp(t, want, caught(f))
	}
}
