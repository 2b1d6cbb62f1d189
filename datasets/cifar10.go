package datasets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"declive/datasets/internal/find"
)

const (
	cifarPixels = 3 * 32 * 32
	cifarRecord = 1 + cifarPixels
	cifarFile   = 10000 // records in a published file
)

// cifarTrain and cifarTest are the published files, unpacked.
var (
	cifarTrain = []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"}
	cifarTest  = []string{"test_batch.bin"}
)

func cifarClasses() []string {
	return []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
}

// ReadCIFAR10 reads a file in the binary form of CIFAR-10, gzipped or not:
// records of one byte of label, 0 to 9, and 3072 bytes of pixels, the red, the
// green and the blue plane row by row. It reads to the end of r and returns
// examples of shape (3, 32, 32), stored as bytes; see A. Krizhevsky, "Learning
// Multiple Layers of Features from Tiny Images", 2009.
//
// The error is a [*FormatError] if r has no record, ends within one, or has
// another label.
func ReadCIFAR10(r io.Reader) (*Dataset, error) {
	s, err := newSource("CIFAR-10", nameOf(r), r)
	if err != nil {
		return nil, err
	}
	var pixels []byte
	var labels []int
	for {
		n := len(pixels)
		pixels = slices.Grow(pixels, cifarPixels)[:n+cifarPixels]
		label, err := nextCIFAR10(s, pixels[n:])
		if err == io.EOF {
			return newCIFAR10(s, pixels[:n], labels)
		}
		if err != nil {
			return nil, err
		}
		labels = append(labels, label)
	}
}

// nextCIFAR10 reads one record; it returns io.EOF at the end of the file.
func nextCIFAR10(s *source, pixels []byte) (label int, err error) {
	var first [1]byte
	if err := s.next(first[:]); err != nil {
		return 0, err
	}
	if first[0] > 9 {
		return 0, s.failureAt(s.offset-1, fmt.Errorf("label %d, want 0 to 9", first[0]))
	}
	if err := s.next(pixels); err == io.EOF {
		return 0, s.failure(fmt.Errorf("the file ends after the label of a record: %w", io.ErrUnexpectedEOF))
	} else if err != nil {
		return 0, err
	}
	return int(first[0]), nil
}

func newCIFAR10(s *source, pixels []byte, labels []int) (*Dataset, error) {
	if len(labels) == 0 {
		return nil, s.failure(errors.New("the file has no records"))
	}
	d, err := New(pixels, 3, 32, 32)
	if err != nil {
		return nil, err
	}
	return d.WithLabels(labels, cifarClasses()...)
}

// LoadCIFAR10 reads the 50,000 training and the 10,000 test images from the
// published files data_batch_1.bin to data_batch_5.bin and test_batch.bin in
// the root of fsys, each as it is or with .gz. Shorter files are taken, of any
// number of records up to the published 10,000.
//
// The error is a [*FormatError] if a file departs from the form that
// [ReadCIFAR10] describes or has too many records, and wraps fs.ErrNotExist if
// one is missing.
func LoadCIFAR10(fsys fs.FS) (train, test *Dataset, err error) {
	if train, err = loadCIFAR10(fsys, cifarTrain); err != nil {
		return nil, nil, err
	}
	if test, err = loadCIFAR10(fsys, cifarTest); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// loadCIFAR10 reads the named files at the same time, each into its own part of
// one slice, and closes the gaps that shorter files leave.
func loadCIFAR10(fsys fs.FS, names []string) (*Dataset, error) {
	pixels := make([]byte, len(names)*cifarFile*cifarPixels)
	labels := make([][]int, len(names))
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		part := pixels[i*cifarFile*cifarPixels:][:cifarFile*cifarPixels]
		wg.Go(func() { labels[i], errs[i] = fillCIFAR10(fsys, name, part) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	n := 0
	for i := range names {
		n += copy(pixels[n:], pixels[i*cifarFile*cifarPixels:][:len(labels[i])*cifarPixels])
	}
	return newCIFAR10(&source{format: "CIFAR-10"}, pixels[:n], slices.Concat(labels...))
}

// fillCIFAR10 reads one file into pixels and returns its labels.
func fillCIFAR10(fsys fs.FS, name string, pixels []byte) ([]int, error) {
	f, name, err := find.Open(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	s, err := newSource("CIFAR-10", name, f)
	if err != nil {
		return nil, err
	}
	var labels []int
	for len(labels) < cifarFile {
		n := len(labels) * cifarPixels
		label, err := nextCIFAR10(s, pixels[n:n+cifarPixels])
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
