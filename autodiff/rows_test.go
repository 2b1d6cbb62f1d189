package autodiff

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/internal/dense"
)

// A batchTest is a loss of examples x (n, 5), labels y (n) out of 4, weights of
// examples v (n, 1) and parameters of the names that it asks for.
type batchTest struct {
	name   string
	loss   func(x, y, v *Node, param func(shape ...int) *Node) *Node
	blocks bool // it is a sum over the rows
}

var batchTests = []batchTest{
	{"hinge with L2", func(x, y, _ *Node, param func(...int) *Node) *Node {
		W := param(4, 5)
		s := x.MatMul(W.T())
		return s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).AddScalar(-1).Mean().Add(W.Square().Sum().MulScalar(1e-3))
	}, true},
	{"softmax of two layers with biases", func(x, y, _ *Node, param func(...int) *Node) *Node {
		h := x.MatMul(param(3, 5).T()).Add(param(3)).Tanh()
		return h.MatMul(param(3, 4)).Add(param(4)).LogSoftmax(1).Pick(y).Neg().Mean()
	}, true},
	{"weighted squares", func(x, _, v *Node, param func(...int) *Node) *Node {
		d := x.MatMul(param(5, 1)).Sub(v)
		return d.Square().Mul(v.Abs()).Sum().Add(x.Mean(0).Mul(param(5)).Sum())
	}, true},
	{"reshaped rows", func(x, y, _ *Node, param func(...int) *Node) *Node {
		n := x.shape[0]
		return x.Slice(1, 0, 4).Reshape(n, 2, 2).Mul(param(2, 1).Broadcast(n, 2, 2)).Pad(2, 1, 0).Sum(2).Reshape(n, -1).Mul(y.OneHot(2)).Sum()
	}, true},
	{"softmax over a middle axis", func(x, _, _ *Node, param func(...int) *Node) *Node {
		h := x.MatMul(param(5, 12)).Reshape(x.shape[0], 3, 4).Add(param(3, 4)).Mul(param(3, 1))
		return h.Sub(h.SumKeep(1)).LogSoftmax(1).Mul(param(3, 4)).Sum()
	}, true},
	{"a convolution", func(x, _, _ *Node, param func(...int) *Node) *Node {
		n := x.shape[0]
		y := x.Reshape(n, 1, 5, 1).Conv2D(param(3, 1, 2, 1), Window{Strides: [2]int{1, 2}}).Add(param(3)).ReLU()
		return y.Conv2D(param(2, 1, 2, 3), Window{Pad: 1}).Square().Mean()
	}, true},
	{"a pool", func(x, _, _ *Node, param func(...int) *Node) *Node {
		y := x.Reshape(x.shape[0], 1, 5, 1).Conv2D(param(3, 1, 2, 1), Window{}).MaxPool2D(1, 2, Window{Stride: 2})
		return y.Mul(param(2, 3)).Tanh().Sum()
	}, true},
	{"standardised by the batch", func(x, _, v *Node, param func(...int) *Node) *Node {
		return x.Sub(x.MeanKeep(0)).MatMul(param(5, 1)).Mul(v).Mean()
	}, false},
	{"maximum over the batch", func(x, _, _ *Node, param func(...int) *Node) *Node {
		return x.MatMul(param(5, 2)).ReduceMax()
	}, false},
	{"products between examples", func(x, _, _ *Node, param func(...int) *Node) *Node {
		h := x.MatMul(param(5, 2))
		return h.MatMul(h.T()).Tanh().Sum()
	}, false},
}

// record records the loss, a gradient for each parameter and its descent step.
func (tt *batchTest) record(rng *rand.Rand, precision tensor.Dtype, n int) ([]Feed, []*Node) {
	g := NewGraph(precision)
	x, y, v := g.Input("x", n, 5), g.Labels("y", n), g.Input("v", n, 1)
	var params []*Param
	param := func(shape ...int) *Node {
		params = append(params, NewParam(string(rune('A'+len(params))), randomTensor(rng, precision, shape)))
		return g.Param(params[len(params)-1])
	}
	classes := 4
	if tt.name == "reshaped rows" {
		classes = 2
	}
	ys := make([]int, n)
	for i := range ys {
		ys[i] = rng.IntN(classes)
	}
	outputs := []*Node{tt.loss(x, y, v, param)}
	for _, p := range params {
		d, err := Grad(outputs[0], g.Param(p))
		if err != nil {
			panic(err)
		}
		outputs = append(outputs, d[0], g.Param(p).Sub(d[0].MulScalar(0.1)))
	}
	return []Feed{
		x.Feed(randomTensor(rng, precision, Shape{n, 5})), y.Feed(dense.Wrap(Shape{n}, ys)), v.Feed(randomTensor(rng, precision, Shape{n, 1})),
	}, outputs
}

