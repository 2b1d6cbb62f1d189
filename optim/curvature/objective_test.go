package curvature_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/autodiff"
	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

// quadratic returns ½·wᵀ·A·w + bᵀ·w of a vector w as an objective, with A a
// random symmetric matrix of n rows with the given eigenvalues, or drawn ones.
func quadratic(t require.TestingT, rng *rand.Rand, n int, eigenvalues ...float64) (*curvature.Objective, *mat.SymDense, []float64) {
	a := symmetric(rng, n, eigenvalues)
	b := sample.Normal(rng, n)
	w := autodiff.NewParam("w", sample.Matrix(1, n, sample.Normal(rng, n)...))
	o, err := curvature.NewObjective(func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return parabola(g.Param(w), a, b)
	}, []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	return o, a, b
}

// parabola records ½·w·A·wᵀ + w·b of a row w.
func parabola(w *autodiff.Node, a *mat.SymDense, b []float64) *autodiff.Node {
	g, n := w.Graph(), len(b)
	A := g.Constant(sample.Matrix(n, n, mat.DenseCopyOf(a).RawMatrix().Data...))
	return w.MatMul(A).Mul(w).MulScalar(0.5).Add(w.Mul(g.Constant(sample.Matrix(1, n, b...)))).Sum()
}

// symmetric returns Q·diag(eigenvalues)·Qᵀ with a random orthogonal Q, or a
// random symmetric matrix.
func symmetric(rng *rand.Rand, n int, eigenvalues []float64) *mat.SymDense {
	m := mat.NewDense(n, n, sample.Normal(rng, n*n))
	a := mat.NewSymDense(n, nil)
	if eigenvalues == nil {
		for i := range n {
			for j := range i + 1 {
				a.SetSym(i, j, m.At(i, j))
			}
		}
		return a
	}
	var qr mat.QR
	qr.Factorize(m)
	var q, full mat.Dense
	qr.QTo(&q)
	full.Mul(&q, mat.NewDiagDense(n, eigenvalues))
	full.Mul(&full, q.T())
	for i := range n {
		for j := range i + 1 {
			a.SetSym(i, j, full.At(i, j))
		}
	}
	return a
}

func TestObjectiveOfAParabola(t *testing.T) {
	rng := sample.Rand()
	o, a, b := quadratic(t, rng, 7)
	w, v := sample.Normal(rng, 7), sample.Normal(rng, 7)
	require.NoError(t, o.Move(w))
	assert.Equal(t, 7, o.Dim())
	assert.Equal(t, w, o.Point())

	var aw, av mat.VecDense
	aw.MulVec(a, mat.NewVecDense(7, w))
	av.MulVec(a, mat.NewVecDense(7, v))
	want := mat.Dot(&aw, mat.NewVecDense(7, w))/2 + mat.Dot(mat.NewVecDense(7, b), mat.NewVecDense(7, w))
	tolerance := 7 * 7 * 10 * 0x1p-53 // 49 products of numbers below 10

	loss, err := o.Loss()
	require.NoError(t, err)
	assert.InDelta(t, want, loss, tolerance)
	g := make([]float64, 7)
	loss, err = o.Gradient(g)
	require.NoError(t, err)
	assert.InDelta(t, want, loss, tolerance)
	hv := make([]float64, 7)
	require.NoError(t, o.HessianProduct(hv, v))
	h, err := o.Hessian()
	require.NoError(t, err)
	for i := range 7 {
		assert.InDelta(t, aw.AtVec(i)+b[i], g[i], tolerance)
		assert.InDelta(t, av.AtVec(i), hv[i], tolerance)
	}
	assert.True(t, mat.EqualApprox(a, h, tolerance))
	assert.Equal(t, w, o.Point())
}

// TestHessianOfSeveralParameters takes a scalar, a matrix and a parameter that f
// is linear in:
//
//	f = a²·Σ B + Σ B³ + 3·c
func TestHessianOfSeveralParameters(t *testing.T) {
	a := autodiff.NewParam("a", sample.Scalar(2))
	b := autodiff.NewParam("B", sample.Matrix(1, 2, 3, -1))
	c := autodiff.NewParam("c", sample.Vector(5))
	f := func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		B := g.Param(b)
		return g.Param(a).Square().Mul(B.Sum()).Add(B.Pow(3).Sum()).Add(g.Param(c).MulScalar(3).Sum())
	}
	o, err := curvature.NewObjective(f, []*autodiff.Param{a, b, c}, autodiff.Batch{})
	require.NoError(t, err)
	for range 2 { // the second time on the programs of the first
		h, err := o.Hessian()
		require.NoError(t, err)
		assert.True(t, mat.EqualApprox(mat.NewSymDense(4, []float64{
			2 * (3 - 1), 2 * 2, 2 * 2, 0,
			2 * 2, 6 * 3, 0, 0,
			2 * 2, 0, 6 * -1, 0,
			0, 0, 0, 0,
		}), h, 100*0x1p-53), "%v", mat.Formatted(h))
	}
}

func TestHessianOfALinearLossIsZero(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(1, 2, 3))
	o, err := curvature.NewObjective(func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Sum() },
		[]*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	dst := []float64{7, 7, 7}
	require.NoError(t, o.HessianProduct(dst, []float64{1, 1, 1}))
	assert.Equal(t, []float64{0, 0, 0}, dst)
}

