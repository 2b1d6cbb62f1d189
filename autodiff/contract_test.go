package autodiff

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff/internal/compile"
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/internal/dense"
)

// contracted are formulas of x, y and a scalar s, with the number of passes that
// they take less than they have ops.
var contracted = []struct {
	formula string
	saved   int
	of      func(x, y, s *Node) *Node
}{
	{"y + s·x", 1, func(x, y, s *Node) *Node { return y.Add(s.Mul(x)) }},
	{"x·s + y", 1, func(x, y, s *Node) *Node { return x.Mul(s).Add(y) }},
	{"y − s·x", 1, func(x, y, s *Node) *Node { return y.Sub(s.Mul(x)) }},
	{"s·x − y", 1, func(x, y, s *Node) *Node { return s.Mul(x).Sub(y) }},
	{"tanh x − s·exp y", 1, func(x, y, s *Node) *Node { return x.Tanh().Sub(s.Mul(y.Exp())) }},
	{"x − s·x", 1, func(x, _, s *Node) *Node { return x.Sub(s.Mul(x)) }},
	{"tanh(3y − s·x)", 1, func(x, y, s *Node) *Node { return y.MulScalar(3).Sub(s.Mul(x)).Tanh() }},
	{"p + p", 0, func(x, _, s *Node) *Node { p := s.Mul(x); return p.Add(p) }},
	{"(y − p)·p", 0, func(x, y, s *Node) *Node { p := s.Mul(x); return y.Sub(p).Mul(p) }},
	{"x·y − y", 0, func(x, y, _ *Node) *Node { return x.Mul(y).Sub(y) }},
	{"Σ x·y", 1, func(x, y, _ *Node) *Node { return x.Mul(y).Sum() }},
	{"Σ x²", 1, func(x, _, _ *Node) *Node { return x.Square().Sum() }},
	{"Σ (x·y)·x", 1, func(x, y, _ *Node) *Node { return x.Mul(y).Mul(x).Sum() }},
	{"Σ s·x", 0, func(x, _, s *Node) *Node { return s.Mul(x).Sum() }},
	{"max x²", 0, func(x, _, _ *Node) *Node { return x.Square().ReduceMax() }},
}

// One pass instead of two rounds as the two do, in tiles and in what is left.
func TestContract(t *testing.T) {
	for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, c := range contracted {
			for _, shape := range []Shape{{7}, {3, 5}, {2, domain.Tile + 3}, {500, 37}} {
				off := allPasses
				off.Contract = false
				want, passes := runContracted(t, precision, shape, c.of, off)
				got, fewer := runContracted(t, precision, shape, c.of, allPasses)
				require.Equal(t, want, got, "%s of shape %v in %v", c.formula, shape, precision)
				require.Equal(t, c.saved, passes-fewer, "%s of shape %v in %v", c.formula, shape, precision)
			}
		}
	}
}

// Arrays without elements pass through; only the maximum, the last formula, does
// not exist.
func TestContractWithoutElements(t *testing.T) {
	for _, c := range contracted[:len(contracted)-1] {
		for _, shape := range []Shape{{0}, {3, 0}, {0, 3}} {
			results, _ := runContracted(t, tensor.Float64, shape, c.of, allPasses)
			for _, r := range results {
				for _, v := range r {
					require.Zero(t, v, "%s of shape %v", c.formula, shape)
				}
			}
		}
	}
}

// runContracted returns the results of a formula and of a new value of x
// computed with it, and the number of micro-instructions.
func runContracted(t *testing.T, precision tensor.Dtype, shape Shape, of func(x, y, s *Node) *Node, ps compile.Options) (results [][]float64, micros int) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := NewGraph(precision)
	y, s := g.Input("y", shape...), g.Input("s")
	feeds := []Feed{y.Feed(randomTensor(rng, precision, shape)), s.Feed(randomTensor(rng, precision, Shape{}))}
	p := NewParam("x", randomTensor(rng, precision, shape))
	outputs := []*Node{of(g.Param(p), y, s)}
	program, err := compileWith(outputs, ps)
	require.NoError(t, err)
	for range 2 {
		out, err := program.Run(feeds...)
		require.NoError(t, err)
		results = append(results, slices.Clone(dense.Floats(out.Value(0))))
	}
	if outputs[0].shape.Equal(shape) { // x ← formula, in place
		updated, err := compileWith([]*Node{g.Assign(p, outputs[0])}, ps)
		require.NoError(t, err)
		for range 2 {
			_, err = updated.Run(feeds...)
			require.NoError(t, err)
			results = append(results, slices.Clone(dense.Floats(p.Value())))
		}
	}
	return results, countMicros(program)
}

func countMicros(p *Program) (n int) {
	for _, in := range p.code.Code().Instructions {
		if l, ok := in.(*exec.Loop); ok {
			n += len(l.Micros)
		}
	}
	return n
}

// A product that is read both as it is and through a broadcast of its own shape
// is not contracted away.
func TestContractSeesBroadcasts(t *testing.T) {
	g := NewGraph(tensor.Float64)
	x, c := g.Input("x", 5, 5), g.Input("c")
	p := x.Mul(c)
	y := g.apply(broadcast{Shape{5, 5}}, p).Add(g.apply(reshape{Shape{5, 5}}, p))
	rng := rand.New(rand.NewPCG(5, 6))
	feeds := []Feed{x.Feed(randomTensor(rng, tensor.Float64, Shape{5, 5})), c.Feed(randomTensor(rng, tensor.Float64, nil))}
	ps := allPasses
	ps.Simplify = false
	requireInterpreted(t, feeds, []*Node{y}, ps)
}
