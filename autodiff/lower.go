package autodiff

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff/internal/compile"
	"declive/autodiff/internal/exec"
	"declive/internal/dense"
	"declive/internal/kernel/vec"
)

// This file alone names the ops of a graph and those of the compiler.

// lower returns a function that records what outputs are computed from, simplified on
// the way, and returns the nodes that stand for them.
func lower(outputs []*Node) func(*compile.Builder) []*compile.Node {
	return func(b *compile.Builder) []*compile.Node {
		nodes := ancestors(outputs...)
		l := lowering{b, make([]*compile.Node, len(outputs[0].graph.nodes)), uses(nodes, outputs)}
		for _, n := range nodes {
			l.done[n.id] = l.lower(n)
		}
		out := make([]*compile.Node, len(outputs))
		for i, n := range outputs {
			out[i] = l.done[n.id]
		}
		return out
	}
}

type lowering struct {
	*compile.Builder
	done []*compile.Node // by id
	uses []int           // by id: how many operands and outputs the node is
}

func uses(nodes, outputs []*Node) []int {
	out := make([]int, len(outputs[0].graph.nodes))
	for _, n := range nodes {
		for _, x := range n.inputs {
			out[x.id]++
		}
	}
	for _, n := range outputs {
		out[n.id]++
	}
	return out
}

// lower records one node, whose operands are recorded.
func (l *lowering) lower(n *Node) *compile.Node {
	if len(n.inputs) == 0 {
		return l.leaf(n)
	}
	in := func(i int) *compile.Node { return l.done[n.inputs[i].id] }
	x := in(0)
	switch o := n.op.(type) {
	case interface{ kernel() vec.UnaryOp }:
		return l.Unary(o.kernel(), x)
	case interface{ kernel() vec.BinaryOp }:
		return l.Binary(o.kernel(), x, in(1))
	case where:
		return l.Where(x, in(1), in(2))
	case pow:
		return l.Power(o.exponent, x)
	case matMul:
		return l.MatMul(x, in(1))
	case sparseMatMul:
		return l.SparseMatMul(x, in(1), in(2), in(3))
	case sparseMatMulT:
		return l.SparseMatMulT(o.columns, x, in(1), in(2), in(3))
	case sampledMatMul:
		return l.SampledMatMul(x, in(1), in(2), in(3))
	case convolution:
		return l.Convolution(o.role, o.geometry(n.inputs[0].shape, n.inputs[1].shape), x, in(1))
	case maxPool:
		return l.MaxPool(o.on(n.inputs[0].shape), x)
	case spreadPool:
		return l.SpreadPool(o.on(n.inputs[0].shape), x, in(1))
	case pickPool:
		return l.PickPool(o.on(n.inputs[0].shape), x, in(1))
	case sum:
		return l.Reduce(vec.ReduceSum, o.from, o.to, x)
	case reduceMax:
		return l.Reduce(vec.ReduceMax, o.from, o.to, x)
	case normalize:
		return l.Normalize(o.axes, o.epsilon, x)
	case reshape:
		return l.Reshape(x, o.to)
	case broadcast:
		return l.Broadcast(x, o.to)
	case transpose:
		return l.Transpose(x, o.axes, l.uses[n.inputs[0].id] == 1)
	case slice:
		return l.Slice(x, o.axis, o.from, o.to)
	case pad:
		return l.Pad(x, o.axis, o.before, o.after)
	case concat:
		return l.Concat(o.axis, l.operands(n)...)
	case pick:
		return l.Pick(x, in(1))
	case oneHot:
		return l.OneHot(x, o.classes)
	case stopGradient:
		return x // it computes nothing
	case assign:
		return l.Assign(memory(o), x)
	}
	return l.defined(n)
}

// operands returns what stands for the operands of n.
func (l *lowering) operands(n *Node) []*compile.Node {
	in := make([]*compile.Node, len(n.inputs))
	for i, x := range n.inputs {
		in[i] = l.done[x.id]
	}
	return in
}

func (l *lowering) leaf(n *Node) *compile.Node {
	switch o := n.op.(type) {
	case input:
		return l.Input(o.label, n.shape)
	case labels:
		return l.Labels(o.label, n.shape[0])
	case parameter:
		return l.Param(memory(o), n.shape)
	case constant:
		if o.array == nil {
			return l.Scalar(o.scalar)
		}
		return l.Constant(values{o.array}, n.shape)
	}
	return l.defined(n)
}

// defined records an op that has no instruction, by its definition.
func (l *lowering) defined(n *Node) *compile.Node {
	in := l.operands(n)
	switch o := n.op.(type) {
	case elementwise:
		if len(in) > compile.MaxOperands {
			fail("Compile", fmt.Sprintf("%s: more than %d operands; give the op a method reference instead of value", n.Op(), compile.MaxOperands), n.shape)
		}
		return l.Function(n.Op(), identityOf(o), function{o}, in...)
	case structural:
		return l.Call(n.Op(), identityOf(o), definition{n, o}, n.shape, in...)
	}
	fail("Compile", n.Op()+": give the op a method value, if it works element by element, or reference", n.shape)
	return nil
}

// function is an elementwise op for programs.
type function struct{ op elementwise }

func (f function) Value(x []float64) float64 { return f.op.value(x) }

// definition is a structural op for programs. Its operands have in a program the
// shapes that they have in the graph.
type definition struct {
	node *Node
	op   structural
}

func (d definition) Fill(in [][]float64, out []float64) { d.op.reference(d.node, in, out) }

// memory is a parameter for programs.
type memory struct{ param *Param }

func (m memory) Name() string      { return m.param.name }
func (m memory) Array() exec.Array { return arrayOf(m.param.value) }

// values is a constant for programs.
type values struct{ tensor *tensor.Dense }

func (v values) Array() exec.Array { return arrayOf(v.tensor) }

// arrayOf returns the memory of a tensor of numbers.
func arrayOf(v *tensor.Dense) exec.Array {
	if v.Dtype() == tensor.Float32 {
		return exec.Array{Float32: v.Float32s()}
	}
	return exec.Array{Float64: v.Float64s()}
}

// tensorOf returns an array of n's shape and precision as a tensor, without copying
// it.
func tensorOf(n *Node, a exec.Array) *tensor.Dense {
	if n.graph.precision == tensor.Float32 {
		return dense.Wrap(n.shape, a.Float32)
	}
	return dense.Wrap(n.shape, a.Float64)
}
