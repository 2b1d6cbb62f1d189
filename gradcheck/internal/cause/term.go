package cause

import (
	"fmt"
	"math"

	"declive/gradcheck/internal/norm"
)

// regulariser: d = n − a is a multiple of x, or of its sign.
func (e *evidence) regulariser() string {
	d := e.missing()
	if r, ok := norm.Ratio(d, e.x); ok {
		return fmt.Sprintf("numeric − analytic = %.6g·x: a regularisation term λ x is missing or has the wrong λ", r)
	}
	sign := make([]float64, len(e.x))
	for i, x := range e.x {
		if x != 0 {
			sign[i] = math.Copysign(1, x)
		}
	}
	if r, ok := norm.Ratio(d, sign); ok {
		return fmt.Sprintf("numeric − analytic = %.6g·sign(x): an L1 term is missing", r)
	}
	return ""
}

// offset: d = n − a is one number, or one for each row or column.
func (e *evidence) offset() string {
	if !e.Complete || len(e.a) < 3 {
		return ""
	}
	d := e.missing()
	if constant(d) {
		return fmt.Sprintf("numeric − analytic = %.6g on every coordinate: a constant term, such as that of a mean or a normaliser, is missing", d[0])
	}
	stride := 1
	for axis := len(e.Shape) - 1; axis >= 0; axis-- {
		n := e.Shape[axis]
		if n > 2 && constantAlong(d, stride, n) {
			return fmt.Sprintf("numeric − analytic is the same along axis %d: the term of a mean or a normaliser over that axis is missing", axis)
		}
		stride *= n
	}
	return ""
}

func constantAlong(d []float64, stride, n int) bool {
	scale := norm.Max(d)
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
	if !e.Complete {
		return ""
	}
	stride := 1
	for axis := len(e.Shape) - 1; axis >= 0; axis-- {
		n := e.Shape[axis]
		if n > 1 && constantAlong(e.a, stride, n) && !constantAlong(e.n, stride, n) {
			sum := make([]float64, len(e.n))
			for i := range e.n {
				sum[i-i/stride%n*stride] += e.n[i]
			}
			for i := range sum {
				sum[i] = sum[i-i/stride%n*stride]
			}
			if r, ok := norm.Ratio(e.a, sum); ok {
				return fmt.Sprintf("the gradient is the same along axis %d, %.4g times the sum of the right one: reduced over that axis by mistake", axis, r)
			}
			return fmt.Sprintf("the gradient is the same along axis %d and should not be: broadcast or reduced along it by mistake", axis)
		}
		stride *= n
	}
	return ""
}
