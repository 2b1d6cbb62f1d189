package autodiff

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"declive/internal/dense"
	"declive/internal/kernel"
)

// Compile makes a program that computes first and rest, nodes of one graph, in
// one run: typically a loss and its gradients.
//
// It simplifies a copy of the graph, leaves out what no output needs, fuses
// elementwise ops with their broadcasts and sums into loops, absorbs transposes,
// biases and activations into matrix products, and plans memory once, so that
// running allocates nothing. The results equal those of [Interpret] to rounding.
//
// It returns an [*Error] if the nodes belong to different graphs or are labels, or
// if two assignments are of one parameter.
func Compile(first *Node, rest ...*Node) (*Program, error) {
	return compile(append([]*Node{first}, rest...), allPasses)
}

// passes says which parts of the compiler are on. All are, outside tests.
type passes struct {
	simplify bool // rewrite rules and common subexpressions
	epilogue bool // biases and activations in matrix products
	onto     bool // products that add to parameters
	fuse     bool // more than one op in a loop
	contract bool // two ops in one pass over memory
	inPlace  bool // loops that write into parameters
	reuse    bool // buffers that share memory
	block    int  // elements of an input from which its rows are processed in blocks; 0 for never
	rows     int  // of a block; 0 for as many as the cache holds
}

var allPasses = passes{true, true, true, true, true, true, true, 1 << 21, 0}

func compile(outputs []*Node, ps passes) (p *Program, err error) {
	defer Catch(&err)
	for i, n := range outputs {
		if n.missing() {
			failf("Compile", "output %d is nil", i)
		}
	}
	g := outputs[0].graph
	for _, n := range outputs {
		switch {
		case n.graph != g:
			fail("Compile", "outputs belong to different graphs", outputs[0].shape, n.shape)
		case n.IsLabels():
			fail("Compile", "labels "+n.Name()+" are no output", n.shape)
		}
	}
	p = &Program{outputs: outputs}
	simple := simplify(slices.Concat(outputs, assigned(outputs)), ps.simplify)
	if ps.block > 0 {
		if cut := blockRows(simple, ps); cut != nil {
			simple = cut
		}
	}
	if ps.onto {
		simple = accumulate(simple, ps.simplify)
	}
	a := analyse(simple, ps)
	l := a.plan()
	p.analysis, p.layout = a, l
	if g.precision == tensor.Float32 {
		p.engine = newEngine[float32](p, a, l)
	} else {
		p.engine = newEngine[float64](p, a, l)
	}
	p.bindInputs()
	return p, nil
}

// assigned returns the assignments that outputs are computed from, without those
// among the outputs. It panics with an *Error if two are of one parameter.
func assigned(outputs []*Node) []*Node {
	var inner []*Node
	first := map[*Param]*Node{}
	for _, n := range ancestors(outputs...) {
		o, ok := n.op.(assign)
		if !ok {
			continue
		}
		if other := first[o.param]; other != nil {
			failf("Compile", "%s is assigned at %v and at %v; a program assigns a parameter once", o.param.name, other.Caller(), n.Caller())
		}
		first[o.param] = n
		if !slices.Contains(outputs, n) {
			inner = append(inner, n)
		}
	}
	return inner
}

// bindInputs lists what is fed and what each feed must satisfy.
func (p *Program) bindInputs() {
	slots := map[string]*Node{}
	for _, n := range p.analysis.graph.nodes {
		switch n.op.(type) {
		case input, labels:
			slots[n.Name()] = n
		}
	}
	users := map[*Node][]*Node{}
	needed := ancestors(p.outputs...)
	for _, n := range needed {
		for _, x := range n.inputs {
			users[x] = append(users[x], n)
		}
	}
	for _, n := range needed {
		switch n.op.(type) {
		case input, labels:
			in := programInput{node: n, slot: -1, classes: classes(n, users[n])}
			if inside := slots[n.Name()]; inside != nil {
				in.slot, in.watched = inside.id, p.analysis.watched[inside.id]
			}
			p.inputs = append(p.inputs, in)
		}
	}
}

