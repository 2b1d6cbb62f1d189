package datasets

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/kind"
	"declive/datasets/internal/unpack"
)

// A FormatError says where a file departs from its format.
type FormatError struct {
	Format string // such as "CIFAR-10"
	File   string // as the reader knows it; may be empty
	Line   int    // of a text file, from 1; 0 for a binary file
	Offset int64  // of a binary file, after unpacking
	Err    error
}

// longest is the length of the longest text of a FormatError, in characters.
const longest = 300

func (e *FormatError) Error() string {
	place := fmt.Sprintf("byte %d", e.Offset)
	if e.Line > 0 {
		place = fmt.Sprintf("line %d", e.Line)
	}
	file := ""
	if e.File != "" {
		file = brief.TextFromEnd(e.File, longest/3) + " "
	}
	return brief.Text(fmt.Sprintf("datasets: %s: %sat %s: %v", e.Format, file, place, e.Err), longest)
}

// Unwrap returns the reason, such as io.ErrUnexpectedEOF of a truncated file.
func (e *FormatError) Unwrap() error { return e.Err }

// A source is a file being read, unpacked if it was packed, that knows its name
// and how far it has been read.
type source struct {
	format, file string
	raw          io.Reader // as it was given
	packed       bool
	r            *bufio.Reader
	offset       int64 // of the next byte
}

// newSource returns a source for r.
func newSource(format, file string, r io.Reader) (*source, error) {
	s := &source{format: format, file: file, raw: r}
	if isNil(r) {
		return nil, s.failure(errors.New("the reader is nil"))
	}
	var err error
	if s.r, s.packed, err = unpack.New(r); err != nil {
		return nil, s.failure(err)
	}
	return s, nil
}

// newTextSource is newSource for text in UTF-8. A mark of the byte order at its
// beginning is skipped.
func newTextSource(format, file string, r io.Reader) (*source, error) {
	s, err := newSource(format, file, r)
	if err != nil {
		return nil, err
	}
	head, err := s.r.Peek(headBytes)
	if err != nil && err != io.EOF {
		return nil, s.failure(err)
	}
	if what := kind.NoText(head); what != "" {
		return nil, s.failureOnLine(1, fmt.Errorf("the file is %s", what))
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		n, _ := s.r.Discard(3)
		s.offset = int64(n)
	}
	return s, nil
}

// headBytes is how much of a file is looked at to know its kind.
const headBytes = 1 << 12

// kind returns what a binary file is that the reader did not expect, as far as its
// first bytes tell, and "" once they have been read. An error is left to the reading.
func (s *source) kind() string {
	if s.offset > 0 {
		return ""
	}
	head, _ := s.r.Peek(headBytes)
	return kind.Of(head)
}

// An extent is how much of a file is left, in bytes and in line ends.
type extent struct{ bytes, lines int }

// extent returns how much is left, or nil for a file that cannot be read twice.
func (s *source) extent() (*extent, error) {
	file, ok := s.raw.(io.ReadSeeker)
	if !ok || s.packed {
		return nil, nil
	}
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, nil // a pipe
	}
	e := new(extent)
	ahead, _ := s.r.Peek(s.r.Buffered())
	e.add(ahead)
	block := make([]byte, 1<<18)
	for n := 0; err == nil; {
		n, err = file.Read(block)
		e.add(block[:n])
	}
	if err != io.EOF {
		return nil, s.failure(err)
	}
	if _, err = file.Seek(at, io.SeekStart); err != nil {
		return nil, s.failure(err)
	}
	return e, nil
}

func (e *extent) add(block []byte) {
	e.bytes += len(block)
	e.lines += bytes.Count(block, []byte{'\n'})
}

// isNil reports whether there is nothing to read from: also the nil file that
// os.Open returns with its error.
func isNil(r io.Reader) bool {
	f, ok := r.(*os.File)
	return r == nil || ok && f == nil
}

// nameOf returns the name of r if it has one, as files have.
func nameOf(r io.Reader) string {
	if f, ok := r.(interface{ Name() string }); ok && !isNil(r) {
		return f.Name()
	}
	return ""
}

// Read makes a source an io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.offset += int64(n)
	return n, err
}

// next fills p. At the end of the file it returns io.EOF, in the middle of p a
// FormatError.
func (s *source) next(p []byte) error {
	n, err := io.ReadFull(s, p)
	switch {
	case err == io.EOF:
		return err
	case err == io.ErrUnexpectedEOF:
		return s.failure(fmt.Errorf("the file ends after %d of the %d bytes of a record: %w", n, len(p), err))
	case err != nil:
		return s.failure(err)
	}
	return nil
}

// end returns an error unless the file ends here.
func (s *source) end() error {
	var one [1]byte
	at := s.offset
	switch _, err := io.ReadFull(s, one[:]); {
	case err == io.EOF:
		return nil
	case err != nil:
		return s.failure(err)
	}
	return s.failureAt(at, errors.New("the file goes on where it should end"))
}

// failure returns err with the present place.
func (s *source) failure(err error) error { return s.failureAt(s.offset, err) }

func (s *source) failureAt(offset int64, err error) error {
	return &FormatError{Format: s.format, File: s.file, Offset: offset, Err: err}
}

func (s *source) failureOnLine(line int, err error) error {
	return &FormatError{Format: s.format, File: s.file, Line: line, Err: err}
}
