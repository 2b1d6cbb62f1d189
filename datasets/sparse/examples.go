package sparse

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Examples are rows of few features with a class or a target each. They are a view, in
// an order of its own, of stored rows that never change.
type Examples struct {
	rows  Rows
	index []int // of the rows

	labels  []int // of each stored row; nil if there are none
	classes []string
	targets []float64 // of each stored row; nil if there are none

	double bool // batches are float64
}

// Rows are a matrix of few elements, row by row: row i has the value Values[k] in
// column Columns[k], for k from Ends[i−1], or 0, to Ends[i] − 1.
type Rows struct {
	Values  []float64
	Columns []int32
	Ends    []int
	Width   int // columns
}

// New returns examples that use the slices, without labels and targets. It is an error
// if columns are not as many as values or not below the width, if ends fall or the last
// is not the number of values, or if a value is not finite.
func New(r Rows) (*Examples, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("sparse: New: %w", err)
	}
	x := &Examples{rows: r, index: make([]int, len(r.Ends))}
	for i := range x.index {
		x.index[i] = i
	}
	return x, nil
}

// maxWidth is the largest number of features: indices are of 32 bits, and sizes of
// matrices have to be numbers on any machine.
const maxWidth = 1 << 30

func (r Rows) check() error {
	last := 0
	for i, end := range r.Ends {
		if end < last {
			return fmt.Errorf("row %d ends at %d, before its start %d", i, end, last)
		}
		last = end
	}
	switch {
	case r.Width < 1 || r.Width > maxWidth:
		return fmt.Errorf("width %d, want 1 to %d", r.Width, maxWidth)
	case len(r.Columns) != len(r.Values):
		return fmt.Errorf("%d columns for %d values", len(r.Columns), len(r.Values))
	case last != len(r.Values):
		return fmt.Errorf("the rows end at %d, but there are %d values", last, len(r.Values))
	}
	for k, c := range r.Columns {
		if c < 0 || int(c) >= r.Width {
			return fmt.Errorf("column %d of value %d, want 0 to %d", c, k, r.Width-1)
		}
		if v := r.Values[k]; v-v != 0 {
			return fmt.Errorf("value %d is %v, want a finite number", k, v)
		}
	}
	return nil
}

// WithLabels returns x with a class for each example and the names of the classes;
// without names they are "0", "1" and so on. Targets that x had are dropped. It is an
// error if labels are not as many as examples, or one has no name.
func (x *Examples) WithLabels(labels []int, names ...string) (*Examples, error) {
	if len(labels) != x.Len() {
		return nil, fmt.Errorf("sparse: WithLabels: %d labels for %d examples", len(labels), x.Len())
	}
	if x.Len() == 0 {
		return nil, errors.New("sparse: WithLabels: there are no examples")
	}
	if last := slices.Max(labels); names == nil && last < len(labels) {
		for k := range last + 1 {
			names = append(names, strconv.Itoa(k))
		}
	}
	stored := make([]int, len(x.rows.Ends))
	for i, label := range labels {
		if label < 0 || label >= len(names) {
			return nil, fmt.Errorf("sparse: WithLabels: label %d of example %d is not a class, want 0 to %d", label, i, len(names)-1)
		}
		stored[x.index[i]] = label
	}
	v := *x
	v.labels, v.classes, v.targets = stored, slices.Clone(names), nil
	return &v, nil
}

// WithTargets returns x with a number to predict for each example. Labels that x had
// are dropped. It is an error if targets are not as many as examples, or not finite.
func (x *Examples) WithTargets(targets []float64) (*Examples, error) {
	if len(targets) != x.Len() {
		return nil, fmt.Errorf("sparse: WithTargets: %d targets for %d examples", len(targets), x.Len())
	}
	if x.Len() == 0 {
		return nil, errors.New("sparse: WithTargets: there are no examples")
	}
	stored := make([]float64, len(x.rows.Ends))
	for i, t := range targets {
		if t-t != 0 {
			return nil, fmt.Errorf("sparse: WithTargets: target %d is %v, want a finite number", i, t)
		}
		stored[x.index[i]] = t
	}
	v := *x
	v.labels, v.classes, v.targets = nil, nil, stored
	return &v, nil
}

