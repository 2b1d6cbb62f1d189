package datasets

import (
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"declive/datasets/internal/find"
)

// Magic numbers of IDX files: two zero bytes, 8 for unsigned bytes, and the
// number of axes.
const (
	idxImages = 0x00000803
	idxLabels = 0x00000801
)

// FashionClasses returns the names of the classes of Fashion-MNIST, which has
// the form of MNIST: give them to WithLabels in place of the digits.
func FashionClasses() []string {
	return []string{"T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"}
}

// ReadMNIST reads images and labels in the IDX form of MNIST, gzipped or not,
// big endian: the magic number 2051, count, height, width and a byte for every
// pixel; the magic number 2049, count and a byte for every label, 0 to 9. It
// returns examples of shape (1, height, width), stored as bytes; see Y. LeCun,
// C. Cortes, C. Burges, "The MNIST database of handwritten digits".
//
// The error is a [*FormatError] if a magic number or label is another, the
// counts differ, or a file ends too early or goes on too long.
func ReadMNIST(images, labels io.Reader) (*Dataset, error) {
	return readMNIST(images, nameOf(images), labels, nameOf(labels))
}

// LoadMNIST reads the training and the test part from the published files
// train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
// t10k-labels-idx1-ubyte in the root of fsys, each as it is or with .gz.
//
// Errors are those of [ReadMNIST]; they wrap fs.ErrNotExist if a file is
// missing.
func LoadMNIST(fsys fs.FS) (train, test *Dataset, err error) {
	if train, err = LoadMNISTPart(fsys, "train"); err != nil {
		return nil, nil, err
	}
	if test, err = LoadMNISTPart(fsys, "t10k"); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// LoadMNISTPart is [LoadMNIST] for one part, "train" or "t10k".
func LoadMNISTPart(fsys fs.FS, part string) (*Dataset, error) {
	images, imagesName, err := find.Open(fsys, part+"-images-idx3-ubyte")
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer images.Close()
	labels, labelsName, err := find.Open(fsys, part+"-labels-idx1-ubyte")
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer labels.Close()
	return readMNIST(images, imagesName, labels, labelsName)
}

func readMNIST(images io.Reader, imagesName string, labels io.Reader, labelsName string) (*Dataset, error) {
	pixels, shape, err := readIDX(images, imagesName, idxImages)
	if err != nil {
		return nil, err
	}
	classes, counts, err := readIDX(labels, labelsName, idxLabels)
	if err != nil {
		return nil, err
	}
	if shape[0] != counts[0] {
		return nil, &FormatError{Format: "IDX", File: labelsName, Offset: 4,
			Err: fmt.Errorf("%d labels for %d images", counts[0], shape[0])}
	}
	y := make([]int, len(classes))
	for i, c := range classes {
		if c > 9 {
			return nil, &FormatError{Format: "IDX", File: labelsName, Offset: int64(8 + i), Err: fmt.Errorf("label %d, want 0 to 9", c)}
		}
		y[i] = int(c)
	}
	d, err := New(pixels, 1, shape[1], shape[2])
	if err != nil {
		return nil, err
	}
	return d.WithLabels(y, numbered(10)...)
}

// readIDX reads a whole file and returns its bytes and the length of each axis.
func readIDX(r io.Reader, name string, magic uint32) (data []byte, shape []int, err error) {
	s, err := newSource("IDX", name, r)
	if err != nil {
		return nil, nil, err
	}
	if shape, err = idxHeader(s, magic); err != nil {
		return nil, nil, err
	}
	size := 1
	for _, n := range shape {
		size *= n
	}
	if data, err = s.bytes(size); err != nil {
		return nil, nil, err
	}
	return data, shape, s.end()
}

// maxIDX bounds the size of an IDX file, in bytes.
const maxIDX = 1 << 30

// idxHeader reads magic number and axes, none of which may be empty.
func idxHeader(s *source, magic uint32) ([]int, error) {
	var word [4]byte
	if err := s.whole(word[:]); err != nil {
		return nil, err
	}
	if got := binary.BigEndian.Uint32(word[:]); got != magic {
		return nil, s.failureAt(0, fmt.Errorf("magic number %d, want %d", got, magic))
	}
	shape := make([]int, magic&0xff)
	size := uint64(1)
	for i := range shape {
		if err := s.whole(word[:]); err != nil {
			return nil, err
		}
		n := binary.BigEndian.Uint32(word[:])
		if size *= uint64(n); n == 0 || size > maxIDX {
			return nil, s.failureAt(s.offset-4, fmt.Errorf("axis %d has length %d, which makes %d bytes, want 1 to %d", i, n, size, maxIDX))
		}
		shape[i] = int(n)
	}
	return shape, nil
}

// whole is next where the file may not end yet.
func (s *source) whole(p []byte) error {
	err := s.next(p)
	if err == io.EOF {
		return s.failure(fmt.Errorf("the file ends too early: %w", io.ErrUnexpectedEOF))
	}
	return err
}

// bytes reads size bytes. The memory grows with what arrives, so that a header
// alone cannot ask for much.
func (s *source) bytes(size int) ([]byte, error) {
	var data []byte
	for len(data) < size {
		n := len(data)
		step := min(size-n, max(n, 1<<20))
		data = slices.Grow(data, step)[:n+step]
		if err := s.whole(data[n:]); err != nil {
			return nil, err
		}
	}
	return data, nil
}
