package autodiff

import (
	"fmt"

	"gorgonia.org/tensor"
)

// A Sparse is a matrix S of which few elements are not 0, stored by rows. Its
// element in row i and column Columns[k] is Values[k], for
//
//	k = Ends[i−1], …, Ends[i] − 1, with Ends[−1] = 0
//
// Elements at the same place add up, those from the last end on belong to no row.
// It has as many rows as Ends is long, and the columns that the other factor of a
// product has rows. A column beyond them, or an end beyond the values, is an error
// of the run that it is fed to.
type Sparse struct {
	Values  *Node // of shape (k)
	Columns *Node // labels, as many
	Ends    *Node // labels, one for each row
}

// The names under which a batch has a sparse matrix.
const (
	sparseValues  = "sparse.values"
	sparseColumns = "sparse.columns"
	sparseEnds    = "sparse.ends"
)

// SparseMore returns the parts of a [Sparse] as further values of a [Batch], whose
// X has the shape (n, 0) then: n examples without other features.
func SparseMore(values, columns, ends *tensor.Dense) []Named {
	return []Named{{sparseValues, values}, {sparseColumns, columns}, {sparseEnds, ends}}
}

// GivenSparse returns the matrix of a batch that [SparseMore] describes. It panics
// with an [*Error] if the graph has none.
func (g *Graph) GivenSparse() Sparse {
	return Sparse{g.Given(sparseValues), g.Given(sparseColumns), g.Given(sparseEnds)}
}

// MatMul returns the product of S and a matrix b of shape (m, p).
//
//	yᵢ = Σ_k vₖ·b[cₖ]                      over the k of row i;  shape(y) = (n, p)
//	dvₖ = Σⱼ dy[i, j]·b[cₖ, j]   db = Sᵀ·dy
//
// It takes time and memory for the stored elements alone. Sums are formed in
// float64. It panics with an [*Error] if an operand has another form.
func (s Sparse) MatMul(b *Node) *Node {
	if s.Values == nil {
		fail("SparseMatMul", "the matrix has no values")
	}
	return s.Values.graph.apply(sparseMatMul{}, s.Values, s.Columns, s.Ends, b)
}

// Three ops are closed under differentiation: with v, c and e the parts of S,
//
//	S·b             sparseMatMul     of v, c, e, b
//	Sᵀ·g            sparseMatMulT    of v, c, e, g
//	(g·bᵀ) at S     sampledMatMul    of g, c, e, b: where S has elements, v of their own

type sparseMatMul struct{}

func (sparseMatMul) name() string   { return "SparseMatMul" }
func (sparseMatMul) traits() Traits { return Traits{Rounds: true} }

func (sparseMatMul) shape(in []*Node) (Shape, string) {
	if reason := sparseReason(in); reason != "" {
		return nil, reason
	}
	return Shape{in[2].shape[0], in[3].shape[1]}, ""
}

func (sparseMatMul) vjp(n, dy *Node) []*Node {
	v, c, e, b := n.inputs[0], n.inputs[1], n.inputs[2], n.inputs[3]
	return []*Node{
		n.graph.apply(sampledMatMul{}, dy, c, e, b), nil, nil,
		n.graph.apply(sparseMatMulT{b.shape[0]}, v, c, e, dy),
	}
}

func (sparseMatMul) below(n *Node, i int) int { return sparseBelow(n, i, n.inputs[3].shape[0]) }

func (sparseMatMul) reference(n *Node, in [][]float64, out []float64) {
	p := n.shape[1]
	eachSparse(in[2], func(i, k int) {
		for j := range p {
			out[i*p+j] += in[0][k] * in[3][int(in[1][k])*p+j]
		}
	})
}

// sparseMatMulT has the number of columns of S for an attribute.
type sparseMatMulT struct{ columns int }

func (sparseMatMulT) name() string        { return "SparseMatMulT" }
func (sparseMatMulT) traits() Traits      { return Traits{Rounds: true} }
func (o sparseMatMulT) attributes() []int { return []int{o.columns} }

