package curvature_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
	"pgregory.net/rapid"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

func TestNewtonJumpsToTheStationaryPoint(t *testing.T) {
	for _, eigenvalues := range [][]float64{{1, 2, 5}, {-1, 2, 5}, {-1, -2, -5}} {
		o, a, b := quadratic(t, sample.Rand(), 3, eigenvalues...)
		_, step, err := curvature.Newton{}.Direction(o)
		require.NoError(t, err)
		w := mat.NewVecDense(3, floats.AddTo(make([]float64, 3), o.Point(), step))
		var slope mat.VecDense
		slope.MulVec(a, w)
		slope.AddVec(&slope, mat.NewVecDense(3, b))
		assert.InDelta(t, 0, mat.Norm(&slope, 2), 5*100*0x1p-53) // condition 5
	}
}

func TestSaddleFreeNewtonIsNewtonInAConvexParabola(t *testing.T) {
	o, _, _ := quadratic(t, sample.Rand(), 4, 1, 2, 5, 7)
	_, newton, err := curvature.Newton{Damping: 0.5}.Direction(o)
	require.NoError(t, err)
	for _, krylov := range []int{0, 4} {
		_, step, err := curvature.SaddleFreeNewton{Damping: 0.5, Krylov: krylov}.Direction(o)
		require.NoError(t, err)
		assert.InDeltaSlice(t, newton, step, 7*1000*0x1p-53)
	}
}

// TestSaddleFreeNewtonDirection compares with −(|A| + δI)⁻¹·g, made from A's
// own eigenvectors, in spaces that are exact.
func TestSaddleFreeNewtonDirection(t *testing.T) {
	rng := sample.Rand()
	o, a, _ := quadratic(t, rng, 5, -3, -1, 0.5, 2, 4)
	g := make([]float64, 5)
	_, err := o.Gradient(g)
	require.NoError(t, err)
	var e mat.EigenSym
	require.True(t, e.Factorize(a, true))
	var v mat.Dense
	e.VectorsTo(&v)
	want := make([]float64, 5)
	for j, lambda := range e.Values(nil) {
		column := mat.Col(nil, j, &v)
		floats.AddScaled(want, -floats.Dot(column, g)/(math.Abs(lambda)+0.1), column)
	}
	for _, krylov := range []int{0, 5, 9} {
		_, step, err := curvature.SaddleFreeNewton{Damping: 0.1, Krylov: krylov}.Direction(o)
		require.NoError(t, err)
		assert.InDeltaSlice(t, want, step, 10*1000*0x1p-53)
	}
}

// monkey is x³ − 3·x·y² + (x² + y²)²: a monkey saddle at 0 between three minima.
func monkey(x, _ *autodiff.Node, p *autodiff.Param) *autodiff.Node {
	w := x.Graph().Param(p)
	a, b := w.Slice(0, 0, 1), w.Slice(0, 1, 2)
	r := a.Square().Add(b.Square())
	return a.Pow(3).Sub(a.Mul(b.Square()).MulScalar(3)).Add(r.Square()).Sum()
}

func TestSaddleFreeNewtonLowersTheLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coordinate := rapid.Float64Range(-2, 2)
		w := autodiff.NewParam("w", sample.Vector(coordinate.Draw(t, "x"), coordinate.Draw(t, "y")))
		krylov := rapid.IntRange(0, 2).Draw(t, "krylov")
		loss := func(x, y *autodiff.Node) *autodiff.Node { return monkey(x, y, w) }
		d := curvature.NewDescent(loss, []*autodiff.Param{w}, curvature.SaddleFreeNewton{Krylov: krylov})
		last := math.Inf(1)
		for range 10 {
			value, err := d.Step(autodiff.Batch{})
			require.NoError(t, err)
			assert.LessOrEqual(t, value, last)
			last = value
		}
	})
}

// saddle is x² − y² + y⁴/4, with a saddle at 0 and minima of −1 at (0, ±√2).
func saddle(p *autodiff.Param) autodiff.LossFunc {
	return func(x, _ *autodiff.Node) *autodiff.Node {
		w := x.Graph().Param(p)
		a, b := w.Slice(0, 0, 1), w.Slice(0, 1, 2)
		return a.Square().Sub(b.Square()).Add(b.Pow(4).DivScalar(4)).Sum()
	}
}

