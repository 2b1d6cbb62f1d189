package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"declive/autodiff"
	"declive/internal/dense"
)

// An Init fills w, the elements of a new parameter, drawing from rng where it
// draws at all. Each output of the parameter's layer is computed from fanIn
// inputs, and each input goes into fanOut outputs.
type Init func(w []float64, fanIn, fanOut int, rng *rand.Rand)

// NewParam returns a float32 parameter of the given shape with a value drawn by
// init in float64 and rounded. Layers make their parameters with it.
//
// For the shape (out, k₁, k₂, …, in) of a layer that sees in inputs at k₁·k₂·…
// places, fanIn is in·k₁·k₂·… and fanOut out·k₁·k₂·…; a vector has its length for
// both. It panics with an [*autodiff.Error] if the name is empty, if a length is
// negative or there are more than 2³¹−1 elements (2²⁷ on 32 bits), if init is nil
// or draws and rng is nil, or if it makes an element that is no finite float32.
func NewParam(name string, init Init, rng *rand.Rand, shape ...int) *autodiff.Param {
	size, reason := dense.Size(shape...)
	switch {
	case reason != "":
		autodiff.Fail("nn.NewParam", name+": "+reason, shape)
	case size > maxElements:
		autodiff.Fail("nn.NewParam", fmt.Sprintf("%s: %d elements, want at most %d", name, size, maxElements), shape)
	case init == nil:
		autodiff.Fail("nn.NewParam", name+": no initialiser")
	}
	drawn := make([]float64, size)
	fanIn, fanOut := fans(shape)
	init(drawn, fanIn, fanOut, rng)
	return autodiff.NewParam(name, dense.Wrap(shape, rounded(name, drawn)))
}

// maxElements bounds a parameter to 8 GiB, and to half a gigabyte where an int has
// 32 bits.
const maxElements = min(math.MaxInt32, math.MaxInt/16)

// rounded returns what was drawn for the parameter name in float32.
func rounded(name string, drawn []float64) []float32 {
	value := make([]float32, len(drawn))
	for i, w := range drawn {
		value[i] = float32(w)
		if !dense.Finite(float64(value[i])) {
			autodiff.Fail("nn.NewParam", fmt.Sprintf("%s: the initialiser made %v for element %d, want a finite float32", name, w, i))
		}
	}
	return value
}

func fans(shape autodiff.Shape) (in, out int) {
	if len(shape) < 2 {
		return shape.Size(), shape.Size()
	}
	last := len(shape) - 1
	places := shape[1:last].Size()
	return shape[last] * places, shape[0] * places
}

// Zeros returns the initialiser to 0.
func Zeros() Init { return Constant(0) }

// Constant returns the initialiser to v.
func Constant(v float64) Init {
	return func(w []float64, _, _ int, _ *rand.Rand) {
		for i := range w {
			w[i] = v
		}
	}
}

// Normal returns the initialiser that draws from the normal distribution with
// mean 0 and standard deviation sigma. It panics with an [*autodiff.Error] if
// sigma is negative, infinite or NaN.
func Normal(sigma float64) Init {
	if sigma < 0 || !dense.Finite(sigma) {
		autodiff.Fail("nn.Normal", fmt.Sprintf("standard deviation %v", sigma))
	}
	return func(w []float64, _, _ int, rng *rand.Rand) {
		fill(w, rng, func() float64 { return sigma * rng.NormFloat64() })
	}
}

// Uniform returns the initialiser that draws evenly from [lo, hi). It panics
// with an [*autodiff.Error] if lo is not below hi or one is infinite.
func Uniform(lo, hi float64) Init {
	if !(lo < hi) || math.IsInf(hi-lo, 0) {
		autodiff.Fail("nn.Uniform", fmt.Sprintf("interval [%v, %v)", lo, hi))
	}
	return func(w []float64, _, _ int, rng *rand.Rand) {
		fill(w, rng, func() float64 { return lo + float64((hi-lo)*rng.Float64()) }) // no fused multiply-add: same bits everywhere
	}
}

// GlorotUniform returns the initialiser of Glorot and Bengio (Understanding the
// Difficulty of Training Deep Feedforward Neural Networks, 2010, formula 16),
// for layers before tanh:
//
//	w ~ U(−a, a)    a = √(6/(fanIn + fanOut))
//
// which has the variance 2/(fanIn + fanOut).
func GlorotUniform() Init { return scaledUniform(glorot) }

// GlorotNormal returns the normal initialiser with the variance of
// [GlorotUniform], 2/(fanIn + fanOut).
func GlorotNormal() Init { return scaledNormal(glorot) }

