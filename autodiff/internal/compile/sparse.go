package compile

import (
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
)

// SparseMatMul records S·b, for S of values v in columns c, with rows that end at e.
func (b *Builder) SparseMatMul(v, c, e, x *Node) *Node {
	return b.make(sparse{kind: exec.SparseRows}, v, c, e, x)
}

// SparseMatMulT records Sᵀ·x, for S of so many columns.
func (b *Builder) SparseMatMulT(columns int, v, c, e, x *Node) *Node {
	return b.make(sparse{exec.SparseColumns, columns}, v, c, e, x)
}

// SampledMatMul records the elements of g·xᵀ at the places of S.
func (b *Builder) SampledMatMul(g, c, e, x *Node) *Node {
	return b.make(sparse{kind: exec.SparseSamples}, g, c, e, x)
}

// sparse is a product with a sparse matrix, or with its gradient.
type sparse struct {
	kind    exec.SparseKind
	columns int // of S, where it is transposed
}

func (o sparse) name() string {
	return []string{"SparseMatMul", "SparseMatMulT", "SampledMatMul"}[o.kind]
}

func (o sparse) shape(in []*Node) shape.Shape {
	switch o.kind {
	case exec.SparseRows:
		return shape.Shape{in[2].shape[0], in[3].shape[1]}
	case exec.SparseColumns:
		return shape.Shape{o.columns, in[3].shape[1]}
	}
	return shape.Shape{in[1].shape[0]}
}

func (sparse) flops(n *Node) int { return 2 * n.inputs[1].size() * n.inputs[3].shape[1] }
func (o sparse) ofRows(int) op   { return o }

// onRows: where the elements of some rows are, the ends tell at every run.
func (sparse) onRows(*Node, *batch) (role, bool) { return 0, false }

func (o sparse) instruction(_ *emitter, n *Node) exec.Instruction {
	in := func(i int) int { return stored(n.inputs[i]).id }
	return &exec.Sparse{
		Kind: o.kind, Elements: n.inputs[1].size(), Rows: n.inputs[2].size(), Columns: o.columns, Width: n.inputs[3].shape[1],
		A: in(0), At: in(1), Ends: in(2), B: in(3), Y: n.id,
	}
}
