package autodiff

// MatMul returns the matrix product of a and b.
//
//	y  = a·b    shape(y) = (m, n) for a of shape (m, k) and b of shape (k, n)
//	da = dy·bᵀ  db = aᵀ·dy
//
// It panics with an [*Error] if a and b are not matrices of matching inner
// dimension.
func (a *Node) MatMul(b *Node) *Node { return a.graph.apply(matMul{}, a, b) }

type matMul struct{}

func (matMul) name() string   { return "MatMul" }
func (matMul) traits() Traits { return Traits{Rounds: true} }

func (matMul) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	a, b := in[0].shape, in[1].shape
	switch {
	case len(a) != 2 || len(b) != 2:
		return nil, "operands must be matrices"
	case a[1] != b[0]:
		return nil, "inner dimensions differ"
	}
	return Shape{a[0], b[1]}, ""
}

func (matMul) vjp(n, dy *Node) []*Node {
	a, b := n.inputs[0], n.inputs[1]
	return []*Node{dy.MatMul(b.T()), a.T().MatMul(dy)}
}

func (matMul) reference(n *Node, in [][]float64, out []float64) {
	k, cols := n.inputs[0].shape[1], n.shape[1]
	for i := range out {
		row, col := i/cols, i%cols
		for p := range k {
			out[i] += in[0][row*k+p] * in[1][p*cols+col]
		}
	}
}
