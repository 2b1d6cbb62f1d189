package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
)

// sloped returns two parameters and a loss whose gradient is x, over the two
// together, whatever the parameters are.
func sloped(precision tensor.Dtype, slope float64) (autodiff.LossFunc, []*autodiff.Param, []float64) {
	gradient := []float64{3 * slope, -4 * slope, 0, 12 * slope, -84 * slope} // of length 85: 3² + 4² + 12² + 84² = 85²
	params := []*autodiff.Param{
		autodiff.NewParam("a", matrix(1, 3, 0, 0, 0)),
		autodiff.NewParam("b", vector(0, 0)),
	}
	for _, p := range params {
		p.Convert(precision)
	}
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		a := g.Param(params[0]).Mul(g.Constant(matrix(1, 3, gradient[:3]...))).Sum()
		return a.Add(g.Param(params[1]).Mul(g.Constant(vector(gradient[3:]...))).Sum())
	}
	return loss, params, gradient
}

// TestGradientNormOfAnySize steps along gradients whose squares overflow,
// underflow, or lose digits to underflow, and back among ordinary ones.
func TestGradientNormOfAnySize(t *testing.T) {
	for _, test := range []struct {
		precision tensor.Dtype
		ulp       float64
		slopes    []float64
	}{
		{tensor.Float32, 0x1p-23, []float64{1, 1e20, 1e-25, 1e30, 1e35, 1e17, 1e-19, 1e-20, 1e-22, 1e-36, 0}},
		{tensor.Float64, 0x1p-52, []float64{1, 1e200, 1e-200, 1e304, 1e152, 1e-153, 1e-154, 1e-160, 1e-305, 0}},
	} {
		for _, slope := range test.slopes {
			t.Run(fmt.Sprint(test.precision, slope), func(t *testing.T) {
				loss, params, gradient := sloped(test.precision, slope)
				rate := 0x1p-6 // so that the loss, rate·g² a step, is a number too
				if slope != 0 {
					rate /= slope
				}
				trainer, err := optim.NewTrainer(loss, params, optim.SGD{LearningRate: rate})
				require.NoError(t, err)
				for range 3 { // the second run of each program too
					_, err = trainer.Step(autodiff.Batch{})
					require.NoError(t, err)
					// five squares, four sums, a quotient and a root, each rounded once
					assert.InDelta(t, 85*slope, trainer.GradientNorm(), 11*test.ulp*85*slope)
				}
				assert.Equal(t, 3, trainer.Steps())
				for i, w := range flat(params) {
					want := -3 * rate * gradient[i]
					assert.InDelta(t, want, w, 8*test.ulp*math.Abs(want)) // a rate, a slope, three products and sums
				}
			})
		}
	}
}

func flat(params []*autodiff.Param) []float64 {
	var all []float64
	for _, p := range params {
		for i := range p.Shape().Size() {
			if p.Precision() == tensor.Float32 {
				all = append(all, float64(p.Value().Float32s()[i]))
				continue
			}
			all = append(all, p.Value().Float64s()[i])
		}
	}
	return all
}

// TestSubnormalGradients has the smallest numbers there are, where the quotient
// by the largest is still exact.
func TestSubnormalGradients(t *testing.T) {
	for _, test := range []struct {
		precision tensor.Dtype
		slope     float64
	}{{tensor.Float32, 0x1p-149}, {tensor.Float64, 0x1p-1074}} {
		loss, params, _ := sloped(test.precision, test.slope)
		trainer, err := optim.NewTrainer(loss, params, optim.SGD{LearningRate: 1})
		require.NoError(t, err)
		_, err = trainer.Step(autodiff.Batch{})
		require.NoError(t, err)
		assert.InEpsilon(t, 85*test.slope, trainer.GradientNorm(), 0x1p-20) // less than the smallest number is off by
	}
}

// TestClippedLongGradient follows a gradient whose square is no number, clipped
// to one that is: by a rule that squares it, too.
func TestClippedLongGradient(t *testing.T) {
	for _, slope := range []float64{1e20, 1e30} {
		for _, rule := range []optim.Rule{optim.SGD{LearningRate: 1}, optim.Adam{LearningRate: 1}} {
			loss, params, _ := sloped(tensor.Float32, slope)
			trainer, err := optim.NewTrainer(loss, params, optim.ClipValue(rule, 1))
			require.NoError(t, err)
			_, err = trainer.Step(autodiff.Batch{})
			require.NoError(t, err)
			assert.InDelta(t, 85*slope, trainer.GradientNorm(), 11*0x1p-23*85*slope)
			for i, want := range []float64{-1, 1, 0, -1, 1} { // Adam's first step is η·sign g, but for ε = 1e-8
				assert.InDelta(t, want, flat(params)[i], 8*0x1p-23)
			}
		}
	}
}

// TestRuleWhoseMemoryOverflows refuses a step that would leave an infinity in a
// rule's memory, and says so.
func TestRuleWhoseMemoryOverflows(t *testing.T) {
	loss, params, _ := sloped(tensor.Float32, 1e20)
	for _, rule := range []optim.Rule{optim.Adam{LearningRate: 1}, optim.AdaGrad{LearningRate: 1}, optim.RMSProp{LearningRate: 1}} {
		trainer, err := optim.NewTrainer(loss, params, rule)
		require.NoError(t, err)
		_, err = trainer.Step(autodiff.Batch{})
		var diverged *optim.DivergedError
		require.ErrorAs(t, err, &diverged)
		assert.Zero(t, trainer.Steps())
		assert.Equal(t, make([]float64, 5), flat(params))
	}
}

