package gradcheck_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// svm is the lecture's linear classifier: 3073 pixels, 10 classes.
type svm struct{ w *autodiff.Param }

func (s svm) loss(x, y *autodiff.Node) *autodiff.Node {
	w := x.Graph().Param(s.w)
	scores := x.MatMul(w.T())
	margins := scores.Sub(scores.Pick(y)).AddScalar(1).ReLU()
	return margins.Sum(1).AddScalar(-1).Mean().Add(w.Square().Sum().MulScalar(1e-3))
}

func newSVM(rng *rand.Rand) (autodiff.LossFunc, []*autodiff.Param, autodiff.Batch) {
	s := svm{autodiff.NewParam("W", array(rng, tensor.Float64, -0.01, 0.01, 10, 3073))}
	return s.loss, []*autodiff.Param{s.w}, newBatch(rng, tensor.Float64, 32, 3073, 10)
}

func newMLP(rng *rand.Rand, batch int) (autodiff.LossFunc, []*autodiff.Param, autodiff.Batch) {
	n := newNetwork(rng, tensor.Float64, 784, 128, 10)
	for _, p := range n.params() {
		for i, v := range p.Value().Float64s() {
			p.Value().Float64s()[i] = v / 8
		}
	}
	return n.crossEntropy, n.params(), newBatch(rng, tensor.Float64, batch, 784, 10)
}

func benchmark(b *testing.B, loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch) {
	coords := 0
	for b.Loop() {
		p, err := gradcheck.LossProblem(loss, params, batch)
		require.NoError(b, err)
		r, err := gradcheck.Compute(b.Context(), p)
		require.NoError(b, err)
		require.True(b, r.OK(), r)
		require.Empty(b, r.Notes)
		coords = 0
		for _, v := range r.Vars {
			coords += len(v.Coords)
		}
	}
	b.ReportMetric(float64(coords), "weights")
}

func BenchmarkSVM(b *testing.B) {
	loss, params, batch := newSVM(rand.New(rand.NewPCG(1, 2)))
	benchmark(b, loss, params, batch)
}

func BenchmarkMLP(b *testing.B) {
	for _, n := range []int{4, 32} {
		b.Run(map[int]string{4: "batch=4", 32: "batch=32"}[n], func(b *testing.B) {
			loss, params, batch := newMLP(rand.New(rand.NewPCG(1, 2)), n)
			benchmark(b, loss, params, batch)
		})
	}
}

// BenchmarkSmall is the benchmark case gradcheck-small: 100 weights.
func BenchmarkSmall(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	s := svm{autodiff.NewParam("W", array(rng, tensor.Float64, -0.1, 0.1, 5, 20))}
	benchmark(b, s.loss, []*autodiff.Param{s.w}, newBatch(rng, tensor.Float64, 16, 20, 5))
}
