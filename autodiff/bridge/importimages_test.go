package bridge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff/bridge"
)

// A convolution and its derivatives, made of six nodes each in Gorgonia, become one op
// each.
func TestImportedConvolutionsAreOps(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g := G.NewGraph()
	x, w := gorgoniaInput(g, "x", dims{2, 3, 7, 6}, rng), gorgoniaInput(g, "w", dims{5, 3, 3, 2}, rng)
	cost := G.Must(G.Sum(G.Must(G.Square(conv2d(dims{3, 2}, []int{1, 1}, []int{1, 1}, []int{1, 1})([]*G.Node{x, w})))))
	grads, err := G.Grad(cost, x, w)
	require.NoError(t, err)
	im, err := bridge.Import(g, append(G.Nodes{cost}, grads...)...)
	require.NoError(t, err)
	needed := map[string]int{}
	for _, n := range im.Graph.Nodes() {
		for _, out := range append(G.Nodes{cost}, grads...) {
			if im.Node(out).DependsOn(n) {
				needed[n.Op()]++
				break
			}
		}
	}
	assert.Equal(t, []int{1, 1, 1}, []int{needed["Conv2D"], needed["Conv2DData"], needed["Conv2DWeights"]})
	assert.Zero(t, needed["MatMul"])
}

// normalised is a graph with a batch normalisation whose gradient is asked for.
type normalised struct {
	graph      *G.ExprGraph
	op         *G.BatchNormOp
	x          *G.Node
	y, cost    G.Value
	derivative G.Value
}

func newNormalised(t *testing.T, training bool) *normalised {
	rng := rand.New(rand.NewPCG(8, 9))
	n := &normalised{graph: G.NewGraph()}
	n.x = gorgoniaInput(n.graph, "x", dims{2, 3, 4, 5}, rng)
	gamma, beta := gorgoniaInput(n.graph, "γ", dims{1, 3, 1, 1}, rng), gorgoniaInput(n.graph, "β", dims{1, 3, 1, 1}, rng)
	y, _, _, op, err := G.BatchNorm(n.x, gamma, beta, 0.3, 1e-3)
	require.NoError(t, err)
	n.op = op
	require.NoError(t, op.SetTraining(training))
	cost := G.Must(G.Sum(G.Must(G.Cube(y))))
	grads, err := G.Grad(cost, n.x)
	require.NoError(t, err)
	G.Read(y, &n.y)
	G.Read(cost, &n.cost)
	G.Read(grads[0], &n.derivative)
	return n
}

func (n *normalised) statistics() [][]float64 {
	mean, variance := n.op.Stats()
	return [][]float64{mean.Data().([]float64), variance.Data().([]float64)}
}

// Runs that train move the running statistics as on Gorgonia's machine, and a program
// follows SetTraining.
func TestMachineNormalises(t *testing.T) {
	theirs, ours := newNormalised(t, true), newNormalised(t, true)
	tape, machine := G.NewTapeMachine(theirs.graph), bridge.NewMachine(ours.graph)
	run := func() {
		require.NoError(t, tape.RunAll())
		require.NoError(t, machine.RunAll())
		tape.Reset()
		requireClose(t, valueOf(theirs.cost), valueOf(ours.cost), "cost")
		requireClose(t, valueOf(theirs.y), valueOf(ours.y), "y")
		for i, want := range theirs.statistics() {
			requireClose(t, want, ours.statistics()[i], "running statistics %d", i)
		}
	}
	for range 3 {
		run()
		requireClose(t, valueOf(theirs.derivative), valueOf(ours.derivative), "derivative")
	}
	moved := ours.statistics()[0][1]
	for _, n := range []*normalised{theirs, ours} {
		require.NoError(t, n.op.SetTraining(false))
	}
	run()
	assert.Equal(t, moved, ours.statistics()[0][1], "nothing moves while it does not train")
}

// What does not train has the derivative γ/√(running variance + ε), where Gorgonia
// divides by √ε for images.
func TestDerivativeOfANormThatDoesNotTrain(t *testing.T) {
	n := newNormalised(t, false)
	mean, variance := n.op.Stats()
	for i := range 3 {
		mean.Data().([]float64)[i], variance.Data().([]float64)[i] = 0.25*float64(i), 1+float64(i)
	}
	machine := bridge.NewMachine(n.graph)
	require.NoError(t, machine.RunAll())
	gamma := n.graph.ByName("γ")[0].Value().(*tensor.Dense).Float64s()
	y, d := valueOf(n.y), valueOf(n.derivative)
	const h = 1e-6
	x := n.x.Value().(*tensor.Dense).Float64s()
	for _, i := range []int{0, 21, 47, 119} {
		channel := i / 20 % 3
		before := x[i]
		x[i] = before + h
		require.NoError(t, machine.RunAll())
		up := valueOf(n.y)[i]
		x[i] = before - h
		require.NoError(t, machine.RunAll())
		slope := (up - valueOf(n.y)[i]) / (2 * h)
		x[i] = before
		require.NoError(t, machine.RunAll())
		assert.InDelta(t, gamma[channel]/math.Sqrt(variance.Data().([]float64)[channel]+1e-3), slope, 1e-8, "rounding of the difference, 1e-16/h, a hundred times")
		assert.InDelta(t, 3*y[i]*y[i]*slope, d[i], 1e-7)
	}
}
