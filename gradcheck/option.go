package gradcheck

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"declive/gradcheck/internal/subject"
)

// An Option changes how a check is done. The zero set of options is right for
// most tests.
type Option func(*options)

// A KinkMode says what to ask of a gradient where the function has a kink.
type KinkMode uint8

const (
	// Interval asks the gradient to lie between the left and the right slope.
	Interval KinkMode = iota
	// Strict asks, besides, that it gives the right slope in every direction
	// along which the function is smooth. It suits single operations.
	Strict
	// Fail refuses kinks: the point was meant to be smooth.
	Fail
	// Skip accepts anything at a kink.
	Skip
)

type options struct {
	relTol        float64 // 0: by precision
	fast          int
	sample        int
	seed          uint64
	kinks         KinkMode
	maxUnresolved float64
	points        [][]float64
	bounds        subject.Bounds
	expect        map[string]func(x []float64) []float64
	deadline      time.Time // when the test run ends, if it does
	maxWrong      int       // wrong coordinates that fast mode searches for
	err           error
}

// DefaultSeed is the seed of a check without the [Seed] option.
const DefaultSeed = 11

func newOptions(opts []Option) (options, error) {
	o := options{seed: DefaultSeed, maxUnresolved: 0.05, maxWrong: 16}
	for i, opt := range opts {
		if opt == nil {
			return o, fmt.Errorf("gradcheck: option %d is nil", i)
		}
		opt(&o)
	}
	return o, o.err
}

// refuse remembers the first bad setting.
func (o *options) refuse(ok bool, format string, args ...any) {
	if !ok && o.err == nil {
		o.err = fmt.Errorf("gradcheck: "+format, args...)
	}
}

// RelTol sets the relative tolerance that is added to the numerical error. The
// default is 1e-6, 1e-4 for a float32 gradient against a float64 function, and
// 1e-3 where the function itself computes in float32.
func RelTol(tol float64) Option {
	return func(o *options) {
		o.refuse(tol > 0 && tol < 1, "RelTol: %v is not between 0 and 1", tol)
		o.relTol = tol
	}
}

// Fast checks k random directions of each tensor instead of every coordinate,
// and searches for the wrong coordinates by bisection if one fails.
func Fast(k int) Option {
	return func(o *options) {
		o.refuse(k > 0, "Fast: %d directions", k)
		o.fast = k
	}
}

// Sample checks at most n coordinates of each tensor: its corners, its largest
// and smallest gradients, zeros, and random ones; and one random direction, in
// which every coordinate has its part. The report says how many.
func Sample(n int) Option {
	return func(o *options) {
		o.refuse(n > 0, "Sample: %d coordinates", n)
		o.sample = n
	}
}

// Seed sets the seed of everything random in a check.
func Seed(s uint64) Option { return func(o *options) { o.seed = s } }

// Kinks sets what is asked at kinks: [Interval] by default, [Strict] for [Op].
func Kinks(m KinkMode) Option {
	return func(o *options) {
		o.refuse(m <= Skip, "Kinks: unknown mode %d", m)
		o.kinks = m
	}
}

// MaxUnresolved sets the fraction of a tensor's coordinates that may stay
// unresolved; 0.05 by default.
func MaxUnresolved(fraction float64) Option {
	return func(o *options) {
		o.refuse(fraction >= 0 && fraction <= 1, "MaxUnresolved: %v is not between 0 and 1", fraction)
		o.maxUnresolved = fraction
	}
}

// At checks at further points too. Each is the concatenation of all variables.
func At(points ...[]float64) Option {
	return func(o *options) {
		o.refuse(len(points) > 0, "At: no points")
		o.points = append(o.points, points...)
	}
}

// Bounds keeps every variable within [lo, hi] wherever the function is
// evaluated. At a bound the derivative is taken from inside.
func Bounds(lo, hi float64) Option {
	return func(o *options) {
		o.refuse(lo < hi, "Bounds: [%v, %v] is empty", lo, hi)
		o.bounds = subject.Bounds{Given: true, Lo: lo, Hi: hi}
	}
}

// Expect compares the gradient of the named variable with what the function
// returns instead of with a numerical gradient. It serves gradients that differ
// from the derivative on purpose, such as straight-through estimators. That the
// problem has no variable of that name is an error of the check.
func Expect(name string, gradient func(x []float64) []float64) Option {
	return func(o *options) {
		o.refuse(gradient != nil, "Expect: the gradient of %s is nil", name)
		if o.expect == nil {
			o.expect = map[string]func([]float64) []float64{}
		}
		o.expect[name] = gradient
	}
}

// expectKnown returns an error if [Expect] names what is no variable.
func (o *options) expectKnown(vars []Var) error {
	for _, name := range slices.Sorted(maps.Keys(o.expect)) {
		if !slices.ContainsFunc(vars, func(v Var) bool { return v.Name == name }) {
			var names []string
			for _, v := range vars {
				names = append(names, v.Name)
			}
			return fmt.Errorf("gradcheck: Expect: there is no variable %q, but %s", name, shorten(names, 6))
		}
	}
	return nil
}

// tolerances returns the relative tolerance, and the floor relative to the
// largest gradient of the tensor, for what computes in float32.
func (o *options) tolerances(p subject.Precision) (rel, floor float64) {
	rel, floor = 1e-6, 1e-8
	switch {
	case p.Function32:
		rel, floor = 1e-3, 1e-5
	case p.Gradient32:
		rel, floor = 1e-4, 1e-5
	}
	if o.relTol > 0 {
		rel = o.relTol
	}
	return rel, floor
}