// An engine is a machine seen without its precision.
type engine interface {
	feed(in *programInput, v *tensor.Dense) error
	check(in *programInput) error
	compute() (suspect bool)
	commit() (bad int)
	scalar(i int) float64
	value(i int) *tensor.Dense
	copied(i int) *tensor.Dense
	read(i int, dst *tensor.Dense)
	bytes() int
}

// typedEngine runs a machine and holds the tensors of its outputs.
type typedEngine[F kernel.Float] struct {
	*machine[F]
	values  []*tensor.Dense
	data    [][]F
	scalars []int // outputs to look at before parameters are overwritten
}

func newEngine[F kernel.Float](p *Program, a *analysis, l *layout) *typedEngine[F] {
	e := &typedEngine[F]{machine: newMachine[F](a, l)}
	for i := range p.outputs {
		n := a.outputs[i]
		data := e.result(stored(n))
		_, assigned := n.op.(assign)
		if len(n.shape) == 0 && !assigned && len(a.assigns) > 0 {
			e.scalars = append(e.scalars, i)
		}
		e.data = append(e.data, data)
		e.values = append(e.values, dense.Wrap(p.outputs[i].shape, data))
	}
	return e
}

func (e *typedEngine[F]) feed(in *programInput, v *tensor.Dense) error {
	if in.slot < 0 {
		return nil
	}
	if in.node.IsLabels() {
		e.moved(refeed(&e.labels[in.slot], v.Ints()))
		return checkLabels(in.node.Name(), v.Ints(), in.classes)
	}
	e.moved(refeed(&e.slots[in.slot], dense.Memory[F](v)))
	if in.watched {
		return nil
	}
	return e.check(in)
}

// refeed points a slot to memory, and reports whether it pointed elsewhere.
func refeed[T any](slot *[]T, memory []T) bool {
	same := len(*slot) > 0 && len(memory) > 0 && &(*slot)[0] == &memory[0]
	*slot = memory
	return !same
}

func (e *typedEngine[F]) moved(yes bool) {
	if yes {
		e.feeds++
	}
}

// check returns an error if an input holds a NaN or an infinity.
func (e *typedEngine[F]) check(in *programInput) error {
	return checkFinite(in.node, e.slots[in.slot])
}

// compute runs the program up to where it overwrites parameters. It reports
// whether watched inputs may hold a NaN or an infinity.
func (e *typedEngine[F]) compute() (suspect bool) {
	e.suspect = false
	for _, load := range e.loads {
		load()
	}
	for _, c := range e.early {
		copy(c.to, e.slots[c.slot])
	}
	e.run(0, e.guard)
	return e.suspect
}

// commit runs the rest and returns −1, or the index of a scalar output that is
// not finite, in which case it changes no parameter.
func (e *typedEngine[F]) commit() (bad int) {
	for _, i := range e.scalars {
		if v := e.data[i][0]; v-v != 0 {
			return i
		}
	}
	e.run(e.guard, len(e.steps))
	for _, c := range e.copies {
		copy(c.to, c.from)
	}
	return -1
}

func (e *typedEngine[F]) scalar(i int) float64      { return float64(e.data[i][0]) }
func (e *typedEngine[F]) value(i int) *tensor.Dense { return e.values[i] }
func (e *typedEngine[F]) copied(i int) *tensor.Dense {
	return dense.Wrap(Shape(e.values[i].Shape()).clone(), slices.Clone(e.data[i]))
}
func (e *typedEngine[F]) read(i int, dst *tensor.Dense) { copy(dense.Memory[F](dst), e.data[i]) }
func (e *typedEngine[F]) bytes() int {
	var zero F
	if any(zero) == any(float32(0)) {
		return 4
	}
	return 8
}

// A NonFiniteError reports a run whose assignments were not made, because a
// scalar output, usually the loss, was NaN or infinite.
type NonFiniteError struct {
	Output int // its index among the outputs
	Node   *Node
	Value  float64
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("autodiff: output %d, %v recorded at %s, is %v", e.Output, e.Node, e.Node.Caller(), e.Value)
}
