package main

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/images"
	"declive/predict"
)

// A sequence is the examples of a file, some at a time.
type sequence = iter.Seq2[*datasets.Dataset, error]

// read returns the examples of a file.
func (s settings) read(m predict.Model, name string) (sequence, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch format := s.formatOf(name); format {
	case "csv":
		return whole(table(m, f))
	case "libsvm":
		return sparse(m, f)
	case "cifar10":
		return whole(datasets.ReadCIFAR10(f))
	case "mnist":
		return whole(datasets.ReadIDX(f))
	case "image":
		return whole(picture(m, f))
	default:
		return nil, fmt.Errorf("format %q; want -format csv, libsvm, cifar10, mnist or image", format)
	}
}

// whole returns a data set as the only one of a sequence.
func whole(d *datasets.Dataset, err error) (sequence, error) {
	return func(yield func(*datasets.Dataset, error) bool) { yield(d, nil) }, err
}

// formatOf returns the format of a file: that of the flag, or what its name says.
func (s settings) formatOf(name string) string {
	if s.format != "" {
		return s.format
	}
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(name)), ".gz")
	switch ending := filepath.Ext(base); {
	case ending == ".png", ending == ".jpg", ending == ".jpeg":
		return "image"
	case ending == ".bin":
		return "cifar10"
	case strings.Contains(base, "idx") && strings.HasSuffix(base, "ubyte"):
		return "mnist"
	case ending == ".csv", ending == ".data", ending == ".txt":
		return "csv"
	case ending == ".svm", ending == ".libsvm":
		return "libsvm"
	}
	return strings.TrimPrefix(filepath.Ext(base), ".")
}

// table reads a table as the schema of the model says, or one of numbers alone.
func table(m predict.Model, f io.Reader) (*datasets.Dataset, error) {
	if m.Schema != nil {
		return m.Schema.Read(f)
	}
	return datasets.CSV{Unlabelled: true}.Read(f)
}

// sparse reads a file of LIBSVM with the features of the model, whose names are
// indices. Labels may be any numbers. Some examples at a time get their zeros.
func sparse(m predict.Model, f io.Reader) (sequence, error) {
	const together = 64
	c := datasets.LIBSVM{Features: autodiff.Shape(m.Shape).Size(), Start: datasets.IndexOne, Real: true}
	if len(m.Features) > 0 && m.Features[0] == "0" {
		c.Start = datasets.IndexZero
	}
	x, _, err := c.ReadSparse(f)
	return func(yield func(*datasets.Dataset, error) bool) {
		for from := 0; from < x.Len(); from += together {
			rows := make([]float64, (min(x.Len(), from+together)-from)*x.Features())
			for i := range len(rows) / x.Features() {
				columns, values := x.Row(from + i)
				for k, c := range columns {
					rows[i*x.Features()+int(c)] = values[k]
				}
			}
			if !yield(datasets.New(rows, x.Features())) {
				return
			}
		}
	}, err
}

// picture reads a PNG or JPEG picture, of any size, as one of the model's.
func picture(m predict.Model, f io.Reader) (*datasets.Dataset, error) {
	if len(m.Shape) != 3 {
		return nil, fmt.Errorf("the model is for examples of shape %v and for no pictures, whose shape is (channels, height, width)", autodiff.Shape(m.Shape))
	}
	if channelsLast(m.Shape) {
		return images.Read(f, images.Size{Channels: m.Shape[2], Height: m.Shape[0], Width: m.Shape[1]})
	}
	return images.Read(f, images.Size{Channels: m.Shape[0], Height: m.Shape[1], Width: m.Shape[2]})
}

// channelsLast reports whether a model's images are (height, width, channels), as
// convolutions want them, and not as files and linear models have them.
func channelsLast(shape []int) bool {
	channels := func(n int) bool { return n == 1 || n == 3 }
	return len(shape) == 3 && channels(shape[2]) && !channels(shape[0])
}

// arranged returns a file's examples in the order that the model wants.
func arranged(m predict.Model, d *datasets.Dataset) (*datasets.Dataset, error) {
	if s := d.Shape(); channelsLast(m.Shape) && len(s) == 3 && slices.Equal(m.Shape, []int{s[1], s[2], s[0]}) {
		return d.Interleaved()
	}
	return d, nil
}
