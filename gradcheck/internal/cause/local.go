package cause

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"declive/gradcheck/internal/norm"
)

// local: only some coordinates are wrong, and they have something in common.
func (e *evidence) local() string {
	count := e.count()
	if count == len(e.wrong) || !e.plainlyRight() {
		return ""
	}
	where := e.place(count)
	if where == "" {
		return ""
	}
	return "only " + where + e.inside()
}

// count returns the number of wrong coordinates.
func (e *evidence) count() int {
	n := 0
	for _, w := range e.wrong {
		if w {
			n++
		}
	}
	return n
}

// plainlyRight reports whether a coordinate that agrees is not just 0 = 0.
func (e *evidence) plainlyRight() bool {
	for i, w := range e.wrong {
		if !w && e.n[i] != 0 {
			return true
		}
	}
	return false
}

// place names the set of wrong coordinates, or returns "".
func (e *evidence) place(count int) string {
	for _, rule := range []func() string{e.irrelevant, e.signOfX, e.slab, e.slabs} {
		if s := rule(); s != "" {
			return s
		}
	}
	if s := e.boundary(); s != "" {
		return s
	}
	if count <= 3 && len(e.wrong) > 2*count {
		return e.few()
	}
	if s := e.threshold(); s != "" {
		return s
	}
	return ""
}

// irrelevant: the wrong coordinates are those that the function does not depend
// on.
func (e *evidence) irrelevant() string {
	for i, w := range e.wrong {
		if w != (e.n[i] == 0 && e.a[i] != 0) {
			return ""
		}
	}
	return "coordinates that the function does not depend on wrong: they were given a share of others' gradient"
}

// slabs: the wrong coordinates have a few indices along one axis, and all of
// those are wrong.
func (e *evidence) slabs() string {
	stride := 1
	for axis := len(e.Shape) - 1; axis >= 0 && len(e.Shape) > 1; axis-- {
		d := e.Shape[axis]
		bad, good := make([]int, d), make([]int, d)
		for i, at := range e.at {
			if e.wrong[i] {
				bad[at/stride%d]++
			} else if e.n[i] != 0 || e.a[i] != 0 {
				good[at/stride%d]++
			}
		}
		var names []string
		for k := range bad {
			if bad[k] > 0 && good[k] > 0 {
				names = nil
				break
			}
			if bad[k] > 0 {
				names = append(names, fmt.Sprint(k))
			}
		}
		if len(names) > 0 && 2*len(names) <= d && e.enough(bad) {
			return fmt.Sprintf("indices %s of axis %d wrong: duplicates, or cases of their own", strings.Join(names, ", "), axis)
		}
		stride *= d
	}
	return ""
}

// few lists the wrong coordinates.
func (e *evidence) few() string {
	var names []string
	for i, w := range e.wrong {
		if w {
			names = append(names, Index(e.Shape, e.at[i]))
		}
	}
	return strings.Join(names, ", ") + " wrong: an index that is off, a case of its own, or a duplicate"
}

// slab: the wrong coordinates are exactly those with one index, or a range of
// indices, along one axis.
func (e *evidence) slab() string {
	stride := 1
	for axis := len(e.Shape) - 1; axis >= 0; axis-- {
		d := e.Shape[axis]
		bad, good := make([]int, d), make([]int, d)
		for i, at := range e.at {
			k := at / stride % d
			if e.wrong[i] {
				bad[k]++
			} else if e.n[i] != 0 || e.a[i] != 0 {
				good[k]++
			}
		}
		if s := slabText(bad, good, axis, len(e.Shape)); s != "" && len(e.at) > d/2 && e.enough(bad) {
			return s
		}
		stride *= d
	}
	return ""
}

// enough reports whether the wrong coordinates of each index along an axis are all
// of them, or more than one of a sample.
func (e *evidence) enough(bad []int) bool {
	return e.Complete || !slices.Contains(bad, 1)
}

