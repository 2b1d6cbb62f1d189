package bridge

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// An Imported is a Gorgonia graph, or what some of its nodes are computed from,
// recorded on Declive.
type Imported struct {
	Graph *autodiff.Graph

	dtype  tensor.Dtype
	index  index
	nodes  map[*G.Node]*autodiff.Node
	inputs []imported
	masks  map[*G.Node]*autodiff.Node // of dropouts
	slices map[*G.Node]string         // slices as they were, which Let can change

	// Of batch normalisations: whether they trained when they were recorded, which
	// SetTraining can change, their running statistics, and those that move.
	training map[*G.BatchNormOp]bool
	running  map[*G.BatchNormOp][2]*autodiff.Node
	norms    []norm
}

// An imported input with the value that it has in the next run.
type imported struct {
	to    *autodiff.Node
	value func() (G.Value, error)
}

// Import records the outputs, nodes of g, and everything that they are computed
// from, or all roots of g if none is named. Gorgonia's inputs become inputs,
// also the learned ones; gradients that Gorgonia has added are nodes like others.
//
// It returns an error that names the op if it has no counterpart, and for values
// that are not all float32 or all float64. See the package comment for the ops.
func Import(g *G.ExprGraph, outputs ...*G.Node) (im *Imported, err error) {
	defer catch("Import", &err)
	defer autodiff.Catch(&err)
	if g == nil {
		return nil, errors.New("bridge: Import: the graph is nil")
	}
	if err := belong(g, outputs); err != nil {
		return nil, fmt.Errorf("bridge: Import: %w", err)
	}
	im = &Imported{
		index: newIndex(g), nodes: map[*G.Node]*autodiff.Node{}, masks: map[*G.Node]*autodiff.Node{}, slices: map[*G.Node]string{},
		training: map[*G.BatchNormOp]bool{}, running: map[*G.BatchNormOp][2]*autodiff.Node{},
	}
	if len(outputs) == 0 {
		outputs = im.index.roots()
	}
	for _, n := range outputs {
		im.node(n)
	}
	if im.Graph == nil {
		return nil, fmt.Errorf("bridge: Import: the graph has no nodes that compute")
	}
	return im, nil
}

// belong returns an error if a node is nil or is not of g.
func belong(g *G.ExprGraph, nodes []*G.Node) error {
	for i, n := range nodes {
		switch {
		case n == nil:
			return fmt.Errorf("node %d is nil", i)
		case n.Graph() == nil:
			return fmt.Errorf("node %d belongs to no graph", i)
		case n.Graph() != g:
			return fmt.Errorf("%v belongs to another graph", n)
		}
	}
	return nil
}

// Node returns the counterpart of n, nil if no output depends on n.
func (im *Imported) Node(n *G.Node) *autodiff.Node { return im.nodes[n] }

// node returns the counterpart of n, recording it first if it has none.
func (im *Imported) node(n *G.Node) *autodiff.Node {
	if x := im.nodes[n]; x != nil {
		return x
	}
	im.admit(n)
	x := im.record(n)
	if shape := n.Shape(); !x.Shape().Equal(autodiff.Shape(shape)) {
		x = x.Reshape(shape...) // arrays of one element, whose shape Gorgonia is free with
	}
	im.nodes[n] = x
	return x
}

// admit refuses values that are not of the graph's precision. Comparisons may
// be bool: they are recorded as numbers.
func (im *Imported) admit(n *G.Node) {
	dt := n.Dtype()
	if dt == tensor.Bool {
		return
	}
	if im.Graph == nil {
		if dt != tensor.Float32 && dt != tensor.Float64 {
			im.refuse(n, fmt.Sprintf("values are %v, want float32 or float64", dt))
		}
		im.dtype, im.Graph = dt, autodiff.NewGraph(dt)
	}
	if dt != im.dtype {
		im.refuse(n, fmt.Sprintf("values are %v in a graph of %v", dt, im.dtype))
	}
}

func (im *Imported) refuse(n *G.Node, reason string) {
	op := "input"
	if n.Op() != nil {
		op = n.Op().String()
	}
	panic(failure{fmt.Errorf("%s, node %d of shape %v: %s", op, n.ID(), n.Shape(), reason)})
}

