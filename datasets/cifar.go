package datasets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"sync"

	"declive/datasets/internal/find"
)

const cifarPixels = 3 * 32 * 32

// A cifar is a data set in the binary form of CIFAR: records of a byte for each
// label and 3072 bytes of pixels, the red, the green and the blue plane row by row.
type cifar struct {
	name            string
	labels          [][]string // classes of each label in a record
	take            int        // the label that counts
	train, test     []string   // files
	each            int        // most records in a training file
	folder, archive string     // as they are when downloaded
	python          []string   // what the version for Python has
}

func (c cifar) classes() []string { return slices.Clone(c.labels[c.take]) }

func cifar10() cifar {
	return cifar{
		name:   "CIFAR-10",
		labels: [][]string{{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}},
		train:  []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
		test:   []string{"test_batch.bin"},
		each:   10000,
		folder: "cifar-10-batches-bin", archive: "cifar-10-binary.tar.gz",
		python: []string{"data_batch_1", "cifar-10-batches-py/data_batch_1", "cifar-10-python.tar.gz"},
	}
}

// ReadCIFAR10 reads a file in the binary form of CIFAR-10, packed or not:
// records of one byte of label, 0 to 9, and 3072 bytes of pixels, the red, the
// green and the blue plane row by row. It reads to the end of r and returns
// examples of shape (3, 32, 32), stored as bytes; see A. Krizhevsky, "Learning
// Multiple Layers of Features from Tiny Images", 2009.
//
// The error is a [*FormatError] if r has no record, ends within one, or has
// another label.
func ReadCIFAR10(r io.Reader) (*Dataset, error) { return cifar10().read(r) }

// LoadCIFAR10 reads the 50,000 training and the 10,000 test images from the
// published files data_batch_1.bin to data_batch_5.bin and test_batch.bin, each as it
// is or with .gz, in the root of fsys or in its folder cifar-10-batches-bin, or from
// the published archive cifar-10-binary.tar.gz. Shorter files are taken, of any
// number of records up to the published 10,000.
//
// The error is a [*FormatError] if a file departs from the form that
// [ReadCIFAR10] describes or has too many records, and wraps fs.ErrNotExist if
// one is missing.
func LoadCIFAR10(fsys fs.FS) (train, test *Dataset, err error) { return cifar10().load(fsys) }

// read reads a file to its end.
func (c cifar) read(r io.Reader) (*Dataset, error) {
	s, err := newSource(c.name, nameOf(r), r)
	if err != nil {
		return nil, err
	}
	var pixels []byte
	var labels []int
	for {
		n := len(pixels)
		pixels = slices.Grow(pixels, cifarPixels)[:n+cifarPixels]
		label, err := c.next(s, pixels[n:])
		if err == io.EOF {
			return c.dataset(s, pixels[:n], labels)
		}
		if err != nil {
			return nil, err
		}
		labels = append(labels, label)
	}
}

// next reads one record; it returns io.EOF at the end of the file.
func (c cifar) next(s *source, pixels []byte) (label int, err error) {
	what := s.kind()
	var bytes [2]byte
	labels := bytes[:len(c.labels)]
	if err := s.next(labels); err != nil {
		return 0, err
	}
	for i, l := range labels {
		if int(l) < len(c.labels[i]) {
			continue
		}
		at := s.offset - int64(len(labels)-i)
		if what != "" {
			return 0, s.failureAt(0, fmt.Errorf("the file is %s", what))
		}
		return 0, s.failureAt(at, fmt.Errorf("label %d, want 0 to %d", l, len(c.labels[i])-1))
	}
	if err := s.next(pixels); err == io.EOF {
		return 0, s.failure(fmt.Errorf("the file ends after the label of a record: %w", io.ErrUnexpectedEOF))
	} else if err != nil {
		return 0, err
	}
	return int(labels[c.take]), nil
}

func (c cifar) dataset(s *source, pixels []byte, labels []int) (*Dataset, error) {
	if len(labels) == 0 {
		return nil, s.failure(errors.New("the file has no records"))
	}
	d, err := New(pixels, 3, 32, 32)
	if err != nil {
		return nil, err
	}
	return d.WithLabels(labels, c.classes()...)
}

// load reads both parts.
func (c cifar) load(fsys fs.FS) (train, test *Dataset, err error) {
	if fsys, err = c.place(fsys); err != nil {
		return nil, nil, err
	}
	if train, err = c.part(fsys, c.train, c.each); err != nil {
		return nil, nil, err
	}
	if test, err = c.part(fsys, c.test, 10000); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// place returns a file system with the files in its root or in the folder that they
// are published in.
func (c cifar) place(fsys fs.FS) (fs.FS, error) {
	first := c.train[0]
	f, _, err := find.OpenIn(fsys, []string{"", c.folder}, []string{first})
	if err == nil {
		return fsys, f.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	archive, err := find.Archive(fsys, c.archive, slices.Concat(c.train, c.test))
	if !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return nil, fmt.Errorf("datasets: %w", err)
		}
		return archive, nil
	}
	if f, name, err := find.Open(fsys, c.python...); err == nil {
		f.Close()
		return nil, fmt.Errorf("datasets: %s is of the version of %s for Python; get the binary version, %s", name, c.name, c.archive)
	}
	return fsys, nil
}

// part reads the named files at the same time, each into its own part of one slice,
// and closes the gaps that shorter files leave.
func (c cifar) part(fsys fs.FS, names []string, each int) (*Dataset, error) {
	pixels := make([]byte, len(names)*each*cifarPixels)
	labels := make([][]int, len(names))
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		part := pixels[i*each*cifarPixels:][:each*cifarPixels]
		wg.Go(func() { labels[i], errs[i] = c.fill(fsys, name, part) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	n := 0
	for i := range names {
		n += copy(pixels[n:], pixels[i*each*cifarPixels:][:len(labels[i])*cifarPixels])
	}
	return c.dataset(&source{format: c.name}, pixels[:n], slices.Concat(labels...))
}

// fill reads one file into pixels and returns its labels.
func (c cifar) fill(fsys fs.FS, name string, pixels []byte) ([]int, error) {
	f, name, err := find.Open(fsys, name, path.Join(c.folder, name))
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	s, err := newSource(c.name, name, f)
	if err != nil {
		return nil, err
	}
	var labels []int
	for n := 0; n < len(pixels); n += cifarPixels {
		label, err := c.next(s, pixels[n:n+cifarPixels])
		if err == io.EOF {
			return labels, nil
		}
		if err != nil {
			return nil, err
		}
		labels = append(labels, label)
	}
	return labels, s.end()
}
