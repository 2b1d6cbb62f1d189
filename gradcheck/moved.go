package gradcheck

import (
	"fmt"
	"math"
	"slices"
)

// moved: the right numbers stand in the wrong places.
func (e *evidence) moved() string {
	if !e.all || len(e.a) < 2 || e.rest(1) < 1e-2 {
		return ""
	}
	stride := 1
	for axis := len(e.shape) - 1; axis >= 0; axis-- {
		d := e.shape[axis]
		for s := 1; s < d; s++ {
			if e.same(e.a, rolled(e.n, stride, d, s)) {
				return fmt.Sprintf("the gradient is shifted by %d of %d along axis %d: an index is off", signedShift(s, d), d, axis)
			}
			if e.shiftedIn(stride, d, s) {
				return fmt.Sprintf("the gradient is shifted by %d along axis %d: an index is off", signedShift(s, d), axis)
			}
		}
		if d > 1 && e.same(e.a, flipped(e.n, stride, d)) {
			return fmt.Sprintf("the gradient is reversed along axis %d", axis)
		}
		stride *= d
	}
	a, n := slices.Clone(e.a), slices.Clone(e.n)
	slices.Sort(a)
	slices.Sort(n)
	if e.same(a, n) {
		return "the gradient holds the right numbers in other places: permuted, or reshaped in the wrong order"
	}
	return ""
}

func signedShift(s, d int) int {
	if s > d/2 {
		return s - d
	}
	return s
}

// rolled returns n moved by s places along an axis of length d.
func rolled(n []float64, stride, d, s int) []float64 {
	out := make([]float64, len(n))
	for i := range n {
		k := i / stride % d
		out[i+((k+s)%d-k)*stride] = n[i]
	}
	return out
}

// flipped returns n reversed along an axis of length d.
func flipped(n []float64, stride, d int) []float64 {
	out := make([]float64, len(n))
	for i := range n {
		k := i / stride % d
		out[i+(d-1-2*k)*stride] = n[i]
	}
	return out
}

// shiftedIn reports whether a is n moved by one place along an axis, whatever
// stands where nothing was moved to.
func (e *evidence) shiftedIn(stride, d, s int) bool {
	if d < 3 || s != 1 && s != d-1 {
		return false
	}
	r := rolled(e.n, stride, d, s)
	a, n := []float64{}, []float64{}
	for i := range e.a {
		k := i / stride % d
		if s == 1 && k == 0 || s == d-1 && k == d-1 {
			continue
		}
		a, n = append(a, e.a[i]), append(n, r[i])
	}
	return len(a) > 2 && e.same(a, n) && !constant(n)
}

func constant(n []float64) bool {
	for _, v := range n {
		if math.Abs(v-n[0]) > 1e-6*math.Abs(n[0]) {
			return false
		}
	}
	return true
}

// offset: d = n − a is one number, or one for each row or column.
func (e *evidence) offset() string {
	if !e.all || len(e.a) < 3 {
		return ""
	}
	d := e.missing()
	if constant(d) {
		return fmt.Sprintf("numeric − analytic = %.6g on every coordinate: a constant term, such as that of a mean or a normaliser, is missing", d[0])
	}
	stride := 1
	for axis := len(e.shape) - 1; axis >= 0; axis-- {
		n := e.shape[axis]
		if n > 2 && constantAlong(d, stride, n) {
			return fmt.Sprintf("numeric − analytic is the same along axis %d: the term of a mean or a normaliser over that axis is missing", axis)
		}
		stride *= n
	}
	return ""
}

func constantAlong(d []float64, stride, n int) bool {
	scale := 0.0
	for _, v := range d {
		scale = max(scale, math.Abs(v))
	}
	for i := range d {
		first := i - i/stride%n*stride
		if math.Abs(d[i]-d[first]) > 1e-5*scale {
			return false
		}
	}
	return true
}

// reduced: a is the same along an axis where n is not, and equals one slice of
// n, its sum or its mean: a broadcast undone in the wrong way.
func (e *evidence) reduced() string {
	if !e.all {
		return ""
	}
	stride := 1
	for axis := len(e.shape) - 1; axis >= 0; axis-- {
		n := e.shape[axis]
		if n > 1 && constantAlong(e.a, stride, n) && !constantAlong(e.n, stride, n) {
			sum := make([]float64, len(e.n))
			for i := range e.n {
				sum[i-i/stride%n*stride] += e.n[i]
			}
			for i := range sum {
				sum[i] = sum[i-i/stride%n*stride]
			}
			if r, ok := ratio(e.a, sum); ok {
				return fmt.Sprintf("the gradient is the same along axis %d, %.4g times the sum of the right one: reduced over that axis by mistake", axis, r)
			}
			return fmt.Sprintf("the gradient is the same along axis %d and should not be: broadcast or reduced along it by mistake", axis)
		}
		stride *= n
	}
	return ""
}
