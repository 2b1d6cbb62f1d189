package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/layout"
	"declive/datasets/internal/words"
)

// A Schema is what was learnt from a table: its columns, their words and classes,
// and what takes the place of missing values. It makes data sets of the same
// features, in the same order, from other tables, and can be kept with a model, as
// JSON.
type Schema struct {
	Comma        string   `json:"comma,omitempty"`   // between columns: "," if empty, "blanks" for Blanks
	Comment      string   `json:"comment,omitempty"` // begins a line to be skipped
	DecimalComma bool     `json:"decimal_comma,omitempty"`
	Header       bool     `json:"header,omitempty"`    // the first line names the columns
	Missing      []string `json:"missing,omitempty"`   // as in Missing.Words
	DropRows     bool     `json:"drop_rows,omitempty"` // examples with missing values are left out
	Other        bool     `json:"other,omitempty"`     // a word that is none of a column's has 0 in all of its features
	Columns      []Column `json:"columns"`
}

// A Column is a column of a [Schema].
type Column struct {
	Name  string   `json:"name"`
	Role  Role     `json:"role"`
	Words []string `json:"words,omitempty"` // of RoleWords, and the classes of RoleClass, in order

	Fill      *float64 `json:"fill,omitempty"`      // in place of a missing number; an error if nil
	FillWord  *string  `json:"fill_word,omitempty"` // the same for a word; "" for none of them
	Indicator bool     `json:"indicator,omitempty"` // a feature more that is 1 where the value is missing
}

// Read reads a table and returns its data set. Under a header, columns are found by
// name, in any order, and others are left out; else they are those of the first
// table by number. A table without the label makes a data set without labels.
//
// Errors are those of [CSV.Table], and a word, a class or a missing value that the
// schema does not know.
func (s *Schema) Read(r io.Reader) (*Dataset, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("datasets: Schema: %w", err)
	}
	t, err := s.settings().table(r, s)
	if err != nil {
		return nil, err
	}
	return s.dataset(t, true)
}

// Dataset returns the examples of a table with the features of the schema. The table
// is the one that the schema was learnt from, or a part of it, or one that was read
// with the same settings.
//
// It is an error if the table has other columns, or a word, a class or a missing
// value that the schema does not know.
func (s *Schema) Dataset(t *Table) (*Dataset, error) {
	if t == nil {
		return nil, errors.New("datasets: Schema.Dataset: the table is nil")
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("datasets: Schema: %w", err)
	}
	return s.dataset(t, false)
}

// FeatureNames returns the names of the features: of a column of numbers its own,
// of one of words column=word for each, and "column missing" for an indicator.
func (s *Schema) FeatureNames() []string {
	var names []string
	for _, c := range s.Columns {
		switch c.Role {
		case RoleNumber:
			names = append(names, c.Name)
		case RoleWords:
			for _, w := range c.Words {
				names = append(names, c.Name+"="+w)
			}
		}
		if c.Indicator {
			names = append(names, c.Name+" missing")
		}
	}
	return names
}

// Classes returns the classes, or nil if the schema has none.
func (s *Schema) Classes() []string {
	if j := slices.IndexFunc(s.Columns, func(c Column) bool { return c.Role == RoleClass }); j >= 0 {
		return slices.Clone(s.Columns[j].Words)
	}
	return nil
}

// check refuses a schema without meaning, such as one that was written by hand.
func (s *Schema) check() error {
	if s == nil {
		return errors.New("it is nil; learn one with Table.Learn")
	}
	labels, features := 0, 0
	for j, c := range s.Columns {
		if err := c.check(); err != nil {
			return fmt.Errorf("column %d, %s: %w", j, brief.Quoted(c.Name), err)
		}
		if c.Role.isLabel() {
			labels++
		}
		if c.Role.isFeature() {
			features++
		}
	}
	switch {
	case labels > 1:
		return fmt.Errorf("%d columns have the label, want at most one", labels)
	case features == 0:
		return errors.New("no column has a feature")
	case s.Comma != "" && s.Comma != blanks && utf8.RuneCountInString(s.Comma) != 1:
		return fmt.Errorf("comma %s, want one character or %q", brief.Quoted(s.Comma), blanks)
	case utf8.RuneCountInString(s.Comment) > 1:
		return fmt.Errorf("comment %s, want one character", brief.Quoted(s.Comment))
	}
	return s.settings().dialect().Check()
}

func (c Column) check() error {
	switch {
	case !slices.Contains([]Role{RoleNumber, RoleWords, RoleClass, RoleTarget, RoleUnused}, c.Role):
		return fmt.Errorf("role %s, want number, words, class, target or unused", brief.Quoted(string(c.Role)))
	case c.Fill != nil && *c.Fill-*c.Fill != 0:
		return fmt.Errorf("fill %v, want a finite number", *c.Fill)
	case c.FillWord != nil && *c.FillWord != "" && !slices.Contains(c.Words, *c.FillWord):
		return fmt.Errorf("fill_word %s, want one of the words", brief.Quoted(*c.FillWord))
	case c.Fill != nil && c.Role != RoleNumber, c.FillWord != nil && c.Role != RoleWords:
		return fmt.Errorf("what is filled is not of the role %s", c.Role)
	case c.Indicator && c.Fill == nil && c.FillWord == nil:
		return errors.New("an indicator of what is not filled")
	}
	v, err := words.Fixed(c.Words, '.')
	if err == nil && len(v.Words) == 0 && (c.Role == RoleWords || c.Role == RoleClass) {
		err = errors.New("it has no words")
	}
	return err
}