// HeNormal returns the initialiser of He, Zhang, Ren and Sun (Delving Deep into
// Rectifiers, 2015, formula 10), for layers before ReLU:
//
//	w ~ N(0, 2/fanIn)
func HeNormal() Init { return scaledNormal(he) }

// HeUniform returns the uniform initialiser with the variance of [HeNormal],
// 2/fanIn.
func HeUniform() Init { return scaledUniform(he) }

// Dirac returns the initialiser with which a layer passes on as many of its inputs as
// it has outputs (Zagoruyko and Komodakis, DiracNets, arXiv 1706.00388): output i is
// the middle of the window of input i. The outputs that are left over are drawn by
// rest; [Zeros] is one. For a [Linear] it is the identity. NewParam panics with an
// [*autodiff.Error] if the window has no middle.
func Dirac(rest Init) Init {
	return func(w []float64, fanIn, fanOut int, rng *rand.Rand) {
		if rest == nil {
			autodiff.Fail("nn.NewParam", "Dirac without an initialiser for the outputs that are left over")
		}
		rest(w, fanIn, fanOut, rng)
		if len(w) == 0 {
			return
		}
		places := fanIn * fanOut / len(w)
		if places%2 == 0 {
			autodiff.Fail("nn.NewParam", fmt.Sprintf("Dirac for windows of %d pixels, which have no middle", places))
		}
		inputs, outputs := fanIn/places, fanOut/places
		for i := range min(inputs, outputs) {
			own := w[i*fanIn : (i+1)*fanIn]
			clear(own)
			own[places/2*inputs+i] = 1
		}
	}
}

// Orthogonal returns the initialiser to gain times a matrix whose rows, one for each
// output, are orthogonal and of length 1, or its columns, if those are fewer (Saxe,
// McClelland and Ganguli, Exact Solutions to the Nonlinear Dynamics of Learning in
// Deep Linear Neural Networks, arXiv 1312.6120). It panics with an [*autodiff.Error]
// if the gain is infinite or NaN.
func Orthogonal(gain float64) Init {
	if !dense.Finite(gain) {
		autodiff.Fail("nn.Orthogonal", fmt.Sprintf("gain %v", gain))
	}
	return func(w []float64, fanIn, _ int, rng *rand.Rand) {
		fill(w, rng, func() float64 { return rng.NormFloat64() })
		if len(w) == 0 {
			return
		}
		rows, step, apart := len(w)/fanIn, 1, fanIn // rows are fanIn elements, by step
		length := fanIn
		if rows > length {
			rows, length, step, apart = length, rows, apart, step
		}
		for i := range rows {
			orthogonalise(w, i, length, step, apart)
		}
		for i := range w {
			w[i] *= gain
		}
	}
}

// orthogonalise makes the i-th of vectors, which begin apart from each other, one of
// length 1 that is orthogonal to those before it. The second time takes away what
// rounding has left the first time.
func orthogonalise(w []float64, i, length, step, apart int) {
	dot := func(i, j int) (sum float64) {
		for k := range length {
			sum += float64(w[i*apart+k*step] * w[j*apart+k*step])
		}
		return sum
	}
	for range 2 {
		for j := range i {
			c := dot(i, j)
			for k := range length {
				w[i*apart+k*step] -= float64(c * w[j*apart+k*step])
			}
		}
		norm := math.Sqrt(dot(i, i))
		for k := range length {
			w[i*apart+k*step] /= norm
		}
	}
}

// A variance of a layer's weights, as a function of its fans.
type variance func(fanIn, fanOut int) float64

func glorot(fanIn, fanOut int) float64 { return 2 / float64(fanIn+fanOut) }
func he(fanIn, _ int) float64          { return 2 / float64(fanIn) }

func scaledNormal(v variance) Init {
	return func(w []float64, fanIn, fanOut int, rng *rand.Rand) {
		sigma := math.Sqrt(v(fanIn, fanOut))
		fill(w, rng, func() float64 { return sigma * rng.NormFloat64() })
	}
}

// scaledUniform draws from U(−a, a), whose variance is a²/3.
func scaledUniform(v variance) Init {
	return func(w []float64, fanIn, fanOut int, rng *rand.Rand) {
		a := math.Sqrt(3 * v(fanIn, fanOut))
		fill(w, rng, func() float64 { return a * (2*rng.Float64() - 1) })
	}
}

func fill(w []float64, rng *rand.Rand, draw func() float64) {
	if rng == nil && len(w) > 0 {
		autodiff.Fail("nn.NewParam", "an initialiser that draws needs a *rand.Rand")
	}
	for i := range w {
		w[i] = draw()
	}
}
