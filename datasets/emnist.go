package datasets

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// emnistClasses are the characters of each part of EMNIST, by label. Where capitals
// and small letters look alike, they are one class, named by the capital.
var emnistClasses = map[string]string{
	"digits":   "0123456789",
	"mnist":    "0123456789",
	"letters":  "ABCDEFGHIJKLMNOPQRSTUVWXYZ", // from label 1 on
	"balanced": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt",
	"bymerge":  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt",
	"byclass":  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
}

// LoadEMNIST reads the training and the test images of a part of EMNIST, "digits",
// "mnist", "letters", "balanced", "bymerge" or "byclass", from the published files,
// such as emnist-letters-train-images-idx3-ubyte, in the root of fsys or in its
// folder gzip, raw or EMNIST/raw. The files have images with rows and columns
// exchanged; here they stand upright, of shape (1, 28, 28). See G. Cohen, S. Afshar,
// J. Tapson, A. van Schaik, "EMNIST: an extension of MNIST to handwritten letters",
// 2017.
//
// Errors are those of [LoadMNIST]; another part is an error, too.
func LoadEMNIST(fsys fs.FS, part string) (train, test *Dataset, err error) {
	classes, ok := emnistClasses[part]
	if !ok {
		return nil, nil, fmt.Errorf("datasets: LoadEMNIST: part %q, want digits, mnist, letters, balanced, bymerge or byclass", part)
	}
	first := 0
	if part == "letters" {
		first = 1
	}
	read := func(images io.Reader, imagesName string, labels io.Reader, labelsName string) (*Dataset, error) {
		return readEMNIST(images, imagesName, labels, labelsName, classes, first)
	}
	folders := []string{"", "gzip", "raw", "EMNIST/raw"}
	if train, err = loadPart(fsys, "emnist-"+part+"-train", folders, read); err != nil {
		return nil, nil, err
	}
	if test, err = loadPart(fsys, "emnist-"+part+"-test", folders, read); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func readEMNIST(images io.Reader, imagesName string, labels io.Reader, labelsName string, classes string, first int) (*Dataset, error) {
	pixels, shape, codes, err := imagesAndLabels(images, imagesName, labels, labelsName, byte(len(classes)-1+first))
	if err != nil {
		return nil, err
	}
	for i, c := range codes {
		if codes[i] = c - first; c < first {
			return nil, &FormatError{Format: "IDX", File: labelsName, Offset: int64(8 + i), Err: fmt.Errorf("label %d, want %d to %d", c, first, len(classes)-1+first)}
		}
	}
	height, width := shape[2], shape[1]
	for image := range slices.Chunk(pixels, height*width) {
		exchange(image, width, height)
	}
	d, err := New(pixels, 1, height, width)
	if err != nil {
		return nil, err
	}
	return d.WithLabels(codes, strings.Split(classes, "")...)
}

// exchange makes columns of the rows of an image of n rows.
func exchange(image []byte, n, m int) {
	before := slices.Clone(image)
	for i := range n {
		for j := range m {
			image[j*n+i] = before[i*m+j]
		}
	}
}