func TestSaddleAttractsNewtonAlone(t *testing.T) {
	for _, test := range []struct {
		method curvature.Method
		want   float64
	}{
		{curvature.Newton{}, 0}, {curvature.SaddleFreeNewton{}, -1}, {curvature.SaddleFreeNewton{Krylov: 2}, -1},
	} {
		w := autodiff.NewParam("w", sample.Vector(0.3, 0.1))
		d := curvature.NewDescent(saddle(w), []*autodiff.Param{w}, test.method)
		for range 25 {
			_, err := d.Step(autodiff.Batch{})
			require.NoError(t, err)
		}
		loss, err := d.Step(autodiff.Batch{})
		require.NoError(t, err)
		assert.InDelta(t, test.want, loss, 1e-12, "%T", test.method) // quadratic convergence
	}
}

func TestMethodsRefuse(t *testing.T) {
	for _, test := range []struct {
		method curvature.Method
		want   string
	}{
		{curvature.Newton{Damping: -1}, "Newton: Damping is -1"},
		{curvature.SaddleFreeNewton{Damping: math.NaN()}, "SaddleFreeNewton: Damping is NaN"},
		{curvature.SaddleFreeNewton{Krylov: -2}, "SaddleFreeNewton: Krylov is -2"},
	} {
		w := autodiff.NewParam("w", sample.Vector(0.3, 0.1))
		_, err := curvature.NewDescent(saddle(w), []*autodiff.Param{w}, test.method).Step(autodiff.Batch{})
		assert.ErrorContains(t, err, test.want)
		assert.Equal(t, []float64{0.3, 0.1}, w.Value().Float64s())
	}
}

func TestNewtonNamesASingularHessian(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(0.3, 0.1))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Sum() }
	_, err := curvature.NewDescent(loss, []*autodiff.Param{w}, curvature.Newton{}).Step(autodiff.Batch{})
	assert.ErrorContains(t, err, "curvature: step 1: the Hessian is singular")
}

func TestDescentDiverges(t *testing.T) {
	for _, method := range []curvature.Method{curvature.Newton{}, curvature.SaddleFreeNewton{}} {
		w := autodiff.NewParam("w", sample.Vector(-1))
		loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Log().Sum() }
		_, err := curvature.NewDescent(loss, []*autodiff.Param{w}, method).Step(autodiff.Batch{})
		var diverged *optim.DivergedError
		require.ErrorAs(t, err, &diverged, "%T", method)
		assert.Equal(t, "Log", diverged.Node.Op())
		assert.Equal(t, []float64{-1}, w.Value().Float64s())
	}
}

func TestMinimise(t *testing.T) {
	for _, method := range []optimize.Method{&optimize.LBFGS{}, &optimize.CG{}, &optimize.BFGS{}, &optimize.Newton{}} {
		o, a, b := quadratic(t, sample.Rand(), 6, 1, 2, 3, 4, 5, 6)
		result, err := o.Minimise(method, &optimize.Settings{GradientThreshold: 1e-6})
		require.NoError(t, err, "%T", method)
		var want mat.VecDense
		require.NoError(t, want.SolveVec(a, mat.NewVecDense(6, b)))
		want.ScaleVec(-1, &want)
		loss, err := o.Loss()
		require.NoError(t, err)
		assert.LessOrEqual(t, loss, result.F)
		// a gradient A·(w − w*) below 1e-6 with A ≥ 1; the lowest loss, by
		// rounding errors of 1e-15, may be another point within 1e-7
		assert.InDeltaSlice(t, want.RawVector().Data, o.Point(), 1.1e-6, "%T", method)
	}
}

func TestMinimiseReturnsTheErrorOfAnEvaluation(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(1, 2))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Mul(x).Square().Sum() }
	o, err := curvature.NewObjective(loss, []*autodiff.Param{w}, autodiff.Batch{X: sample.Vector(1, math.NaN())})
	require.NoError(t, err)
	_, err = o.Minimise(&optimize.LBFGS{}, nil)
	assert.ErrorContains(t, err, "element (1) is NaN")
	assert.Equal(t, []float64{1, 2}, o.Point())
}
