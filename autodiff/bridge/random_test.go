package bridge_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

var firstSeed = flag.Uint64("seed", 0, "seed of the first of 300 random graphs")

// Graphs of random ops on arrays that fit each other in many ways.
func TestRandomGraphs(t *testing.T) {
	for i := range uint64(300) {
		seed := *firstSeed + i
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 3))
			g := autodiff.NewGraph(tensor.Float64)
			n, k := 2+rng.IntN(3), 5+rng.IntN(2) // labels run up to 4
			c := comparison{t: t}
			var nodes []*node
			for i, shape := range []dims{{n, k}, {n, k}, {n, 1}, {1, k}, {k}, {}, {k, n}} {
				x := g.Input(fmt.Sprintf("x%d", i), shape...)
				c.feed(x, randomTensor(rng, shape, -1.5, 1.5))
				nodes = append(nodes, x)
			}
			labels := g.Labels("y", n)
			c.labels(rng, g)
			for range 2 + rng.IntN(14) {
				if x := randomOp(rng, nodes, labels, n, k); x != nil {
					nodes = append(nodes, x)
				}
			}
			loss := weighted(rng, nodes[len(nodes)-1])
			for _, x := range nodes[len(nodes)-3:] {
				loss = loss.Add(weighted(rng, x))
			}
			c.compare(loss)
		})
	}
}

// randomOp records an op on nodes drawn at random, kept to values of moderate
// size, or returns nil where they do not fit.
func randomOp(rng *rand.Rand, nodes []*node, labels *node, n, k int) (out *node) {
	var err error
	defer func() {
		if err != nil {
			out = nil
		}
	}()
	defer autodiff.Catch(&err)
	pick := func() *node { return nodes[rng.IntN(len(nodes))] }
	a, b, c := pick(), pick(), pick()
	if rng.IntN(3) == 0 { // so that graphs grow deep
		a = nodes[len(nodes)-1]
	}
	last := len(a.Shape()) - 1
	scores := len(a.Shape()) == 2 && a.Shape()[1] >= 5
	ops := []func() *node{
		func() *node { return a.Add(b) },
		func() *node { return a.Sub(b) },
		func() *node { return a.Mul(b).Tanh() },
		func() *node { return a.Div(b.Square().AddScalar(1)) },
		func() *node { return a.Max(b) },
		func() *node { return a.Min(b).Add(a) },
		func() *node { return a.Greater(b).Where(c, a) },
		func() *node { return a.LessEqual(b).Mul(c) },
		func() *node { return a.Sigmoid() },
		func() *node { return a.Tanh().Exp() },
		func() *node { return a.Softplus().Log() },
		func() *node { return a.Square().Log1p() },
		func() *node { return a.Square().AddScalar(1).Log() },
		func() *node { return a.Tanh().Expm1().Neg() },
		func() *node { return a.Abs().AddScalar(0.5).Sqrt() },
		func() *node { return a.Tanh().Pow(3) },
		func() *node { return a.Sin().Add(b.Cos()) },
		func() *node { return a.ReLU() },
		func() *node { return a.Sign().Mul(b) },
		func() *node { return a.MatMul(b).MulScalar(0.3) },
		func() *node { return a.T().MatMul(b).MulScalar(0.3) },
		func() *node { return a.MatMul(b.T()).MulScalar(0.3) },
		func() *node { return a.T() },
		func() *node { return a.Reshape(-1) },
		func() *node { return a.Reshape(n, -1) },
		func() *node { return a.Broadcast(2, n, k).Transpose(1, 0, 2).Mean(1) },
		func() *node { return a.Sum(last) },
		func() *node { return a.MeanKeep(0) },
		func() *node { return a.ReduceMax(last) },
		func() *node { return a.ReduceMaxKeep(0).Mul(a) },
		func() *node { return a.Softmax(last) },
		func() *node { return a.LogSoftmax(0).MulScalar(0.2) },
		func() *node { return a.LogSumExp(last) },
		func() *node { return a.Pad(last, 0, 1).Slice(last, 1, 2) },
		func() *node { return a.Pad(0, 1, 2).Tanh() },
		func() *node { return autodiff.Concat(last, a, b, a) },
		func() *node { return labels.OneHot(k).Mul(a) },
	}
	if scores {
		ops = append(ops, func() *node { return a.Pick(labels) }, func() *node { return a.LogSoftmax(1).Pick(labels).Neg() })
	}
	return ops[rng.IntN(len(ops))]()
}
