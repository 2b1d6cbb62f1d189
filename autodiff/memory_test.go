package autodiff

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// mlpOf records a step of gradient descent for a perceptron with softmax
// cross-entropy: the loss and the assignments.
func mlpOf(t testing.TB, n int, widths ...int) []*Node {
	g := NewGraph(tensor.Float32)
	x, y := g.Input("x", n, widths[0]), g.Labels("y", n)
	var params []*Node
	h := x
	for i, out := range widths[1:] {
		W := g.Param(NewParam(fmt.Sprint("W", i), dense.Wrap(Shape{out, widths[i]}, make([]float32, out*widths[i]))))
		b := g.Param(NewParam(fmt.Sprint("b", i), dense.Wrap(Shape{out}, make([]float32, out))))
		params = append(params, W, b)
		h = h.MatMul(W.T()).Add(b)
		if i < len(widths)-2 {
			h = h.ReLU()
		}
	}
	outputs := []*Node{h.LogSoftmax(1).Pick(y).Neg().Mean()}
	grads, err := Grad(outputs[0], params...)
	require.NoError(t, err)
	for i, p := range params {
		outputs = append(outputs, g.Assign(p.Param(), p.Sub(grads[i].MulScalar(0.01))))
	}
	return outputs
}

// The arena is at most a fifth larger than what is in use at one time.
func TestMemoryIsTight(t *testing.T) {
	deep := []int{64}
	for range 20 {
		deep = append(deep, 64)
	}
	for _, widths := range [][]int{{3073, 10}, {784, 128, 10}, {3072, 512, 256, 10}, deep} {
		outputs := mlpOf(t, 256, widths...)
		p, err := Compile(outputs[0], outputs[1:]...)
		require.NoError(t, err)
		held, live := p.Memory()
		assert.Positive(t, live)
		assert.LessOrEqual(t, float64(held), 1.2*float64(live), "widths %v", widths)
	}
}

func BenchmarkCompile(b *testing.B) {
	deep := []int{64}
	for range 20 {
		deep = append(deep, 64)
	}
	for name, widths := range map[string][]int{"linear": {3073, 10}, "layers=20": deep} {
		b.Run("model="+name, func(b *testing.B) {
			outputs := mlpOf(b, 256, widths...)
			for b.Loop() {
				if _, err := Compile(outputs[0], outputs[1:]...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
