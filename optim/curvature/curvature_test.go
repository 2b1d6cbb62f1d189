package curvature_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"declive/autodiff"
	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

func TestLanczosFindsTheExtremes(t *testing.T) {
	rng := sample.Rand()
	o, a, _ := quadratic(t, rng, 40)
	var exact mat.EigenSym
	require.True(t, exact.Factorize(a, false))
	values := exact.Values(nil)
	low, high, err := o.ExtremeEigenpairs(40, sample.Rand())
	require.NoError(t, err)
	// as many steps as dimensions span the whole space; ‖A‖ is below 20
	tolerance := 40 * 40 * 20 * 0x1p-53
	assert.InDelta(t, values[0], low.Value, tolerance)
	assert.InDelta(t, values[39], high.Value, tolerance)
}

// TestLanczosResidual checks ‖H·v − λ·v‖ and what it promises, with few steps.
func TestLanczosResidual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := sample.Rand()
		n := rapid.IntRange(1, 25).Draw(t, "n")
		steps := rapid.IntRange(1, n).Draw(t, "steps")
		o, a, _ := quadratic(t, rng, n)
		var exact mat.EigenSym
		require.True(t, exact.Factorize(a, false))
		low, high, err := o.ExtremeEigenpairs(steps, rng)
		require.NoError(t, err)
		tolerance := float64(n*n) * 20 * 0x1p-53
		for _, p := range []curvature.Eigenpair{low, high} {
			hv := make([]float64, n)
			require.NoError(t, o.HessianProduct(hv, p.Vector))
			floats.AddScaled(hv, -p.Value, p.Vector)
			assert.InDelta(t, floats.Norm(hv, 2), p.Residual, tolerance)
			assert.InDelta(t, 1, floats.Norm(p.Vector, 2), tolerance)
			nearest := math.Inf(1)
			for _, v := range exact.Values(nil) {
				nearest = min(nearest, math.Abs(v-p.Value))
			}
			assert.LessOrEqual(t, nearest, p.Residual+tolerance)
		}
	})
}

// TestLanczosInAnInvariantSpace has two different eigenvalues, so that two steps
// are all there is.
func TestLanczosInAnInvariantSpace(t *testing.T) {
	o, _, _ := quadratic(t, sample.Rand(), 6, 3, 3, 3, 3, -2, -2)
	low, high, err := o.ExtremeEigenpairs(6, sample.Rand())
	require.NoError(t, err)
	assert.InDelta(t, -2, low.Value, 36*3*0x1p-53)
	assert.InDelta(t, 3, high.Value, 36*3*0x1p-53)
}

func TestLanczosIsDeterministic(t *testing.T) {
	o, _, _ := quadratic(t, sample.Rand(), 20)
	a, _, err := o.ExtremeEigenpairs(7, sample.Rand())
	require.NoError(t, err)
	b, _, err := o.ExtremeEigenpairs(7, sample.Rand())
	require.NoError(t, err)
	assert.Equal(t, a, b)
	_, _, err = o.ExtremeEigenpairs(0, sample.Rand())
	assert.ErrorContains(t, err, "0 steps")
	_, _, err = o.ExtremeEigenpairs(3, nil)
	assert.ErrorContains(t, err, "generator")
}

// stationary returns a parabola at its stationary point.
func stationary(t *testing.T, eigenvalues ...float64) *curvature.Objective {
	o, a, b := quadratic(t, sample.Rand(), len(eigenvalues), eigenvalues...)
	var w mat.VecDense
	if err := w.SolveVec(a, mat.NewVecDense(len(b), b)); err != nil { // a singular one: b is not its slope's range
		return nil
	}
	w.ScaleVec(-1, &w)
	require.NoError(t, o.Move(w.RawVector().Data))
	return o
}

func TestClassify(t *testing.T) {
	for _, test := range []struct {
		eigenvalues []float64
		want        curvature.Kind
	}{
		{[]float64{1, 2, 3, 4}, curvature.Minimum},
		{[]float64{-1, -2, -3, -4}, curvature.Maximum},
		{[]float64{-1, 2, 3, 4}, curvature.Saddle},
		{[]float64{1e-9, 2, 3, 4}, curvature.Flat},
		{[]float64{-1, -2, -3, -1e-9}, curvature.Flat},
		{[]float64{1e-9, -2, 3, 4}, curvature.Saddle},
	} {
		for _, exact := range []int{0, 3} { // by all eigenvalues, and by Lanczos
			p, err := curvature.Classify(stationary(t, test.eigenvalues...), curvature.Criteria{Exact: exact, Rand: sample.Rand()})
			require.NoError(t, err)
			assert.Equal(t, test.want, p.Kind, "%v", p)
			assert.InDelta(t, floats.Min(test.eigenvalues), p.Lowest.Value, 1e-12)
			assert.InDelta(t, floats.Max(test.eigenvalues), p.Highest.Value, 1e-12)
			assert.Equal(t, exact == 0, p.Eigenvalues != nil)
		}
	}
}

func TestClassifySlope(t *testing.T) {
	o := stationary(t, 1, 2, 3)
	w := o.Point()
	w[0] += 1e-3
	require.NoError(t, o.Move(w))
	p, err := curvature.Classify(o, curvature.Criteria{})
	require.NoError(t, err)
	assert.Equal(t, curvature.Sloped, p.Kind)
	p, err = curvature.Classify(o, curvature.Criteria{Gradient: 0.01})
	require.NoError(t, err)
	assert.Equal(t, curvature.Minimum, p.Kind)
	assert.Regexp(t, `^minimum: loss \S+, gradient \S+, curvature from 1 to 3, zero up to 3e-06$`, p.String())
	assert.Equal(t, "Kind(9)", curvature.Kind(9).String())
}

// TestClassifyANetwork finds the saddle that every network has where all its
// weights are zero: the loss of w₂·tanh(w₁·x) has no slope there, and falls
// where both weights grow together.
func TestClassifyANetwork(t *testing.T) {
	w1 := autodiff.NewParam("w1", sample.Matrix(1, 1, 0))
	w2 := autodiff.NewParam("w2", sample.Matrix(1, 1, 0))
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return x.MatMul(g.Param(w1)).Tanh().MatMul(g.Param(w2)).Sub(y).Square().Mean()
	}
	o, err := curvature.NewObjective(loss, []*autodiff.Param{w1, w2}, autodiff.Batch{X: sample.Matrix(3, 1, -1, 0, 2), Y: sample.Matrix(3, 1, -1, 0, 1)})
	require.NoError(t, err)
	p, err := curvature.Classify(o, curvature.Criteria{})
	require.NoError(t, err)
	assert.Equal(t, curvature.Saddle, p.Kind)
	// ∂²L/∂w₁∂w₂ = −2/3·Σ x·y = −2, the others 0
	assert.InDeltaSlice(t, []float64{-2, 2}, p.Eigenvalues, 100*0x1p-53)
}
