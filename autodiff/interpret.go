package autodiff

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// Interpret computes outputs, nodes of one graph, one op at a time with plain
// loops in float64, rounding each result to the graph's precision. It is the
// definition that compiled programs are compared with, and the way to look at
// every value of a graph:
//
//	values, err := autodiff.Interpret(feeds, g.Nodes()...)
//
// It is slow and changes nothing: the value of an [Graph.Assign] node is the new
// value, but the parameter keeps its own. Errors are those of [Program.Run].
func Interpret(feeds []Feed, outputs ...*Node) ([]*tensor.Dense, error) {
	if len(outputs) == 0 {
		return nil, nil
	}
	for i, n := range outputs {
		if n.missing() {
			return nil, fmt.Errorf("autodiff: Interpret: output %d is nil", i)
		}
	}
	in, err := newInterpreter(outputs[0].graph, feeds)
	if err != nil {
		return nil, err
	}
	out := make([]*tensor.Dense, len(outputs))
	for i, n := range outputs {
		v, err := in.value(n)
		if err != nil {
			return nil, err
		}
		out[i] = in.tensor(n, v)
	}
	return out, nil
}

type interpreter struct {
	graph  *Graph
	feeds  map[*Node]*tensor.Dense
	values map[*Node][]float64
}

func newInterpreter(g *Graph, feeds []Feed) (*interpreter, error) {
	in := &interpreter{graph: g, feeds: map[*Node]*tensor.Dense{}, values: map[*Node][]float64{}}
	for _, f := range feeds {
		if err := f.check(); err != nil {
			return nil, err
		}
		if f.node.graph != g {
			return nil, fmt.Errorf("autodiff: feed of %v: an input of another graph", f.node)
		}
		if in.feeds[f.node] != nil {
			return nil, fmt.Errorf("autodiff: two feeds of %v", f.node)
		}
		in.feeds[f.node] = f.value
	}
	return in, nil
}

// value returns n's elements, computing what they need in recording order.
func (in *interpreter) value(n *Node) ([]float64, error) {
	if n.graph != in.graph {
		return nil, fmt.Errorf("autodiff: output %v belongs to another graph", n)
	}
	for _, m := range ancestors(n) {
		if _, done := in.values[m]; done {
			continue
		}
		v, err := in.compute(m)
		if err != nil {
			return nil, err
		}
		in.values[m] = v
	}
	return in.values[n], nil
}

// ancestors returns n and what it is computed from, in recording order.
func ancestors(outputs ...*Node) []*Node {
	last := 0
	for _, n := range outputs {
		last = max(last, n.id)
	}
	needed := make([]bool, last+1)
	for _, n := range outputs {
		needed[n.id] = true
	}
	count := 0
	nodes := outputs[0].graph.nodes
	for id := last; id >= 0; id-- {
		if !needed[id] {
			continue
		}
		count++
		for _, x := range nodes[id].inputs {
			needed[x.id] = true
		}
	}
	out := make([]*Node, 0, count)
	for id, yes := range needed {
		if yes {
			out = append(out, nodes[id])
		}
	}
	return out
}

func (in *interpreter) compute(n *Node) ([]float64, error) {
	switch o := n.op.(type) {
	case input, labels:
		return in.fed(n)
	case parameter:
		return in.round(dense.Floats(o.param.value)), nil
	case constant:
		if o.array != nil {
			return in.round(dense.Floats(o.array)), nil
		}
		return in.round([]float64{o.scalar}), nil
	case elementwise:
		return in.round(in.broadcast(n, o)), nil
	case structural:
		if err := in.checkLabels(n); err != nil {
			return nil, err
		}
		out := make([]float64, n.shape.Size())
		o.reference(n, in.operands(n), out)
		return in.round(out), nil
	}
	return nil, fmt.Errorf("autodiff: %s has no definition", n.Op())
}

// fed returns the value of an input or of labels.
func (in *interpreter) fed(n *Node) ([]float64, error) {
	v := in.feeds[n]
	if v == nil {
		return nil, fmt.Errorf("autodiff: no feed for %v", n)
	}
	if !n.IsLabels() {
		return dense.Floats(v), checkFinite(n, v)
	}
	out := make([]float64, n.shape.Size())
	for i, y := range v.Ints() {
		out[i] = float64(y)
	}
	return out, nil
}

func (in *interpreter) checkLabels(n *Node) error {
	for _, y := range n.inputs {
		if y.IsLabels() {
			if err := checkLabels(y.Name(), in.feeds[y].Ints(), classes(y, []*Node{n})); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *interpreter) operands(n *Node) [][]float64 {
	out := make([][]float64, len(n.inputs))
	for i, x := range n.inputs {
		out[i] = in.values[x]
	}
	return out
}

// broadcast applies an elementwise op.
func (in *interpreter) broadcast(n *Node, o elementwise) []float64 {
	operands := in.operands(n)
	strides := make([][]int, len(operands))
	for i, x := range n.inputs {
		strides[i] = x.shape.repeated(len(n.shape))
	}
	out := make([]float64, n.shape.Size())
	at := make([]float64, len(operands))
	n.shape.each(func(i int, index []int) {
		for j := range operands {
			at[j] = operands[j][offset(index, strides[j])]
		}
		out[i] = o.value(at)
	})
	return out
}

// round rounds xs, in place, to the graph's precision.
func (in *interpreter) round(xs []float64) []float64 {
	if in.graph.precision == tensor.Float32 {
		for i, x := range xs {
			xs[i] = float64(float32(x))
		}
	}
	return xs
}

func (in *interpreter) tensor(n *Node, v []float64) *tensor.Dense {
	if n.IsLabels() {
		ys := make([]int, len(v))
		for i, y := range v {
			ys[i] = int(y)
		}
		return dense.Wrap(n.shape, ys)
	}
	if in.graph.precision == tensor.Float32 {
		out := make([]float32, len(v))
		for i, x := range v {
			out[i] = float32(x)
		}
		return dense.Wrap(n.shape, out)
	}
	return dense.Wrap(n.shape, append([]float64(nil), v...))
}
