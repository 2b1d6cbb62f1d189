package autodiff

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
)

// A loop does not write a result over an operand of which it reads a broadcast
// later.
func TestBroadcastOutlivesItsOperand(t *testing.T) {
	g := NewGraph(tensor.Float64)
	a, b := g.Input("a", 6, 3), g.Input("b", 3, 5)
	x := a.MatMul(b)
	for _, c := range []struct {
		x  *Node
		to Shape
	}{{x.Slice(1, 0, 1), Shape{6, 5}}, {x.Reshape(6, 1, 5), Shape{6, 4, 5}}} {
		y, v := c.x.Broadcast(c.to...), c.x.Tanh()
		outputs := []*Node{v, y.Exp().Mul(v)}
		rng := rand.New(rand.NewPCG(5, 6))
		feeds := []Feed{a.Feed(randomTensor(rng, tensor.Float64, a.shape)), b.Feed(randomTensor(rng, tensor.Float64, b.shape))}
		want, err := Interpret(feeds, outputs...)
		require.NoError(t, err)
		p, err := Compile(outputs[0], outputs[1:]...)
		require.NoError(t, err)
		require.NoError(t, p.Run(feeds...))
		for i := range outputs {
			requireClose(t, outputs[i], want[i], p.Value(i), p)
		}
	}
}

func TestLoopOverNothing(t *testing.T) {
	g := NewGraph(tensor.Float64)
	x := g.Input("x", 3, 0)
	p, err := Compile(x.Sum(0), x.Exp().Sum(1), x.Tanh().Sum())
	require.NoError(t, err)
	require.NoError(t, p.Run(x.Feed(dense(Shape{3, 0}, []float64{}))))
	assert.Equal(t, []float64{0, 0, 0}, p.Value(1).Data())
	assert.Zero(t, p.Scalar(2))
}
