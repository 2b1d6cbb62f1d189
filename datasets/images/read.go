package images

import (
	"errors"
	"fmt"
	"io"
	"math"

	"declive/datasets"
	"declive/internal/pool"
)

// mostBytes bounds what is held at once.
const mostBytes = min(1<<36, math.MaxInt)

// Read reads one PNG or JPEG picture as a data set of one example, without a class, as
// [Folder.Read] reads those that a model was trained on. It is an error if r reads no
// picture or the size has no meaning.
func Read(r io.Reader, size Size) (*datasets.Dataset, error) {
	if err := size.check(); err != nil {
		return nil, fmt.Errorf("images: Read: %w", err)
	}
	if r == nil {
		return nil, errors.New("images: Read: the reader is nil")
	}
	pixels := make([]byte, size.bytes())
	if err := size.pixels(r, pixels); err != nil {
		return nil, fmt.Errorf("images: Read: %w", err)
	}
	return datasets.New(pixels, size.Channels, size.Height, size.Width)
}

// Read reads all pictures, on all cores, and returns them as a data set with their
// classes, in memory as bytes, in the order of the folder.
//
// The error names the first file that is no picture. It is an error, too, if the size
// has no meaning, if there are no pictures, or if they take more than 64 GiB.
func (f *Folder) Read(size Size) (*datasets.Dataset, error) {
	if err := f.check("Read", size); err != nil {
		return nil, err
	}
	if f.Len() > mostBytes/size.bytes() {
		return nil, fmt.Errorf("images: Read: %d pictures of %d bytes are too many to hold, want at most %d bytes; use Stream", f.Len(), size.bytes(), mostBytes)
	}
	return f.read(size, f.files)
}

func (f *Folder) check(caller string, size Size) error {
	if err := size.check(); err != nil {
		return fmt.Errorf("images: %s: %w", caller, err)
	}
	if f.Len() == 0 {
		return fmt.Errorf("images: %s: there are no pictures", caller)
	}
	return nil
}

// read reads some of the files.
func (f *Folder) read(size Size, files []file) (*datasets.Dataset, error) {
	pixels, labels, failures := make([]byte, len(files)*size.bytes()), make([]int, len(files)), make([]error, len(files))
	pool.Do(len(files), func(i int) {
		labels[i] = files[i].class
		failures[i] = size.read(f.fsys, files[i].name, pixels[i*size.bytes():(i+1)*size.bytes()])
	})
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	d, err := datasets.New(pixels, size.Channels, size.Height, size.Width)
	if err != nil {
		return nil, err
	}
	return d.WithLabels(labels, f.classes...)
}
