package lesson

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"declive/datasets"
)

// Data are the examples of the lecture: CIFAR-10, or generated digits in its
// place. The pixels are bytes, 0 to 255, under no transform.
type Data struct {
	Name        string // for text
	Real        bool   // CIFAR-10
	Train, Test *datasets.Dataset
}

// The numbers of generated digits, by the size of the run.
const (
	generated = 12000
	few       = 600
)

// Load reads CIFAR-10 from the folder cifar10 of dir, or if dir is empty draws
// digits, five in six to train on.
func Load(dir string, small bool, rng *rand.Rand) (*Data, error) {
	if dir != "" {
		folder := filepath.Join(dir, "cifar10")
		train, test, err := datasets.LoadCIFAR10(os.DirFS(folder))
		if err != nil {
			return nil, fmt.Errorf("in %s: %w", folder, err)
		}
		return &Data{Name: "CIFAR-10", Real: true, Train: train, Test: test}, nil
	}
	n := generated
	if small {
		n = few
	}
	all, err := datasets.Digits(n, rng)
	if err != nil {
		return nil, err
	}
	train, test, err := all.Split(5.0/6, rng)
	return &Data{Name: "generated digits", Train: train, Test: test}, err
}

// Centred returns both parts without the mean image of the training part, and
// with a bias as last feature.
func (d *Data) Centred() (train, test *datasets.Dataset, err error) {
	mean := datasets.SubtractMean(d.Train)
	if train, err = d.Train.With(mean); err != nil {
		return nil, nil, err
	}
	if test, err = d.Test.With(mean); err != nil {
		return nil, nil, err
	}
	return train.WithBias(), test.WithBias(), nil
}