func slabText(bad, good []int, axis, axes int) string {
	first, last, n := -1, -1, 0
	for k := range bad {
		if bad[k] == 0 {
			continue
		}
		if good[k] > 0 {
			return ""
		}
		if first < 0 {
			first = k
		}
		last = k
		n++
	}
	if n == 0 || n == len(bad) || last-first+1 != n {
		return ""
	}
	name := fmt.Sprintf("index %d of axis %d", first, axis)
	if n > 1 {
		name = fmt.Sprintf("indices %d to %d of axis %d", first, last, axis)
	}
	switch {
	case axes == 2 && axis == 0 && n == 1:
		name = fmt.Sprintf("row %d", first)
	case axes == 2 && axis == 1 && n == 1:
		name = fmt.Sprintf("column %d", first)
	}
	switch {
	case last == len(bad)-1:
		return name + " wrong, the last: a border, an off-by-one, or an incomplete block"
	case first == 0:
		return name + " wrong, the first: a border or an off-by-one"
	}
	return name + " wrong"
}

// boundary: the wrong coordinates are those around a box in the middle of the last
// two axes, which is right; in a vector the first and the last.
func (e *evidence) boundary() string {
	n := len(e.Shape)
	if n == 0 {
		return ""
	}
	axes := e.Shape[max(0, n-2):]
	lo, hi := slices.Clone(axes), make([]int, len(axes))
	for i, at := range e.at {
		for axis := len(axes) - 1; axis >= 0 && !e.wrong[i]; axis-- {
			k := at % axes[axis]
			lo[axis], hi[axis] = min(lo[axis], k), max(hi[axis], k)
			at /= axes[axis]
		}
	}
	inside := func(at int) bool {
		for axis := len(axes) - 1; axis >= 0; axis-- {
			if k := at % axes[axis]; k < lo[axis] || k > hi[axis] {
				return false
			}
			at /= axes[axis]
		}
		return true
	}
	for axis, d := range axes {
		if lo[axis] == 0 || hi[axis] == d-1 || n == 1 && (lo[axis] > 1 || hi[axis] < d-2) {
			return ""
		}
	}
	for i, at := range e.at {
		if e.wrong[i] == inside(at) {
			return ""
		}
	}
	return "the border wrong: padding or an off-by-one"
}

// signOfX: the wrong coordinates are exactly those with x < 0, or with x > 0.
func (e *evidence) signOfX() string {
	negative, positive := true, true
	for i, x := range e.x {
		if e.n[i] == 0 && e.a[i] == 0 {
			continue
		}
		negative = negative && e.wrong[i] == (x < 0)
		positive = positive && e.wrong[i] == (x > 0)
	}
	switch {
	case negative:
		return "coordinates with x < 0 wrong, and all of these: that branch"
	case positive:
		return "coordinates with x > 0 wrong, and all of these: that branch"
	}
	return ""
}

// threshold: the wrong coordinates are those with the largest or smallest x, or
// the largest |x|.
func (e *evidence) threshold() string {
	count := e.count()
	if count < 2 || len(e.wrong)-count < 2 {
		return ""
	}
	abs := make([]float64, len(e.x))
	for i, x := range e.x {
		abs[i] = math.Abs(x)
	}
	switch {
	case e.separates(e.x):
		return "coordinates on one side of a threshold in x wrong: that branch"
	case e.separates(abs):
		return "coordinates on one side of a threshold in |x| wrong: that branch, a clip or a saturated range"
	}
	return ""
}

// separates reports whether some threshold on key splits right from wrong.
func (e *evidence) separates(key []float64) bool {
	var good, bad []float64
	for i, k := range key {
		if e.wrong[i] {
			bad = append(bad, k)
		} else {
			good = append(good, k)
		}
	}
	return slices.Max(good) < slices.Min(bad) || slices.Max(bad) < slices.Min(good)
}

// inside says how the gradient relates to the right one where it is wrong.
func (e *evidence) inside() string {
	var a, n []float64
	zero := true
	for i, w := range e.wrong {
		if w {
			a, n = append(a, e.a[i]), append(n, e.n[i])
			zero = zero && e.a[i] == 0
		}
	}
	if zero {
		return "; it is 0 there"
	}
	if r, ok := norm.Ratio(a, n); ok && len(a) > 1 && math.Abs(r-1) > 10*e.Rel {
		return fmt.Sprintf("; there analytic = %.6g x numeric", r)
	}
	return ""
}
