package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/conv"
	"declive/internal/kernel/vec"
)

// MatMul records a product of matrices.
func (b *Builder) MatMul(x, y *Node) *Node { return b.make(matMul{}, x, y) }

// matMul is the product of two matrices.
type matMul struct{}

func (matMul) name() string                 { return "MatMul" }
func (matMul) shape(in []*Node) shape.Shape { return shape.Shape{in[0].shape[0], in[1].shape[1]} }
func (matMul) flops(n *Node) int            { return 2 * n.shape.Size() * n.inputs[0].shape[1] }
func (o matMul) ofRows(int) op              { return o }

// onRows: rows times what is the same for all are rows.
func (matMul) onRows(n *Node, b *batch) (role, bool) {
	return rows, b.roles[n.inputs[0]] == rows && b.roles[n.inputs[1]] == fixed
}

// onColumns: the product aᵀ·b of two batches is a sum over their rows.
func (matMul) onColumns(n *Node, b *batch) (role, bool) {
	return total, b.roles[n.inputs[0]] == columns && b.roles[n.inputs[1]] == rows
}

// accumulated is β·w + α·(a·b), of the operands a, b, w, α and β.
type accumulated struct{}

func (accumulated) name() string                      { return "Accumulate" }
func (accumulated) shape(in []*Node) shape.Shape      { return in[2].shape }
func (accumulated) flops(n *Node) int                 { return matMul{}.flops(n) }
func (o accumulated) ofRows(int) op                   { return o }
func (accumulated) onRows(*Node, *batch) (role, bool) { return 0, false } // made after the rows pass

// isProduct reports whether an op multiplies its first two operands, as matrices or
// as images and weights.
func isProduct(o op) bool {
	switch o.(type) {
	case matMul, accumulated, convolution:
		return true
	}
	return false
}

// A product is a matrix product, or a convolution, with what is absorbed into it.
type product struct {
	a, b           *Node // as stored
	transA, transB bool
	bias           *Node // added to each row, or nil
	activation     *Node // applied last, or nil
	out            *Node // what the group computes
	onto           *onto // what it adds to, or nil
}

// An onto is a value that a product is added to, with the factors of both.
type onto struct{ value, alpha, beta *Node }

// productOf absorbs into a product the transposes of its factors, and a bias and an
// activation that nothing else stands between, except into a gradient of weights,
// which has none.
func (s *state) productOf(n *Node) *product {
	p := &product{out: n}
	p.a, p.transA = factor(n.inputs[0])
	p.b, p.transB = factor(n.inputs[1])
	if _, ok := n.op.(accumulated); ok {
		p.onto = &onto{stored(n.inputs[2]), stored(n.inputs[3]), stored(n.inputs[4])}
		return p
	}
	if o, ok := n.op.(convolution); !s.Epilogue || ok && o.role == conv.Weights {
		return p
	}
	if next := s.onlyReader(p.out); next != nil {
		if bias := addend(next, n); bias != nil {
			p.bias, p.out = bias, next
		}
	}
	if next := s.onlyReader(p.out); next != nil {
		if o, ok := next.op.(unary); ok && isActivation(o.of) {
			p.activation, p.out = next, next
		}
	}
	return p
}

// isActivation reports whether products apply a function to their results.
func isActivation(f vec.UnaryOp) bool {
	return f == vec.ReLU || f == vec.Tanh || f == vec.Sigmoid
}

// onlyReader returns the node that alone reads n, if n is nothing else than a step
// on the way to it.
func (s *state) onlyReader(n *Node) *Node {
	if s.output[n.id] || len(s.readers[n.id]) != 1 {
		return nil
	}
	return s.readers[n.id][0]
}

// addend returns what n adds to each row of m, or of a view of m with the same rows,
// if it is a leaf.
func addend(n, m *Node) *Node {
	if n.op != add || domain.Of(n.shape) != domain.Of(m.shape) {
		return nil
	}
	for i, x := range n.inputs {
		other := stored(n.inputs[1-i])
		at, ok := domain.Of(n.shape).Place(n.inputs[1-i].shape)
		if stored(x) == m && ok && at == domain.PerCol && len(other.inputs) == 0 {
			return other
		}
	}
	return nil
}

// members returns the members of the product's group, m being the MatMul.
func (p *product) members(m *Node) []*Node {
	out := []*Node{m}
	if p.bias != nil {
		n := p.out
		if p.activation != nil {
			n = stored(p.activation.inputs[0])
		}
		out = append(out, n)
	}
	if p.activation != nil {
		out = append(out, p.activation)
	}
	return out
}

// function returns the activation, or that which changes nothing.
func (p *product) function() vec.UnaryOp {
	if p.activation == nil {
		return vec.Copy
	}
	return p.activation.op.(unary).of
}

// instruction returns the product of a group.
func (p *product) instruction(e *emitter, g *group) exec.Instruction {
	m := g.nodes[0]
	if o, ok := m.op.(convolution); ok {
		return o.productInstruction(e, g)
	}
	in := &exec.Product{
		M: m.shape[0], N: m.shape[1], K: m.inputs[0].shape[1], TransA: p.transA, TransB: p.transB,
		A: p.a.id, B: p.b.id, C: p.out.id, Bias: exec.None, Act: p.function(), Guards: e.guards[g],
		Adds: e.addsToSums(p.out), NextA: e.rowStride(p.a), NextB: e.rowStride(p.b),
	}
	if p.bias != nil {
		in.Bias = p.bias.id
	}
	if p.onto != nil {
		in.Onto = &exec.Onto{W: p.onto.value.id, Alpha: p.onto.alpha.id, Beta: p.onto.beta.id}
	}
	return in
}
