package kernel

import "unsafe"

// Line is the length of a line of the cache in bytes, and of the longest vector.
const Line = 64

// Size returns the size of an element in bytes.
func Size[F Float]() int { return int(unsafe.Sizeof(F(0))) }

// RoundUp returns the least multiple of step, which is positive, from n on.
func RoundUp(n, step int) int { return (n + step - 1) / step * step }

// Grow returns the first n elements of *buf, after making it long enough. New
// memory starts with a line of the cache; old contents are left over from other
// uses.
func Grow[F Float](buf *[]F, n int) []F {
	if cap(*buf) < n {
		*buf = FromLine(make([]F, n+Line/Size[F]()))
	}
	return (*buf)[:n]
}

// FromLine returns x, which is at least as long as a line of the cache, from the
// first line on.
func FromLine[F Float](x []F) []F {
	skip := -int(uintptr(unsafe.Pointer(&x[0]))) & (Line - 1) / Size[F]()
	return x[skip:]
}
