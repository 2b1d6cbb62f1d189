package bridge

import (
	"errors"
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A Lowering is a loss recorded on Gorgonia, with the gradients that Gorgonia
// derives from it. Arrays of one element, whatever their number of axes, are
// Gorgonia scalars; everything else has its own shape.
type Lowering struct {
	Graph     *G.ExprGraph
	Loss      *G.Node
	Gradients G.Nodes // of the nodes that were asked for; nil for one that is zero everywhere

	xs     []*autodiff.Node
	nodes  map[*autodiff.Node]*G.Node
	inputs []lowered // leaves, with what binds their values
	vm     G.VM
	loss   G.Value
	grads  []G.Value
}

// A lowered leaf and how its value reaches it: labels are fed as one-hot rows.
type lowered struct {
	leaf    *autodiff.Node
	node    *G.Node
	classes int // of labels
}

// Lower records loss, a scalar, on Gorgonia and has Gorgonia differentiate it
// with respect to xs: inputs and parameters, each of which the loss must depend
// on.
//
// It returns an error that names the op and the place that recorded it if an op
// cannot be said in sound ops of Gorgonia, or if an array is empty; the package
// comment lists them.
func Lower(loss *autodiff.Node, xs ...*autodiff.Node) (l *Lowering, err error) {
	switch {
	case loss == nil || loss.Graph() == nil:
		return nil, errors.New("bridge: Lower: the loss is nil, or a node of no graph")
	case len(loss.Shape()) != 0:
		return nil, fmt.Errorf("bridge: Lower: the loss has shape %v, want ()", loss.Shape())
	}
	for i, x := range xs {
		if x == nil || x.Graph() != loss.Graph() {
			return nil, fmt.Errorf("bridge: Lower: node %d is nil, or belongs to another graph than the loss", i)
		}
		if !loss.DependsOn(x) || len(x.Inputs()) > 0 || x.Op() == "Constant" || x.IsLabels() {
			return nil, fmt.Errorf("bridge: Lower: %v is no input or parameter that the loss depends on", x)
		}
	}
	defer catch("Lower", &err)
	l = &Lowering{Graph: G.NewGraph(), xs: xs, nodes: map[*autodiff.Node]*G.Node{}}
	r := &recorder{Lowering: l, dtype: loss.Graph().Precision(), carriers: map[string]*G.Node{}, hot: map[hotKey]*G.Node{}}
	read := reach(loss, drawnFrom)
	for _, n := range loss.Graph().Nodes()[:loss.ID()+1] {
		if read[n] && !n.IsLabels() {
			l.nodes[n] = r.record(n)
		}
	}
	l.Loss = l.nodes[loss]
	l.differentiate(reach(loss, unmoved))
	return l, nil
}

// reach returns what y is computed from, not following the operands that
// without names for a node.
func reach(y *autodiff.Node, without func(n *autodiff.Node) []*autodiff.Node) map[*autodiff.Node]bool {
	found := map[*autodiff.Node]bool{y: true}
	for _, n := range slices.Backward(y.Graph().Nodes()[:y.ID()+1]) {
		if !found[n] {
			continue
		}
		skip := without(n)
		for _, x := range n.Inputs() {
			if !slices.Contains(skip, x) {
				found[x] = true
			}
		}
	}
	return found
}

// drawnFrom returns the operands of random numbers, which are drawn by their
// definition and fed.
func drawnFrom(n *autodiff.Node) []*autodiff.Node {
	if n.Op() == "Random" {
		return n.Inputs()
	}
	return nil
}

// unmoved returns the operands that n's derivative is zero for, wherever it
// exists.
func unmoved(n *autodiff.Node) []*autodiff.Node {
	if n.Traits().Flat {
		return n.Inputs()
	}
	return nil
}

// Node returns the Gorgonia node that holds n's value, nil if the loss does not
// depend on n or if n is labels.
func (l *Lowering) Node(n *autodiff.Node) *G.Node { return l.nodes[n] }

// differentiate adds the gradients, and reads of everything that Run returns.
// Gorgonia refuses to differentiate by what it reaches no derivative for: those
// gradients are nil, and Run returns zeros.
func (l *Lowering) differentiate(moving map[*autodiff.Node]bool) {
	var wrt G.Nodes
	for _, x := range l.xs {
		if moving[x] {
			wrt = append(wrt, l.nodes[x])
		}
	}
	var found G.Nodes
	if len(wrt) > 0 {
		var err error
		found, err = G.Grad(l.Loss, wrt...)
		check(err)
	}
	G.Read(l.Loss, &l.loss)
	l.Gradients = make(G.Nodes, len(l.xs))
	l.grads = make([]G.Value, len(l.xs))
	for i, x := range l.xs {
		if moving[x] {
			l.Gradients[i], found = found[0], found[1:]
			G.Read(l.Gradients[i], &l.grads[i])
		}
	}
}

// Run evaluates the loss and its gradients on Gorgonia's tape machine.
// Parameters are read where they are; every input that the loss depends on needs
// a feed. The gradients have the shapes of their nodes and are the caller's.
func (l *Lowering) Run(feeds ...autodiff.Feed) (loss float64, gradients []*tensor.Dense, err error) {
	defer catch("Run", &err)
	for _, in := range l.inputs {
		if err := in.bind(feeds); err != nil {
			return 0, nil, err
		}
	}
	if l.vm == nil {
		l.vm = G.NewTapeMachine(l.Graph)
	}
	defer l.vm.Reset()
	if err := l.vm.RunAll(); err != nil {
		return 0, nil, fmt.Errorf("bridge: Run: Gorgonia's tape machine: %w", err)
	}
	for i, x := range l.xs {
		if l.Gradients[i] == nil {
			gradients = append(gradients, tensor.New(tensor.WithShape(x.Shape()...), tensor.Of(l.Loss.Dtype())))
			continue
		}
		gradients = append(gradients, denseOf(l.grads[i], x.Shape(), l.Loss.Dtype()))
	}
	return scalarOf(l.loss), gradients, nil
}

// bind gives the leaf its value for one run: a copy, because the tape machine
// may compute in the memory of its inputs.
func (in lowered) bind(feeds []autodiff.Feed) error {
	v, err := in.value(feeds)
	if err != nil {
		return fmt.Errorf("bridge: Run: %w", err)
	}
	if reason := in.refuses(v); reason != "" {
		return fmt.Errorf("bridge: Run: feed of %v: %s", in.leaf, reason)
	}
	if !in.leaf.Shape().Equal(autodiff.Shape(v.Shape())) {
		return fmt.Errorf("bridge: Run: feed of %v: the tensor's shape is %v", in.leaf, autodiff.Shape(v.Shape()))
	}
	if in.leaf.IsLabels() {
		return in.bindLabels(v)
	}
	return G.Let(in.node, valueFor(in.node, elements(v)))
}

// value returns that of a parameter, random numbers or what is fed.
func (in lowered) value(feeds []autodiff.Feed) (*tensor.Dense, error) {
	if p := in.leaf.Param(); p != nil {
		return p.Value(), p.Check()
	}
	if in.leaf.Op() == "Random" {
		v, err := autodiff.Interpret(slices.DeleteFunc(slices.Clone(feeds), func(f autodiff.Feed) bool {
			return !in.leaf.DependsOn(f.Node())
		}), in.leaf)
		if err != nil {
			return nil, err
		}
		return v[0], nil
	}
	i := slices.IndexFunc(feeds, func(f autodiff.Feed) bool { return f.Node() == in.leaf })
	if i < 0 {
		return nil, fmt.Errorf("no feed for %v", in.leaf)
	}
	return feeds[i].Value(), nil
}

// refuses says why v cannot be the leaf's value, or "".
func (in lowered) refuses(v *tensor.Dense) string {
	if in.leaf.IsLabels() {
		return dense.Of(tensor.Int, v)
	}
	return dense.Numbers(v)
}

func (in lowered) bindLabels(v *tensor.Dense) error {
	ys := v.Ints()
	hot := make([]float64, len(ys)*in.classes)
	for i, y := range ys {
		if y < 0 || y >= in.classes {
			return fmt.Errorf("bridge: Run: feed of %v: example %d has label %d, want 0 to %d", in.leaf, i, y, in.classes-1)
		}
		hot[i*in.classes+y] = 1
	}
	return G.Let(in.node, valueFor(in.node, hot))
}
