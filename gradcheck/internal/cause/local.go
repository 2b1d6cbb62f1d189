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
	if e.count() == len(e.wrong) || !e.plainlyRight() {
		return ""
	}
	where := e.place()
	if where == "" {
		return ""
	}
	return "only " + where + e.there()
}

// there says how the gradient relates to the right one where it is wrong.
func (e *evidence) there() string {
	var a, n []float64
	for i, w := range e.wrong {
		if w {
			a, n = append(a, e.a[i]), append(n, e.n[i])
		}
	}
	if norm.Max(a) == 0 {
		return "; it is 0 there"
	}
	if r, ok := norm.Ratio(a, n); ok && len(a) > 1 && math.Abs(r-1) > 10*e.Rel {
		return fmt.Sprintf("; there analytic = %.6g x numeric", r)
	}
	return ""
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
func (e *evidence) place() string {
	for _, rule := range []func() string{e.irrelevant, e.signOfX, e.slab, e.slabs, e.boundary, e.few} {
		if s := rule(); s != "" {
			return s
		}
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

// few: three wrong coordinates at most, and more than as many right ones. They are
// listed: other rules find small relations in what is right.
func (e *evidence) few() string {
	if n := e.count(); n > 3 || len(e.wrong) <= 2*n {
		return ""
	}
	var names []string
	for i, w := range e.wrong {
		if w {
			names = append(names, Index(e.Shape, e.at[i]))
		}
	}
	return strings.Join(names, ", ") + " wrong: an index that is off, a case of its own, or a duplicate"
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
// the largest |x|. It comes after a factor, which is not to be seen either where the
// gradient is small.
func (e *evidence) threshold() string {
	if n := e.count(); n < 2 || len(e.wrong)-n < 2 || !e.plainlyRight() {
		return ""
	}
	abs := make([]float64, len(e.x))
	for i, x := range e.x {
		abs[i] = math.Abs(x)
	}
	switch {
	case e.separates(e.x):
		return "only coordinates on one side of a threshold in x wrong: that branch" + e.there()
	case e.separates(abs):
		return "only coordinates on one side of a threshold in |x| wrong: that branch, a clip or a saturated range" + e.there()
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
