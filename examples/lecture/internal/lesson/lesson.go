// Package lesson is what the sections of the lecture share: the [Section] that
// each package of a section exports, the [Setting] that it runs in, and the
// [Data] that it learns from, loaded once by [Load].
//
// A section takes all that may differ between two runs from its setting, also
// the time, so that equal settings make equal pages.
package lesson

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"declive/examples/lecture/internal/report"
)

// A Section is one part of the lecture. Run computes its numbers and fills the
// page; it returns the error of ctx soon after ctx is done, and the page is then
// dropped.
type Section struct {
	Number int
	Title  string
	Run    func(ctx context.Context, s *Setting, page *report.Page) error
}

// A Setting is what a section runs in.
type Setting struct {
	*Data
	Small    bool             // seconds for all sections together, for tests and a first look
	Rand     *rand.Rand       // the section's own
	Now      func() time.Time // the clock, for what is measured
	Progress io.Writer
}

// Progressf writes a line of progress.
func (s *Setting) Progressf(format string, a ...any) {
	fmt.Fprintf(s.Progress, format+"\n", a...)
}

// Count returns a number of tries, examples or steps for the size of the run:
// small, on generated data, or on CIFAR-10.
func (s *Setting) Count(small, generated, real int) int {
	switch {
	case s.Small:
		return small
	case s.Real:
		return real
	}
	return generated
}

// Timed returns how long f takes by the setting's clock.
func (s *Setting) Timed(f func() error) (time.Duration, error) {
	start := s.Now()
	err := f()
	return s.Now().Sub(start), err
}

// Between returns n evenly spaced numbers from lo to hi, with both.
func Between(lo, hi float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*float64(i)/float64(n-1)
	}
	return x
}

// Counted returns the numbers 0, 1, … of so many steps.
func Counted(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}
