package autodiff

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// logisticOf records a step of logistic regression on n examples of in features.
func logisticOf(t testing.TB, precision tensor.Dtype, n, in int) (*Program, []Feed) {
	w := NewParam("w", dense.Wrap(Shape{1, in}, make([]float64, in)))
	w.Convert(precision)
	g := NewGraph(precision)
	x, y, W := g.Input("x", n, in), g.Input("y", n, 1), g.Param(w)
	loss := x.MatMul(W.T()).Mul(y).Neg().Softplus().Mean()
	grads, err := Grad(loss, W)
	require.NoError(t, err)
	p, err := Compile(loss, g.Assign(w, W.Sub(grads[0].MulScalar(0.01))))
	require.NoError(t, err)
	xs := NewParam("x", dense.Wrap(Shape{n, in}, make([]float64, n*in)))
	xs.Convert(precision)
	ys := NewParam("y", dense.Wrap(Shape{n, 1}, make([]float64, n)))
	ys.Convert(precision)
	return p, []Feed{x.Feed(xs.value), y.Feed(ys.value)}
}

func BenchmarkTiny(b *testing.B) {
	p, feeds := logisticOf(b, tensor.Float64, 1, 4)
	b.Log("\n" + p.String())
	for b.Loop() {
		_, _ = p.Run(feeds...)
	}
}

func BenchmarkLogistic(b *testing.B) {
	p, feeds := logisticOf(b, tensor.Float32, 256, 3073)
	b.Log("\n" + p.String())
	for b.Loop() {
		_, _ = p.Run(feeds...)
	}
}
