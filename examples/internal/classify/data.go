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
	d, transform, err := read(s, rng)
	if err != nil {
		return nil, err
	}
	d.Classes, d.Shape = d.Train.Classes(), d.Train.Shape()
	if s.Loss == "logistic" && len(d.Classes) != 2 {
		return nil, fmt.Errorf("-loss logistic needs two classes, the data has %d", len(d.Classes))
	}
	t := transform(d.Train)
	if d.Train, err = prepared(d.Train, t, s); err != nil {
		return nil, err
	}
	if d.Test, err = prepared(d.Test, t, s); err != nil {
		return nil, err
	}
	return d, nil
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

// read returns the parts as they are, and what to do to them.
func read(s Settings, rng *rand.Rand) (d *Set, f fitting, err error) {
	d = new(Set)
	switch s.Data {
	case "digits":
		all, err := datasets.Digits(s.Examples, rng)
		if err != nil {
			return nil, nil, err
		}
		d.Train, d.Test, err = all.Split(5.0/6, rng)
		return d, pixels, err
	case "cifar10":
		d.Train, d.Test, err = datasets.LoadCIFAR10(os.DirFS(s.Dir))
		return d, standardised, in(s.Dir, err)
	case "csv":
		d.Train, d.Test, err = readCSV(s, rng)
		return d, standardised, err
	}
	return d, pixels, in(s.Dir, d.readMNIST(s, rng))
}

// in says in which folder an error about a file came up.
func in(dir string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("in -dir %s: %w", dir, err)
}

// readMNIST reads both parts, or if a file of the training part is missing, splits
// the test part and says so.
func (d *Set) readMNIST(s Settings, rng *rand.Rand) (err error) {
	folder := os.DirFS(s.Dir)
	d.Train, d.Test, err = datasets.LoadMNIST(folder)
	if errors.Is(err, fs.ErrNotExist) {
		if only, errPart := datasets.LoadMNISTPart(folder, "t10k"); errPart == nil {
			d.Note = fmt.Sprintf("no training part in -dir %s (%v): the test part is split, 4 to 1", s.Dir, err)
			d.Train, d.Test, err = only.Split(0.8, rng)
		}
	}
	if err != nil || s.Data == "mnist" {
		return err
	}
	if d.Train, err = d.Train.WithLabels(d.Train.Labels(), datasets.FashionClasses()...); err != nil {
		return err
	}
	d.Test, err = d.Test.WithLabels(d.Test.Labels(), datasets.FashionClasses()...)
	return err
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
