package autodiff

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/autodiff/internal/compile"
	"declive/internal/dense"
)

// randomGraph records a graph of up to size ops on arrays that fit each other
// in many ways, also without elements, and returns it with feeds and the nodes
// that can be outputs.
func randomGraph(rng *rand.Rand, precision tensor.Dtype, size int) (g *Graph, feeds []Feed, nodes []*Node) {
	g = NewGraph(precision)
	n, m, k := 1+rng.IntN(4), 1+rng.IntN(4), 1+rng.IntN(5)
	if rng.IntN(4) == 0 { // axes of length 0, but for k, which labels count
		n, m = n*rng.IntN(2), m*rng.IntN(2)
	}
	for i, shape := range []Shape{
		{n, k}, {n, k}, {n, 1}, {k}, {}, {n}, {k, n},
		{n, m, k}, {n, 1, k}, {m, k}, {m, 1}, {n, 1, 1}, {2, n, m, k}, {2, n, 1, k}, {2, 1, m, k},
	} {
		x := g.Input(string(rune('a'+i)), shape...)
		feeds = append(feeds, x.Feed(randomTensor(rng, precision, shape)))
		nodes = append(nodes, x)
	}
	for i, shape := range []Shape{{n, k}, {k, k}} {
		p := NewParam(string(rune('P'+i)), randomTensor(rng, precision, shape))
		nodes = append(nodes, g.Param(p))
	}
	y := g.Labels("y", n)
	ys := make([]int, n)
	for i := range ys {
		ys[i] = rng.IntN(k)
	}
	feeds = append(feeds, y.Feed(dense.Wrap(Shape{n}, ys)))
	for range size {
		if x := randomOp(rng, nodes, y, n, k); x != nil {
			nodes = append(nodes, x)
		}
	}
	return g, feeds, nodes
}

func randomTensor(rng *rand.Rand, precision tensor.Dtype, shape Shape) *tensor.Dense {
	data := make([]float64, shape.Size())
	for i := range data {
		data[i] = math.Round(rng.NormFloat64()*64) / 64
	}
	p := NewParam("t", dense.Wrap(shape, data))
	p.Convert(precision)
	return p.value
}

// randomOp records an op on nodes drawn at random, or returns nil where they do
// not fit.
func randomOp(rng *rand.Rand, nodes []*Node, y *Node, n, k int) (out *Node) {
	var err error
	defer func() {
		if err != nil {
			out = nil
		}
	}()
	defer Catch(&err)
	pick := func() *Node { return nodes[rng.IntN(len(nodes))] }
	a, b := pick(), pick()
	if rng.IntN(5) == 0 {
		b = a // a repeated operand
	}
	if len(a.shape) == 0 && rng.IntN(2) == 0 {
		a = a.Reshape(1)
	}
	axis := rng.IntN(max(1, len(a.shape)))
	switch rng.IntN(42) {
	case 0, 1:
		return a.Add(b)
	case 2:
		return a.Sub(b)
	case 3, 4:
		return a.Mul(b)
	case 5:
		return a.Tanh().Div(b.Square().AddScalar(1))
	case 6:
		return a.Tanh()
	case 7:
		return a.Sigmoid()
	case 8:
		return a.ReLU()
	case 9:
		return a.Neg()
	case 10:
		return a.Greater(b).Where(a, pick())
	case 11:
		return a.Sum(len(a.shape) - 1)
	case 12:
		return a.SumKeep(0)
	case 13:
		return a.Mean()
	case 14:
		return a.Tanh().LogSoftmax(len(a.shape) - 1)
	case 15:
		if len(a.shape) == 2 && a.shape[1] < k {
			return nil // labels run up to k−1
		}
		return a.Pick(y)
	case 16:
		return y.OneHot(k).Mul(a)
	case 17:
		return a.MatMul(b).MulScalar(0.25)
	case 18:
		return a.MatMul(b.T()).MulScalar(0.25)
	case 19:
		return a.T()
	case 20:
		return a.Reshape(-1)
	case 21:
		return a.Reshape(n, -1)
	case 22:
		return a.Broadcast(2, n, k).Sum(0)
	case 23:
		return a.Max(b)
	case 24:
		return Concat(0, a, b).Slice(0, 1, 1+b.shape[0])
	case 25:
		return a.Pad(0, 1, 2).ReduceMax(0)
	case 26:
		return a.SumKeep(len(a.shape) - 2)
	case 27:
		return a.Sub(b).Tanh().LogSoftmax(len(a.shape) - 2)
	case 28:
		return a.Tanh().Softmax(1).Sum(1, len(a.shape)-1)
	case 29:
		return a.Transpose(rng.Perm(len(a.shape))...)
	case 30:
		return a.Transpose(same(len(a.shape))...)
	case 31:
		return a.MatMul(b.T()).MulScalar(0.25).Transpose(rng.Perm(2)...)
	case 32:
		if len(a.shape) == 0 {
			return nil
		}
		from := rng.IntN(a.shape[axis] + 1)
		return a.Slice(axis, from, from+rng.IntN(a.shape[axis]-from+1))
	case 33:
		if len(a.shape) == 0 {
			return nil
		}
		return a.Slice(axis, 0, a.shape[axis])
	case 34:
		return a.Pad(axis, rng.IntN(2), rng.IntN(2))
	case 35:
		return a.Reshape(append(slices.Clone(a.shape), 1)...)
	case 36:
		return g(a).apply(broadcast{a.shape.clone()}, a).Add(g(a).apply(reshape{a.shape.clone()}, a))
	case 37:
		return Concat(axis, a, b, a)
	case 38:
		return a.Clamp(-0.5, 0.5).Min(b)
	case 39:
		return a.Norm(axis)
	case 40:
		return a.LogSumExp(axis)
	default:
		return a.Abs().AddScalar(0.5).MulScalar(-1).SubScalar(2)
	}
}

