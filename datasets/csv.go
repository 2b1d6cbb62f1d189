package datasets

import (
	"cmp"
	"fmt"
	"io"

	"declive/datasets/internal/delimited"
	"declive/datasets/internal/words"
)

// A CSV describes a table in text form and reads it: one example a line, one
// number a column, and a column with the label. The zero value reads numbers
// separated by commas with the class in the last column.
//
// Columns are named as in the header, or by their index, from 0; a negative index
// counts from the end. An exact name comes first: under a header of years, 2010 is
// a name. A name that two columns have is refused, and so is a column that has the
// label's name without being the label.
//
// What stands before the table, beside it or behind it is left out, and
// [Table.Notes] says so: a title, which has words and another number of columns
// than the lines that follow; a first column without a name, and one more column
// than the header has, the row names of R; a last column that is empty in every
// line. A mark of the byte order is skipped.
//
// Where all words of a column are numbers, they are the same if their values are:
// 0 and 0.0 are one class.
type CSV struct {
	Comma        rune   // between columns; ',' if 0, or Blanks
	Comment      rune   // begins a line to be skipped; none if 0
	DecimalComma bool   // 1,5 is one and a half
	Header       Header // whether the first line names the columns

	Label      string   // column of the label; the last if empty
	Real       bool     // labels are numbers to predict, not classes
	Unlabelled bool     // there is no label column
	Classes    []string // names in their order; those found, in order, if nil
	Drop       []string // columns to leave out

	OneHot    []string // columns of words, each to become a 0/1 feature a word
	OneHotAll bool     // so are all columns of words among the first lines
	Other     bool     // a word that is met only after learning has 0 in all of them; it is an error otherwise

	Missing Missing // what to do where a value is missing
}

// Blanks, as [CSV.Comma], stands for any run of spaces and tabs; at the ends of a
// line it separates nothing.
const Blanks = delimited.Blanks

// A Header says whether the first line of a table names its columns.
type Header uint8

const (
	// HeaderAuto finds out. A first line is a header if it has the name of a column
	// that is asked for, or if it has names over columns of numbers and no numbers.
	// Where it has both, or nothing but words over words, the kinds of values decide,
	// and [Table.Notes] tells that this was a guess. It is an example if one of its
	// words is met again in the same column.
	HeaderAuto Header = iota
	HeaderYes         // it does
	HeaderNo          // it is the first example
)

// Read reads a table and returns all of it as a data set. Examples have the shape
// of a row of the features that are kept, in the order of the columns, stored as
// float64; a column in OneHot becomes one feature for each of its words, in order.
// Labels are classes, whose names are put in order, of numbers if all are, and else
// of text; with Real they are targets of shape (). [Dataset.FeatureNames] has the
// names and [Dataset.Notes] what was guessed.
//
// Read is [CSV.Table], [Table.Learn] and [Schema.Dataset]: take these to split the
// table before anything is learnt from it, or to read a second one.
func (c CSV) Read(r io.Reader) (*Dataset, error) {
	t, err := c.Table(r)
	if err != nil {
		return nil, err
	}
	s, err := t.Learn()
	if err != nil {
		return nil, err
	}
	return s.dataset(t, true)
}

// Table reads a table, which may be packed with gzip, bzip2, zstd or zip.
//
// The file is read in blocks by all cores. A file that can be read twice takes no
// more memory than its values, in float64, and some blocks; through a pipe, or
// packed, up to twice as much for a moment.
//
// The error is a [*FormatError] with the line if a value is missing and Missing
// does not say what to do, if one is no finite number or no class, or a line is
// longer or shorter than the first, if a column asked for is not there, if the file
// is none in text form, and if more than ten numbers are labels that look like
// values to predict: then Real, or Classes, says what is meant. Settings that
// contradict each other, and a name that is repeated in Classes, are other errors.
func (c CSV) Table(r io.Reader) (*Table, error) {
	t, err := c.table(r, nil)
	if err != nil {
		return nil, err
	}
	if err := t.checkClasses(c); err != nil {
		return nil, err
	}
	return t, nil
}

// table reads a table, whose columns are those of a schema if there is one.
func (c CSV) table(r io.Reader, s *Schema) (*Table, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("datasets: CSV: %w", err)
	}
	source, err := newTextSource("CSV", nameOf(r), r)
	if err != nil {
		return nil, err
	}
	return (&reading{CSV: c, schema: s, source: source, missing: c.Missing.words()}).table()
}

// check refuses settings without meaning.
func (c CSV) check() error {
	switch {
	case c.Header > HeaderNo:
		return fmt.Errorf("header %d, want HeaderAuto, HeaderYes or HeaderNo", c.Header)
	case c.Unlabelled && (c.Label != "" || c.Real || c.Classes != nil):
		return fmt.Errorf("an unlabelled table has neither Label nor Real nor Classes")
	case c.Real && c.Classes != nil:
		return fmt.Errorf("labels are Real or have Classes, not both")
	}
	if err := c.dialect().Check(); err != nil {
		return err
	}
	if _, err := words.Fixed(c.Classes, c.point()); err != nil {
		return fmt.Errorf("class %w", err)
	}
	return c.Missing.check()
}

func (c CSV) dialect() delimited.Dialect {
	return delimited.Dialect{Comma: cmp.Or(c.Comma, ','), Comment: c.Comment, Point: c.point()}
}

// point returns what stands before the fractional digits of a number.
func (c CSV) point() byte {
	if c.DecimalComma {
		return ','
	}
	return '.'
}
