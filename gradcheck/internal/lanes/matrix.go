package lanes

import (
	"slices"

	"declive/autodiff"
)

// broadcast returns the elements of an array of shape from, broadcast to a shape.
func broadcast(x []float64, from, to autodiff.Shape) []float64 {
	out := make([]float64, to.Size())
	for i := range out {
		at, stride, rest := 0, 1, i
		for axis := len(to) - 1; axis >= len(to)-len(from); axis-- {
			d := from[axis-len(to)+len(from)]
			if d > 1 {
				at += rest % to[axis] * stride
			}
			stride *= d
			rest /= to[axis]
		}
		out[i] = x[at]
	}
	return out
}

// matrix returns the rows and columns of a shape, one row unless it has two axes.
func matrix(s autodiff.Shape) (rows, cols int) {
	if len(s) == 2 {
		return s[0], s[1]
	}
	return 1, s.Size()
}

// sameMatrix reports whether a and b have elements at the same rows and columns.
func sameMatrix(a, b *autodiff.Node) bool {
	ra, ca := matrix(a.Shape())
	rb, cb := matrix(b.Shape())
	return ra == rb && ca == cb
}

// isRow reports whether x of shape (n) or (1, n) broadcasts over a matrix (m, n).
func isRow(x, m autodiff.Shape) bool {
	return len(m) == 2 && x.Size() == m[1] && (len(x) == 1 || len(x) == 2 && x[0] == 1)
}

// broadcastStrides returns the strides with which x is read along the rows and
// columns of the shape that it broadcasts to.
func broadcastStrides(x, to autodiff.Shape) (si, sj int, ok bool) {
	if x.Size() == 1 {
		return 0, 0, true
	}
	if !slices.Equal(x, to) && len(to) > 2 {
		return 0, 0, false
	}
	rows, cols := matrix(x)
	if rows > 1 {
		si = cols
	}
	if cols > 1 {
		sj = 1
	}
	return si, sj, true
}