func (im *Imported) record(n *G.Node) *autodiff.Node {
	if n.Op() == nil {
		return im.input(n)
	}
	name := n.Op().String()
	switch {
	case strings.HasPrefix(name, "const "):
		return im.constant(n)
	case strings.HasPrefix(name, "SizeOf"):
		return im.Graph.Scalar(float64(im.length(n, name)))
	}
	if o, ok := n.Op().(ownOp); ok {
		return im.own(o, im.node(im.index.children(n)[0]))
	}
	switch {
	case strings.HasPrefix(name, "Dropout"), strings.HasPrefix(name, "dropoutDiffOp"):
		return im.dropout(n)
	case strings.HasPrefix(name, "MaxPool"):
		return im.pool(n)
	case strings.HasPrefix(name, "batchnorm"):
		return im.normalised(n)
	}
	if x := im.convolution(n, name); x != nil {
		return x
	}
	if strings.HasPrefix(name, "T[") {
		im.slices[n] = name
	}
	f := importerOf(name)
	if f == nil {
		im.refuse(n, "the op has no counterpart")
	}
	var in []*autodiff.Node
	for _, x := range im.operands(n, name) {
		in = append(in, im.node(x))
	}
	x, reason := f(n, name, in)
	if reason != "" {
		im.refuse(n, reason)
	}
	return x
}

// operands returns the children that n computes with: not those that only tell
// a length.
func (im *Imported) operands(n *G.Node, name string) []*G.Node {
	switch in := im.index.children(n); {
	case strings.HasPrefix(name, "Repeat"):
		return in[:1]
	default:
		return in
	}
}

// length returns what SizeOf(axis), or SizeOf=length, is.
func (im *Imported) length(n *G.Node, name string) int {
	v := numbers(name)[0]
	if strings.Contains(name, "=") {
		return v
	}
	if shape := im.index.children(n)[0].Shape(); len(shape) > 0 {
		return shape[v]
	}
	return 1
}

func (im *Imported) input(n *G.Node) *autodiff.Node {
	return im.fed(n, func() (G.Value, error) {
		if n.Value() == nil {
			return nil, fmt.Errorf("no value is bound to %s", n.Name())
		}
		return n.Value(), nil
	})
}

// fed records an input that stands for n.
func (im *Imported) fed(n *G.Node, value func() (G.Value, error)) *autodiff.Node {
	x := im.Graph.Input(fmt.Sprintf("%s #%d", n.Name(), n.ID()), n.Shape()...)
	im.inputs = append(im.inputs, imported{x, value})
	return x
}

func (im *Imported) constant(n *G.Node) *autodiff.Node {
	v := n.Value()
	if len(v.Shape()) == 0 {
		return im.Graph.Scalar(scalarOf(v))
	}
	return im.Graph.Constant(denseOf(v, v.Shape(), im.dtype))
}

func (im *Imported) own(o ownOp, x *autodiff.Node) *autodiff.Node {
	if o.stop {
		return x.StopGradient()
	}
	return x.Reshape(o.to...)
}

// Feeds returns the values that are bound to Gorgonia's inputs, to feed to a
// program of the graph, a new random mask for each dropout, drawn by Gorgonia, and
// the running statistics of batch normalisations that do not train. Tensors are shared if they are contiguous and row-major.
// It returns an error that names an input without a value.
func (im *Imported) Feeds() (feeds []autodiff.Feed, err error) {
	defer catch("Feeds", &err)
	for _, in := range im.inputs {
		v, err := in.value()
		if err != nil {
			return nil, fmt.Errorf("bridge: Feeds: %w", err)
		}
		feeds = append(feeds, in.to.Feed(shared(v, in.to.Shape(), im.dtype)))
	}
	return feeds, nil
}

// changed reports whether a slice has been given other bounds by gorgonia.Let, or a
// batch normalisation has begun or ceased to train.
func (im *Imported) changed() bool {
	for op, training := range im.training {
		if reflect.ValueOf(op).Elem().FieldByName("training").Bool() != training {
			return true
		}
	}
	for n, name := range im.slices {
		if n.Op().String() != name {
			return true
		}
	}
	return false
}
