package images

import (
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"

	"declive/autodiff"
	"declive/datasets"
)

// A Stream reads pictures when they are asked for, so that no more than one batch
// of them is in memory. It is data for optim.Trainer.Fit. A sequence cannot tell
// errors: it ends at a file that cannot be read, and [Stream.Err] says why.
type Stream struct {
	folder *Folder
	size   Size
	steps  []step
	failed *failure
}

// A step makes something else of pictures that have been read.
type step func(*datasets.Dataset) (*datasets.Dataset, error)

// A failure is the last error of the sequences of a stream and its views.
type failure struct {
	sync.Mutex
	err error
}

// Stream returns the pictures as a stream, under the transforms. Those that have to
// be fitted are fitted on some that were split off and read.
//
// It is an error if the size has no meaning or is none that a transform is for, if
// there are no pictures, or if the first is none.
func (f *Folder) Stream(size Size, transforms ...datasets.Transform) (*Stream, error) {
	if err := f.check("Stream", size); err != nil {
		return nil, err
	}
	s := &Stream{folder: f, size: size, failed: new(failure)}
	if len(transforms) > 0 {
		s.steps = []step{func(d *datasets.Dataset) (*datasets.Dataset, error) { return d.With(transforms...) }}
	}
	if _, err := s.batch(f.files[:1]); err != nil {
		return nil, err
	}
	return s, nil
}

// Len returns the number of pictures.
func (s *Stream) Len() int { return len(s.files()) }

// files returns what is streamed: nothing if no folder made the stream.
func (s *Stream) files() []file {
	if s == nil || s.folder == nil {
		return nil
	}
	return s.folder.files
}

// Features returns the number of elements of a picture.
func (s *Stream) Features() int {
	if s == nil {
		return 0
	}
	return s.size.bytes()
}

// Classes returns the names of the classes.
func (s *Stream) Classes() []string {
	if s == nil {
		return nil
	}
	return s.folder.Classes()
}

// Map returns s with the pictures of every batch as f returns them: with targets in the
// place of classes, for instance. F must keep as many. An error of it ends a sequence.
// It is an error if f is nil, or if no folder made the stream.
func (s *Stream) Map(f func(*datasets.Dataset) (*datasets.Dataset, error)) (*Stream, error) {
	switch {
	case s.files() == nil:
		return nil, errors.New("images: Map: the stream is nil or empty; make it with Folder.Stream")
	case f == nil:
		return nil, errors.New("images: Map: the function is nil")
	}
	v := *s
	v.steps = append(slices.Clone(s.steps), f)
	return &v, nil
}

// Err returns the error at which a sequence of this stream, or of another that was made
// from it, ended early, or nil.
func (s *Stream) Err() error {
	if s == nil || s.failed == nil {
		return nil
	}
	s.failed.Lock()
	defer s.failed.Unlock()
	return s.failed.err
}

// Minibatches returns the pictures in random order, size at a time, each once, the
// last batch smaller: every range is an epoch in a new order, which depends on the
// epoch's number and on two numbers drawn from rng in this call. A size below 1, or
// above Len, takes all at once, in their order. It panics with an [*autodiff.Error]
// if it needs rng and that is nil.
func (s *Stream) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	if size < 1 || size >= s.Len() {
		return s.Consecutive(size)
	}
	if rng == nil {
		autodiff.Fail("images.Minibatches", "the generator of random numbers is nil; make one with rand.New")
	}
	a, b := rng.Uint64(), rng.Uint64()
	var next sync.Mutex
	epoch := uint64(0)
	return func(yield func(autodiff.Batch) bool) {
		next.Lock()
		order := rand.New(rand.NewPCG(a, b+epoch))
		epoch++
		next.Unlock()
		files := slices.Clone(s.files())
		order.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		s.walk(files, size, yield)
	}
}

// Consecutive returns the pictures in their order, size at a time, or all at once
// for a size below 1.
func (s *Stream) Consecutive(size int) iter.Seq[autodiff.Batch] {
	if size < 1 || size > s.Len() {
		size = s.Len()
	}
	return func(yield func(autodiff.Batch) bool) { s.walk(s.files(), size, yield) }
}

// walk yields the files, size at a time, to the end or the first that cannot be read.
func (s *Stream) walk(files []file, size int, yield func(autodiff.Batch) bool) {
	for len(files) > 0 {
		n := min(size, len(files))
		b, err := s.batch(files[:n])
		if err != nil {
			s.failed.Lock()
			s.failed.err = err
			s.failed.Unlock()
			return
		}
		if !yield(b) {
			return
		}
		files = files[n:]
	}
}

// batch reads some files.
func (s *Stream) batch(files []file) (autodiff.Batch, error) {
	d, err := s.folder.read(s.size, files)
	if err != nil {
		return autodiff.Batch{}, err
	}
	for _, f := range s.steps {
		if d, err = f(d); err != nil {
			return autodiff.Batch{}, err
		}
	}
	return d.All()
}
