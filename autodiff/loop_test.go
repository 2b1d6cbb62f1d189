package autodiff

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// middleOf records ops that mix arrays of shape (b, r, c) with one row for each
// block of r rows and with rows that all blocks share, a softmax over the middle
// axis, and gradients through it.
func middleOf(t testing.TB, rng *rand.Rand, precision tensor.Dtype, b, r, c int) ([]Feed, []*Node) {
	g := NewGraph(precision)
	var feeds []Feed
	var in []*Node
	for i, shape := range []Shape{{b, r, c}, {b, 1, c}, {r, c}, {r, 1}, {b, 1, 1}, {b, c}, {c, c}} {
		in = append(in, g.Input(string(rune('a'+i)), shape...))
		feeds = append(feeds, in[i].Feed(randomTensor(rng, precision, shape)))
	}
	x := in[1].Mul(in[2]).Add(in[0]).Mul(in[3]).Add(in[4])
	y := x.LogSoftmax(1).Mul(in[1].Greater(in[2]).Where(in[0], in[5].Square().Reshape(b, 1, c)))
	outputs := []*Node{y.Sum().MulScalar(1 / float64(b*r*c)), in[1].Max(in[2]).Pow(2), y.Sum(1).Add(in[5]).Sum(0)}
	grads, err := Grad(outputs[0], in[:6]...)
	require.NoError(t, err)
	outputs = append(outputs, in[0].Mul(in[2].MatMul(in[6])).SumKeep(1)) // not written over the product, which all blocks read
	return feeds, append(outputs, grads...)
}

// Loops over blocks of rows compute what the interpreter computes, to the same
// bits on any number of cores: for one tile and several, with the last one
// shorter; more and fewer blocks than rows, and as many; and where a block does
// not fit into a tile.
func TestBlocksOfRows(t *testing.T) {
	for _, s := range []Shape{{2, 3, 5}, {70, 9, 33}, {900, 3, 2}, {3, 700, 2}, {5, 5, 7}, {20, 20, 15}, {2, 70, 64}, {3, 64, 64}, {0, 3, 5}, {1, 3, 5}, {3, 2, 1}} {
		for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			t.Run(fmt.Sprint(s, precision), func(t *testing.T) {
				feeds, outputs := middleOf(t, rand.New(rand.NewPCG(1, 2)), precision, s[0], s[1], s[2])
				want, err := Interpret(feeds, outputs...)
				require.NoError(t, err)
				p, err := Compile(outputs[0], outputs[1:]...)
				require.NoError(t, err)
				var first [][]float64
				for _, cores := range []int{1, 2, 3} {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
					out, err := p.Run(feeds...)
					require.NoError(t, err)
					for i := range outputs {
						got := dense.Floats(out.Value(i))
						if cores == 1 {
							requireClose(t, outputs[i], want[i], out.Value(i), p)
							first = append(first, append([]float64(nil), got...))
						}
						requireSameBits(t, first[i], got)
					}
				}
			})
		}
	}
}

func requireSameBits(t testing.TB, want, got []float64) {
	t.Helper()
	require.Equal(t, len(want), len(got))
	for i := range want {
		if want[i] != got[i] && (want[i] == want[i] || got[i] == got[i]) {
			require.Failf(t, "values differ", "element %d: %v and %v", i, want[i], got[i])
		}
	}
}

// A softmax over a middle axis, with what it is made of and what becomes of it,
// is one loop that allocates nothing.
func TestMiddleAxisIsOneLoop(t *testing.T) {
	g := NewGraph(tensor.Float32)
	a, b, c := g.Input("a", 7, 1, 3), g.Input("b", 5, 3), g.Input("c", 7, 5, 3)
	p, err := Compile(a.Mul(b).Add(c).LogSoftmax(1).Sum(1).Sum())
	require.NoError(t, err)
	assert.Contains(t, p.String(), "1 instructions,")
	assert.Contains(t, p.String(), "loop 7×5×3: Mul+Add+ReduceMax+Sub+Equal+Where+Sub+Equal+Exp+Sub+Sum+Sum+Add+Add+NotEqual+Log1p+Where+Sub+Sum+Sum → ")
	rng := rand.New(rand.NewPCG(3, 4))
	var feeds []Feed
	for _, x := range []*Node{a, b, c} {
		feeds = append(feeds, x.Feed(randomTensor(rng, tensor.Float32, x.Shape())))
	}
	_, err = p.Run(feeds...)
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(10, func() { _, _ = p.Run(feeds...) }))
}

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
		out, err := p.Run(feeds...)
		require.NoError(t, err)
		for i := range outputs {
			requireClose(t, outputs[i], want[i], out.Value(i), p)
		}
	}
}

func TestLoopOverNothing(t *testing.T) {
	g := NewGraph(tensor.Float64)
	x := g.Input("x", 3, 0)
	p, err := Compile(x.Sum(0), x.Exp().Sum(1), x.Tanh().Sum())
	require.NoError(t, err)
	out, err := p.Run(x.Feed(dense.Wrap(Shape{3, 0}, []float64{})))
	require.NoError(t, err)
	assert.Equal(t, []float64{0, 0, 0}, out.Value(1).Data())
	assert.Zero(t, out.Scalar(2))
}
