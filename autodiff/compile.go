package autodiff

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff/internal/compile"
	"declive/autodiff/internal/exec"
)

// Compile makes a program that computes first and rest, nodes of one graph, in
// one run: typically a loss and its gradients.
//
// It simplifies a copy of the graph, leaves out what no output needs, fuses
// elementwise ops with their broadcasts and sums into loops, absorbs transposes,
// biases and activations into matrix products, and plans memory once, so that
// running allocates nothing. The results equal those of [Interpret] to rounding.
// [Explain] shows what it makes of a graph.
//
// It returns an [*Error] if the nodes belong to different graphs or are labels, or
// if two assignments are of one parameter.
func Compile(first *Node, rest ...*Node) (*Program, error) {
	return compileWith(append([]*Node{first}, rest...), allPasses)
}

// Explain writes to w what [Compile] makes of the same nodes, pass by pass: the
// nodes after they have been recorded and simplified, the groups that become
// instructions, the order and the memory of these. It is for people to read, and
// its form may change. See also [Program.String].
//
// It returns the errors of Compile, after what was reached, and those of w.
func Explain(w io.Writer, first *Node, rest ...*Node) error {
	if w == nil {
		return &Error{Op: "Explain", Reason: "the writer is nil", Caller: callers().String()}
	}
	var text bytes.Buffer
	o := allPasses
	o.Explain = &text
	_, err := compileWith(append([]*Node{first}, rest...), o)
	if _, writing := w.Write(text.Bytes()); err == nil {
		err = writing
	}
	return err
}

// allPasses are the compiler's options, outside tests.
var allPasses = compile.Default()

func compileWith(outputs []*Node, o compile.Options) (p *Program, err error) {
	defer Catch(&err)
	checkOutputs(outputs)
	float32 := outputs[0].graph.precision == tensor.Float32
	code, err := compile.Compile(float32, o, lower(slices.Concat(outputs, assigned(outputs))))
	if err != nil {
		return nil, err
	}
	p = &Program{outputs: outputs, float32: float32, code: code, machine: exec.NewMachine(code.Code())}
	for i, n := range outputs {
		p.values = append(p.values, tensorOf(n, p.machine.Output(i)))
	}
	p.bindInputs()
	return p, nil
}

// checkOutputs panics with an *Error if nodes cannot be the outputs of one program.
func checkOutputs(outputs []*Node) {
	for i, n := range outputs {
		if n.missing() {
			failf("Compile", "output %d is nil", i)
		}
	}
	for _, n := range outputs {
		switch {
		case n.graph != outputs[0].graph:
			fail("Compile", "outputs belong to different graphs", outputs[0].shape, n.shape)
		case n.IsLabels():
			fail("Compile", "labels "+n.Name()+" are no output", n.shape)
		}
	}
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
	slots := p.code.Inputs()
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
			if own, left := slots[n.Name()]; left {
				in.slot, in.guarded = own.Slot, own.Guarded
			}
			p.inputs = append(p.inputs, in)
		}
	}
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