// TestHessianProductAgainstDifferences compares with a central difference of
// gradients, whose error is h²·|∂⁴L|/6 + 2⁻⁵³·|g|/h: below 1e-8 for h = 1e-5 and
// derivatives of order one.
func TestHessianProductAgainstDifferences(t *testing.T) {
	rng := sample.Rand()
	data := sample.NewPoints(rng, 11, 4, 3)
	model := sample.NewLinear(rng, 4, 3)
	o, err := curvature.NewObjective(model.Softmax, model.Params(), data.Batch(0, 1, 2, 3, 4, 5))
	require.NoError(t, err)
	v, w := sample.Normal(rng, o.Dim()), o.Point()
	hv, up, down := make([]float64, o.Dim()), make([]float64, o.Dim()), make([]float64, o.Dim())
	require.NoError(t, o.HessianProduct(hv, v))
	for _, side := range []struct {
		h float64
		g []float64
	}{{1e-5, up}, {-1e-5, down}} {
		moved := o.Point()
		for i := range moved {
			moved[i] = w[i] + side.h*v[i]
		}
		require.NoError(t, o.Move(moved))
		_, err := o.Gradient(side.g)
		require.NoError(t, err)
		require.NoError(t, o.Move(w))
	}
	for i := range hv {
		assert.InDelta(t, (up[i]-down[i])/2e-5, hv[i], 1e-8)
	}
}

func TestHessianIsSymmetricAndLinear(t *testing.T) {
	rng := sample.Rand()
	model := sample.NewLinear(rng, 4, 3)
	o, err := curvature.NewObjective(model.Softmax, model.Params(), sample.NewPoints(rng, 5, 4, 3).Batch(0, 1, 2, 3, 4))
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOfN(rapid.Float64Range(-1, 1), o.Dim(), o.Dim())
		u, v := draw.Draw(t, "u"), draw.Draw(t, "v")
		hu, hv := make([]float64, o.Dim()), make([]float64, o.Dim())
		require.NoError(t, o.HessianProduct(hu, u))
		require.NoError(t, o.HessianProduct(hv, v))
		a := mat.Dot(mat.NewVecDense(o.Dim(), u), mat.NewVecDense(o.Dim(), hv))
		b := mat.Dot(mat.NewVecDense(o.Dim(), v), mat.NewVecDense(o.Dim(), hu))
		assert.InDelta(t, a, b, 1000*0x1p-53*10) // some 1000 operations on numbers below 10
	})
}

func TestObjectiveUsesAnotherBatch(t *testing.T) {
	rng := sample.Rand()
	data := sample.NewPoints(rng, 9, 4, 3)
	data.Single = true // is converted
	model := sample.NewLinear(rng, 4, 3)
	o, err := curvature.NewObjective(model.Softmax, model.Params(), data.Batch(0, 1, 2))
	require.NoError(t, err)
	first, err := o.Loss()
	require.NoError(t, err)
	require.NoError(t, o.Use(data.Batch(3, 4, 5, 6)))
	second, err := o.Loss()
	require.NoError(t, err)
	require.NoError(t, o.Use(data.Batch(0, 1, 2)))
	again, err := o.Loss()
	require.NoError(t, err)
	assert.NotEqual(t, first, second)
	assert.Equal(t, first, again)
}

func TestObjectiveRounds(t *testing.T) {
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(2), tensor.WithBacking([]float32{1, 2})))
	o, err := curvature.NewObjective(func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square().Sum() },
		[]*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	require.NoError(t, o.Move([]float64{0.1, 3}))
	assert.Equal(t, []float64{float64(float32(0.1)), 3}, o.Point())
	loss, err := o.Loss()
	require.NoError(t, err)
	assert.InDelta(t, 9+math.Pow(float64(float32(0.1)), 2), loss, 4*0x1p-53*9)
}

func TestObjectiveRefuses(t *testing.T) {
	o, _, _ := quadratic(t, sample.Rand(), 3)
	short := make([]float64, 2)
	_, err := o.Gradient(short)
	assert.EqualError(t, err, "curvature: Gradient: a vector has length 2, want 3")
	assert.ErrorContains(t, o.Move(short), "curvature: Move:")
	assert.ErrorContains(t, o.HessianProduct(make([]float64, 3), short), "curvature: HessianProduct:")
	_, err = curvature.NewObjective(nil, nil, autodiff.Batch{})
	assert.ErrorContains(t, err, "there are no parameters")
}

// A loss may take further values, in float32 too: ½ Σ cᵢ·wᵢ² has the Hessian
// diag c.
func TestObjectiveWithMore(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(1, 2))
	batch := autodiff.Batch{More: []autodiff.Named{{Name: "c", Value: sample.Single(sample.Vector(3, 5))}}}
	o, err := curvature.NewObjective(func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return g.Param(w).Square().Mul(g.Given("c")).Sum().MulScalar(0.5)
	}, []*autodiff.Param{w}, batch)
	require.NoError(t, err)
	h, err := o.Hessian()
	require.NoError(t, err)
	assert.Equal(t, []float64{3, 0, 0, 5}, mat.DenseCopyOf(h).RawMatrix().Data)
}
