package classify

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/images"
	"declive/datasets/stream"
)

// A Set is what there is to learn from and to test with.
type Set struct {
	Train, Test Part
	Classes     []string
	Features    []string         // their names, if they have any
	Shape       autodiff.Shape   // of an example
	Notes       []string         // what to know of how they were read and parted, mostly nothing
	Schema      *datasets.Schema // of a table
	Scale       Scale            // of targets
	Transform   datasets.Transform

	sample *datasets.Dataset // of pictures that are streamed
}

// Outputs returns the number of scores that a model needs for an example: one for
// the logistic loss and for regression, else as many as there are classes.
func (d *Set) Outputs(s Settings) int {
	if s.Loss == "logistic" || d.Classes == nil {
		return 1
	}
	return len(d.Classes)
}

// Load reads or draws the examples that the settings name, and gives the settings
// the loss and the penalty that suit them where no flag did.
func Load(s *Settings, rng *rand.Rand) (*Set, error) {
	d, transform, err := read(*s, rng)
	if err != nil {
		return nil, err
	}
	d.describe()
	if err := d.settle(s); err != nil {
		return nil, err
	}
	d.Transform = d.fitted(transform)
	if d.Train, err = d.prepared(d.Train, s.Loss); err != nil {
		return nil, err
	}
	if d.Test, err = d.prepared(d.Test, s.Loss); err != nil {
		return nil, err
	}
	return d, nil
}

// describe says what examples are like.
func (d *Set) describe() {
	d.Classes, d.Shape = d.Train.Classes(), autodiff.Shape{d.Train.Features()}
	switch train := d.Train.(type) {
	case *datasets.Dataset:
		d.Shape = train.Shape()
		if names := train.FeatureNames(); names != nil {
			d.Features = names
		}
	case *stream.Table:
		d.Features = d.Schema.FeatureNames()
	case *images.Stream:
		d.Shape = d.sample.Shape()
	}
}

// settle makes the settings fit the examples.
func (d *Set) settle(s *Settings) error {
	if s.Prior > 0 {
		s.Lambda = s.Prior / float64(d.Train.Len())
		if s.Loss == "softmax" && len(d.Classes) == 2 {
			s.Lambda *= 2 // of weights w and −w, the difference 2·w is penalised as one of the logistic loss
		}
	}
	switch {
	case d.Classes == nil && s.lossGiven && regression[s.Loss] == nil:
		return fmt.Errorf("-loss %s is for classes, but there are values to predict; want squared or huber, or -task classify", s.Loss)
	case d.Classes == nil:
		d.Scale = scaleOf(d.Train)
		if regression[s.Loss] == nil {
			s.Loss = "squared"
		}
	case s.Loss == "logistic" && len(d.Classes) != 2:
		return fmt.Errorf("-loss logistic needs two classes, the data has %d", len(d.Classes))
	}
	return nil
}

// A fitting returns the transform for a data set, fitted on its training part.
type fitting func(train *datasets.Dataset) datasets.Transform

// pixels subtracts the mean image and takes bytes to numbers between −1 and 1.
func pixels(train *datasets.Dataset) datasets.Transform {
	return datasets.Transform{Shift: datasets.SubtractMean(train).Shift, Scale: []float64{1.0 / 255}}
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
		return d, pixels, d.set(all.Split(5.0/6, rng))
	case "cifar10":
		return d, datasets.Standardise, in(s.Dir, d.set(datasets.LoadCIFAR10(os.DirFS(s.Dir))))
	case "images":
		return d, datasets.Standardise, in(s.Dir, d.readImages(s, rng))
	case "csv", "libsvm":
		return d, datasets.Standardise, d.readTable(s, rng)
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

// set takes both parts, unless there is an error.
func (d *Set) set(train, test *datasets.Dataset, err error) error {
	if err == nil {
		d.Train, d.Test = train, test
	}
	return err
}

// readMNIST reads both parts, or if a file of the training part is missing, splits
// the test part and says so.
func (d *Set) readMNIST(s Settings, rng *rand.Rand) error {
	folder := os.DirFS(s.Dir)
	train, test, err := datasets.LoadMNIST(folder)
	if errors.Is(err, fs.ErrNotExist) {
		if only, errPart := datasets.LoadMNISTPart(folder, "t10k"); errPart == nil {
			d.note("no training part in -dir %s (%v): the test part is split, 4 to 1", s.Dir, err)
			train, test, err = only.Split(0.8, rng)
		}
	}
	if err != nil || s.Data == "mnist" {
		return d.set(train, test, err)
	}
	if train, err = train.WithLabels(train.Labels(), datasets.FashionClasses()...); err != nil {
		return err
	}
	test, err = test.WithLabels(test.Labels(), datasets.FashionClasses()...)
	return d.set(train, test, err)
}
