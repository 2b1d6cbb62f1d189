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

// newConvnet is the network of the benchmark case conv-step, with sides of its images
// to choose: two convolutions with pools and a linear layer.
func newConvnet(rng *rand.Rand, batch, side int) (autodiff.LossFunc, []*autodiff.Param, autodiff.Batch) {
	param := func(name string, size float64, shape ...int) *autodiff.Param {
		return autodiff.NewParam(name, array(rng, tensor.Float64, -size, size, shape...))
	}
	w1, b1 := param("w1", 0.3, 32, 3, 3, 3), param("b1", 0.1, 32)
	w2, b2 := param("w2", 0.1, 64, 3, 3, 32), param("b2", 0.1, 64)
	w3, b3 := param("w3", 0.05, 10, side*side*4), param("b3", 0.1, 10)
	block := func(x *autodiff.Node, w, b *autodiff.Param) *autodiff.Node {
		g := x.Graph()
		y := x.Conv2D(g.Param(w), autodiff.Window{Pad: 1}).Add(g.Param(b)).ReLU()
		return y.MaxPool2D(2, 2, autodiff.Window{Stride: 2})
	}
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		h := block(block(x.Reshape(batch, side, side, 3), w1, b1), w2, b2)
		scores := h.Reshape(batch, -1).MatMul(x.Graph().Param(w3).T()).Add(x.Graph().Param(b3))
		return scores.LogSoftmax(1).Pick(y).Mean().Neg()
	}
	return loss, []*autodiff.Param{w1, b1, w2, b2, w3, b3}, newBatch(rng, tensor.Float64, batch, side*side*3, 10)
}

// BenchmarkConvnet checks all weights, of which 19,300 are of convolutions.
func BenchmarkConvnet(b *testing.B) {
	loss, params, batch := newConvnet(rand.New(rand.NewPCG(1, 2)), 2, 32)
	benchmark(b, loss, params, batch)
}

// BenchmarkSmall is the benchmark case gradcheck-small: 100 weights.
func BenchmarkSmall(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	s := svm{autodiff.NewParam("W", array(rng, tensor.Float64, -0.1, 0.1, 5, 20))}
	benchmark(b, s.loss, []*autodiff.Param{s.w}, newBatch(rng, tensor.Float64, 16, 20, 5))
}
