package datasets

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// A CSV describes a table in text form and reads it: one example a line, one
// number a column, and a column with the label. The zero value reads numbers
// separated by commas with the class in the last column.
//
// Columns are named as in the header or by their index, from 0; a negative
// index counts from the end. The first line is taken for a header if a column
// is named that way, or if a column of numbers holds something else in it that
// is not a missing value. A line with words before the first, with another
// number of columns, is skipped as a title.
type CSV struct {
	Comma      rune     // between columns; ',' if 0
	Comment    rune     // begins a line to be skipped; none if 0
	Label      string   // column of the label; the last if empty
	Real       bool     // labels are numbers to predict, not classes
	Unlabelled bool     // there is no label column
	Classes    []string // names in their order; those found, in order, if nil
	OneHot     []string // columns of words, each to become a 0/1 column a word
	Drop       []string // columns to leave out
}

// Read reads a table, gzipped or not. Examples have the shape of a row of the
// features that are kept, in the order of the columns, stored as float64; a
// column in OneHot becomes one feature for each of its words, in order. Labels
// are classes, whose names are put in order, of numbers if all are, and else
// of text; with Real they are targets of shape ().
//
// The error is a [*FormatError] with the line if a value is missing (empty, NA,
// N/A, NaN, null or ?), no finite number or no class, or a line is longer or
// shorter than the first, or if a column asked for is not there. A name that is
// repeated in Classes is another error.
func (c CSV) Read(r io.Reader) (*Dataset, error) {
	class, err := newVocabulary(c.Classes)
	if err != nil {
		return nil, fmt.Errorf("datasets: CSV: %w", err)
	}
	s, err := newSource("CSV", nameOf(r), r)
	if err != nil {
		return nil, err
	}
	t := &table{CSV: c, source: s, class: class}
	if err := t.read(); err != nil {
		return nil, err
	}
	return t.dataset()
}

// A table is a CSV file being read.
type table struct {
	CSV
	source *source
	cols   columns

	features []float64 // rows of numbers, or of the numbers of words
	labels   []int
	targets  []float64
	class    *vocabulary
}

// read reads the whole file.
func (t *table) read() error {
	lines, err := openLines(t.source, t.Comma, t.Comment)
	if err != nil {
		return err
	}
	cols, header, err := t.columns(lines.first())
	if err != nil {
		return t.source.failureOnLine(1, err)
	}
	t.cols = cols
	if header {
		lines.ahead = lines.ahead[1:]
	}
	if err := t.rows(lines); err != nil {
		return err
	}
	if len(t.features) == 0 {
		return t.source.failureOnLine(1, errors.New("the file has no examples"))
	}
	return nil
}

// rows takes all lines that are left.
func (t *table) rows(lines *lines) error {
	for {
		l, err := lines.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.row(l.fields); err != nil {
			return t.source.failureOnLine(l.number, err)
		}
	}
}

// row takes the fields of one line.
func (t *table) row(fields []string) error {
	if len(fields) != len(t.cols.roles) {
		return fmt.Errorf("%d columns, want %d", len(fields), len(t.cols.roles))
	}
	for j, field := range fields {
		if err := t.field(j, field); err != nil {
			return fmt.Errorf("column %s: %w", t.cols.names[j], err)
		}
	}
	return nil
}

// field takes the field in column j.
func (t *table) field(j int, field string) error {
	r := t.cols.roles[j]
	if r == dropped {
		return nil
	}
	if isMissing(field) {
		return fmt.Errorf("missing value %q", field)
	}
	switch {
	case r == word:
		k, err := t.cols.words[j].number(field)
		t.features = append(t.features, float64(k))
		return err
	case r == label && !t.Real:
		k, err := t.class.number(field)
		t.labels = append(t.labels, k)
		return err
	}
	x, err := parseFinite(field)
	if r == label {
		t.targets = append(t.targets, x)
	} else {
		t.features = append(t.features, x)
	}
	return err
}

// dataset returns what was read.
func (t *table) dataset() (*Dataset, error) {
	features, width := t.features, t.cols.width
	if len(t.OneHot) > 0 {
		var err error
		if features, width, err = t.cols.expand(features); err != nil {
			return nil, err
		}
	}
	d, err := New(features, width)
	switch {
	case err != nil || t.Unlabelled:
		return d, err
	case t.Real:
		return d.WithTargets(t.targets)
	}
	return d.WithLabels(t.labels, t.class.relabel(t.labels)...)
}

// isWord reports whether a field is neither a number nor missing.
func isWord(field string) bool {
	_, err := strconv.ParseFloat(field, 64)
	return err != nil && !isMissing(field)
}

func isMissing(field string) bool {
	switch strings.ToLower(field) {
	case "", "na", "n/a", "nan", "null", "?":
		return true
	}
	return false
}

func parseFinite(field string) (float64, error) {
	x, err := strconv.ParseFloat(field, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", field)
	}
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, fmt.Errorf("%q is not a finite number", field)
	}
	return x, nil
}
