package datasets

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
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
// shorter than the first, or if a column asked for is not there.
func (c CSV) Read(r io.Reader) (*Dataset, error) {
	s, err := newSource("CSV", nameOf(r), r)
	if err != nil {
		return nil, err
	}
	t := &table{CSV: c, source: s, class: newVocabulary(c.Classes)}
	if err := t.read(); err != nil {
		return nil, err
	}
	return t.dataset()
}

// A role is what a column is for.
type role uint8

const (
	number role = iota
	word
	label
	dropped
)

// A table is a CSV file being read.
type table struct {
	CSV
	source *source
	lines  *csv.Reader
	queue  []line // read, but not yet returned by next

	roles []role
	names []string      // of the columns, for messages
	words []*vocabulary // of the columns of words

	width    int       // features of a row
	features []float64 // rows of numbers, or of the numbers of words
	labels   []int
	targets  []float64
	class    *vocabulary
}

// read reads the whole file.
func (t *table) read() error {
	if err := t.open(); err != nil {
		return err
	}
	header, err := t.columns(t.queue[0].fields)
	if err != nil {
		return err
	}
	if header {
		t.queue = t.queue[1:]
	}
	for {
		r, err := t.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := t.row(r); err != nil {
			return err
		}
	}
	if len(t.features) == 0 {
		return t.source.failureOnLine(1, errors.New("the file has no examples"))
	}
	return nil
}

// A line is a line of the table, which may begin a quoted field that goes on
// over others.
type line struct {
	number int
	fields []string
}

// open reads the first line of the table, and the next one, into the queue. A
// title before it, which has words and another number of columns, is skipped.
func (t *table) open() error {
	t.lines = csv.NewReader(t.source)
	t.lines.ReuseRecord = true
	t.lines.FieldsPerRecord = -1
	t.lines.Comment = t.Comment
	if t.Comma != 0 {
		t.lines.Comma = t.Comma
	}
	for len(t.queue) < 2 {
		l, err := t.scan()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if len(t.queue) == 1 && len(l.fields) != len(t.queue[0].fields) && slices.ContainsFunc(t.queue[0].fields, isWord) {
			t.queue = t.queue[:0]
		}
		t.queue = append(t.queue, line{l.number, slices.Clone(l.fields)})
	}
	if len(t.queue) == 0 {
		return t.source.failureOnLine(1, errors.New("the file has no lines"))
	}
	return nil
}

// next returns the next line, which must be as long as all others, or io.EOF.
func (t *table) next() (l line, err error) {
	if len(t.queue) > 0 {
		l, t.queue = t.queue[0], t.queue[1:]
	} else if l, err = t.scan(); err != nil {
		return l, err
	}
	if len(l.fields) != len(t.roles) {
		return l, t.source.failureOnLine(l.number, fmt.Errorf("%d columns, want %d", len(l.fields), len(t.roles)))
	}
	return l, nil
}

// scan reads a line of the file.
func (t *table) scan() (line, error) {
	fields, err := t.lines.Read()
	var syntax *csv.ParseError
	switch {
	case err == io.EOF:
		return line{}, err
	case errors.As(err, &syntax):
		return line{}, t.source.failureOnLine(syntax.Line, syntax.Err)
	case err != nil:
		return line{}, t.source.failure(err)
	}
	for j, field := range fields {
		fields[j] = strings.TrimSpace(field)
	}
	number, _ := t.lines.FieldPos(0)
	return line{number, fields}, nil
}

// columns settles the role of every column from the first line and reports
// whether that is a header.
func (t *table) columns(first []string) (header bool, err error) {
	t.roles = make([]role, len(first))
	t.words = make([]*vocabulary, len(first))
	header, err = t.assign(first)
	if err != nil {
		return false, err
	}
	for j, r := range t.roles {
		switch r {
		case number:
			header = header || isWord(first[j])
			t.width++
		case word:
			t.words[j] = newVocabulary(nil)
			t.width++
		}
	}
	if t.width == 0 {
		return false, t.source.failureOnLine(1, errors.New("no column of features is left"))
	}
	t.names = numbered(len(first))
	if header {
		t.names = slices.Clone(first)
	}
	return header, nil
}

// assign gives the columns that the caller named their roles and reports
// whether one was named as in the first line.
func (t *table) assign(first []string) (header bool, err error) {
	asked := map[role][]string{dropped: t.Drop, word: t.OneHot}
	if !t.Unlabelled {
		asked[label] = []string{cmp.Or(t.Label, "-1")}
	}
	for _, r := range []role{dropped, word, label} {
		for _, name := range asked[r] {
			j, byName := find(first, name)
			if j < 0 {
				return false, t.source.failureOnLine(1, fmt.Errorf("no column %q among the %d columns %q", name, len(first), first))
			}
			if t.roles[j] != number {
				return false, t.source.failureOnLine(1, fmt.Errorf("column %q is asked for twice", name))
			}
			t.roles[j] = r
			header = header || byName
		}
	}
	return header, nil
}

// find returns the column that name stands for, -1 if there is none, and
// whether the name stands in the first line.
func find(first []string, name string) (column int, byName bool) {
	if j := slices.Index(first, name); j >= 0 && isWord(name) {
		return j, true
	}
	j, err := strconv.Atoi(name)
	if err == nil && j < 0 {
		j += len(first)
	}
	if err != nil || j < 0 || j >= len(first) {
		return -1, false
	}
	return j, false
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

// row takes the fields of one line.
func (t *table) row(l line) error {
	for j, field := range l.fields {
		if err := t.field(j, field); err != nil {
			return t.source.failureOnLine(l.number, fmt.Errorf("column %s: %w", t.names[j], err))
		}
	}
	return nil
}

func (t *table) field(j int, field string) error {
	r := t.roles[j]
	if r == dropped {
		return nil
	}
	if isMissing(field) {
		return fmt.Errorf("missing value %q", field)
	}
	switch {
	case r == word:
		k, err := t.words[j].number(field)
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

// dataset returns what was read.
func (t *table) dataset() (*Dataset, error) {
	t.expand()
	d, err := New(t.features, t.width)
	switch {
	case err != nil || t.Unlabelled:
		return d, err
	case t.Real:
		return d.WithTargets(t.targets)
	}
	return d.WithLabels(t.labels, t.class.relabel(t.labels)...)
}

// expand replaces every number of a word by a 0/1 column for each word.
func (t *table) expand() {
	if len(t.OneHot) == 0 {
		return
	}
	var places [][]int // of the words of each feature; nil for numbers
	width := 0
	for j, r := range t.roles {
		switch r {
		case number:
			places = append(places, nil)
			width++
		case word:
			_, place := t.words[j].sorted()
			places = append(places, place)
			width += len(place)
		}
	}
	wide := make([]float64, 0, len(t.features)/t.width*width)
	for i, x := range t.features {
		place := places[i%t.width]
		if place == nil {
			wide = append(wide, x)
			continue
		}
		n := len(wide)
		wide = wide[:n+len(place)]
		wide[n+place[int(x)]] = 1
	}
	t.features, t.width = wide, width
}
