package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/fetch"
)

// Images are what there is to learn from and to test with, as bytes of shape (height,
// width, channels).
type images struct {
	train, test *datasets.Dataset
	what        string
	transform   datasets.Transform // that gives the channels of train mean 0 and deviation 1
}

// load reads CIFAR-10, or draws digits.
func load(ctx context.Context, s settings) (*images, error) {
	d := &images{what: "CIFAR-10"}
	var err error
	if s.name == "digits" {
		d.what = "digits"
		err = d.draw(s)
	} else {
		err = d.read(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	if d.train, err = d.train.Interleaved(); err != nil {
		return nil, err
	}
	if d.test, err = d.test.Interleaved(); err != nil {
		return nil, err
	}
	d.transform = datasets.StandardiseChannels(d.train)
	return d, nil
}

// draw makes digits, half as many again to test with.
func (d *images) draw(s settings) error {
	all, err := datasets.Digits(s.examples+s.examples/2, rand.New(rand.NewPCG(s.seed, 2)))
	if err != nil {
		return err
	}
	if d.train, err = all.Slice(0, s.examples); err != nil {
		return err
	}
	d.test, err = all.Slice(s.examples, all.Len())
	return err
}

func (d *images) read(ctx context.Context, s settings) (err error) {
	if s.download {
		if s.dir, err = (fetch.Download{Dir: s.dir}).CIFAR10(ctx); err != nil {
			return err
		}
	}
	if d.train, d.test, err = datasets.LoadCIFAR10(os.DirFS(s.dir)); err != nil {
		return fmt.Errorf("in the folder %s: %w", s.dir, err)
	}
	if s.examples > 0 && s.examples < d.train.Len() {
		d.train, err = d.train.Slice(0, s.examples)
	}
	return err
}

// learning returns the training images as the network sees them, moved and mirrored
// as the settings say.
func (d *images) learning(s settings) (*datasets.Dataset, error) {
	train, err := d.train.With(d.transform)
	if err != nil {
		return nil, err
	}
	a := datasets.Augmentation{Seed: s.seed, Flip: s.flip, Translate: s.translate}
	if s.lacks("alternation") && a.Flip == datasets.AlternatingFlip {
		a.Flip = datasets.RandomFlip
	}
	if s.lacks("translation") {
		a.Translate = 0
	}
	if train, err = train.Augmented(a); err != nil {
		return nil, err
	}
	return train.WholeBatches(), nil
}

// whitened is how many images the first layer learns its filters from.
const whitened = 5000

// first returns some training images as a tensor of shape (n, height, width,
// channels).
func (d *images) first() (*tensor.Dense, error) {
	some, err := d.train.Slice(0, min(whitened, d.train.Len()))
	if err != nil {
		return nil, err
	}
	if some, err = some.With(d.transform); err != nil {
		return nil, err
	}
	b, err := some.All()
	if err != nil {
		return nil, err
	}
	shape := append(autodiff.Shape{some.Len()}, some.Shape()...)
	return b.X, b.X.Reshape(shape...)
}