func g(n *Node) *Graph { return n.graph }

// same returns the identity permutation.
func same(n int) []int {
	axes := make([]int, n)
	for i := range axes {
		axes[i] = i
	}
	return axes
}

// A program computes what the interpreter computes, whatever passes are on, and
// again on its second run.
func TestProgramEqualsInterpreter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		precision := rapid.SampledFrom([]tensor.Dtype{tensor.Float64, tensor.Float32}).Draw(rt, "precision")
		g, feeds, nodes := randomGraph(rng, precision, rapid.IntRange(1, 20).Draw(rt, "size"))
		outputs := []*Node{nodes[len(nodes)-1], nodes[rng.IntN(len(nodes))], nodes[rng.IntN(len(nodes))]}
		outputs = append(outputs, gradients(rt, g, outputs[0])...)
		on := func(name string) bool { return rapid.Bool().Draw(rt, name) }
		requireInterpreted(rt, feeds, outputs, compile.Options{
			Simplify: on("simplify"), Epilogue: on("epilogue"), Onto: on("onto"), Fuse: on("fuse"),
			Contract: on("contract"), InPlace: on("inPlace"), Reuse: on("reuse"), Verify: true,
		})
	})
}

// gradients returns the gradients of Σ y² for the inputs that y depends on.
func gradients(t require.TestingT, g *Graph, y *Node) []*Node {
	var xs []*Node
	for _, x := range g.nodes {
		if _, ok := x.op.(input); ok && y.DependsOn(x) {
			xs = append(xs, x)
		}
	}
	if len(xs) == 0 {
		return nil
	}
	grads, err := Grad(y.Square().Sum(), xs...)
	require.NoError(t, err)
	return grads
}

// requireInterpreted compares two runs of a program with the interpreter.
func requireInterpreted(t require.TestingT, feeds []Feed, outputs []*Node, ps compile.Options) {
	want, err := Interpret(feeds, outputs...)
	require.NoError(t, err)
	p, err := compileWith(outputs, ps)
	require.NoError(t, err)
	for range 2 {
		out, err := p.Run(feeds...)
		require.NoError(t, err)
		for i := range outputs {
			requireClose(t, outputs[i], want[i], out.Value(i), p)
		}
	}
}

func requireClose(t require.TestingT, n *Node, want, got *tensor.Dense, p *Program) {
	require.Equal(t, want.Shape(), got.Shape(), "%v", n)
	w, h := dense.Floats(want), dense.Floats(got)
	eps := 1e-11
	if want.Dtype() == tensor.Float32 {
		eps = 1e-3
	}
	scale := 0.0
	for _, v := range w {
		scale = max(scale, math.Abs(v))
	}
	for i := range w {
		if math.IsNaN(w[i]) && math.IsNaN(h[i]) || w[i] == h[i] {
			continue
		}
		if !(math.Abs(w[i]-h[i]) <= eps*(1+scale)) {
			require.Failf(t, "values differ", "%v, element %d: program %v, interpreter %v\n%v", n, i, h[i], w[i], p)
		}
	}
}
