package stream

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"unicode/utf8"

	"declive/datasets"
	"declive/datasets/internal/blocks"
	"declive/datasets/internal/delimited"
	"declive/datasets/internal/layout"
	"declive/datasets/internal/unpack"
)

// A file is a table that can be opened again and again, in columns that a schema knows.
type file struct {
	open   func() (io.ReadCloser, error)
	schema *datasets.Schema
}

// A block is what a run of lines holds.
type block[T any] struct {
	data  T
	empty bool // no line is an example
	lines int
	err   error
}

// each reads a file in blocks, some at the same time, of which parse makes something,
// and gives that to take in their order.
func each[T any](f file, parse func(io.Reader) (T, error), take func(T) error) error {
	opened, err := f.open()
	if err != nil {
		return err
	}
	if opened == nil {
		return errors.New("stream: what opens the file returned nothing")
	}
	defer opened.Close()
	name := nameOf(opened)
	text, err := plain(opened)
	if err != nil {
		return &datasets.FormatError{Format: "CSV", File: name, Line: 1, Err: err}
	}
	d := dialectOf(f.schema)
	source := blocks.New(text, d.Boundary)
	r := &reader[T]{parse: parse, dialect: d, name: name}
	first, err := source.First()
	if err != nil {
		return r.failure(err)
	}
	if lines := layout.Lines(first, d, 1); f.schema.Header && len(lines) > 0 {
		r.header = bytes.Clone(first[:lines[0].End])
		r.lines = bytes.Count(r.header, []byte{'\n'})
		source.Discard(lines[0].End)
	}
	var taken error
	err = blocks.Each(source, r.read, func(b *block[T]) error {
		switch {
		case b.err != nil:
			taken = r.inFile(b.err)
		case !b.empty:
			taken = take(b.data)
		}
		r.lines += b.lines
		return taken
	})
	if err != nil && taken == nil {
		return r.failure(err)
	}
	return err
}

// plain returns the text of a file, unpacked and without a mark of the byte order.
func plain(file io.Reader) (io.Reader, error) {
	text, _, err := unpack.New(file)
	if err != nil {
		return nil, err
	}
	if head, _ := text.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = text.Discard(3)
	}
	return text, nil
}

// nameOf returns the name of a file that has one.
func nameOf(file io.Reader) string {
	if f, ok := file.(interface{ Name() string }); ok {
		return f.Name()
	}
	return ""
}

// dialectOf returns how a schema's tables are written.
func dialectOf(s *datasets.Schema) delimited.Dialect {
	c := datasets.CSV{DecimalComma: s.DecimalComma}
	switch {
	case s.Comma == "blanks":
		c.Comma = datasets.Blanks
	case s.Comma != "":
		c.Comma, _ = utf8.DecodeRuneInString(s.Comma)
	}
	if s.Comment != "" {
		c.Comment, _ = utf8.DecodeRuneInString(s.Comment)
	}
	return dialectWith(c)
}

// dialectWith returns how the tables of some settings are written.
func dialectWith(c datasets.CSV) delimited.Dialect {
	d := delimited.Dialect{Comma: cmp.Or(c.Comma, ','), Comment: c.Comment, Point: '.'}
	if c.DecimalComma {
		d.Point = ','
	}
	return d
}

// A reader reads blocks as tables of their own, each under the header of the file.
type reader[T any] struct {
	parse   func(io.Reader) (T, error)
	dialect delimited.Dialect
	name    string
	header  []byte
	lines   int // before the block that is taken next
}

// read fills b with a block of text.
func (r *reader[T]) read(text []byte, b *block[T]) {
	*b = block[T]{lines: bytes.Count(text, []byte{'\n'})}
	if s := delimited.NewScanner(r.dialect); blank(s, text) {
		b.empty = true
		return
	}
	b.data, b.err = r.parse(io.MultiReader(bytes.NewReader(r.header), bytes.NewReader(text)))
	if errors.Is(b.err, datasets.ErrNoExamples) {
		b.empty, b.err = true, nil // all are left out
	}
}

// blank reports whether a block has no records.
func blank(s *delimited.Scanner, text []byte) bool {
	s.Reset(text)
	return !s.Next()
}

// inFile returns an error of the block that is next with its place in the file.
func (r *reader[T]) inFile(err error) error {
	var format *datasets.FormatError
	if !errors.As(err, &format) {
		return err
	}
	placed := *format
	placed.File, placed.Line = r.name, format.Line-bytes.Count(r.header, []byte{'\n'})+r.lines
	return &placed
}

// failure returns an error of reading on.
func (r *reader[T]) failure(err error) error {
	return &datasets.FormatError{Format: "CSV", File: r.name, Line: r.lines + 1, Err: err}
}
