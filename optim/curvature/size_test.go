package curvature_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

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
		for _, method := range []curvature.Method{
			curvature.Newton{}, curvature.SaddleFreeNewton{Damping: s * 0x1p-60}, curvature.SaddleFreeNewton{Krylov: 2, Damping: s * 0x1p-60},
		} {
			w := autodiff.NewParam("w", sample.Vector(0, 0, 0))
			_, err := curvature.NewDescent(bowl(w, s), []*autodiff.Param{w}, method).Step(autodiff.Batch{})
			require.NoError(t, err, "%T %v", method, s)
			assert.InDeltaSlice(t, []float64{1, 1, 1}, w.Value().Float64s(), 1e-14, "%T %v", method, s)
		}
	}
}

// TestKrylovSpaceOfASubnormalGradient begins with a vector whose length has no
// reciprocal.
func TestKrylovSpaceOfASubnormalGradient(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(0, 0, 0))
	method := curvature.SaddleFreeNewton{Krylov: 2, Damping: 0x1p-1070}
	_, err := curvature.NewDescent(bowl(w, 0x1p-1030), []*autodiff.Param{w}, method).Step(autodiff.Batch{})
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{1, 1, 1}, w.Value().Float64s(), 0x1p-38) // the damping, and rounding to units of 2^-1074
}

func TestCurvatureOfAnySize(t *testing.T) {
	for _, s := range []float64{1, 1e200, 1e-200} {
		w := autodiff.NewParam("w", sample.Vector(0, 0, 0))
		o, err := curvature.NewObjective(bowl(w, s), []*autodiff.Param{w}, autodiff.Batch{})
		require.NoError(t, err)
		lowest, highest, err := o.ExtremeEigenpairs(3, sample.Rand())
		require.NoError(t, err)
		assert.InDelta(t, s, lowest.Value, 1e-14*s)
		assert.InDelta(t, s, highest.Value, 1e-14*s)
		point, err := curvature.Classify(o, curvature.Criteria{})
		require.NoError(t, err)
		assert.InDelta(t, math.Sqrt(3)*s, point.GradientNorm, 4*0x1p-52*s)
	}
}

// TestLongestGradient has a length beyond float64, of finite elements.
func TestLongestGradient(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(0, 0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Sum().MulScalar(1.5e308) }
	o, err := curvature.NewObjective(loss, []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	point, err := curvature.Classify(o, curvature.Criteria{})
	require.NoError(t, err)
	assert.Equal(t, curvature.Sloped, point.Kind)
}

func TestMinimiseALongGradient(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(0, 0, 0))
	o, err := curvature.NewObjective(bowl(w, 1e200), []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	_, err = o.Minimise(nil, nil)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{1, 1, 1}, w.Value().Float64s(), 1e-12)
}
