package autodiff

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
)

// atan is CONTRIBUTING.md's example of a new op: it has no kernel yet.
type atan struct{ unary }

func (atan) name() string              { return "Atan" }
func (atan) value(x []float64) float64 { return math.Atan(x[0]) }
func (atan) vjp(n, dy *Node) []*Node {
	return []*Node{dy.Div(n.inputs[0].Square().AddScalar(1))}
}

// hypot has two operands and no kernel.
type hypot struct {
	broadcasting
	flat
}

func (hypot) name() string              { return "Hypot" }
func (hypot) value(x []float64) float64 { return math.Hypot(x[0], x[1]) }

// An op works in programs before it has a kernel.
func TestOpWithoutKernel(t *testing.T) {
	for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		rng := rand.New(rand.NewPCG(1, 2))
		g := NewGraph(precision)
		x, row, col := g.Input("x", 40, 130), g.Input("row", 130), g.Input("col", 40, 1)
		y := g.apply(atan{}, x)
		z := g.apply(hypot{}, y.AddScalar(1), row).Add(g.apply(hypot{}, col, x))
		grads, err := Grad(y.Sum(), x)
		require.NoError(t, err)
		feeds := []Feed{
			x.Feed(randomTensor(rng, precision, Shape{40, 130})),
			row.Feed(randomTensor(rng, precision, Shape{130})), col.Feed(randomTensor(rng, precision, Shape{40, 1})),
		}
		outputs := []*Node{y, z, grads[0], z.Sum(1)}
		want, err := Interpret(feeds, outputs...)
		require.NoError(t, err)
		p, err := Compile(y, outputs[1:]...)
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, p.Run(feeds...))
			for i := range outputs {
				requireClose(t, outputs[i], want[i], p.Value(i), p)
			}
		}
	}
}
