package cause

import (
	"fmt"
	"slices"
	"strings"
)

// slab: the wrong coordinates are exactly those with one index, or a range of
// indices, along one axis.
func (e *evidence) slab() string {
	for axis, d := range slices.Backward(e.Shape) {
		wrong, bad := e.indices(axis)
		n := len(wrong)
		if n == 0 || n == d || wrong[n-1]-wrong[0]+1 != n || len(e.at) <= d/2 || !e.enough(bad) {
			continue
		}
		return slabText(wrong[0], wrong[n-1], axis, e.Shape)
	}
	return ""
}

// slabs: the wrong coordinates have a few indices along one axis, and all of
// those are wrong.
func (e *evidence) slabs() string {
	if len(e.Shape) < 2 {
		return ""
	}
	for axis, d := range slices.Backward(e.Shape) {
		wrong, bad := e.indices(axis)
		if n := len(wrong); n == 0 || 2*n > d || !e.enough(bad) {
			continue
		}
		names := strings.Trim(strings.ReplaceAll(fmt.Sprint(wrong), " ", ", "), "[]")
		return fmt.Sprintf("indices %s of axis %d wrong: duplicates, or cases of their own", names, axis)
	}
	return ""
}

// indices returns the indices along an axis that wrong coordinates have, and how many
// of them have each, or nothing where others that are not 0 = 0 have one of them too.
func (e *evidence) indices(axis int) (wrong, bad []int) {
	stride, d := 1, e.Shape[axis]
	for _, n := range e.Shape[axis+1:] {
		stride *= n
	}
	bad, good := make([]int, d), make([]int, d)
	for i, at := range e.at {
		if k := at / stride % d; e.wrong[i] {
			bad[k]++
		} else if e.n[i] != 0 || e.a[i] != 0 {
			good[k]++
		}
	}
	for k := range bad {
		if bad[k] > 0 && good[k] > 0 {
			return nil, nil
		}
		if bad[k] > 0 {
			wrong = append(wrong, k)
		}
	}
	return wrong, bad
}

// enough reports whether the wrong coordinates of each index along an axis are all
// of them, or more than one of a sample.
func (e *evidence) enough(bad []int) bool {
	return e.Complete || !slices.Contains(bad, 1)
}

// slabText names the indices first … last of an axis.
func slabText(first, last, axis int, shape []int) string {
	name := fmt.Sprintf("indices %d to %d of axis %d", first, last, axis)
	switch {
	case first < last:
	case len(shape) == 2:
		name = fmt.Sprintf("%s %d", []string{"row", "column"}[axis], first)
	default:
		name = fmt.Sprintf("index %d of axis %d", first, axis)
	}
	switch {
	case last == shape[axis]-1:
		return name + " wrong, the last: a border, an off-by-one, or an incomplete block"
	case first == 0:
		return name + " wrong, the first: a border or an off-by-one"
	}
	return name + " wrong"
}
