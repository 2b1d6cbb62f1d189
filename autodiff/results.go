package autodiff

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff/internal/exec"
	"declive/internal/dense"
)

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
