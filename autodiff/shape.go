package autodiff

import (
	"math"
	"slices"

	"declive/autodiff/internal/shape"
	"declive/internal/dense"
)

// A Shape lists the length of each axis, outermost first. The empty shape is
// that of a scalar; an axis of length 0 makes an empty array.
type Shape []int

// Size returns the number of elements, 1 for a scalar.
func (s Shape) Size() int { return shape.Shape(s).Size() }

// Equal reports whether s and t have the same axes.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// String returns the shape as it stands in messages: (), (7), (3, 5).
func (s Shape) String() string { return shape.Shape(s).String() }

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

// clone returns a copy of s that shares nothing with it.
func (s Shape) clone() Shape { return slices.Clone(s) }

// strides returns the row-major strides of s, in elements.
func (s Shape) strides() []int { return shape.Shape(s).Strides() }

// repeated returns the strides with which s is read when it is broadcast to n axes.
func (s Shape) repeated(n int) []int { return shape.Shape(s).Repeated(n) }

// fromEnd returns the length of the k-th axis from the end, 1 where s has none.
func (s Shape) fromEnd(k int) int { return shape.Shape(s).FromEnd(k) }

// broadcastShapes returns the shape that a and b broadcast to, if they do.
func broadcastShapes(a, b Shape) (Shape, bool) {
	out, ok := shape.Broadcast(shape.Shape(a), shape.Shape(b))
	return Shape(out), ok
}
