package cause

import (
	"fmt"
	"math"
	"slices"
)

// misplaced: the right numbers stand in the wrong places.
func (e *evidence) misplaced() string {
	if !e.Complete || len(e.a) < 2 || e.rest(1) < 1e-2 {
		return ""
	}
	stride := 1
	for axis := len(e.Shape) - 1; axis >= 0; axis-- {
		d := e.Shape[axis]
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

// transposed: a holds nᵀ.
func (e *evidence) transposed() string {
	if !e.Complete || len(e.Shape) != 2 {
		return ""
	}
	rows, cols := e.Shape[0], e.Shape[1]
	t := make([]float64, len(e.n))
	for i := range rows {
		for j := range cols {
			t[j*rows+i] = e.n[i*cols+j]
		}
	}
	if !e.same(e.a, t) {
		return ""
	}
	return "the gradient is transposed"
}
