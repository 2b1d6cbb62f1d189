package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"declive/datasets"
	"declive/datasets/internal/words"
)

// beginning is how much of a file [Learn] reads as a table, in bytes.
const beginning = 1 << 24

// Learn returns the schema of a table that does not fit the memory, and what was
// guessed, a sentence each. Columns, the header and what fills gaps are learnt from the
// first 16 MiB. If there is more, the words and classes of the rest are read, too.
//
// Errors are those of [datasets.CSV.Table] and [datasets.Table.Learn], as far as they
// are found; others are left to [Open].
func Learn(open func() (io.ReadCloser, error), settings datasets.CSV) (*datasets.Schema, []string, error) {
	if open == nil {
		return nil, nil, errors.New("stream: Learn: the function that opens the file is nil")
	}
	text, whole, err := head(open, settings)
	if err != nil {
		return nil, nil, err
	}
	table, err := settings.Table(text)
	if err != nil {
		return nil, nil, err
	}
	schema, err := table.Learn()
	if err != nil {
		return nil, nil, err
	}
	notes := table.Notes()
	if whole {
		return schema, notes, nil
	}
	if settings.Missing.Fill >= datasets.FillMean && settings.Missing.Fill != datasets.FillConstant {
		notes = append(notes, fmt.Sprintf("what fills gaps is learnt from the first %d examples", table.Len()))
	}
	return schema, notes, complete(open, schema, settings)
}

// A named text has the name of its file, for errors.
type named struct {
	*bytes.Reader
	name string
}

func (n named) Name() string { return n.name }

// head returns the beginning of a file, to the end of a record, and whether that is all.
func head(open func() (io.ReadCloser, error), settings datasets.CSV) (text io.Reader, whole bool, err error) {
	f, err := open()
	if err != nil {
		return nil, false, err
	}
	if f == nil {
		return nil, false, errors.New("stream: what opens the file returned nothing")
	}
	defer f.Close()
	failure := func(err error) error {
		return &datasets.FormatError{Format: "CSV", File: nameOf(f), Line: 1, Err: err}
	}
	all, err := plain(f)
	if err != nil {
		return nil, false, failure(err)
	}
	b, err := io.ReadAll(io.LimitReader(all, beginning+1))
	if err != nil {
		return nil, false, failure(err)
	}
	if len(b) <= beginning {
		return named{bytes.NewReader(b), nameOf(f)}, true, nil
	}
	d := dialectWith(settings)
	if err := d.Check(); err != nil {
		return nil, false, fmt.Errorf("stream: Learn: %w", err)
	}
	n := d.Boundary(b)
	if n == 0 {
		return nil, false, failure(fmt.Errorf("a record of more than %d bytes; look for a quote that is left open", beginning))
	}
	return named{bytes.NewReader(b[:n]), nameOf(f)}, false, nil
}

// complete adds the words and classes of all of a file to its schema.
func complete(open func() (io.ReadCloser, error), s *datasets.Schema, settings datasets.CSV) error {
	of, c := wordsAlone(s, settings)
	if len(c.OneHot) == 0 {
		return nil
	}
	known := make([]*words.Vocabulary, len(of))
	for i, j := range of {
		known[i] = words.New(dialectOf(s).Point)
		if err := add(known[i], s.Columns[j].Words); err != nil {
			return err
		}
	}
	parse := func(text io.Reader) (*datasets.Schema, error) {
		t, err := c.Table(text)
		if err != nil {
			return nil, err
		}
		return t.Learn()
	}
	err := each(file{open, s}, parse, func(block *datasets.Schema) error {
		for i, j := range of {
			if err := add(known[i], block.Columns[j].Words); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, j := range of {
		used := slices.Repeat([]bool{true}, len(known[i].Words))
		s.Columns[j].Words, _ = known[i].Sorted(used)
	}
	return nil
}

func add(v *words.Vocabulary, found []string) error {
	for _, w := range found {
		if _, err := v.Number([]byte(w)); err != nil {
			return err
		}
	}
	return nil
}

// wordsAlone returns the columns of a schema that have words or classes, unless these
// were given, and settings to read no others.
func wordsAlone(s *datasets.Schema, settings datasets.CSV) (of []int, c datasets.CSV) {
	c = settings
	c.Label, c.Real, c.Unlabelled, c.Classes, c.OneHotAll = "", false, true, nil, false
	c.Drop, c.OneHot, c.Missing = nil, nil, datasets.Missing{Words: settings.Missing.Words, Fill: datasets.FillConstant}
	if c.Header = datasets.HeaderNo; s.Header {
		c.Header = datasets.HeaderYes
	}
	for j, column := range s.Columns {
		name := keyOf(s, j)
		if column.Role == datasets.RoleWords || column.Role == datasets.RoleClass && settings.Classes == nil {
			of, c.OneHot = append(of, j), append(c.OneHot, name)
			continue
		}
		if column.Role != datasets.RoleUnused || column.Name != "" { // names of rows, and what trailing commas make, are left out anyway
			c.Drop = append(c.Drop, name)
		}
	}
	return of, c
}

// keyOf returns what names a column of a schema: its name if it is the only one of that,
// else its number.
func keyOf(s *datasets.Schema, j int) string {
	name := s.Columns[j].Name
	same := func(c datasets.Column) bool { return c.Name == name }
	if again := slices.IndexFunc(s.Columns[j+1:], same) >= 0 || slices.IndexFunc(s.Columns[:j], same) >= 0; again || name == "" || !s.Header {
		return strconv.Itoa(j)
	}
	return name
}
