package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// sloped returns two parameters and a loss whose gradient is x, over the two
// together, whatever the parameters are.
func sloped(precision tensor.Dtype, slope float64) (autodiff.LossFunc, []*autodiff.Param, []float64) {
	gradient := []float64{3 * slope, -4 * slope, 0, 12 * slope, -84 * slope} // of length 85: 3² + 4² + 12² + 84² = 85²
	params := []*autodiff.Param{
		autodiff.NewParam("a", sample.Matrix(1, 3, 0, 0, 0)),
		autodiff.NewParam("b", sample.Vector(0, 0)),
	}
	for _, p := range params {
		p.Convert(precision)
	}
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		a := g.Param(params[0]).Mul(g.Constant(sample.Matrix(1, 3, gradient[:3]...))).Sum()
		return a.Add(g.Param(params[1]).Mul(g.Constant(sample.Vector(gradient[3:]...))).Sum())
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
		assert.ErrorContains(t, err, "update is not finite, loss is 0: first not finite: Mul ")
		assert.ErrorContains(t, err, "has an element +Inf")
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

// TestRefusedRunLeavesNoTrace takes steps that the first program refuses, with
// gradients that are products and momentum that would show a step taken twice.
func TestRefusedRunLeavesNoTrace(t *testing.T) {
	step := func(unit float64) []float64 {
		m := sample.NewLinear(sample.Rand(), 40, 30)
		for _, p := range m.Params() {
			p.Convert(tensor.Float32)
		}
		loss := func(x, y *autodiff.Node) *autodiff.Node { return m.Softmax(x, y).MulScalar(unit) }
		trainer, err := optim.NewTrainer(loss, m.Params(), optim.Momentum{LearningRate: 0.5 / unit})
		require.NoError(t, err)
		data := sample.NewPoints(sample.Rand(), 500, 40, 30)
		data.Single, data.Ordered = true, true
		for range 2 {
			_, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 1, BatchSize: 200, Rand: sample.Rand()})
			require.NoError(t, err)
		}
		return flat(m.Params())
	}
	// Powers of two keep all digits; but the two programs may add the 200 terms of
	// a gradient, together below 1, in another order. Six steps at rate ½ add up
	// 21 gradients at most.
	want := step(1)
	for _, unit := range []float64{0x1p-90, 0x1p80} {
		assert.InDeltaSlice(t, want, step(unit), 0.5*21*200*0x1p-24, "%v", unit)
	}
}

// TestZeroGradientBesideAnInfinity takes the step, as one with a gradient would:
// the element has no part in the loss, and no square of the rule made it.
func TestZeroGradientBesideAnInfinity(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(1, math.Inf(-1)))
	for _, slope := range []float64{1, 0} {
		loss := func(x, _ *autodiff.Node) *autodiff.Node {
			return x.Graph().Param(w).Slice(0, 0, 1).Sum().MulScalar(slope)
		}
		trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
		require.NoError(t, err)
		_, err = trainer.Step(autodiff.Batch{})
		require.NoError(t, err)
		assert.Equal(t, slope, trainer.GradientNorm())
		assert.Equal(t, []float64{0, math.Inf(-1)}, w.Value().Float64s())
	}
}
