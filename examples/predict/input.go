package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/images"
	"declive/predict"
)

// read returns the examples of a file.
func (s settings) read(m predict.Model, name string) (*datasets.Dataset, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch format := s.formatOf(name); format {
	case "csv":
		return table(m, f)
	case "libsvm":
		return sparse(m, f)
	case "cifar10":
		return datasets.ReadCIFAR10(f)
	case "mnist":
		return datasets.ReadIDX(f)
	case "image":
		return picture(m, f)
	default:
		return nil, fmt.Errorf("format %q; want -format csv, libsvm, cifar10, mnist or image", format)
	}
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
// indices. Labels may be any numbers.
func sparse(m predict.Model, f io.Reader) (*datasets.Dataset, error) {
	c := datasets.LIBSVM{Features: autodiff.Shape(m.Shape).Size(), Start: datasets.IndexOne, Real: true}
	if len(m.Features) > 0 && m.Features[0] == "0" {
		c.Start = datasets.IndexZero
	}
	return c.Read(f)
}

// picture reads a PNG or JPEG picture, of any size, as one of the model's.
func picture(m predict.Model, f io.Reader) (*datasets.Dataset, error) {
	if len(m.Shape) != 3 {
		return nil, fmt.Errorf("the model is for examples of shape %v and for no pictures, whose shape is (channels, height, width)", autodiff.Shape(m.Shape))
	}
	return images.Read(f, images.Size{Channels: m.Shape[0], Height: m.Shape[1], Width: m.Shape[2]})
}
