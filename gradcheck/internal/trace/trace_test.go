package trace_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/trace"
	"declive/internal/dense"
)

type node = autodiff.Node

// record records f of arrays in float64.
func record(t *testing.T, f func(in ...*node) *node, in ...*tensor.Dense) *trace.Function {
	t.Helper()
	source, err := trace.Op(f, in)
	require.NoError(t, err)
	rec, err := source.Record(tensor.Float64)
	require.NoError(t, err)
	return rec
}

func array(shape []int, x ...float64) *tensor.Dense { return dense.New(tensor.Float64, shape, x) }

// A recorded function and its gradient are those of the formula:
//
//	y = Σ_j a_j b_j    da = v b, db = v a
func TestFunction(t *testing.T) {
	f := record(t, func(in ...*node) *node { return in[0].Mul(in[1]).Sum() }, array([]int{3}, 1, 2, 3), array([]int{3}, 4, 5, 6))
	eval, err := f.Eval()
	require.NoError(t, err)
	x := [][]float64{{1, 0, -1}, {2, 3, 5}}
	y, err := eval(x)
	require.NoError(t, err)
	assert.Equal(t, []float64{-3}, y)
	vjp, err := f.VJP()
	require.NoError(t, err)
	for range 2 {
		g, err := vjp(x, []float64{10})
		require.NoError(t, err)
		assert.Equal(t, [][]float64{{20, 30, 50}, {10, 0, -10}}, g)
	}
	copied, err := f.Copy()
	require.NoError(t, err)
	g, err := copied.Gradient(x, []float64{-1})
	require.NoError(t, err)
	assert.Equal(t, [][]float64{{-2, -3, -5}, {-1, 0, 1}}, g)
	assert.ElementsMatch(t, []int{3, 1}, f.Lengths(), "sums keep their axes")
}

// A variable that no derivative reaches has no gradient of a loss, and zeros of an
// operation.
func TestUnreached(t *testing.T) {
	op := record(t, func(in ...*node) *node { return in[0].Exp() }, array([]int{2}, 1, 2), array([]int{1}, 3))
	g, err := op.Gradient(op.Start, []float64{1, 1})
	require.NoError(t, err)
	assert.Equal(t, []float64{0}, g[1])

	w, unused := autodiff.NewParam("w", array([]int{2}, 1, 2)), autodiff.NewParam("unused", array([]int{1}, 3))
	source, err := trace.Loss(func(x, _ *node) *node { return x.Mul(x.Graph().Param(w)).Sum() },
		[]*autodiff.Param{w, unused}, autodiff.Batch{X: array([]int{2}, 5, 7)})
	require.NoError(t, err)
	loss, err := source.Record(tensor.Float64)
	require.NoError(t, err)
	g, err = loss.Gradient(loss.Start, []float64{1})
	require.NoError(t, err)
	assert.Equal(t, [][]float64{{5, 7}, nil}, g)
}

// Parameters that a loss uses and that are not asked about are fixed.
func TestOtherParametersAreFixed(t *testing.T) {
	w, c := autodiff.NewParam("w", array([]int{2}, 1, 2)), autodiff.NewParam("c", array([]int{2}, 3, 4))
	source, err := trace.Loss(func(x, _ *node) *node { return x.Mul(x.Graph().Param(w)).Mul(x.Graph().Param(c)).Sum() },
		[]*autodiff.Param{w}, autodiff.Batch{X: array([]int{2}, 5, 7)})
	require.NoError(t, err)
	f, err := source.Record(tensor.Float64)
	require.NoError(t, err)
	require.Len(t, f.Vars, 1)
	g, err := f.Gradient(f.Start, []float64{1})
	require.NoError(t, err)
	assert.Equal(t, [][]float64{{15, 28}}, g)
	values, err := f.Values(f.Start)
	require.NoError(t, err)
	assert.Equal(t, 71.0, values.Largest(), "5·1·3 + 7·2·4")
	assert.Len(t, f.Moving(0), 5, "w, its two products, the sum and that without its axis")
}

// Terms are seen through sums, moves and the division of a mean, and not through
// functions.
func TestLargestTerm(t *testing.T) {
	x := array([]int{3}, 100, -100, 1)
	for _, c := range []struct {
		name string
		f    func(in ...*node) *node
		want float64
	}{
		{"sum", func(in ...*node) *node { return in[0].Sum() }, 100},
		{"mean", func(in ...*node) *node { return in[0].Mean() }, 100. / 3},
		{"divided mean", func(in ...*node) *node { return in[0].MulScalar(8).Sum().DivScalar(4) }, 200},
		{"moved", func(in ...*node) *node { return in[0].Reshape(3, 1).T().Broadcast(2, 3).Slice(1, 0, 2).Sum() }, 100},
		{"function of a sum", func(in ...*node) *node { return in[0].Sum().Tanh() }, math.Tanh(1)},
	} {
		f := record(t, c.f, x)
		values, err := f.Values(f.Start)
		require.NoError(t, err)
		assert.InDelta(t, c.want, values.LargestTerm(f.Output), 1e-12, c.name)
	}
}

// Noise moves the gradient of what rounds by some of its size, and leaves alone
// what only moves numbers.
func TestNoise(t *testing.T) {
	x := array([]int{2, 3}, 0.3, -0.2, 0.5, 0.7, -0.9, 0.4)
	const eps = 1e-3
	for _, c := range []struct {
		name  string
		f     func(in ...*node) *node
		moves bool
	}{
		{"layout", func(in ...*node) *node { return in[0].T().Neg().Reshape(6).Slice(0, 1, 4) }, false},
		{"choice", func(in ...*node) *node { return in[0].ReLU() }, false},
		{"function", func(in ...*node) *node { return in[0].Tanh() }, true},
		{"product", func(in ...*node) *node { return in[0].MatMul(in[0].T()) }, true},
	} {
		f := record(t, c.f, x)
		noisy, err := f.Noisy()
		require.NoError(t, err)
		v := make([]float64, f.Output.Shape().Size())
		for i := range v {
			v[i] = 1
		}
		rng := rand.New(rand.NewPCG(1, 2))
		exact, err := noisy.Run(rng, 0, f.Start, v)
		require.NoError(t, err)
		own, err := f.Gradient(f.Start, v)
		require.NoError(t, err)
		assert.InDeltaSlice(t, own[0], exact[0], 1e-14, c.name)
		moved, err := noisy.Run(rng, eps, f.Start, v)
		require.NoError(t, err)
		far := 0.0
		for i := range moved[0] {
			far = max(far, math.Abs(moved[0][i]-exact[0][i]))
		}
		assert.Equal(t, c.moves, far > eps/10, "%s: %v", c.name, far)
		assert.Less(t, far, 20*eps, c.name)
	}
}

// A replay with a node replaced computes what follows from the replacement.
func TestOpen(t *testing.T) {
	f := record(t, func(in ...*node) *node { return in[0].Exp().AddScalar(1).Log().Sum() }, array([]int{2}, 1, 2))
	exp := f.Output
	for exp.Op() != "Exp" {
		exp = exp.Inputs()[0]
	}
	changed, r := f.Open()
	r.Copies[exp] = r.Node(exp.Inputs()[0]).Square()
	changed.Output = r.Node(f.Output)
	eval, err := changed.Eval()
	require.NoError(t, err)
	y, err := eval([][]float64{{3, 2}})
	require.NoError(t, err)
	assert.InDelta(t, math.Log(10)+math.Log(5), y[0], 1e-12)
}
