package datasets

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"declive/datasets/internal/find"
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
// t10k-labels-idx1-ubyte in the root of fsys or in its folder raw or MNIST/raw, each
// as it is or with .gz; .idx3 and .idx1 will do for -idx3 and -idx1.
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
	return loadPart(fsys, part, []string{"", "raw", "MNIST/raw"}, readMNIST)
}

// loadPart reads the images and the labels of a part, which lie in one of the
// folders.
func loadPart(fsys fs.FS, part string, folders []string, read func(images io.Reader, imagesName string, labels io.Reader, labelsName string) (*Dataset, error)) (*Dataset, error) {
	names := func(kind string) []string {
		return []string{part + "-" + kind + "-ubyte", part + "-" + strings.Replace(kind, "-", ".", 1) + "-ubyte"}
	}
	images, imagesName, err := find.OpenIn(fsys, folders, names("images-idx3"))
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer images.Close()
	labels, labelsName, err := find.OpenIn(fsys, []string{path.Dir(imagesName)}, names("labels-idx1"))
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer labels.Close()
	return read(images, imagesName, labels, labelsName)
}

func readMNIST(images io.Reader, imagesName string, labels io.Reader, labelsName string) (*Dataset, error) {
	pixels, shape, classes, err := imagesAndLabels(images, imagesName, labels, labelsName, 9)
	if err != nil {
		return nil, err
	}
	d, err := New(pixels, 1, shape[1], shape[2])
	if err != nil {
		return nil, err
	}
	return d.WithLabels(classes, numbered(10)...)
}

// imagesAndLabels reads both files of a part. Labels go from 0 to last.
func imagesAndLabels(images io.Reader, imagesName string, labels io.Reader, labelsName string, last byte) (pixels []byte, shape, classes []int, err error) {
	pixels, shape, err = readIDX(images, imagesName, idxImages)
	if err != nil {
		return nil, nil, nil, err
	}
	codes, counts, err := readIDX(labels, labelsName, idxLabels)
	if err != nil {
		return nil, nil, nil, err
	}
	if shape[0] != counts[0] {
		return nil, nil, nil, &FormatError{Format: "IDX", File: labelsName, Offset: 4,
			Err: fmt.Errorf("%d labels for %d images", counts[0], shape[0])}
	}
	for i, c := range codes {
		if c > last {
			return nil, nil, nil, &FormatError{Format: "IDX", File: labelsName, Offset: int64(8 + i), Err: fmt.Errorf("label %d, want 0 to %d", c, last)}
		}
		classes = append(classes, int(c))
	}
	return pixels, shape, classes, nil
}
