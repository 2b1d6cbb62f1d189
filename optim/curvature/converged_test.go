package curvature_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

// leastSquares returns n equations of k unknowns of different scales, whose right
// sides are noisy, and the mean of their squared errors.
func leastSquares(t *testing.T, rng *rand.Rand, dt tensor.Dtype, n, k int, noise float64) (o *curvature.Objective, x, y []float64) {
	t.Helper()
	x, y = make([]float64, n*k), make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64() * []float64{1, 10, 100}[i%k%3]
	}
	for i := range y {
		y[i] = 3*x[i*k] + 100 + noise*rng.NormFloat64()
	}
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(k, 1), tensor.Of(dt)))
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.Squared(x.MatMul(x.Graph().Param(w)), y) }
	batch := autodiff.Batch{
		X: tensor.New(tensor.WithShape(n, k), tensor.WithBacking(x)),
		Y: tensor.New(tensor.WithShape(n), tensor.WithBacking(y)),
	}
	o, err := curvature.NewObjective(loss, []*autodiff.Param{w}, batch)
	require.NoError(t, err)
	return o, x, y
}

// Without settings the threshold of the gradient is mostly beyond what rounding
// errors allow. That is success: the weights are those of the QR decomposition. (The
// line search of conjugate gradients sometimes fails earlier, which stays an error.)
func TestMinimisedAsFarAsRoundingAllows(t *testing.T) {
	rounded := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		n, k := 20+rng.IntN(60), 1+rng.IntN(9)
		for _, method := range []optimize.Method{&optimize.LBFGS{}, &optimize.BFGS{}} {
			name := fmt.Sprintf("%T on %d equations of %d unknowns, seed %d", method, n, k, seed)
			o, x, y := leastSquares(t, rng, tensor.Float64, n, k, []float64{0, 1e-3, 1}[seed%3])
			result, err := o.Minimise(method, nil)
			require.NoError(t, err, name)
			if result.Status == optimize.FunctionConvergence {
				rounded++
			}
			var want mat.VecDense
			require.NoError(t, want.SolveVec(mat.NewDense(n, k, x), mat.NewVecDense(n, y)))
			// δ² ≤ 2⁻⁴⁵·10⁴ in an axis of curvature 2, about the smallest
			assert.InDeltaSlice(t, want.RawVector().Data, o.Point(), 1.7e-5, name)
		}
	}
	assert.NotZero(t, rounded, "line searches end in rounding errors")
}

func TestMinimisedInFloat32(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 2))
		o, x, y := leastSquares(t, rng, tensor.Float32, 40, 5, 1)
		_, err := o.Minimise(&optimize.LBFGS{}, nil)
		require.NoError(t, err, "seed %d", seed)
		var want mat.VecDense
		require.NoError(t, want.SolveVec(mat.NewDense(40, 5, x), mat.NewVecDense(40, y)))
		// δ²·λ/2 ≤ 2⁻⁴⁴·10⁴ in an axis of curvature λ ≥ 0.8: of 40 numbers by 5 of unit
		// variance the smallest singular value is √40 − √5 or so.
		assert.InDeltaSlice(t, want.RawVector().Data, o.Point(), 4e-5, "seed %d", seed)
	}
}

// At a kink a line search fails where the slope is not small: nothing has
// converged, though the loss is near its minimum.
func TestKinkHasNotConverged(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(3, 1.7))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		n := x.Graph().Param(w)
		return n.Sub(x).Abs().Sum().Add(n.Square().Sum().MulScalar(0.01))
	}
	o, err := curvature.NewObjective(loss, []*autodiff.Param{w}, autodiff.Batch{X: sample.Vector(1, 2)})
	require.NoError(t, err)
	_, err = o.Minimise(&optimize.LBFGS{}, nil)
	assert.ErrorContains(t, err, "curvature: Minimise: linesearch: ")
}
