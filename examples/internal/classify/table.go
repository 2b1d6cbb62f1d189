package classify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"

	"declive/datasets"
)

// open opens a file, or reads all of a pipe or of standard input, so that it can be
// read twice.
func (s Settings) open(name string) (io.ReadSeekCloser, error) {
	if name == "-" {
		if s.Stdin == nil {
			return nil, errors.New("-file - is standard input, and there is none")
		}
		return buffered(s.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekCurrent); err == nil {
		return f, nil
	}
	defer f.Close() // a pipe
	return buffered(f)
}

func buffered(r io.Reader) (io.ReadSeekCloser, error) {
	all, err := io.ReadAll(r)
	return closed{bytes.NewReader(all)}, err
}

// closed is what needs no closing.
type closed struct{ *bytes.Reader }

func (closed) Close() error { return nil }

// readTable reads the examples of a file of text, and parts them unless there is a
// file to test with.
func (d *Set) readTable(s Settings, rng *rand.Rand) error {
	f, err := s.open(s.File)
	if err != nil {
		return err
	}
	defer f.Close()
	read := d.readCSV
	switch {
	case s.Data == "libsvm":
		read = d.readLIBSVM
	case s.Stream:
		read = d.streamCSV
	}
	err = read(s, f, rng)
	var numeric *datasets.NumericLabelsError
	if errors.As(err, &numeric) && s.Task == "" {
		s.Task = "regress"
		d.note("%d different numbers in %d examples are taken for values to predict; -task classify takes them for classes", numeric.Different, numeric.Examples)
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		err = read(s, f, rng)
	}
	if err != nil {
		return inFlags(err)
	}
	return d.checkTable(s)
}

func (d *Set) note(format string, values ...any) {
	d.Notes = append(d.Notes, fmt.Sprintf(format, values...))
}

// take takes notes of package datasets over.
func (d *Set) take(notes []string) {
	for _, note := range notes {
		d.Notes = append(d.Notes, flagWords.Replace(note))
	}
}

// checkTable refuses what cannot be learnt from.
func (d *Set) checkTable(s Settings) error {
	if classes := d.Train.Classes(); classes != nil && len(classes) < 2 {
		advice := ""
		if s.Data == "csv" && s.Label == "" {
			advice = "; -label says which column has the classes"
		}
		return fmt.Errorf("-file %s has one class, %s: nothing to tell apart%s", s.File, short(classes[0]), advice)
	}
	if !labelled(d.Test) {
		return fmt.Errorf("-test %s has no labels to compare with", s.Test)
	}
	return nil
}

// enough refuses too few examples to train on and to test with.
func enough(s Settings, n int) error {
	if n < 3 {
		return fmt.Errorf("-file %s has %d examples, want at least 3, to train on and to test with", s.File, n)
	}
	return nil
}

// readCSV is readTable for a table of columns.
func (d *Set) readCSV(s Settings, f io.ReadSeeker, rng *rand.Rand) error {
	c := s.csv()
	t, err := c.Table(f)
	var numeric *datasets.NumericLabelsError
	if errors.As(err, &numeric) && s.Task == "classify" {
		values := c
		values.Real = true
		if c.Classes, err = numbersIn(f, func(r io.Reader) ([]float64, error) {
			all, err := values.Read(r)
			if err != nil {
				return nil, err
			}
			return all.Targets(), nil
		}); err != nil {
			return err
		}
		t, err = c.Table(f)
	}
	if err != nil {
		return err
	}
	d.take(t.Notes())
	if s.Test != "" {
		return d.learn(t, func(schema *datasets.Schema) (*datasets.Dataset, error) { return d.readTest(s, schema.Read) })
	}
	if err := enough(s, t.Len()); err != nil {
		return err
	}
	train, test, err := t.Split(0.8, rng)
	if err != nil {
		return err
	}
	return d.learn(train, func(schema *datasets.Schema) (*datasets.Dataset, error) { return schema.Dataset(test) })
}

// learn makes the data sets of a training part, and of what there is to test with.
func (d *Set) learn(train *datasets.Table, test func(*datasets.Schema) (*datasets.Dataset, error)) (err error) {
	if d.Schema, err = train.Learn(); err != nil {
		return err
	}
	first, err := d.Schema.Dataset(train)
	if err != nil {
		return err
	}
	second, err := test(d.Schema)
	return d.set(first, second, err)
}

// readTest reads the file to test with.
func (d *Set) readTest(s Settings, read func(io.Reader) (*datasets.Dataset, error)) (*datasets.Dataset, error) {
	f, err := os.Open(s.Test)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	test, err := read(f)
	if err != nil {
		return nil, err
	}
	d.take(test.Notes())
	return test, nil
}

// numbersIn reads a file again, with labels that are numbers, returns these as the
// names of classes, and takes the file back to its beginning.
func numbersIn(f io.ReadSeeker, targets func(io.Reader) ([]float64, error)) (names []string, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	values, err := targets(f)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	slices.Sort(values)
	for _, x := range slices.Compact(values) {
		names = append(names, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return names, nil
}