func (o sparseMatMulT) shape(in []*Node) (Shape, string) {
	reason := sparseReason(in)
	switch {
	case reason != "":
		return nil, reason
	case in[3].shape[0] != in[2].shape[0]:
		return nil, "the last operand must have a row for each end"
	}
	return Shape{o.columns, in[3].shape[1]}, ""
}

func (sparseMatMulT) vjp(n, dy *Node) []*Node {
	v, c, e, g := n.inputs[0], n.inputs[1], n.inputs[2], n.inputs[3]
	return []*Node{
		n.graph.apply(sampledMatMul{}, g, c, e, dy), nil, nil,
		n.graph.apply(sparseMatMul{}, v, c, e, dy),
	}
}

func (o sparseMatMulT) below(n *Node, i int) int { return sparseBelow(n, i, o.columns) }

func (sparseMatMulT) reference(n *Node, in [][]float64, out []float64) {
	p := n.shape[1]
	eachSparse(in[2], func(i, k int) {
		for j := range p {
			out[int(in[1][k])*p+j] += in[0][k] * in[3][i*p+j]
		}
	})
}

type sampledMatMul struct{}

func (sampledMatMul) name() string   { return "SampledMatMul" }
func (sampledMatMul) traits() Traits { return Traits{Rounds: true} }

func (sampledMatMul) shape(in []*Node) (Shape, string) {
	g, c, e, b := in[0], in[1], in[2], in[3]
	switch {
	case g.IsLabels() || b.IsLabels() || len(g.shape) != 2 || len(b.shape) != 2 || g.shape[1] != b.shape[1]:
		return nil, "the first and the last operand must be matrices of as many columns"
	case !c.IsLabels() || !e.IsLabels():
		return nil, "columns and ends must be labels"
	case g.shape[0] != e.shape[0]:
		return nil, "the first operand must have a row for each end"
	}
	return Shape{c.shape[0]}, ""
}

func (sampledMatMul) vjp(n, dy *Node) []*Node {
	g, c, e, b := n.inputs[0], n.inputs[1], n.inputs[2], n.inputs[3]
	return []*Node{
		n.graph.apply(sparseMatMul{}, dy, c, e, b), nil, nil,
		n.graph.apply(sparseMatMulT{b.shape[0]}, dy, c, e, g),
	}
}

func (sampledMatMul) below(n *Node, i int) int { return sparseBelow(n, i, n.inputs[3].shape[0]) }

func (sampledMatMul) reference(n *Node, in [][]float64, out []float64) {
	p := n.inputs[0].shape[1]
	eachSparse(in[2], func(i, k int) {
		for j := range p {
			out[k] += in[0][i*p+j] * in[3][int(in[1][k])*p+j]
		}
	})
}

// sparseReason says why in are no sparse matrix and a dense one, or "".
func sparseReason(in []*Node) string {
	v, c, e, b := in[0], in[1], in[2], in[3]
	switch {
	case v.IsLabels() || len(v.shape) != 1:
		return "the values must be a vector"
	case !c.IsLabels() || !e.IsLabels():
		return "columns and ends must be labels"
	case c.shape[0] != v.shape[0]:
		return fmt.Sprintf("%d columns for %d values", c.shape[0], v.shape[0])
	case b.IsLabels() || len(b.shape) != 2:
		return "the other factor must be a matrix"
	}
	return ""
}

// sparseBelow returns what the labels of the i-th operand must stay below.
func sparseBelow(n *Node, i, columns int) int {
	if i == 2 {
		return n.inputs[1].shape[0] + 1
	}
	return columns
}

// eachSparse calls f with the row and the place of each element, row by row.
func eachSparse(ends []float64, f func(i, k int)) {
	from := 0
	for i, end := range ends {
		for k := from; k < int(end); k++ {
			f(i, k)
		}
		from = int(end)
	}
}
