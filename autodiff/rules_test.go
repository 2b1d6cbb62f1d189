package autodiff

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff/internal/compile"
	"declive/internal/dense"
)

var whole = flag.Bool("whole", false, "two third ops for every two; else one")

// A viewed is one op with its attributes, for the shapes that it fits.
type viewed struct {
	name string
	f    func(x *Node) *Node
}

// attributes returns every op that the rewrite rules look at on an array of
// shape s, with the attributes that a rule could take for others: identity and
// reversed axes, everything and nothing of an axis, axes of length 0 and 1,
// repeated operands, scalars.
func attributes(s Shape) []viewed {
	steps := []viewed{
		{"Neg", (*Node).Neg},
		{"MulScalar 3", func(x *Node) *Node { return x.MulScalar(3) }},
		{"x+x", func(x *Node) *Node { return x.Add(x) }},
		{"x−x·2", func(x *Node) *Node { return x.Sub(x.MulScalar(2)) }},
		{"Concat of itself", func(x *Node) *Node { return Concat(len(s)-1, x, x) }},
		{"Concat of one", func(x *Node) *Node { return Concat(0, x) }},
		{"Sum", func(x *Node) *Node { return x.SumKeep() }},
		{"plus its broadcast sum", func(x *Node) *Node { return x.Add(x.Sum().Broadcast(s...)) }},
		{"Reshape to itself", func(x *Node) *Node { return x.graph.apply(reshape{s}, x) }},
		{"Reshape to a vector", func(x *Node) *Node { return x.Reshape(s.Size()) }},
		{"Reshape with axes of 1", func(x *Node) *Node { return x.Reshape(slices.Concat(Shape{1}, s, Shape{1})...) }},
		{"Broadcast to itself", func(x *Node) *Node { return x.graph.apply(broadcast{s}, x) }},
		{"Broadcast to more axes", func(x *Node) *Node { return x.Broadcast(slices.Concat(Shape{2}, s)...) }},
	}
	if len(s) == 0 {
		return slices.DeleteFunc(steps, func(s viewed) bool { return s.name[:3] == "Con" })
	}
	add := func(name string, f func(x *Node) *Node) { steps = append(steps, viewed{name, f}) }
	for axis, d := range s {
		add(fmt.Sprint("SumKeep ", axis), func(x *Node) *Node { return x.SumKeep(axis) })
		add(fmt.Sprint("Slice of all ", axis), func(x *Node) *Node { return x.Slice(axis, 0, d) })
		add(fmt.Sprint("Slice of nothing ", axis), func(x *Node) *Node { return x.Slice(axis, d, d) })
		add(fmt.Sprint("Slice ", axis), func(x *Node) *Node { return x.Slice(axis, min(1, d), d) })
		add(fmt.Sprint("Pad by nothing ", axis), func(x *Node) *Node { return x.Pad(axis, 0, 0) })
		add(fmt.Sprint("Pad ", axis), func(x *Node) *Node { return x.Pad(axis, 1, 0) })
		if d > 0 {
			add(fmt.Sprint("ReduceMax ", axis), func(x *Node) *Node { return x.ReduceMaxKeep(axis) })
		}
	}
	same, reversed := make([]int, len(s)), make([]int, len(s))
	for i := range s {
		same[i], reversed[i] = i, len(s)-1-i
	}
	add("Transpose to itself", func(x *Node) *Node { return x.Transpose(same...) })
	add("Transpose", func(x *Node) *Node { return x.Transpose(reversed...) })
	if len(s) == 3 {
		add("Transpose (1, 2, 0)", func(x *Node) *Node { return x.Transpose(1, 2, 0) })
	}
	if len(s) == 2 {
		add("xᵀ·x", func(x *Node) *Node { return x.T().MatMul(x).MulScalar(0.125) })
		add("x·xᵀ", func(x *Node) *Node { return x.MatMul(x.T()).MulScalar(0.125) })
		add("x·w", func(x *Node) *Node { return x.MatMul(ones(x.graph, s[1], 3)).MulScalar(0.5) })
	}
	return steps
}

// ones returns numbers that differ.
func ones(g *Graph, shape ...int) *Node {
	v := make([]float64, Shape(shape).Size())
	for i := range v {
		v[i] = float64(i%7) - 2.5
	}
	return g.Constant(dense.Wrap(shape, v))
}

// Every two ops in turn, with every attribute, compute what the interpreter
// computes, with all passes and with none, and so does the gradient of what they
// make. Every three are too many: the third op is drawn from the list in turn, with
// -whole twice.
func TestRulesLookAtAttributes(t *testing.T) {
	third := 1
	if *whole {
		third = 2
	}
	for _, s := range []Shape{{}, {1}, {4}, {0}, {2, 3}, {1, 3}, {3, 1}, {1, 1}, {0, 3}, {2, 0}, {2, 1, 3}, {1, 2, 0}} {
		next := 0
		for _, first := range attributes(s) {
			for _, second := range attributes(shapeAfter(s, first)) {
				thirds := attributes(shapeAfter(shapeAfter(s, first), second))
				for range third {
					next++
					requireCompiled(t, s, first, second, thirds[next%len(thirds)])
				}
			}
		}
	}
}

func shapeAfter(s Shape, o viewed) Shape { return o.f(NewGraph(tensor.Float64).Input("x", s...)).shape }

func requireCompiled(t *testing.T, s Shape, steps ...viewed) {
	g := NewGraph(tensor.Float64)
	x := g.Input("x", s...)
	y, name := x, fmt.Sprint(s)
	for _, o := range steps {
		y, name = o.f(y), name+", "+o.name
	}
	grads, err := Grad(y.Mul(y).Sum(), x)
	require.NoError(t, err, name)
	v := make([]float64, s.Size())
	for i := range v {
		v[i] = float64(i*i%11) - 4.25
	}
	feed := x.Feed(dense.Wrap(s, v))
	want, err := Interpret([]Feed{feed}, y, grads[0])
	require.NoError(t, err, name)
	for _, ps := range []compile.Options{allPasses, {}} {
		p, err := compileWith([]*Node{y, grads[0]}, ps)
		require.NoError(t, err, name)
		for range 2 {
			out, err := p.Run(feed)
			require.NoError(t, err, name)
			for i, n := range []*Node{y, grads[0]} {
				w, h := dense.Floats(want[i]), dense.Floats(out.Value(i))
				require.Equal(t, want[i].Shape(), out.Value(i).Shape(), name)
				for k := range w {
					require.InDelta(t, w[k], h[k], 1e-12*(1+w[k]*w[k]), "%s: %v, element %d\n%v", name, n, k, p)
				}
			}
		}
	}
}
