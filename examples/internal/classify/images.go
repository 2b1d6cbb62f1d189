package classify

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"declive/datasets/images"
)

// defaultSize is that of pictures where -size does not say another.
var defaultSize = images.Size{Channels: 3, Height: 32, Width: 32}

// setSize is the function of -size: 32, or 24x32 for height and width.
func (s *Settings) setSize(text string) error {
	height, width, both := strings.Cut(text, "x")
	if !both {
		width = height
	}
	h, errHeight := strconv.Atoi(height)
	w, errWidth := strconv.Atoi(width)
	if errHeight != nil || errWidth != nil || h < 1 || w < 1 {
		return errors.New("want a number of pixels such as 32, or height and width such as 24x32")
	}
	s.Size = images.Size{Channels: 3, Height: h, Width: w}
	return nil
}

// readImages reads the pictures of a folder: those in its folder train, if it has
// one, and in its folder test, val, valid or validation. What there is not to test
// with is split off.
func (d *Set) readImages(s Settings, rng *rand.Rand) error {
	root := os.DirFS(s.Dir)
	train, err := imagesIn(root, "train")
	if errors.Is(err, fs.ErrNotExist) {
		if train, err = images.Find(root); err != nil {
			return err
		}
		return d.splitImages(s, train, rng)
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"test", "val", "valid", "validation"} {
		test, err := imagesIn(root, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case !slices.Equal(train.Classes(), test.Classes()):
			return fmt.Errorf("the folder train has the classes %s, but %s has %s; they must be the same",
				some(train.Classes()), name, some(test.Classes()))
		}
		return d.takeImages(s, train, test)
	}
	d.note("no folder test or val in -dir %s: the folder train is split, 4 to 1", s.Dir)
	return d.splitImages(s, train, rng)
}

// imagesIn lists the pictures of a folder, which may be missing.
func imagesIn(root fs.FS, name string) (*images.Folder, error) {
	if _, err := fs.Stat(root, name); err != nil {
		return nil, err
	}
	sub, err := fs.Sub(root, name)
	if err != nil {
		return nil, err
	}
	f, err := images.Find(sub)
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", name, err)
	}
	return f, nil
}

func (d *Set) splitImages(s Settings, all *images.Folder, rng *rand.Rand) error {
	if all.Len() < 3 {
		return fmt.Errorf("there are %d pictures, want at least 3, to train on and to test with", all.Len())
	}
	train, test, err := all.Split(0.8, rng)
	if err != nil {
		return err
	}
	return d.takeImages(s, train, test)
}

func (d *Set) takeImages(s Settings, train, test *images.Folder) error {
	if names := train.Classes(); len(names) < 2 {
		return fmt.Errorf("there is one class, %s: nothing to tell apart", short(names[0]))
	}
	d.take(train.Notes())
	size := s.Size
	if size == (images.Size{}) {
		size = defaultSize
	}
	if s.Stream || !s.streamGiven && s.Batch > 0 && train.Len()+test.Len() > streamedFrom/(3*size.Height*size.Width) {
		return d.streamImages(s, train, test, size)
	}
	first, err := train.Read(size)
	if err != nil {
		return err
	}
	second, err := test.Read(size)
	return d.set(first, second, err)
}

// fittedOn is the number of pictures that are read to fit what all go through.
const fittedOn = 2000

// streamImages is takeImages for pictures that are read again in every epoch.
func (d *Set) streamImages(s Settings, train, test *images.Folder, size images.Size) error {
	if !s.streamGiven {
		d.note("the pictures in -dir %s take more than %d MiB and are streamed: they are read again in every epoch; -stream=false reads them into memory", s.Dir, streamedFrom>>20)
	}
	sample := train
	if train.Len() > fittedOn {
		var err error
		if sample, _, err = train.Split(fittedOn/float64(train.Len()), rand.New(rand.NewPCG(s.Seed, 1))); err != nil {
			return err
		}
	}
	var err error
	if d.sample, err = sample.Read(size); err != nil {
		return err
	}
	first, err := train.Stream(size)
	if err != nil {
		return err
	}
	second, err := test.Stream(size)
	if err == nil {
		d.Train, d.Test = first, second
	}
	return err
}

// Pixels returns the number of pixels of a picture of a folder.
func (s Settings) Pixels() int {
	if s.Size == (images.Size{}) {
		return defaultSize.Height * defaultSize.Width
	}
	return s.Size.Height * s.Size.Width
}