// TestGradientThatOverflows is refused: an element of it is no number.
func TestGradientThatOverflows(t *testing.T) {
	loss, params, _ := sloped(tensor.Float32, 1e20)
	square := func(x, y *autodiff.Node) *autodiff.Node { return loss(x, y).AddScalar(1e10).Log().MulScalar(1e30) }
	trainer, err := optim.NewTrainer(square, params, optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Step(autodiff.Batch{}) // 1e30·1e20/1e10
	assert.ErrorContains(t, err, "gradient is not finite, loss is")
	assert.Equal(t, make([]float64, 5), flat(params))
}

// bowl is ½·s·Σ (w − 1)², with minimum 0 at 1, gradient −s at 0 and Hessian s.
func bowl(w *autodiff.Param, s float64) autodiff.LossFunc {
	return func(x, _ *autodiff.Node) *autodiff.Node {
		return x.Graph().Param(w).AddScalar(-1).Square().Sum().MulScalar(s / 2)
	}
}

// TestMethodsOfAnySize lowers losses whose gradients have squares that are no
// numbers, or zero.
func TestMethodsOfAnySize(t *testing.T) {
	for _, s := range []float64{1, 1e200, 1e-200, 1e-280} {
		for _, method := range []optim.Method{
			optim.Newton{}, optim.SaddleFreeNewton{Damping: s * 0x1p-60}, optim.SaddleFreeNewton{Krylov: 2, Damping: s * 0x1p-60},
			optim.NumericalGradient{LearningRate: 1 / s, H: 1e-6},
		} {
			w := autodiff.NewParam("w", vector(0, 0, 0))
			_, err := optim.NewDescent(bowl(w, s), []*autodiff.Param{w}, method).Step(autodiff.Batch{})
			require.NoError(t, err, "%T %v", method, s)
			assert.InDeltaSlice(t, []float64{1, 1, 1}, w.Value().Float64s(), 1e-6, "%T %v", method, s) // H/2 of the numerical gradient
		}
	}
}

// TestKrylovSpaceOfASubnormalGradient begins with a vector whose length has no
// reciprocal.
func TestKrylovSpaceOfASubnormalGradient(t *testing.T) {
	w := autodiff.NewParam("w", vector(0, 0, 0))
	method := optim.SaddleFreeNewton{Krylov: 2, Damping: 0x1p-1070}
	_, err := optim.NewDescent(bowl(w, 0x1p-1030), []*autodiff.Param{w}, method).Step(autodiff.Batch{})
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{1, 1, 1}, w.Value().Float64s(), 0x1p-38) // the damping, and rounding to units of 2^-1074
}

func TestCurvatureOfAnySize(t *testing.T) {
	for _, s := range []float64{1, 1e200, 1e-200} {
		w := autodiff.NewParam("w", vector(0, 0, 0))
		o, err := optim.NewObjective(bowl(w, s), []*autodiff.Param{w}, autodiff.Batch{})
		require.NoError(t, err)
		lowest, highest, err := o.ExtremeEigenpairs(3, newRand())
		require.NoError(t, err)
		assert.InDelta(t, s, lowest.Value, 1e-14*s)
		assert.InDelta(t, s, highest.Value, 1e-14*s)
		point, err := optim.Classify(o, optim.Criteria{})
		require.NoError(t, err)
		assert.InDelta(t, math.Sqrt(3)*s, point.GradientNorm, 4*0x1p-52*s)
	}
}

// TestLongestGradient has a length beyond float64, of finite elements.
func TestLongestGradient(t *testing.T) {
	w := autodiff.NewParam("w", vector(0, 0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Sum().MulScalar(1.5e308) }
	o, err := optim.NewObjective(loss, []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	point, err := optim.Classify(o, optim.Criteria{})
	require.NoError(t, err)
	assert.Equal(t, optim.Sloped, point.Kind)
	_, err = optim.NewDescent(loss, []*autodiff.Param{w}, optim.NumericalGradient{LearningRate: 1, H: 1e-5}).Step(autodiff.Batch{})
	require.NoError(t, err)
	assert.True(t, floats.Max(w.Value().Float64s()) < -1e308)
}

func TestMinimiseALongGradient(t *testing.T) {
	w := autodiff.NewParam("w", vector(0, 0, 0))
	o, err := optim.NewObjective(bowl(w, 1e200), []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	_, err = o.Minimise(nil, nil)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{1, 1, 1}, w.Value().Float64s(), 1e-12)
}

// TestWeightedSearchOfAnySize moves the same way whatever the unit of the loss.
func TestWeightedSearchOfAnySize(t *testing.T) {
	moved := func(unit float64) []float64 {
		w := autodiff.NewParam("W", matrix(3, 4, make([]float64, 12)...))
		loss := func(s, y *autodiff.Node) *autodiff.Node { return crossEntropy(s, y).MulScalar(unit) }
		s, err := optim.NewWeightedSearch(loss, w, optim.Weighting{Tries: 20}, optim.Tries{Scale: 0.1, Rand: newRand()})
		require.NoError(t, err)
		_, err = s.Step(newPoints(newRand(), 23, 4, 3).batch(0, 1, 2, 3, 4, 5, 6))
		require.NoError(t, err)
		return w.Value().Float64s()
	}
	want := moved(1)
	for _, unit := range []float64{0x1p700, 0x1p-700, 0x1p1010} {
		assert.InDeltaSlice(t, want, moved(unit), 1e-12, "%v", unit)
	}
}
