package stream

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"declive/datasets"
)

// A Table is a table in a file that is read again in every epoch. It is data for
// optim.Trainer.Fit. A sequence of batches cannot tell errors: it ends where the file
// cannot be read, as when it was changed meanwhile, and [Table.Err] says why.
type Table struct {
	file
	parts  []part // of the examples of the file, each one of a split
	n      int
	x, y   moments // of features and of targets
	steps  []step
	window int
	failed *failure
}

// A step makes something else of a block of examples.
type step func(*datasets.Dataset) (*datasets.Dataset, error)

// A failure is the first error of the sequences of a table and its views.
type failure struct {
	sync.Mutex
	err error
}

func (f *failure) set(err error) {
	f.Lock()
	defer f.Unlock()
	if f.err == nil {
		f.err = err
	}
}

// DefaultWindow is the number of examples among which the next one is drawn.
const DefaultWindow = 1 << 16

// Open reads the table that open opens, packed or not, from its first to its last
// line, counts the examples and takes the moments of their features. Columns are found
// as by [datasets.Schema.Read]; a header must be the first record.
//
// The error is a [*datasets.FormatError] with the line for anything that
// [datasets.Schema.Read] refuses, and for a table without labels.
func Open(open func() (io.ReadCloser, error), schema *datasets.Schema) (*Table, error) {
	switch {
	case open == nil:
		return nil, errors.New("stream: Open: the function that opens the file is nil")
	case schema == nil:
		return nil, errors.New("stream: Open: the schema is nil; let a part of the table teach one, with Table.Learn")
	}
	t := &Table{file: file{open, schema}, window: DefaultWindow, failed: new(failure)}
	err := t.each(func(d *datasets.Dataset) error {
		if d.Labels() == nil && d.Targets() == nil {
			return errors.New("stream: Open: the table has no column of labels to learn from")
		}
		return t.count(d)
	})
	if err == nil && t.n == 0 {
		err = fmt.Errorf("stream: Open: %w", datasets.ErrNoExamples)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// count takes a block's examples in.
func (t *Table) count(d *datasets.Dataset) error {
	b, err := d.Float64().All()
	if err != nil {
		return err
	}
	t.n += d.Len()
	t.x.add(b.X.Float64s(), d.Features())
	t.y.add(d.Targets(), 1)
	return nil
}

// made reports whether Open made the table.
func (t *Table) made() bool { return t != nil && t.open != nil }

var errUnmade = errors.New("stream: the table is nil or empty; make it with Open")

// Len returns the number of examples.
func (t *Table) Len() int {
	if !t.made() {
		return 0
	}
	return t.n
}

// Err returns the error at which a sequence of this table, or of another that was
// made from it, has ended early, or nil.
func (t *Table) Err() error {
	if !t.made() {
		return nil
	}
	t.failed.Lock()
	defer t.failed.Unlock()
	return t.failed.err
}

// Standardise returns the transform after which each feature has mean 0 and, unless
// it is constant, variance 1 over all of the file, as datasets.Standardise does.
func (t *Table) Standardise() datasets.Transform {
	if !t.made() {
		return datasets.Scale(1)
	}
	return t.x.standardise()
}

// StandardiseTargets is [Table.Standardise] of the targets, which it is for a step of
// [Table.Map] to apply. It changes nothing if there are none.
func (t *Table) StandardiseTargets() datasets.Transform {
	if !t.made() || t.y.n == 0 {
		return datasets.Scale(1)
	}
	return t.y.standardise()
}

// Features returns the number of features.
func (t *Table) Features() int {
	if !t.made() {
		return 0
	}
	return len(t.x.mean)
}

// Classes returns the names of the classes, or nil if the table has targets.
func (t *Table) Classes() []string {
	if !t.made() {
		return nil
	}
	return t.schema.Classes()
}

// With returns t under further transforms. It is an error if one is for another
// number of features or not finite.
func (t *Table) With(transforms ...datasets.Transform) (*Table, error) {
	if !t.made() {
		return nil, errUnmade
	}
	one, err := datasets.New(make([]float64, t.Features()), t.Features())
	if err != nil {
		return nil, err
	}
	if _, err := one.With(transforms...); err != nil {
		return nil, err
	}
	return t.Map(func(d *datasets.Dataset) (*datasets.Dataset, error) { return d.With(transforms...) })
}

// Map returns t with every block of examples as f returns it: with other targets, for
// instance. F must keep as many examples, and may be called from several goroutines.
// An error of it ends a sequence. It is an error if f is nil.
func (t *Table) Map(f func(*datasets.Dataset) (*datasets.Dataset, error)) (*Table, error) {
	switch {
	case !t.made():
		return nil, errUnmade
	case f == nil:
		return nil, errors.New("stream: Map: the function is nil")
	}
	v := *t
	v.steps = append(slices.Clone(t.steps), f)
	return &v, nil
}

// WithWindow returns t with a window of so many examples, of 4 bytes a feature: the
// more, the nearer to an order in which all are equally likely. A file in the order of
// its classes wants a window larger than a class. It is an error if it is below 1.
func (t *Table) WithWindow(examples int) (*Table, error) {
	if !t.made() {
		return nil, errUnmade
	}
	if examples < 1 {
		return nil, fmt.Errorf("stream: WithWindow: %d examples, want at least 1", examples)
	}
	v := *t
	v.window = examples
	return &v, nil
}

// moments are those of the features of all examples so far.
type moments struct {
	n       int
	mean    []float64
	squares []float64 // sums of squared differences from the mean
}

// add takes rows of numbers in (Welford, Note on a method for calculating corrected
// sums of squares and products, 1962).
func (m *moments) add(rows []float64, width int) {
	if m.mean == nil {
		m.mean, m.squares = make([]float64, width), make([]float64, width)
	}
	for x := range slices.Chunk(rows, width) {
		m.n++
		for j, v := range x {
			d := v - m.mean[j]
			m.mean[j] += d / float64(m.n)
			m.squares[j] += d * (v - m.mean[j])
		}
	}
}

func (m *moments) standardise() datasets.Transform {
	t := datasets.Transform{Shift: make([]float64, len(m.mean)), Scale: make([]float64, len(m.mean))}
	for j, mean := range m.mean {
		t.Shift[j], t.Scale[j] = mean, 1
		if m.squares[j] > 0 {
			t.Scale[j] = 1 / math.Sqrt(m.squares[j]/float64(m.n))
		}
	}
	return t
}
