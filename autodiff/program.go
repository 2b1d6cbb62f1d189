package autodiff

import (
	"fmt"
	"strings"
	"sync/atomic"

	"gorgonia.org/tensor"
)

// A Program is a compiled computation: memory and a list of instructions, made
// by [Compile]. Programs are independent of each other and may run at the same
// time, as long as none changes a parameter that another reads; one program runs
// once at a time, and its [Results] are those of one run.
type Program struct {
	outputs  []*Node
	inputs   []programInput
	analysis *analysis
	layout   *layout
	engine   engine
	use      atomic.Int64 // −1 while it runs, else by how many its results are being read
	runs     uint64       // how often it was run
}

// A programInput is an input of the graph that outputs depend on.
type programInput struct {
	node    *Node
	slot    int  // −1 if it was simplified away
	watched bool // a product proves it finite
	classes int  // what labels must stay below
	fed     bool // in this run
}

// Run computes the outputs from the feeds, of which there must be one for every
// input that the outputs depend on; further inputs of the graph are ignored. It
// reads feeds in place and keeps no reference that matters after the next run.
// After the first call it does not allocate.
//
// The results are those of this run: once the program runs again, whoever runs
// it, they are refused instead of giving others. So goroutines that share a
// program get an error, or the numbers of their own feeds; to run at the same
// time each needs a program of its own.
//
// It returns an error, and changes no parameter, if a feed is missing, or has
// another precision or shape than its input, or holds a NaN, an infinity or a
// label out of range; if the program is running already or its results are being
// read; and a [*NonFiniteError] if the program has assignments and a scalar
// output is not finite.
func (p *Program) Run(feeds ...Feed) (Results, error) {
	if !p.use.CompareAndSwap(0, -1) {
		return Results{}, fmt.Errorf("autodiff: the program is running already, or its results are being read; compile one for each goroutine")
	}
	defer p.use.Store(0)
	p.runs++
	if err := p.feed(feeds); err != nil {
		return Results{}, err
	}
	if p.engine.compute() {
		if err := p.check(); err != nil {
			return Results{}, err
		}
	}
	if bad := p.engine.commit(); bad >= 0 {
		return Results{}, &NonFiniteError{Output: bad, Node: p.outputs[bad], Value: p.engine.scalar(bad)}
	}
	return Results{p, p.runs}, nil
}

func (p *Program) feed(feeds []Feed) error {
	for i := range p.inputs {
		p.inputs[i].fed = false
	}
	for _, f := range feeds {
		if err := f.check(); err != nil {
			return err
		}
		if f.node.graph != p.outputs[0].graph {
			return fmt.Errorf("autodiff: feed of %v: an input of another graph", f.node)
		}
		for i := range p.inputs {
			in := &p.inputs[i]
			if in.node != f.node {
				continue
			}
			if in.fed {
				return fmt.Errorf("autodiff: two feeds of %v", f.node)
			}
			in.fed = true
			if err := p.engine.feed(in, f.value); err != nil {
				return err
			}
		}
	}
	for i := range p.inputs {
		if !p.inputs[i].fed {
			return fmt.Errorf("autodiff: no feed for %v", p.inputs[i].node)
		}
	}
	return nil
}

// check looks at the inputs whose products were not finite.
func (p *Program) check() error {
	for i := range p.inputs {
		if in := &p.inputs[i]; in.watched {
			if err := p.engine.check(in); err != nil {
				return err
			}
		}
	}
	return nil
}

// Output returns the tensor that every run writes the i-th output into, without a
// copy: it is for a program that only one goroutine runs, which the next run does
// not wait for. [Results] are safe. It panics with an [*Error] if there is no such
// output.
func (p *Program) Output(i int) *tensor.Dense {
	if i < 0 || i >= len(p.outputs) {
		failf("Output", "no output %d of %d", i, len(p.outputs))
	}
	return p.engine.value(i)
}

// Memory returns the bytes that the program holds for intermediate values and
// outputs, and the bytes of those that are in use at the same time. The scratch
// of loops and the memory of row blocks are not counted.
func (p *Program) Memory() (held, live int) {
	size := p.engine.bytes()
	return p.layout.size * size, p.layout.live * size
}

// String lists the instructions: what each computes, with its shape, the bytes
// it moves to and from memory at most, and its floating-point operations.
func (p *Program) String() string {
	var b strings.Builder
	held, live := p.Memory()
	fmt.Fprintf(&b, "%d instructions, %d bytes held, %d in use at once\n", len(p.analysis.order), held, live)
	for i, u := range p.analysis.order {
		bytes, flops := p.analysis.cost(u)
		fmt.Fprintf(&b, "%3d  %-44s %12d B %14d flop\n", i, p.analysis.describe(u), bytes*p.engine.bytes(), flops)
	}
	for _, s := range p.analysis.copied {
		fmt.Fprintf(&b, "     %-44s %12d B\n", "copy to "+s.param.name, 2*s.value.shape.Size()*p.engine.bytes())
	}
	return b.String()
}

// describe names what a unit computes.
func (a *analysis) describe(u *unit) string {
	names := make([]string, len(u.nodes))
	for i, n := range u.nodes {
		names[i] = n.Op()
	}
	out := strings.Join(names, "+")
	switch u.kind {
	case blocks:
		b := u.nodes[0].op.(blockSum).of
		out = fmt.Sprintf("blocks %d×%d: %d instructions", b.rows/b.size, b.size, len(u.blocks.whole.analysis.order))
	case loop:
		out = fmt.Sprintf("loop %v: %s", u.domain, out)
	}
	for _, n := range a.results(u) {
		out += " → " + a.resultName(n)
	}
	return out
}

func (a *analysis) resultName(n *Node) string {
	if p := a.direct[n.id]; p != nil {
		return p.name
	}
	return fmt.Sprintf("%%%d%v", n.id, n.shape)
}

// cost returns the elements that a unit reads and writes, and its operations.
func (a *analysis) cost(u *unit) (elements, flops int) {
	for _, x := range append(a.operands(u), a.results(u)...) {
		elements += x.shape.Size()
	}
	switch u.kind {
	case matrixProduct:
		flops = 2 * u.nodes[0].shape.Size() * u.nodes[0].inputs[0].shape[1]
	case blocks:
		for _, v := range u.blocks.whole.analysis.order {
			_, f := u.blocks.whole.analysis.cost(v)
			flops += f
		}
		b := u.nodes[0].op.(blockSum).of
		flops = flops * b.rows / b.size
	case folding:
		flops = u.nodes[0].inputs[0].shape.Size()
	case loop:
		for _, n := range u.nodes {
			flops += max(n.shape.Size(), largest(n.inputs))
		}
	}
	return elements, flops
}

func largest(in []*Node) int {
	size := 0
	for _, x := range in {
		size = max(size, x.shape.Size())
	}
	return size
}
