package stream

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"declive/datasets"
	"declive/datasets/internal/blocks"
	"declive/datasets/internal/delimited"
	"declive/datasets/internal/layout"
	"declive/datasets/internal/unpack"
)

// A block is what a run of lines holds.
type block struct {
	data  *datasets.Dataset // nil if no line is an example
	lines int
	err   error
}

// each reads the file in blocks, some at the same time, and gives them to take in
// their order.
func (t *Table) each(take func(*datasets.Dataset) error) error {
	file, err := t.open()
	if err != nil {
		return err
	}
	if file == nil {
		return errors.New("stream: what opens the file returned nothing")
	}
	defer file.Close()
	name := nameOf(file)
	text, _, err := unpack.New(file)
	if err != nil {
		return &datasets.FormatError{Format: "CSV", File: name, Line: 1, Err: err}
	}
	if head, _ := text.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = text.Discard(3) // a mark of the byte order
	}
	d := dialectOf(t.schema)
	source := blocks.New(text, d.Boundary)
	r := &reader{schema: t.schema, dialect: d, name: name}
	first, err := source.First()
	if err != nil {
		return r.failure(err)
	}
	if lines := layout.Lines(first, d); t.schema.Header && len(lines) > 0 {
		r.header = bytes.Clone(first[:lines[0].End])
		r.lines = bytes.Count(r.header, []byte{'\n'})
		source.Discard(lines[0].End)
	}
	var taken error
	err = blocks.Each(source, r.read, func(b *block) error {
		switch {
		case b.err != nil:
			taken = r.inFile(b.err)
		case b.data != nil:
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

// nameOf returns the name of a file that has one.
func nameOf(file io.Reader) string {
	if f, ok := file.(interface{ Name() string }); ok {
		return f.Name()
	}
	return ""
}

// dialectOf returns how a schema's tables are written.
func dialectOf(s *datasets.Schema) delimited.Dialect {
	d := delimited.Dialect{Comma: ',', Point: '.'}
	switch {
	case s.Comma == "blanks":
		d.Comma = delimited.Blanks
	case s.Comma != "":
		d.Comma, _ = utf8.DecodeRuneInString(s.Comma)
	}
	if s.Comment != "" {
		d.Comment, _ = utf8.DecodeRuneInString(s.Comment)
	}
	if s.DecimalComma {
		d.Point = ','
	}
	return d
}

// A reader reads blocks as tables of their own, each under the header of the file.
type reader struct {
	schema  *datasets.Schema
	dialect delimited.Dialect
	name    string
	header  []byte
	lines   int // before the block that is taken next
}

// read fills b with a block of text.
func (r *reader) read(text []byte, b *block) {
	*b = block{lines: bytes.Count(text, []byte{'\n'})}
	if s := delimited.NewScanner(r.dialect); blank(s, text) {
		return
	}
	b.data, b.err = r.schema.Read(io.MultiReader(bytes.NewReader(r.header), bytes.NewReader(text)))
	if errors.Is(b.err, datasets.ErrNoExamples) {
		b.err = nil // all are left out
	}
}

// blank reports whether a block has no records.
func blank(s *delimited.Scanner, text []byte) bool {
	s.Reset(text)
	return !s.Next()
}

// inFile returns an error of the block that is next with its place in the file.
func (r *reader) inFile(err error) error {
	var format *datasets.FormatError
	if !errors.As(err, &format) {
		return err
	}
	placed := *format
	placed.File, placed.Line = r.name, format.Line-bytes.Count(r.header, []byte{'\n'})+r.lines
	return &placed
}

// failure returns an error of reading on.
func (r *reader) failure(err error) error {
	return &datasets.FormatError{Format: "CSV", File: r.name, Line: r.lines + 1, Err: err}
}
