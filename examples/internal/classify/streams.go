package classify

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"declive/datasets"
	"declive/datasets/stream"
)

const (
	streamedFrom  = 1 << 30 // bytes of a file that is streamed of its own accord
	windowNumbers = 1 << 24 // in the window in which examples are shuffled
	streamEpochs  = 20      // times fewer than of a table in memory
)

// large reports whether a table is streamed although no flag says so.
func (s *Settings) large(given map[string]bool) bool {
	if s.Data != "csv" || given["stream"] || s.Batch == 0 {
		return false
	}
	info, err := os.Stat(s.File)
	return err == nil && info.Mode().IsRegular() && info.Size() >= streamedFrom
}

// streamCSV is readTable for a table that is read again in every epoch.
func (d *Set) streamCSV(s Settings, _ io.ReadSeeker, rng *rand.Rand) error {
	if !s.streamGiven {
		d.note("-file %s is large and streamed: it is read again in every epoch; -stream=false reads it into memory", s.File)
	}
	open := opens(s.File)
	schema, notes, err := stream.Learn(open, s.csv())
	var numeric *datasets.NumericLabelsError
	if errors.As(err, &numeric) && s.Task == "classify" {
		return fmt.Errorf("-file %s: %d different numbers as labels are taken for classes in memory alone; -stream=false reads the file there", s.File, numeric.Different)
	}
	if err != nil {
		return err
	}
	d.take(notes)
	d.Schema = schema
	train, err := openStream(open, schema)
	if err != nil {
		return err
	}
	var test *stream.Table
	if s.Test != "" {
		test, err = openStream(opens(s.Test), schema)
	} else if err = enough(s, train.Len()); err == nil {
		train, test, err = train.Split(0.8, rng)
	}
	if err == nil {
		d.Train, d.Test = train, test
	}
	return err
}

func opens(name string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(name) }
}

// openStream opens a table with a window of bounded memory.
func openStream(open func() (io.ReadCloser, error), schema *datasets.Schema) (*stream.Table, error) {
	t, err := stream.Open(open, schema)
	if err != nil {
		return nil, err
	}
	return t.WithWindow(max(1, min(stream.DefaultWindow, windowNumbers/t.Features())))
}
