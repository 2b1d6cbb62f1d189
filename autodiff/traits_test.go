package autodiff_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// An observation is what an op has been seen to do.
type observation struct {
	rounds bool // it returned a number that is none of its operands', nor 0 or 1
	moves  bool // it had a derivative
	mixes  bool // it did something else than to add operands or their negatives

	rng *rand.Rand // of the op alone, so that no other op decides what is seen of it
}

// What ops do, each in all rows where it occurs and in their derivatives, is what
// their traits say.
func TestTraits(t *testing.T) {
	seen := map[string]*observation{}
	for _, n := range occurrences(t) {
		o := seen[n.Op()]
		if o == nil {
			o = &observation{rng: rand.New(rand.NewPCG(5, 6))}
			seen[n.Op()] = o
		}
		rng := o.rng
		for _, number := range []func() float64{
			func() float64 { return 4*rng.Float64() - 2 },      // across kinks
			func() float64 { return 0.5 + rng.Float64() },      // inside the domain of every op
			func() float64 { return float64(rng.IntN(3) - 1) }, // ties, and masks of 0
		} {
			tr := newTrial(t, n)
			for range 3 { // what depends on where the largest element is may look the same in two draws
				tr.observe(t, rng, number, o)
			}
		}
	}
	for name, traits := range autodiff.Ops() {
		o := seen[name]
		require.NotNil(t, o, "%s occurs in no row", name)
		assert.Equal(t, o.rounds, traits.Rounds, "%s: Rounds", name)
		assert.Equal(t, !o.moves, traits.Flat, "%s: Flat", name)
		assert.Equal(t, !o.mixes, traits.Sums, "%s: Sums", name)
	}
}

// occurrences returns the results of ops in the graphs of all rows, and in those
// of their gradients, each op once for the same attributes and shapes.
func occurrences(t *testing.T) []*node {
	g := autodiff.NewGraph(tensor.Float64)
	nodes := []*node{g.Assign(autodiff.NewParam("w", zeros(tensor.Float64, 2, 3)), g.Input("x", 2, 3))}
	known := map[string]bool{}
	for _, tt := range opTests {
		for _, shapes := range tt.shapes {
			feeds, y := tt.record(tensor.Float64, tt.operands(tensor.Float64, shapes))
			if x := feeds[0].Node(); y.DependsOn(x) {
				_, err := autodiff.Grad(y.Sum(), x)
				require.NoError(t, err)
			}
			for _, n := range y.Graph().Nodes() {
				key := fmt.Sprint(n, n.Attributes(), n.Inputs())
				if len(n.Inputs()) > 0 && n.Shape().Size() > 0 && !known[key] {
					known[key] = true
					nodes = append(nodes, n)
				}
			}
		}
	}
	return nodes
}

// A trial is an op by itself, with the derivative of an element of its result
// for each operand that has one.
type trial struct {
	of, y, dy *node
	in, grads []*node
}

func newTrial(t *testing.T, n *node) *trial {
	g := autodiff.NewGraph(tensor.Float64)
	tr := &trial{of: n}
	for i, x := range n.Inputs() {
		name := fmt.Sprint("x", i)
		if x.IsLabels() {
			tr.in = append(tr.in, g.Labels(name, x.Shape()[0]))
		} else {
			tr.in = append(tr.in, g.Input(name, x.Shape()...))
		}
	}
	tr.y = g.Repeat(n, tr.in...)
	tr.dy = g.Input("dy", n.Shape()...)
	for _, x := range tr.in {
		var dx *node
		if !x.IsLabels() && tr.y.DependsOn(x) {
			grads, err := autodiff.GradOf(tr.y, tr.dy, x)
			require.NoError(t, err)
			dx = grads[0]
		}
		tr.grads = append(tr.grads, dx)
	}
	return tr
}

// A drawn result: the operands, y, and the derivatives of its element k.
type drawn struct {
	x, grads [][]float64
	y        []float64
}

func (tr *trial) draw(t *testing.T, rng *rand.Rand, number func() float64, k int) drawn {
	dy := zeros(tensor.Float64, tr.y.Shape()...)
	set(dy, k, 1)
	feeds := []autodiff.Feed{tr.dy.Feed(dy)}
	var d drawn
	for operand, x := range tr.in {
		v := zeros(tensor.Float64, x.Shape()...)
		if x.IsLabels() {
			v = classes(make([]int, x.Shape()[0])...)
			for i := range v.Ints() {
				v.Ints()[i] = rng.IntN(labelsBelow(tr.of, operand))
			}
		} else {
			for i := range x.Shape().Size() {
				set(v, i, number())
			}
		}
		feeds = append(feeds, x.Feed(v))
		d.x = append(d.x, elements(v))
	}
	values, err := autodiff.Interpret(feeds, tr.y)
	require.NoError(t, err, tr.of.Op())
	d.y = elements(values[0])
	for i, dx := range tr.grads {
		d.grads = append(d.grads, make([]float64, len(d.x[i])))
		if dx != nil {
			values, err := autodiff.Interpret(feeds, dx)
			require.NoError(t, err, tr.of.Op())
			d.grads[i] = elements(values[0])
		}
	}
	return d
}

// labelsBelow returns the number of classes that an op's labels have.
func labelsBelow(n *node, operand int) int {
	if operand == 2 { // ends of the rows of a sparse matrix
		return n.Inputs()[1].Shape()[0] + 1
	}
	if a := n.Attributes(); a != nil {
		return a[0]
	}
	if strings.HasSuffix(n.Op(), "MatMul") { // columns of one
		return n.Inputs()[3].Shape()[0]
	}
	return n.Inputs()[0].Shape()[1]
}

// observe notes what the op does on two draws of operands.
func (tr *trial) observe(t *testing.T, rng *rand.Rand, number func() float64, o *observation) {
	k := rng.IntN(tr.y.Shape().Size())
	a, b := tr.draw(t, rng, number, k), tr.draw(t, rng, number, k)
	if !a.finite() || !b.finite() {
		return // outside the op's domain
	}
	own := map[float64]bool{0: true, 1: true}
	for _, x := range slices.Concat(a.x...) {
		own[math.Abs(x)] = true
	}
	o.rounds = o.rounds || slices.ContainsFunc(a.y, func(y float64) bool { return !own[math.Abs(y)] })
	total := 0.0
	for i, dx := range a.grads {
		for j, d := range dx {
			o.moves = o.moves || d != 0
			o.mixes = o.mixes || d != b.grads[i][j] || d != 0 && math.Abs(d) != 1
			total += d * a.x[i][j]
		}
	}
	o.mixes = o.mixes || math.Abs(total-a.y[k]) > 1e-13 // a few roundings of sums of 24 numbers up to 2
	if tr.of.Traits().Elementwise {
		tr.checkElement(t, a, k)
	}
}

func (d drawn) finite() bool {
	return !slices.ContainsFunc(slices.Concat(append(d.grads, d.y)...), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// checkElement requires that the op on scalars gives element k.
func (tr *trial) checkElement(t *testing.T, d drawn, k int) {
	g := autodiff.NewGraph(tensor.Float64)
	in := make([]*node, len(tr.in))
	for i, x := range tr.in {
		in[i] = g.Scalar(d.x[i][broadcastIndex(k, tensor.Shape(tr.y.Shape()), tensor.Shape(x.Shape()))])
	}
	values, err := autodiff.Interpret(nil, g.Repeat(tr.of, in...))
	require.NoError(t, err)
	assert.Equal(t, d.y[k], number(values[0]), "%s: element %d", tr.of.Op(), k)
}
