package datasets

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"declive/autodiff"
	"declive/internal/dense"
)

// A Dataset is a set of examples, each a row of numbers with a class or a
// target.
//
// It is a view: of stored rows, which it never changes, in its own order and
// under its own transforms. Views are cheap, share their rows, and may be used
// from several goroutines at once.
type Dataset struct {
	store store
	index []int          // index[i] is the stored row of example i; all differ
	shape autodiff.Shape // of one example

	labels  []int // class of each stored row; nil if there are none
	classes []string

	targets     []float64 // targets of each stored row; nil if there are none
	targetShape autodiff.Shape

	more []further // what batches hold besides, under names

	affine affine
	bias   bool
	double bool // batches are float64

	interleaved  bool          // images are (height, width, channels)
	augmentation *Augmentation // of images in minibatches, or nil
	viewed       *View         // of images, or nil
	whole        bool          // minibatches are all of one size
	balance      []int         // class of each stored row, if minibatches are drawn class by class

	names []string // of the features; nil if they have none
	notes []string // what was guessed when the examples were read
}

// New returns the data set of the examples in values, one after another, each
// of the given shape; no shape means that an example is one number. The slice
// is used, not copied. It has neither labels nor targets: see
// [Dataset.WithLabels] and [Dataset.WithTargets].
//
// It is an error if the shape has no elements or values holds no whole number
// of examples.
func New[T Value](values []T, shape ...int) (*Dataset, error) {
	s := autodiff.Shape(slices.Clone(shape))
	size, err := sizeOf("New", s)
	if err != nil {
		return nil, err
	}
	if len(values)%size != 0 {
		return nil, fmt.Errorf("datasets: New: %d values are not a whole number of examples of shape %v", len(values), s)
	}
	return over(matrix[T]{data: values, cols: size}, count(len(values)/size), s), nil
}

// over returns the data set of some stored rows.
func over(rows store, index []int, shape autodiff.Shape) *Dataset {
	return &Dataset{store: rows, index: index, shape: shape, affine: newAffine(Scale(1))}
}

// sizeOf returns the number of elements of s, which has at least one.
func sizeOf(caller string, s autodiff.Shape) (int, error) {
	for _, d := range s {
		if d <= 0 {
			return 0, fmt.Errorf("datasets: %s: shape %v has an axis of length %d", caller, s, d)
		}
	}
	size, reason := dense.Size(s...)
	if reason != "" {
		return 0, fmt.Errorf("datasets: %s: shape %v has %s", caller, s, reason)
	}
	return size, nil
}

// maxValues bounds the values that are made at once, to 16 GiB of float64, and to
// one where an int has 32 bits.
const maxValues = min(math.MaxInt32, math.MaxInt/16)

// roomFor returns how many values n examples of some numbers each have, or an
// error if they are too many to make.
func roomFor(caller string, n int, each ...int) (int, error) {
	size, reason := dense.Size(append([]int{n}, each...)...)
	if reason != "" || size > maxValues {
		return 0, fmt.Errorf("datasets: %s: %d examples of %v numbers are too many, want at most %d numbers", caller, n, autodiff.Shape(each), maxValues)
	}
	return size, nil
}

// count returns 0, 1, …, n − 1.
func count(n int) []int {
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	return index
}

// WithLabels returns d with labels[i] as the class of example i and the names
// of the classes. Without names there are as many classes as the largest label
// asks for, named "0", "1" and so on. Targets that d had are dropped.
//
// It is an error if labels is not as long as d, if a label is negative or has no
// name, or if without names one is 2²⁰ or more.
func (d *Dataset) WithLabels(labels []int, names ...string) (*Dataset, error) {
	if err := d.made("WithLabels"); err != nil {
		return nil, err
	}
	if len(labels) != d.Len() {
		return nil, fmt.Errorf("datasets: WithLabels: %d labels for %d examples", len(labels), d.Len())
	}
	if names == nil && len(labels) > 0 {
		last := slices.Max(labels)
		if last >= maxNamed {
			return nil, fmt.Errorf("datasets: WithLabels: label %d without names of classes, want less than %d; number the classes from 0 up", last, maxNamed)
		}
		names = numbered(max(0, last+1))
	}
	stored := make([]int, d.store.rows())
	for i, label := range labels {
		if label < 0 || label >= len(names) {
			return nil, fmt.Errorf("datasets: WithLabels: label %d of example %d is not a class, want 0 to %d", label, i, len(names)-1)
		}
		stored[d.index[i]] = label
	}
	v := *d
	v.labels, v.classes = stored, slices.Clone(names)
	v.targets, v.targetShape = nil, nil
	return &v, nil
}

