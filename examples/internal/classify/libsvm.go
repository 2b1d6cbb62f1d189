package classify

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strconv"

	"declive/datasets"
	"declive/datasets/sparse"
)

// readLIBSVM is readTable for a sparse file.
func (d *Set) readLIBSVM(s Settings, f io.ReadSeeker, rng *rand.Rand) error {
	c := datasets.LIBSVM{Real: s.Task == "regress"}
	all, as, err := c.ReadSparse(f)
	var numeric *datasets.NumericLabelsError
	if errors.As(err, &numeric) && s.Task == "classify" {
		if c.Classes, err = numbersIn(f, sparseTargets); err != nil {
			return err
		}
		all, as, err = c.ReadSparse(f)
	}
	if err != nil {
		return err
	}
	if as.Start == datasets.IndexZero {
		d.note("an index is 0: indices are taken to start at 0")
	}
	d.Features = indices(all.Features(), as.Start)
	train, test := all, (*sparse.Examples)(nil)
	if s.Test != "" {
		test, err = readSparse(s.Test, as)
	} else if err = enough(s, all.Len()); err == nil {
		train, test, err = all.Split(0.8, rng)
	}
	if err != nil {
		return err
	}
	if !unfolds(all) {
		d.Train, d.Test = train, test
		d.note("%d of %d features are not 0: they are kept sparse, and as they are", all.Stored()/all.Len(), all.Features())
		return nil
	}
	first, err := unfolded(train)
	if err != nil {
		return err
	}
	second, err := unfolded(test)
	return d.set(first, second, err)
}

// indices returns the names of features, which are the indices of a file.
func indices(n int, start datasets.IndexStart) []string {
	first := 1
	if start == datasets.IndexZero {
		first = 0
	}
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(first + i)
	}
	return names
}

// sparseTargets reads the labels of a sparse file as numbers.
func sparseTargets(r io.Reader) ([]float64, error) {
	x, _, err := datasets.LIBSVM{Real: true}.ReadSparse(r)
	return x.Targets(), err
}

func readSparse(name string, as datasets.LIBSVM) (*sparse.Examples, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	x, _, err := as.ReadSparse(f)
	return x, err
}

const (
	unfoldedAlways = 1 << 24 // numbers of a matrix that is taken with its zeros,
	unfoldedAtAll  = 1 << 27 // and of one where that is done if a twentieth is not 0
)

// unfolds reports whether examples are better taken with their zeros.
func unfolds(x *sparse.Examples) bool {
	size := float64(x.Len()) * float64(x.Features())
	return size <= unfoldedAlways || size <= unfoldedAtAll && 20*float64(x.Stored()) >= size
}

// unfolded returns examples with their zeros.
func unfolded(x *sparse.Examples) (*datasets.Dataset, error) {
	all, width := make([]float64, x.Len()*x.Features()), x.Features()
	for i := range x.Len() {
		columns, values := x.Row(i)
		for k, c := range columns {
			all[i*width+int(c)] = values[k]
		}
	}
	d, err := datasets.New(all, width)
	switch {
	case err != nil:
		return nil, err
	case x.Classes() == nil:
		return d.WithTargets(x.Targets())
	}
	return d.WithLabels(x.Labels(), x.Classes()...)
}
