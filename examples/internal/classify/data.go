package classify

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"

	"declive/autodiff"
	"declive/datasets"
)

// A Set is what there is to learn from and to test with.
type Set struct {
	Train, Test *datasets.Dataset
	Classes     []string
	Shape       autodiff.Shape // of an example
	Note        string         // what to know of how they were parted, mostly nothing
}

// Outputs returns the number of scores that a model needs for an example: one
// for the logistic loss, else as many as there are classes.
func (d *Set) Outputs(s Settings) int {
	if s.Loss == "logistic" {
		return 1
	}
	return len(d.Classes)
}

// Load reads or draws the examples that the settings name.
func Load(s Settings, rng *rand.Rand) (*Set, error) {
	train, test, transform, err := read(s, rng)
	if err != nil {
		return nil, err
	}
	d := &Set{Classes: train.Classes(), Shape: train.Shape()}
	if s.Loss == "logistic" && len(d.Classes) != 2 {
		return nil, fmt.Errorf("-loss logistic needs two classes, the data has %d", len(d.Classes))
	}
	t := transform(train)
	if d.Train, err = prepared(train, t, s); err != nil {
		return nil, err
	}
	d.Test, err = prepared(test, t, s)
	return d, err
}

// prepared returns d as the model sees it.
func prepared(d *datasets.Dataset, t []datasets.Transform, s Settings) (*datasets.Dataset, error) {
	d, err := d.With(t...)
	if err == nil && s.Loss == "logistic" {
		return d.Signs()
	}
	return d, err
}

// A fitting returns the transforms for a data set, fitted on its training part.
type fitting func(train *datasets.Dataset) []datasets.Transform

// pixels takes bytes to [0, 1] and subtracts the mean image.
func pixels(train *datasets.Dataset) []datasets.Transform {
	return []datasets.Transform{datasets.SubtractMean(train), datasets.Scale(1.0 / 255)}
}

func standardised(train *datasets.Dataset) []datasets.Transform {
	return []datasets.Transform{datasets.Standardise(train)}
}

func read(s Settings, rng *rand.Rand) (train, test *datasets.Dataset, f fitting, err error) {
	switch s.Data {
	case "digits":
		d, err := datasets.Digits(s.Examples, rng)
		if err != nil {
			return nil, nil, nil, err
		}
		train, test, err = d.Split(5.0/6, rng)
		return train, test, pixels, err
	case "cifar10":
		train, test, err = datasets.LoadCIFAR10(os.DirFS(s.Dir))
		return train, test, standardised, in(s.Dir, err)
	case "csv":
		train, test, err = readCSV(s, rng)
		return train, test, standardised, err
	}
	train, test, err = readMNIST(s, rng)
	return train, test, pixels, in(s.Dir, err)
}

// in says in which folder an error about a file came up.
func in(dir string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("in -dir %s: %w", dir, err)
}

// readMNIST reads both parts, or if only the test part is there, splits that.
func readMNIST(s Settings, rng *rand.Rand) (train, test *datasets.Dataset, err error) {
	folder := os.DirFS(s.Dir)
	train, test, err = datasets.LoadMNIST(folder)
	if errors.Is(err, fs.ErrNotExist) {
		if only, errPart := datasets.LoadMNISTPart(folder, "t10k"); errPart == nil {
			train, test, err = only.Split(0.8, rng)
		}
	}
	if err != nil || s.Data == "mnist" {
		return train, test, err
	}
	if train, err = train.WithLabels(train.Labels(), datasets.FashionClasses()...); err != nil {
		return nil, nil, err
	}
	test, err = test.WithLabels(test.Labels(), datasets.FashionClasses()...)
	return train, test, err
}

func readCSV(s Settings, rng *rand.Rand) (train, test *datasets.Dataset, err error) {
	f, err := os.Open(s.File)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	d, err := datasets.CSV{Label: s.Label}.Read(f)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case d.Len() < 3:
		return nil, nil, fmt.Errorf("-file %s has %d examples, want at least 3, to train on and to test with", s.File, d.Len())
	case len(d.Classes()) < 2:
		return nil, nil, fmt.Errorf("-file %s has one class, %s: nothing to tell apart", s.File, d.Classes()[0])
	}
	return d.Split(0.8, rng)
}