// maxNamed is the largest number of classes that get names of their own accord.
const maxNamed = 1 << 20

// numbered returns the names "0" to "n−1".
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// WithTargets returns d with real targets: those of example i are the i-th
// group of numbers of the given shape. With no shape there is one number for
// each example, and a batch of n has Y of shape (n); with shape 1, Y is (n, 1).
// Labels that d had are dropped; the slice is copied.
//
// It is an error if the shape has no elements or targets holds another number
// of groups than d has examples.
func (d *Dataset) WithTargets(targets []float64, shape ...int) (*Dataset, error) {
	if err := d.made("WithTargets"); err != nil {
		return nil, err
	}
	stored, s, err := d.storedNumbers("WithTargets", targets, shape)
	if err != nil {
		return nil, err
	}
	v := *d
	v.targets, v.targetShape = stored, s
	v.labels, v.classes = nil, nil
	return &v, nil
}

// storedNumbers returns the numbers of each stored row for groups of a shape, one for
// each example, with the shape.
func (d *Dataset) storedNumbers(caller string, values []float64, shape []int) ([]float64, autodiff.Shape, error) {
	s := autodiff.Shape(slices.Clone(shape))
	size, err := sizeOf(caller, s)
	if err != nil {
		return nil, nil, err
	}
	if n := d.Len(); n > 0 && (len(values)/n != size || len(values)%n != 0) || n == 0 && len(values) > 0 {
		return nil, nil, fmt.Errorf("datasets: %s: %d numbers in groups of shape %v for %d examples", caller, len(values), s, d.Len())
	}
	room, err := roomFor(caller, d.store.rows(), size)
	if err != nil {
		return nil, nil, err
	}
	stored := make([]float64, room)
	for i, row := range d.index {
		copy(stored[row*size:(row+1)*size], values[i*size:])
	}
	return stored, s, nil
}

// WithBias returns d with one more feature after all others that is always 1,
// so that a matrix of weights holds the biases as its last column: s = x·Wᵀ of
// the 3073 numbers is x·Wᵀ + b of the 3072. Transforms leave that feature
// alone.
func (d *Dataset) WithBias() *Dataset {
	mustBe("datasets.WithBias", d)
	v := *d
	v.bias = true
	return &v
}

// Float64 returns d with batches in float64; without it they are in float32.
func (d *Dataset) Float64() *Dataset {
	mustBe("datasets.Float64", d)
	v := *d
	v.double = true
	return &v
}

// OneHot returns d with its labels as targets of shape (classes): 1 at the
// class, 0 elsewhere. It is an error if d has no labels.
func (d *Dataset) OneHot() (*Dataset, error) {
	if err := d.made("OneHot"); err != nil {
		return nil, err
	}
	if d.labels == nil {
		return nil, errors.New("datasets: OneHot: the examples have no labels")
	}
	k := len(d.classes)
	room, err := roomFor("OneHot", d.Len(), k)
	if err != nil {
		return nil, err
	}
	targets := make([]float64, room)
	for i, row := range d.index {
		targets[i*k+d.labels[row]] = 1
	}
	return d.WithTargets(targets, k)
}

// Signs returns d with its two classes as targets −1 (class 0) and 1 (class
// 1), one for each example. It is an error if d does not have labels of two
// classes.
func (d *Dataset) Signs() (*Dataset, error) {
	if err := d.made("Signs"); err != nil {
		return nil, err
	}
	if len(d.classes) != 2 {
		return nil, fmt.Errorf("datasets: Signs: the examples have %d classes, want 2", len(d.classes))
	}
	targets := make([]float64, d.Len())
	for i, row := range d.index {
		targets[i] = float64(2*d.labels[row] - 1)
	}
	return d.WithTargets(targets)
}

// made returns an error if d was made by nothing in this package.
func (d *Dataset) made(caller string) error {
	if unmade(d) {
		return fmt.Errorf("datasets: %s: %w", caller, errUnmade)
	}
	return nil
}

var errUnmade = errors.New("the data set was made by no function of this package; use New")

// unmade reports whether d was made by nothing in this package.
func unmade(d *Dataset) bool { return d == nil || d.store == nil }

// mustBe panics if d is nil.
func mustBe(name string, d *Dataset) {
	if d == nil {
		autodiff.Fail(name, "the data set is nil")
	}
}

// orEmpty returns d, or one without anything for nil.
func (d *Dataset) orEmpty() *Dataset {
	if d == nil {
		return new(Dataset)
	}
	return d
}
