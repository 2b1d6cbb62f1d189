package autodiff

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// stepOf records a training step of a linear SVM and returns its program and feeds.
func stepOf(t testing.TB, precision tensor.Dtype, n, in, out int) (*Program, []Feed, *Param) {
	w := NewParam("W", dense.Wrap(Shape{out, in}, make([]float64, out*in)))
	for i, v := range w.value.Float64s() {
		w.value.Float64s()[i] = v + float64(i%7)/100
	}
	w.Convert(precision)
	g := NewGraph(precision)
	x, y, W := g.Input("x", n, in), g.Labels("y", n), g.Param(w)
	rate := g.Input("rate")
	s := x.MatMul(W.T())
	loss := s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).AddScalar(-1).Mean().Add(W.Square().Sum().MulScalar(1e-3))
	grads, err := Grad(loss, W)
	require.NoError(t, err)
	p, err := Compile(loss, g.Assign(w, W.Sub(rate.Mul(grads[0]))))
	require.NoError(t, err)
	xs := NewParam("x", dense.Wrap(Shape{n, in}, make([]float64, n*in)))
	for i := range xs.value.Float64s() {
		xs.value.Float64s()[i] = float64((i*7919)%1000)/500 - 1
	}
	xs.Convert(precision)
	ys := make([]int, n)
	for i := range ys {
		ys[i] = i % out
	}
	r := NewParam("r", dense.Wrap(Shape{}, []float64{0.01}))
	r.Convert(precision)
	return p, []Feed{x.Feed(xs.value), y.Feed(dense.Wrap(Shape{n}, ys)), rate.Feed(r.value)}, w
}

func TestStep(t *testing.T) {
	p, feeds, _ := stepOf(t, tensor.Float32, 7, 5, 3)
	t.Log("\n" + p.String())
	out, err := p.Run(feeds...)
	require.NoError(t, err)
	first := out.Scalar(0)
	for range 20 {
		out, err = p.Run(feeds...)
		require.NoError(t, err)
	}
	assert.Less(t, out.Scalar(0), first)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = p.Run(feeds...) }))
}

func BenchmarkStep(b *testing.B) {
	for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		b.Run("dtype="+precision.String(), func(b *testing.B) {
			p, feeds, _ := stepOf(b, precision, 256, 3073, 10)
			for b.Loop() {
				_, _ = p.Run(feeds...)
			}
		})
	}
}
