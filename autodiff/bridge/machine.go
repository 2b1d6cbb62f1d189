package bridge

import (
	"errors"
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A Machine runs a Gorgonia graph as a compiled program of Declive's. It takes
// the place of Gorgonia's tape machine: inputs are read where they are bound at
// each run, and results are bound where Gorgonia and its solvers look for them.
//
// Bound are the nodes that a user can be waiting for: those that Read or Set
// takes, those that nothing else reads, scalars, nodes with a name of their own,
// the gradients of inputs, and what [Keep] adds. Other nodes get no value: the
// program does not compute them as such.
//
// A gradient is that of the last run. It is not added to what a solver has left,
// as Gorgonia does with BindDualValues.
type Machine struct {
	graph *G.ExprGraph
	keep  []*G.Node
	err   error

	imported *Imported
	program  *autodiff.Program
	outputs  []output
	learned  []learned
	reads    *reader
}

var _ G.VM = (*Machine)(nil)

// NewMachine compiles g. It is called as gorgonia.NewTapeMachine is, with the
// same options: BindDualValues is always in force, [Keep] is ours, and others are
// refused. What cannot be compiled, because an op has no counterpart, is an
// error of [Machine.RunAll] and [Machine.Err].
func NewMachine(g *G.ExprGraph, opts ...G.VMOpt) *Machine {
	m := &Machine{graph: g}
	if g == nil {
		m.err = errors.New("bridge: NewMachine: the graph is nil")
		return m
	}
	if m.err = m.apply(opts); m.err == nil {
		m.err = m.compile()
	}
	return m
}

// Keep returns an option of [NewMachine] that binds the values of more nodes. It
// does nothing to Gorgonia's own machines, which bind all.
func Keep(nodes ...*G.Node) G.VMOpt {
	return func(vm G.VM) {
		if m, ok := vm.(*Machine); ok {
			m.keep = append(m.keep, nodes...)
		}
	}
}

// apply applies options. Gorgonia's panic on a machine that they do not know.
func (m *Machine) apply(opts []G.VMOpt) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("bridge: NewMachine: the option has no counterpart: %v", r)
		}
	}()
	for i, opt := range opts {
		if opt == nil {
			return fmt.Errorf("bridge: NewMachine: option %d is nil", i)
		}
		opt(m)
	}
	if err := belong(m.graph, m.keep); err != nil {
		return fmt.Errorf("bridge: NewMachine: Keep: %w", err)
	}
	return nil
}

// Err returns why the graph could not be compiled, or nil.
func (m *Machine) Err() error { return m.err }

// Reset does nothing: every run begins at the beginning.
func (m *Machine) Reset() {}

// Close does nothing.
func (m *Machine) Close() error { return nil }

// Let binds a value to an input of the graph, as gorgonia.Let.
func (m *Machine) Let(n *G.Node, value any) (err error) {
	defer catch("Let", &err)
	if err := belong(m.graph, []*G.Node{n}); err != nil {
		return fmt.Errorf("bridge: Let: %w", err)
	}
	if value == nil {
		return fmt.Errorf("bridge: Let: the value of %v is nil", n)
	}
	return G.Let(n, value)
}

// Set binds to input a a copy of the value that node b has from the last run.
func (m *Machine) Set(a, b *G.Node) error {
	if a == nil || b == nil {
		return errors.New("bridge: Set: a node is nil")
	}
	if b.Value() == nil {
		return fmt.Errorf("bridge: Set: %v has no value; name it in Keep", b)
	}
	v, err := G.CloneValue(b.Value())
	if err != nil {
		return fmt.Errorf("bridge: Set: %w", err)
	}
	return m.Let(a, v)
}

func (m *Machine) compile() (err error) {
	defer catch("NewMachine", &err)
	w := wanted(m.graph, m.keep)
	if m.imported, err = Import(m.graph, w.outputs...); err != nil {
		return err
	}
	nodes := make([]*autodiff.Node, len(w.outputs))
	for i, n := range w.outputs {
		nodes[i] = m.imported.Node(n)
	}
	for _, s := range m.imported.norms {
		nodes = append(nodes, s.mean, s.variance)
	}
	if m.program, err = autodiff.Compile(nodes[0], nodes[1:]...); err != nil {
		return fmt.Errorf("bridge: NewMachine: %w", err)
	}
	m.outputs = nil
	for i, n := range w.outputs {
		value := m.program.Output(i)
		if w.solves(n) && !n.IsScalar() {
			value = withEngine(value)
		}
		m.outputs = append(m.outputs, newOutput(n, value))
	}
	m.learned = newLearned(w.gradients, m.outputs)
	m.reads = newReader(w.reads, m.outputs)
	return nil
}

// RunAll runs the graph on the values that are bound to its inputs. It returns
// an error if the graph could not be compiled, if an input has no value, or if a
// value is not finite.
func (m *Machine) RunAll() (err error) {
	defer catch("RunAll", &err)
	if m.err != nil {
		return m.err
	}
	if m.imported.changed() {
		if m.err = m.compile(); m.err != nil {
			return m.err
		}
	}
	feeds, err := m.imported.Feeds()
	if err != nil {
		return err
	}
	if _, err := m.program.Run(feeds...); err != nil {
		return fmt.Errorf("bridge: RunAll: %w", err)
	}
	return m.deliver()
}

// moveStatistics moves those of the batch normalisations that train. Their outputs
// are behind the others.
func (m *Machine) moveStatistics() error {
	for i, s := range m.imported.norms {
		at := len(m.outputs) + 2*i
		if err := s.move(m.program.Output(at), m.program.Output(at+1)); err != nil {
			return fmt.Errorf("bridge: RunAll: running statistics: %w", err)
		}
	}
	return nil
}

// deliver binds the results.
func (m *Machine) deliver() error {
	if err := m.moveStatistics(); err != nil {
		return err
	}
	for _, o := range m.outputs {
		o.refresh()
		if o.node.Op() != nil && o.node.Value() != o.value {
			if err := G.UnsafeLet(o.node, o.value); err != nil {
				return fmt.Errorf("bridge: RunAll: %w", err)
			}
		}
	}
	for _, l := range m.learned {
		if err := l.deliver(); err != nil {
			return fmt.Errorf("bridge: RunAll: gradient of %v: %w", l.input, err)
		}
	}
	return m.reads.run()
}

// An output is a node with the value that it is bound to: memory of the
// program's for an array, a Gorgonia scalar, or bools.
type output struct {
	node  *G.Node
	from  *tensor.Dense
	value G.Value
}

func newOutput(n *G.Node, from *tensor.Dense) output {
	o := output{node: n, from: from, value: from}
	switch {
	case n.Dtype() == tensor.Bool && n.IsScalar():
		o.value = G.NewB(false)
	case n.Dtype() == tensor.Bool:
		o.value = tensor.New(tensor.WithShape(n.Shape()...), tensor.Of(tensor.Bool))
	case n.IsScalar():
		o.value = valueFor(n, []float64{0})
	}
	return o
}

// refresh brings the value up to date with the program's.
func (o output) refresh() {
	switch v := o.value.(type) {
	case *G.F64:
		*v = G.F64(scalarOf(o.from))
	case *G.F32:
		*v = G.F32(scalarOf(o.from))
	case *G.B:
		*v = G.B(scalarOf(o.from) != 0)
	case *tensor.Dense:
		if v.Dtype() == tensor.Bool {
			out := v.Bools()
			for i, x := range elements(o.from) {
				out[i] = x != 0
			}
		}
	}
}
