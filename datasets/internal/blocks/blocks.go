// Package blocks reads text in blocks of whole records and works on several of
// them at the same time, one on each core, in memory that does not grow with the
// text.
package blocks

import (
	"fmt"
	"io"
	"runtime"
	"slices"
)

const (
	// Size is what a block has of the text, in bytes: little enough for the block
	// and its numbers to stay in the second level of cache.
	Size = 1 << 18
	// Longest is the length of the longest record, in bytes.
	Longest = 1 << 26
)

// A Source is text in blocks.
type Source struct {
	text     io.Reader
	boundary func(text []byte) int
	size     int
	longest  int    // record
	block    []byte // the first, once it has been looked at
	rest     []byte // read, and part of no block yet
	ended    bool
}

// New returns the source of a text, whose boundary is the length of the longest
// beginning of a text that ends with a record, 0 if there is none.
func New(text io.Reader, boundary func(text []byte) int) *Source {
	return &Source{text: text, boundary: boundary, size: Size, longest: Longest}
}

// First returns the first block of the text, empty if the text is, without taking
// it.
func (s *Source) First() (block []byte, err error) {
	if s.block == nil {
		s.block, err = s.next(make([]byte, 0, s.size))
	}
	return s.block, err
}

// Rest returns what has been read beyond the first block.
func (s *Source) Rest() []byte { return s.rest }

// Discard takes n bytes of the first block, at the end of a record.
func (s *Source) Discard(n int) { s.block = s.block[n:] }

// next returns the next block, in the memory of room if that is enough; it is
// empty at the end of the text.
func (s *Source) next(room []byte) ([]byte, error) {
	block := append(room[:0], s.rest...)
	s.rest = s.rest[:0]
	for {
		if err := s.fill(&block); err != nil {
			return nil, err
		}
		if s.ended {
			return block, nil
		}
		if n := s.boundary(block); n > 0 {
			s.rest = append(s.rest, block[n:]...)
			return block[:n], nil
		}
		if len(block) >= s.longest {
			return nil, fmt.Errorf("a record of more than %d bytes; look for a quote that is left open", s.longest)
		}
		block = slices.Grow(block, len(block))
	}
}

// fill reads until the block has no room left or the text ends.
func (s *Source) fill(block *[]byte) error {
	b := *block
	for empty := 0; len(b) < cap(b) && !s.ended; {
		n, err := s.text.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if empty++; n > 0 {
			empty = 0
		}
		switch {
		case err == io.EOF:
			s.ended = true
		case err != nil:
			return err
		case empty == 100:
			return io.ErrNoProgress
		}
	}
	*block = b
	return nil
}

// A job is a block that is being worked on.
type job[T any] struct {
	block  []byte
	result *T
	done   chan struct{}
}

// Each works on every block that is left and gives the results to take, in the
// order of the text. A result that has been taken is filled again by work. Each
// ends with the first error, once no work is going on: that of take, or else that
// of reading, which comes after all that could be read.
func Each[T any](s *Source, work func(block []byte, result *T), take func(result *T) error) error {
	var going, free []*job[T]
	failed := false
	finish := func() error {
		j := going[0]
		going = going[1:]
		<-j.done
		free = append(free, j)
		err := take(j.result)
		failed = err != nil
		return err
	}
	err := s.each(func(block []byte) (room []byte, err error) {
		j := &job[T]{result: new(T)}
		if n := len(free); n > 0 {
			j, free = free[n-1], free[:n-1]
		}
		room, j.block, j.done = j.block, block, make(chan struct{})
		going = append(going, j)
		go func() {
			defer close(j.done)
			work(j.block, j.result)
		}()
		if len(going) > runtime.GOMAXPROCS(0) {
			err = finish()
		}
		return room, err
	})
	for len(going) > 0 && !failed {
		if e := finish(); e != nil {
			err = e
		}
	}
	for _, j := range going {
		<-j.done
	}
	return err
}

// each gives every block to start, which returns memory for another.
func (s *Source) each(start func(block []byte) (room []byte, err error)) error {
	block, err := s.First()
	if len(block) == 0 && err == nil { // all of it was discarded
		block, err = s.next(make([]byte, 0, s.size))
	}
	for s.block = nil; len(block) > 0 && err == nil; {
		var room []byte
		if room, err = start(block); err != nil {
			return err
		}
		if cap(room) == 0 {
			room = make([]byte, 0, s.size)
		}
		block, err = s.next(room)
	}
	return err
}
