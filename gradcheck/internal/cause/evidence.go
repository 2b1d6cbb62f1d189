package cause

import (
	"fmt"
	"math"

	"declive/gradcheck/internal/norm"
)

// Evidence is what there is to guess the cause of a wrong gradient from: one
// variable's gradient beside the numerical one.
type Evidence struct {
	Shape    []int   // of the variable
	Complete bool    // Coords are all elements of the variable, in order
	Coords   []Coord // what was compared
	Rel      float64 // relative tolerance of the comparison
	Lengths  []int   // every length in the shapes of the problem, which factors may come from
	Stale    bool    // the gradient is the same at points nearby, and the numerical one is not

	Inside func() string // one mistake inside of the function's graph that explains all, or ""
}

// A Coord is one element that was compared.
type Coord struct {
	Index       int     // in the flattened variable
	X           float64 // its value
	Analytic    float64 // the gradient under test
	Numeric     float64
	Tol         float64 // largest difference that counts as agreement
	Left, Right float64 // one-sided slopes
	Jump        bool    // the function itself jumps here
	Wrong       bool    // the gradients disagree
}

// evidence is the same by columns, one element for each coordinate.
type evidence struct {
	Evidence
	at      []int // flat indices
	wrong   []bool
	a, n, x []float64 // analytic, numeric, value
}

func newEvidence(e Evidence) *evidence {
	out := &evidence{Evidence: e}
	for _, k := range e.Coords {
		out.at = append(out.at, k.Index)
		out.wrong = append(out.wrong, k.Wrong)
		out.a = append(out.a, k.Analytic)
		out.n = append(out.n, k.Numeric)
		out.x = append(out.x, k.X)
	}
	return out
}

// missing returns n − a, and exactly 0 where they agree.
func (e *evidence) missing() []float64 {
	d := make([]float64, len(e.a))
	for i := range d {
		if e.wrong[i] {
			d[i] = e.n[i] - e.a[i]
		}
	}
	return d
}

// same reports whether a equals b within the relative tolerance and noise.
func (e *evidence) same(a, b []float64) bool {
	tol := max(100*e.Rel, 1e-5) * norm.RMS(b)
	for i := range a {
		if math.Abs(a[i]-b[i]) > tol {
			return false
		}
	}
	return true
}

// rest returns |a − r n| / |a|.
func (e *evidence) rest(r float64) float64 {
	d := make([]float64, len(e.a))
	for i := range d {
		d[i] = e.a[i] - r*e.n[i]
	}
	return norm.Of(d) / norm.Of(e.a)
}

// Index writes the index of an element of an array in brackets, [2,1], from that in
// the flattened array.
func Index(shape []int, flat int) string {
	s := ""
	for i := len(shape) - 1; i >= 0; i-- {
		d := max(shape[i], 1)
		s = fmt.Sprintf(",%d", flat%d) + s
		flat /= d
	}
	if s == "" {
		return "[]"
	}
	return "[" + s[1:] + "]"
}