// What runs in blocks equals what does not, for any number of rows.
func TestRows(t *testing.T) {
	for _, tt := range batchTests {
		t.Run(tt.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
				precision := rapid.SampledFrom([]tensor.Dtype{tensor.Float64, tensor.Float32}).Draw(rt, "precision")
				feeds, outputs := tt.record(rng, precision, rapid.IntRange(2, 200).Draw(rt, "n"))
				ps := allPasses
				ps.RowsFrom = 1
				ps.RowBlock = 16
				p, err := compileWith(outputs, ps)
				require.NoError(rt, err)
				assert.Equal(rt, tt.blocks, strings.Contains(p.String(), "rows "), "%v", p)
				want, err := Interpret(feeds, outputs...)
				require.NoError(rt, err)
				for range 2 {
					out, err := p.Run(feeds...)
					require.NoError(rt, err)
					for i := range outputs {
						requireClose(rt, outputs[i], want[i], out.Value(i), p)
					}
				}
			})
		})
	}
}

// An explanation shows the programs for blocks and for the rows that are left.
func TestExplainRows(t *testing.T) {
	_, outputs := batchTests[0].record(rand.New(rand.NewPCG(1, 2)), tensor.Float32, 100)
	var text strings.Builder
	o := allPasses
	o.RowsFrom, o.RowBlock, o.Explain = 1, 16, &text
	_, err := compileWith(outputs, o)
	require.NoError(t, err)
	assert.Contains(t, text.String(), "\nfor 16 rows:\n\trecord: 24 nodes\n\t\t%0 (16, 5) = Input operand 0\n")
	assert.Contains(t, text.String(), "\nfor 4 rows:\n\trecord: 24 nodes\n\t\t%0 (4, 5) = Input operand 0\n")
	assert.Contains(t, text.String(), "\n\trows 6×16: 3 instructions → ")
}

// A NaN among the examples is found inside the blocks.
func TestRowsFindNaN(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	feeds, outputs := batchTests[0].record(rng, tensor.Float32, 100)
	ps := allPasses
	ps.RowsFrom, ps.RowBlock = 1, 16
	p, err := compileWith(outputs, ps)
	require.NoError(t, err)
	_, err = p.Run(feeds...)
	require.NoError(t, err)
	for _, i := range []int{0, 99*5 + 3, 250} {
		x := feeds[0].value.Float32s()
		old := x[i]
		x[i] = float32(math.NaN())
		_, err = p.Run(feeds...)
		assert.ErrorContains(t, err, "feed of x (100, 5): element "+feeds[0].node.shape.index(i).String()+" is NaN")
		x[i] = old
		_, err = p.Run(feeds...)
		require.NoError(t, err)
	}
	assert.Zero(t, testing.AllocsPerRun(10, func() { _, _ = p.Run(feeds...) }))
}

// An input that all blocks read in another shape than it is fed in is the same array:
// the products inside guard it, having fewer elements.
func TestRowsReadReshapedInputs(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g := NewGraph(tensor.Float64)
	x, w := g.Input("x", 35, 20), g.Input("w", 5, 8)
	ps := allPasses
	ps.RowsFrom, ps.RowBlock = 1, 16
	outputs := []*Node{x.MatMul(w.Reshape(20, 2)).Sum()}
	feeds := []Feed{x.Feed(randomTensor(rng, tensor.Float64, x.shape)), w.Feed(randomTensor(rng, tensor.Float64, w.shape))}
	requireInterpreted(t, feeds, outputs, ps)
	p, err := compileWith(outputs, ps)
	require.NoError(t, err)
	require.Contains(t, p.String(), "rows 2×16")
	require.True(t, p.code.Inputs()["w"].Guarded)
	feeds[1].value.Float64s()[11] = math.Inf(1)
	_, err = p.Run(feeds...)
	assert.ErrorContains(t, err, "feed of w (5, 8): element (1, 3) is +Inf")
}

// Blocks, and the rows that are left, convert parameters of the other precision
// at every run.
func TestRowsConvertParameters(t *testing.T) {
	w := NewParam("w", dense.Wrap(Shape{2, 1}, []float32{1, 2}))
	g := NewGraph(tensor.Float64)
	x := g.Input("x", 35, 2)
	ps := allPasses
	ps.RowsFrom, ps.RowBlock = 1, 16
	p, err := compileWith([]*Node{x.MatMul(g.Param(w)).Sum()}, ps)
	require.NoError(t, err)
	require.Contains(t, p.String(), "rows 2×16")
	ones := make([]float64, 70)
	for i := range ones {
		ones[i] = 1
	}
	feed := x.Feed(dense.Wrap(Shape{35, 2}, ones))
	out, err := p.Run(feed)
	require.NoError(t, err)
	assert.Equal(t, 105.0, out.Scalar(0))
	w.value.Float32s()[1] = 3
	out, err = p.Run(feed)
	require.NoError(t, err)
	assert.Equal(t, 140.0, out.Scalar(0))
}

func BenchmarkFullBatch(b *testing.B) {
	for _, block := range []int{0, 1 << 21} {
		name := map[bool]string{true: "blocks", false: "whole"}[block > 0]
		b.Run(name, func(b *testing.B) {
			defer func(old int) { allPasses.RowsFrom = old }(allPasses.RowsFrom)
			allPasses.RowsFrom = block
			p, feeds, _ := stepOf(b, tensor.Float32, 50000, 3073, 10)
			for b.Loop() {
				_, _ = p.Run(feeds...)
			}
		})
	}
}