const blanks = "blanks" // the comma of a schema that is Blanks

// settings returns what a table is read with.
func (s *Schema) settings() CSV {
	c := CSV{Comma: ',', DecimalComma: s.DecimalComma, Header: HeaderNo, Other: s.Other, Missing: Missing{Words: s.Missing}}
	if s.Comma == blanks {
		c.Comma = Blanks
	} else if s.Comma != "" {
		c.Comma, _ = utf8.DecodeRuneInString(s.Comma)
	}
	if s.Comment != "" {
		c.Comment, _ = utf8.DecodeRuneInString(s.Comment)
	}
	if s.Header {
		c.Header = HeaderYes
	}
	if s.DropRows {
		c.Missing.Fill = DropRow
	}
	return c
}

// place settles the columns of a file that has those of the schema.
func (s *Schema) place(r *reading, l *layout.Layout) error {
	at, err := s.match(l)
	if err != nil {
		return err
	}
	r.all = make([]column, len(l.Names))
	for j, name := range l.Names {
		r.all[j] = column{name: name, role: RoleUnused}
	}
	for k, c := range s.Columns {
		place := r.width
		if c.Role.isFeature() {
			r.width++
		}
		if at[k] < 0 {
			continue
		}
		to := column{name: c.Name, role: c.Role, place: place, filled: c.Fill != nil || c.FillWord != nil}
		if c.Role == RoleWords || c.Role == RoleClass {
			to.words, _ = words.Fixed(c.Words, r.point())
			to.words.Classes = c.Role == RoleClass
		}
		r.all[at[k]] = to
	}
	if l.Header {
		s.noteUnknown(l)
	}
	return nil
}

// match returns the column of the file for each of the schema, −1 for one that is
// not used or is the label and not there.
func (s *Schema) match(l *layout.Layout) ([]int, error) {
	at := make([]int, len(s.Columns))
	label := slices.IndexFunc(s.Columns, func(c Column) bool { return c.Role.isLabel() })
	missing := len(s.Columns) - len(l.Names) // columns, where they have no names
	if !l.Header && missing != 0 && (missing != 1 || label < 0) {
		return nil, fmt.Errorf("%d columns, want %d", len(l.Names), len(s.Columns))
	}
	met := map[string]int{}
	for k, c := range s.Columns {
		switch {
		case l.Header:
			at[k] = nth(l.Names, c.Name, met[c.Name])
			met[c.Name]++
		case missing == 1 && k == label:
			at[k] = -1
		case missing == 1 && k > label:
			at[k] = k - 1
		default:
			at[k] = k
		}
		if c.Role == RoleUnused {
			at[k] = -1
		}
		if at[k] < 0 && c.Role.isFeature() {
			return nil, fmt.Errorf("no column %s among the %d columns %s%s", brief.Quoted(c.Name), len(l.Names), brief.List(l.Names), s.unnamed(l.Names))
		}
	}
	return at, nil
}

// unnamed returns what to do about a first line that has none of the schema's names,
// as where there is no header, and else "".
func (s *Schema) unnamed(names []string) string {
	if slices.ContainsFunc(s.Columns, func(c Column) bool { return slices.Contains(names, c.Name) }) {
		return ""
	}
	return "; the first line must have the names of the columns"
}

// nth returns the index of the n-th of the names, from 0, that are name, or −1.
func nth(names []string, name string, n int) int {
	for j, other := range names {
		if other == name {
			if n == 0 {
				return j
			}
			n--
		}
	}
	return -1
}

// noteUnknown tells of columns that the schema does not have.
func (s *Schema) noteUnknown(l *layout.Layout) {
	var unknown []string
	for _, name := range l.Names {
		if name != "" && !slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	if unknown != nil {
		l.Note("columns that the schema does not have are left out: %s", brief.List(unknown))
	}
}

// tableColumns returns the columns of a table that was read with the schema.
func (s *Schema) tableColumns(read []column) []tableColumn {
	var columns []tableColumn
	place := 0
	for _, c := range s.Columns {
		t := tableColumn{name: c.Name, role: c.Role, words: c.Words}
		if c.Role.isFeature() {
			t.place = place
			place++
		}
		if c.Role.isLabel() && !slices.ContainsFunc(read, func(r column) bool { return r.role == c.Role }) {
			t.role = RoleUnused
		}
		columns = append(columns, t)
	}
	return columns
}

// textOf returns a character as a schema has it.
func textOf(r rune) string {
	switch r {
	case 0:
		return ""
	case Blanks:
		return blanks
	}
	return string(r)
}

// sameColumns returns an error unless a table has the columns of the schema; the
// label may be missing.
func (s *Schema) sameColumns(t *Table) error {
	if len(t.columns) != len(s.Columns) {
		return fmt.Errorf("the table has %d columns, the schema %d", len(t.columns), len(s.Columns))
	}
	for j, c := range s.Columns {
		of := t.columns[j]
		if s.Header && of.name != c.Name {
			return fmt.Errorf("column %d of the table is %s, of the schema %s; read the table with Schema.Read", j, brief.Quoted(of.name), brief.Quoted(c.Name))
		}
		if of.role != c.Role && !(c.Role.isLabel() && of.role == RoleUnused) {
			return fmt.Errorf("column %s of the table is for %s, of the schema for %s", brief.Quoted(c.Name), cmp.Or(of.role, "nothing"), c.Role)
		}
	}
	return nil
}

// title is what an error about an example begins with.
func (c Column) title(example int) string {
	return fmt.Sprintf("datasets: Schema: example %d: column %s", example, brief.Text(strings.TrimSpace(c.Name), 40))
}
