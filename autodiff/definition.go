package autodiff

import "declive/internal/kernel"

// definitionStep runs the definition of an op that the compiler does not know:
// slow, one call for the whole array in float64, but right.
type definitionStep[F kernel.Float] struct {
	m    *machine[F]
	node *Node
	op   structural
	in   [][]float64 // copies of the operands
	out  []float64
}

func (m *machine[F]) bindDefinition(n *Node) step {
	s := &definitionStep[F]{m: m, node: n, op: n.op.(structural), out: make([]float64, n.shape.Size())}
	for _, x := range n.inputs {
		s.in = append(s.in, make([]float64, x.shape.Size()))
	}
	return s
}

func (s *definitionStep[F]) run() {
	for i, x := range s.node.inputs {
		from := stored(x).id
		if x.IsLabels() {
			for j, y := range s.m.labels[from] {
				s.in[i][j] = float64(y)
			}
			continue
		}
		for j, v := range s.m.slots[from] {
			s.in[i][j] = float64(v)
		}
	}
	clear(s.out)
	s.op.reference(s.node, s.in, s.out)
	for j, v := range s.out {
		s.m.slots[s.node.id][j] = F(v)
	}
}
