package autodiff

import (
	"fmt"
	"slices"
	"sync/atomic"

	"gorgonia.org/tensor"

	"declive/autodiff/internal/compile"
	"declive/autodiff/internal/exec"
	"declive/internal/dense"
	"declive/internal/kernel/vec"
)

// A Program is a compiled computation: memory and a list of instructions, made
// by [Compile]. Programs are independent of each other and may run at the same
// time, as long as none changes a parameter that another reads; one program runs
// once at a time, and its [Results] are those of one run.
type Program struct {
	outputs []*Node
	inputs  []programInput
	float32 bool // the precision of the graph
	code    *compile.Program
	machine exec.Machine
	values  []*tensor.Dense // of the outputs: the machine's memory
	use     atomic.Int64    // −1 while it runs, else by how many its results are being read
	runs    uint64          // how often it was run
}

// A programInput is an input of the graph that outputs depend on.
type programInput struct {
	node    *Node
	slot    int  // −1 if it was simplified away
	guarded bool // a product proves it finite
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
	if p.machine.Compute() {
		if err := p.checkGuarded(feeds); err != nil {
			return Results{}, err
		}
	}
	if bad := p.machine.Commit(); bad >= 0 {
		return Results{}, &NonFiniteError{Output: bad, Node: p.outputs[bad], Value: p.scalar(bad)}
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
			if err := p.feedInput(in, f.value); err != nil {
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

// feedInput makes v the array of an input, and checks its elements, unless a product
// does. It runs for every input of every run: v is known to have the precision of the
// program.
func (p *Program) feedInput(in *programInput, v *tensor.Dense) error {
	finite := true
	switch {
	case in.slot < 0: // simplified away
	case in.node.IsLabels():
		p.machine.FeedLabels(in.slot, v.Ints())
		return checkLabels(in.node.Name(), v.Ints(), in.classes)
	case p.float32:
		x := v.Float32s()
		p.machine.Feed(in.slot, exec.Array{Float32: x})
		finite = in.guarded || vec.AllFinite(x)
	default:
		x := v.Float64s()
		p.machine.Feed(in.slot, exec.Array{Float64: x})
		finite = in.guarded || vec.AllFinite(x)
	}
	if !finite {
		return nonFinite(in.node, v)
	}
	return nil
}

// checkGuarded looks at the inputs whose products were not finite.
func (p *Program) checkGuarded(feeds []Feed) error {
	for i := range p.inputs {
		for _, f := range feeds {
			if in := &p.inputs[i]; in.guarded && in.node == f.node {
				if err := checkFinite(in.node, f.value); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// scalar returns the first element of the i-th output.
func (p *Program) scalar(i int) float64 {
	a := p.machine.Output(i)
	if a.Float32 != nil {
		return float64(a.Float32[0])
	}
	return a.Float64[0]
}

// Watch makes every run call f(i) as soon as the i-th output has its value and the
// program does not read it any more, while others are still to be computed, and f(−1)
// after other instructions: what needs some outputs, such as the gradients of a
// network's last layers, begins before the run ends, and what goes on meanwhile can be
// looked after. The value is in [Program.Output], which f may change, unless it is
// assigned to a parameter. Outputs that are equal may be the same memory. An error of a run may come after all calls. f is called on the
// goroutine of Run, and must not run the program; a nil f ends it.
func (p *Program) Watch(f func(output int)) { p.machine.Watch(f) }

// Output returns the tensor that every run writes the i-th output into, without a
// copy: it is for a program that only one goroutine runs, which the next run does
// not wait for. [Results] are safe. It panics with an [*Error] if there is no such
// output.
func (p *Program) Output(i int) *tensor.Dense {
	if i < 0 || i >= len(p.outputs) {
		failf("Output", "no output %d of %d", i, len(p.outputs))
	}
	return p.values[i]
}

// Memory returns the bytes that the program holds for intermediate values and
// outputs, and the bytes of those that are in use at the same time. The scratch
// of loops and convolutions, the places that pools note and the memory of row blocks
// are not counted.
func (p *Program) Memory() (held, live int) { return p.code.Memory() }

// String lists the instructions: what each computes, with its shape, the bytes
// it moves to and from memory at most, and its floating-point operations.
func (p *Program) String() string { return p.code.String() }

// Results are the outputs of one run of a program, in the order that they were
// given to [Compile]. They can be read until the program runs again, whoever runs
// it; then, and after a run that returned an error, their methods panic with an
// [*Error], or return it. Any number of goroutines may read them.
type Results struct {
	program *Program
	run     uint64
}

// Scalar returns the i-th output, an array of one element. It panics with an
// [*Error] if there is no such output or if it has not one element.
func (r Results) Scalar(i int) float64 {
	r.open("Scalar", i)
	defer r.close()
	if n := r.program.outputs[i]; n.shape.Size() != 1 {
		failf("Scalar", "output %d, %v, has not one element; use Value", i, n)
	}
	return r.program.scalar(i)
}

// Value returns a copy of the i-th output. It panics with an [*Error] if there is
// no such output. Of an array without elements, Shape, Float32s and Float64s
// work; tensor's Data and its printing panic.
func (r Results) Value(i int) *tensor.Dense {
	r.open("Value", i)
	defer r.close()
	return r.program.copied(i)
}

// Read copies the i-th output into dst, a tensor of its shape and precision,
// without allocating. It returns an error if there is no such output or dst has
// another form.
func (r Results) Read(i int, dst *tensor.Dense) (err error) {
	defer Catch(&err)
	r.open("Read", i)
	defer r.close()
	n := r.program.outputs[i]
	if reason := dense.Of(n.graph.precision, dst); reason != "" {
		return fmt.Errorf("autodiff: Read of output %d, %v: %s", i, n, reason)
	}
	if !n.shape.Equal(Shape(dst.Shape())) {
		return fmt.Errorf("autodiff: Read of output %d, %v: the tensor's shape is %v", i, n, Shape(dst.Shape()))
	}
	r.program.read(i, dst)
	return nil
}

// open keeps the program from running until close, and panics with an *Error if
// it has run since or has no output i.
func (r Results) open(name string, i int) {
	p := r.program
	if p == nil {
		fail(name, "there are no results: the run returned an error")
	}
	for {
		readers := p.use.Load()
		if readers < 0 {
			fail(name, "the program is running again; read the results before, or compile a program for each goroutine")
		}
		if p.use.CompareAndSwap(readers, readers+1) {
			break
		}
	}
	switch {
	case p.runs != r.run:
		r.close()
		fail(name, "the program has run again since; read the results before, or compile a program for each goroutine")
	case i < 0 || i >= len(p.outputs):
		r.close()
		failf(name, "no output %d of %d", i, len(p.outputs))
	}
}

func (r Results) close() { r.program.use.Add(-1) }

// copied returns a copy of the i-th output.
func (p *Program) copied(i int) *tensor.Dense {
	a := p.machine.Output(i)
	return tensorOf(p.outputs[i], exec.Array{Float32: slices.Clone(a.Float32), Float64: slices.Clone(a.Float64)})
}

// read copies the i-th output.
func (p *Program) read(i int, dst *tensor.Dense) {
	from, to := p.machine.Output(i), arrayOf(dst)
	copy(to.Float32, from.Float32)
	copy(to.Float64, from.Float64)
}
