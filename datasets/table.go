package datasets

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/words"
)

// A Table is what was read from a file, before anything is learnt from its values.
// It is a view, as a [Dataset] is.
type Table struct {
	csv     CSV
	file    string
	header  bool
	columns []tableColumn
	notes   []string

	values  []float64 // width of them for each example; NaN is missing
	width   int
	labels  []int32
	targets []float64
	index   []int // of the examples in the view
}

// A tableColumn is a column of a table, or of the schema that it was read with.
type tableColumn struct {
	name  string
	role  Role
	place int      // among the values of an example
	words []string // of words and classes; their numbers are stored
}

// Len returns the number of examples.
func (t *Table) Len() int { return len(t.index) }

// Notes returns what was guessed or left out when the table was read, a sentence
// each.
func (t *Table) Notes() []string { return slices.Clone(t.notes) }

// Split is [Dataset.Split] for a table.
func (t *Table) Split(fraction float64, rng *rand.Rand) (first, rest *Table, err error) {
	a, b, err := parts(t.index, fraction, rng)
	if err != nil {
		return nil, nil, err
	}
	return t.view(a), t.view(b), nil
}

func (t *Table) view(index []int) *Table {
	v := *t
	v.index = index
	return &v
}

// checkClasses refuses numbers as classes that look like values to predict.
func (t *Table) checkClasses(c CSV) error {
	j := slices.IndexFunc(t.columns, func(c tableColumn) bool { return c.role == RoleClass })
	if j < 0 || c.Classes != nil || !manyNumbers(t.columns[j].words, len(t.index)) {
		return nil
	}
	return &FormatError{Format: "CSV", File: t.file, Line: 1, Err: &NumericLabelsError{
		Column: t.columns[j].name, Different: len(t.columns[j].words), Examples: len(t.index)}}
}

// A NumericLabelsError says that labels look like values to predict and not like
// classes.
type NumericLabelsError struct {
	Column              string // with the labels; empty where columns have no names
	Different, Examples int    // numbers of different labels, and of examples
}

func (e *NumericLabelsError) Error() string {
	column := ""
	if e.Column != "" {
		column = fmt.Sprintf("column %s: ", brief.Text(e.Column, 40))
	}
	return fmt.Sprintf("%s%d different numbers in %d examples look like values to predict; set Real for that, or Classes to take them for classes",
		column, e.Different, e.Examples)
}

// manyNumbers reports whether classes look like values to predict: more than ten,
// all numbers, and either not numbered through (whole, with few gaps) and more than
// a twentieth of the examples or not whole, or more than a tenth of them.
func manyNumbers(classes []string, examples int) bool {
	k := len(classes)
	values, ok := words.AllNumbers(classes, '.')
	if !ok || k <= 10 {
		return false
	}
	whole := !slices.ContainsFunc(values, func(x float64) bool { return x != math.Trunc(x) })
	if through := whole && 5*(values[k-1]-values[0]+1) <= 6*float64(k); through {
		return 10*k > examples
	}
	return !whole || 20*k > examples
}

// Learn returns the schema of the table, with what takes the place of missing
// values learnt from the examples of this view alone. Words and classes are those of
// the file.
//
// It is an error if a column has no values in the view, so that nothing can be
// learnt from it, or if the view has no examples.
func (t *Table) Learn() (*Schema, error) {
	if len(t.index) == 0 {
		return nil, errors.New("datasets: Learn: the table has no examples")
	}
	c := t.csv
	s := &Schema{
		Comma: textOf(c.Comma), Comment: textOf(c.Comment), DecimalComma: c.DecimalComma, Header: t.header,
		Missing: c.Missing.Words, DropRows: c.Missing.Fill == DropRow, Other: c.Other,
	}
	for _, column := range t.columns {
		learnt := Column{Name: column.name, Role: column.role, Words: slices.Clone(column.words)}
		if c.Missing.Fill >= FillMean && column.role.isFeature() {
			if err := t.fill(&learnt, column); err != nil {
				return nil, fmt.Errorf("datasets: Learn: column %s: %w", brief.Text(column.name, 40), err)
			}
		}
		s.Columns = append(s.Columns, learnt)
	}
	return s, nil
}

// fill learns what takes the place of missing values of a column.
func (t *Table) fill(learnt *Column, c tableColumn) error {
	var values []float64
	for _, i := range t.index {
		if x := t.values[i*t.width+c.place]; !isMissing(x) {
			values = append(values, x)
		}
	}
	m := t.csv.Missing
	if len(values) == 0 && m.Fill != FillConstant {
		return fmt.Errorf("no value in %d examples, so nothing to fill with; drop the column or use FillConstant", len(t.index))
	}
	x := m.filling(c.role)(values)
	switch {
	case c.role == RoleNumber:
		learnt.Fill = &x
	case x == noWord:
		learnt.FillWord = new(string)
	default:
		learnt.FillWord = &c.words[int(x)]
	}
	learnt.Indicator = m.Indicator && len(values) < len(t.index)
	return nil
}
