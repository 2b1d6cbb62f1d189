package subject

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"declive/gradcheck/internal/cause"
	"declive/gradcheck/internal/trace"
)

// A Subject is a function and its alleged gradient at one point.
type Subject struct {
	Context context.Context
	Vars    []Var // names and shapes
	F       func(x [][]float64) ([]float64, error)
	VJP     func(x [][]float64, v []float64) ([][]float64, error)
	Graph   *trace.Function // what is known of the function's inside, or nil
	Seed    uint64
	Rand    *rand.Rand // everything random of the check, from the seed
	Precision
	Bounds

	X    [][]float64 // the point
	V    []float64   // the incoming gradient
	Base []float64   // F(X)
	Grad [][]float64 // the gradient under test, VJP(X, V)

	evals  atomic.Int64
	values trace.Values // of the graph's nodes at X, once they were needed
}

// A Var names a variable.
type Var struct {
	Name  string
	Shape []int
}

// Index names element i of the flattened variable by its indices: [2,0].
func (v Var) Index(i int) string { return cause.Index(v.Shape, i) }

// At names element i of the flattened variable: W1[2,0].
func (v Var) At(i int) string { return v.Name + v.Index(i) }

// A Fault is a mistake of protocol: something about the gradient or the function
// that no comparison of numbers sees, or that makes one impossible.
type Fault string

// Error returns what is wrong.
func (f Fault) Error() string { return string(f) }

// Faultf returns a fault.
func Faultf(format string, args ...any) error { return Fault(fmt.Sprintf(format, args...)) }

// Evals returns how often the function was evaluated.
func (s *Subject) Evals() int { return int(s.evals.Load()) }

// Count adds evaluations that were made elsewhere.
func (s *Subject) Count(n int) { s.evals.Add(int64(n)) }

// Ended returns an error if the check's context has ended.
func (s *Subject) Ended() error {
	if err := s.Context.Err(); err != nil {
		return fmt.Errorf("gradcheck: %w", err)
	}
	return nil
}

// Eval evaluates the function at x, which it may keep.
func (s *Subject) Eval(x [][]float64) ([]float64, error) {
	if err := s.Ended(); err != nil {
		return nil, err
	}
	s.evals.Add(1)
	y, err := s.F(x)
	if err != nil {
		return nil, fmt.Errorf("gradcheck: evaluating the function: %w", err)
	}
	if s.Base != nil && len(y) != len(s.Base) {
		return nil, fmt.Errorf("gradcheck: the function returned %d values, %d before", len(y), len(s.Base))
	}
	return y, nil
}

// Backward calls the gradient on copies of x and v. What has the wrong form, or
// changes its arguments, is a [Fault].
func (s *Subject) Backward(x [][]float64, v []float64) ([][]float64, error) {
	if err := s.Ended(); err != nil {
		return nil, err
	}
	at, w := Clone(x), slices.Clone(v)
	g, err := s.VJP(at, w)
	if err != nil {
		return nil, fmt.Errorf("gradcheck: evaluating the gradient: %w", err)
	}
	if len(g) != len(s.Vars) {
		return nil, Faultf("the gradient has %d parts for %d variables", len(g), len(s.Vars))
	}
	for b, vr := range s.Vars {
		switch {
		case g[b] == nil && len(x[b]) > 0:
			return nil, Faultf("the gradient of %s is nil: it was never computed", vr.Name)
		case len(g[b]) != len(x[b]):
			return nil, Faultf("the gradient of %s has %d elements, the variable %v has %d", vr.Name, len(g[b]), vr.Shape, len(x[b]))
		}
		if i, same := Identical(at[b], x[b]); !same {
			return nil, Faultf("the gradient changes its argument: %s", vr.At(i))
		}
	}
	if j, same := Identical(w, v); !same {
		return nil, Faultf("the gradient changes the incoming gradient (output %d)", j)
	}
	return g, nil
}

// NodeValues returns the values of the graph's nodes at the point, computed once.
func (s *Subject) NodeValues() (trace.Values, error) {
	var err error
	if s.values == nil {
		s.values, err = s.Graph.Values(s.X)
	}
	return s.values, err
}

// Identical reports whether a and b hold the same bits, and where they first
// do not. NaN is identical to NaN.
func Identical(a, b []float64) (int, bool) {
	for i := range a {
		if a[i] != b[i] && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
			return i, false
		}
	}
	return 0, true
}
