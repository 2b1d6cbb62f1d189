package bridge

import (
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"declive/autodiff"
)

// batched records a product for each matrix of a stack. All axes but the last
// two count matrices.
func batched(n *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	a, b := stack(in[0]), stack(in[1])
	matrices := a.Shape()[0]
	parts := make([]*autodiff.Node, matrices)
	for i := range parts {
		x, y := matrix(a, i), matrix(b, i)
		if strings.HasPrefix(name, "Aᵀ") {
			x = x.T()
		}
		if strings.HasSuffix(name, "Bᵀ") {
			y = y.T()
		}
		parts[i] = x.MatMul(y)
	}
	return autodiff.Concat(0, parts...).Reshape(n.Shape()...), ""
}

// stack brings an array to three axes: matrices, rows, columns.
func stack(x *autodiff.Node) *autodiff.Node {
	shape := x.Shape()
	rows := len(shape) - 2
	return x.Reshape(shape[:rows].Size(), shape[rows], shape[rows+1])
}

func matrix(x *autodiff.Node, i int) *autodiff.Node {
	return x.Slice(0, i, i+1).Reshape(x.Shape()[1:]...)
}

// importTensordot records the sum over pairs of axes, Tensordot(aAxes=[…],
// bAxes=[…]), as a product of matrices.
func importTensordot(n *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	left, right, _ := strings.Cut(name, "bAxes")
	over, with := numbers(left), numbers(right)
	a, rows := foldAxes(in[0], over, false)
	b, cols := foldAxes(in[1], with, true)
	return a.Reshape(rows, -1).MatMul(b.Reshape(-1, cols)).Reshape(n.Shape()...), ""
}

// foldAxes brings the named axes to the front or to the end and returns how many
// elements the others have.
func foldAxes(x *autodiff.Node, axes []int, front bool) (y *autodiff.Node, others int) {
	var rest []int
	others = 1
	for i, d := range x.Shape() {
		if !slices.Contains(axes, i) {
			rest = append(rest, i)
			others *= d
		}
	}
	order := append(rest, axes...)
	if front {
		order = append(slices.Clone(axes), rest...)
	}
	return x.Transpose(order...), others
}