// Float64 returns x with batches in float64; without it they are in float32.
func (x *Examples) Float64() *Examples {
	if x == nil {
		return nil
	}
	v := *x
	v.double = true
	return &v
}

// Split shuffles the examples and returns views of the given fraction of them,
// rounded, and of the rest. It is an error if the fraction is not between 0 and 1, if
// a part is empty, or if rng is nil.
func (x *Examples) Split(fraction float64, rng *rand.Rand) (first, rest *Examples, err error) {
	n := int(math.Round(fraction * float64(x.Len())))
	switch {
	case !(fraction > 0 && fraction < 1):
		return nil, nil, fmt.Errorf("sparse: Split: fraction %v is not between 0 and 1", fraction)
	case n == 0 || n == x.Len():
		return nil, nil, fmt.Errorf("sparse: Split: a fraction of %v leaves a part of %d examples empty", fraction, x.Len())
	case rng == nil:
		return nil, nil, errors.New("sparse: Split: the generator of random numbers is nil; make one with rand.New")
	}
	index := slices.Clone(x.index)
	rng.Shuffle(len(index), func(i, j int) { index[i], index[j] = index[j], index[i] })
	a, b := *x, *x
	a.index, b.index = index[:n], index[n:]
	return &a, &b, nil
}

// Len returns the number of examples.
func (x *Examples) Len() int {
	if x == nil {
		return 0
	}
	return len(x.index)
}

// Features returns the number of columns.
func (x *Examples) Features() int {
	if x == nil {
		return 0
	}
	return x.rows.Width
}

// Stored returns the number of features that are stored of all examples.
func (x *Examples) Stored() int {
	n := 0
	for i := range x.Len() {
		from, to := x.rows.span(x.index[i])
		n += to - from
	}
	return n
}

// Row returns the columns and the values that are stored of example i, which must not
// be changed, and nil if there is none.
func (x *Examples) Row(i int) (columns []int32, values []float64) {
	if i < 0 || i >= x.Len() {
		return nil, nil
	}
	from, to := x.rows.span(x.index[i])
	return x.rows.Columns[from:to], x.rows.Values[from:to]
}

func (r Rows) span(i int) (from, to int) {
	if i > 0 {
		from = r.Ends[i-1]
	}
	return from, r.Ends[i]
}

// Classes returns the names of the classes, or nil if x has no labels.
func (x *Examples) Classes() []string {
	if x == nil {
		return nil
	}
	return slices.Clone(x.classes)
}

// Labels returns the class of each example, or nil if x has none.
func (x *Examples) Labels() []int { return gather(x, func(x *Examples) []int { return x.labels }) }

// Targets returns the target of each example, or nil if x has none.
func (x *Examples) Targets() []float64 {
	return gather(x, func(x *Examples) []float64 { return x.targets })
}

// gather returns of what is stored for each row that of each example.
func gather[T any](x *Examples, of func(*Examples) []T) []T {
	if x == nil || of(x) == nil {
		return nil
	}
	stored, out := of(x), make([]T, x.Len())
	for i, row := range x.index {
		out[i] = stored[row]
	}
	return out
}

// Signs returns x with its two classes as targets −1 (class 0) and 1 (class 1). It is
// an error if x does not have labels of two classes.
func (x *Examples) Signs() (*Examples, error) {
	if k := len(x.Classes()); k != 2 {
		return nil, fmt.Errorf("sparse: Signs: the examples have %d classes, want 2", k)
	}
	targets := make([]float64, x.Len())
	for i, label := range x.Labels() {
		targets[i] = float64(2*label - 1)
	}
	return x.WithTargets(targets)
}
