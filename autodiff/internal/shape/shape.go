// Package shape is the arithmetic of the shapes of arrays.
package shape

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// A Shape lists the length of each axis, outermost first; that of a scalar is
// empty.
type Shape []int

// Size returns the number of elements, 1 for a scalar.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether s and t have the same axes.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// Clone returns a copy of s that shares nothing with it.
func (s Shape) Clone() Shape { return slices.Clone(s) }

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

// FromEnd returns the length of the k-th axis from the end, 1 where s has none.
func (s Shape) FromEnd(k int) int {
	if k > len(s) {
		return 1
	}
	return s[len(s)-k]
}

// Strides returns the row-major strides, in elements.
func (s Shape) Strides() []int {
	out := make([]int, len(s))
	n := 1
	for i := len(s) - 1; i >= 0; i-- {
		out[i] = n
		n *= s[i]
	}
	return out
}

// Repeated returns the strides with which s is read when it is broadcast to n
// axes: 0 along the axes that it lacks or that have length 1.
func (s Shape) Repeated(n int) []int {
	out, own := make([]int, n), s.Strides()
	for i, d := range s {
		if d != 1 {
			out[n-len(s)+i] = own[i]
		}
	}
	return out
}

// Reduced returns s with length 1 along the axes from … to−1.
func (s Shape) Reduced(from, to int) Shape {
	out := s.Clone()
	for i := from; i < to; i++ {
		out[i] = 1
	}
	return out
}

// Broadcast returns the shape that a and b broadcast to under NumPy's rule: axes
// are aligned at the end, and a missing axis or one of length 1 is repeated to the
// other's length. It returns false if the lengths do not allow that. The result may
// share memory with a.
func Broadcast(a, b Shape) (Shape, bool) {
	if a.Equal(b) {
		return a, true
	}
	n := max(len(a), len(b))
	out := make(Shape, n)
	for i := range n {
		da, db := a.FromEnd(n-i), b.FromEnd(n-i)
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

// Runs yields the runs of neighbours among sorted axes: each from its first axis to
// the one after its last.
func Runs(axes []int) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for i := 0; i < len(axes); {
			j := i + 1
			for j < len(axes) && axes[j] == axes[j-1]+1 {
				j++
			}
			if !yield(axes[i], axes[j-1]+1) {
				return
			}
			i = j
		}
	}
}
