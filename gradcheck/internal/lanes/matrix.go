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

// matrix returns the rows and columns of a shape, of elements: the first axis and the
// others, so that a row of weights makes one output.
func matrix(s autodiff.Shape) (rows, cols int) {
	if len(s) < 2 || s[0] == 0 {
		return 1, s.Size()
	}
	return s[0], s.Size() / s[0]
}

// sameMatrix reports whether a and b have elements at the same rows and columns.
func sameMatrix(a, b *autodiff.Node) bool {
	ra, ca := matrix(a.Shape())
	rb, cb := matrix(b.Shape())
	return ra == rb && ca == cb
}

// isRow reports whether x, of one axis that is longer than 1, broadcasts over the last
// axis of y, which has more.
func isRow(x, y autodiff.Shape) bool {
	return len(x) > 0 && len(x) <= len(y) && len(y) > 1 && x[len(x)-1] == y[len(y)-1] && x.Size() == y[len(y)-1]
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
