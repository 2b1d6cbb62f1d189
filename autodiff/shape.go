package autodiff

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"declive/internal/dense"
)

// A Shape lists the length of each axis, outermost first. The empty shape is
// that of a scalar; an axis of length 0 makes an empty array.
type Shape []int

// Size returns the number of elements, 1 for a scalar.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// maxSize is the largest number of elements: the bytes of float64 numbers must be
// counted by an int.
const maxSize = math.MaxInt / 8

// impossible says why no array has the shape s, or "": a length is negative, or
// there are more elements than maxSize, lengths of 0 left out.
func (s Shape) impossible() string {
	if len(s) > 0 && slices.Min(s) < 0 {
		return "negative length in the shape " + s.String()
	}
	if _, reason := dense.Size(append(s.clone(), 8)...); reason != "" { // bytes
		return "the shape " + s.String() + " has more elements than fit in memory"
	}
	return ""
}

// Equal reports whether s and t have the same axes.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// clone returns a copy of s that shares nothing with it.
func (s Shape) clone() Shape { return slices.Clone(s) }

// strides returns the row-major strides of s, in elements.
func (s Shape) strides() []int {
	out := make([]int, len(s))
	n := 1
	for i := len(s) - 1; i >= 0; i-- {
		out[i] = n
		n *= s[i]
	}
	return out
}

// String returns the shape as it stands in messages: (), (7), (3, 5).
func (s Shape) String() string {
	var b strings.Builder
	b.WriteByte('(')
	for i, d := range s {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(d))
	}
	b.WriteByte(')')
	return b.String()
}

// broadcast returns the shape that a and b broadcast to under NumPy's rule:
// axes are aligned at the end, and a missing axis or one of length 1 stretches
// to the other's length.
func broadcast(a, b Shape) (Shape, bool) {
	n := max(len(a), len(b))
	out := make(Shape, n)
	for i := range n {
		da, db := a.fromEnd(n-i), b.fromEnd(n-i)
		switch {
		case da == db || db == 1:
			out[i] = da
		case da == 1:
			out[i] = db
		default:
			return nil, false
		}
	}
	return out, true
}

// fromEnd returns the length of the k-th axis from the end, 1 where s has none.
func (s Shape) fromEnd(k int) int {
	if k > len(s) {
		return 1
	}
	return s[len(s)-k]
}
