package datasets

import (
	"errors"
	"fmt"
	"slices"

	"declive/autodiff"
	"declive/datasets/internal/brief"
	"declive/datasets/internal/words"
)

// An encoder writes the features that a column of a table makes.
type encoder struct {
	column Column
	place  int      // of the stored value
	words  []string // of the table
	code   []int    // of these in the schema's, −1 for none
	fill   float64
	filled bool
}

// width returns the number of features.
func (e *encoder) width() int {
	n := 1
	if e.column.Role == RoleWords {
		n = len(e.column.Words)
	}
	if e.column.Indicator {
		n++
	}
	return n
}

// encoders returns what writes the features of an example.
func (s *Schema) encoders(t *Table) (all []encoder, width int) {
	for j, c := range s.Columns {
		if !c.Role.isFeature() {
			continue
		}
		e := encoder{column: c, place: t.columns[j].place}
		switch {
		case c.Role == RoleWords:
			e.words = t.columns[j].words
			e.code = recode(e.words, c.Words)
			if e.filled = c.FillWord != nil; e.filled {
				e.fill = float64(slices.Index(c.Words, *c.FillWord))
			}
		case c.Fill != nil:
			e.fill, e.filled = *c.Fill, true
		}
		all = append(all, e)
		width += e.width()
	}
	return all, width
}

// recode returns the number among the known words of each of others, −1 for one that is
// not among them.
func recode(others, known []string) []int {
	v, _ := words.Fixed(known, '.')
	code := make([]int, len(others))
	for i, w := range others {
		k, ok := v.Find([]byte(w))
		if code[i] = k; !ok {
			code[i] = noWord
		}
	}
	return code
}

// dataset makes the data set of a table, in the table's own memory if it is owned or
// nothing has to be changed.
func (s *Schema) dataset(t *Table, owned bool) (*Dataset, error) {
	if err := s.sameColumns(t); err != nil {
		return nil, fmt.Errorf("datasets: Schema.Dataset: %w", err)
	}
	all, width := s.encoders(t)
	inPlace := !slices.ContainsFunc(all, func(e encoder) bool { return e.column.Role == RoleWords || e.column.Indicator })
	var d *Dataset
	var err error
	if inPlace && (owned || !t.lacks()) {
		d, err = s.fillInPlace(t, all)
	} else {
		d, err = s.encode(t, all, width)
	}
	if err != nil {
		return nil, err
	}
	if err := s.label(d, t); err != nil {
		return nil, err
	}
	d.names, d.notes = s.FeatureNames(), t.Notes()
	return d, nil
}

// lacks reports whether a value is missing in the view.
func (t *Table) lacks() bool {
	for _, i := range t.index {
		if slices.ContainsFunc(t.values[i*t.width:(i+1)*t.width], isMissing) {
			return true
		}
	}
	return false
}

// fillInPlace returns the stored numbers themselves as a data set.
func (s *Schema) fillInPlace(t *Table, all []encoder) (*Dataset, error) {
	for i, r := range t.index {
		row := t.values[r*t.width : (r+1)*t.width]
		for j, x := range row {
			if !isMissing(x) {
				continue
			}
			if !all[j].filled {
				return nil, fmt.Errorf("%s: a value is missing", all[j].column.title(i))
			}
			row[j] = all[j].fill
		}
	}
	return over(matrix[float64]{data: t.values, cols: t.width}, t.index, autodiff.Shape{t.width}), nil
}

// encode returns the features as a data set of their own.
func (s *Schema) encode(t *Table, all []encoder, width int) (*Dataset, error) {
	size, err := roomFor("Schema", len(t.index), width)
	if err != nil {
		return nil, err
	}
	values := make([]float64, size)
	to := values
	for i, r := range t.index {
		row := t.values[r*t.width : (r+1)*t.width]
		for j := range all {
			if err := all[j].write(to, row[all[j].place], s.Other); err != nil {
				return nil, fmt.Errorf("%s: %w", all[j].column.title(i), err)
			}
			to = to[all[j].width():]
		}
	}
	return New(values, width)
}

// write writes the features for a stored value to the beginning of to, which is 0.
func (e *encoder) write(to []float64, x float64, other bool) error {
	worded := e.column.Role == RoleWords
	if isMissing(x) {
		if !e.filled {
			return errors.New("a value is missing")
		}
		if e.column.Indicator {
			to[e.width()-1] = 1
		}
		x = e.fill
	} else if worded && x >= 0 {
		word := int(x)
		if x = float64(e.code[word]); x < 0 && !other {
			return fmt.Errorf("%s is not one of the words %s; set Other to take new words", brief.Quoted(e.words[word]), brief.List(e.column.Words))
		}
	}
	switch {
	case !worded:
		to[0] = x
	case x >= 0:
		to[int(x)] = 1
	}
	return nil
}

// label gives the data set of a table its labels or targets.
func (s *Schema) label(d *Dataset, t *Table) error {
	j := slices.IndexFunc(t.columns, func(c tableColumn) bool { return c.role.isLabel() })
	if j < 0 {
		return nil
	}
	if t.columns[j].role == RoleTarget {
		d.targets = make([]float64, d.store.rows())
		for i, r := range t.index {
			d.targets[d.index[i]] = t.targets[r]
		}
		return nil
	}
	code := recode(t.columns[j].words, s.Columns[j].Words)
	d.labels, d.classes = make([]int, d.store.rows()), slices.Clone(s.Columns[j].Words)
	for i, r := range t.index {
		k := code[t.labels[r]]
		if k < 0 {
			return fmt.Errorf("%s: %s is not one of the classes %s", s.Columns[j].title(i), brief.Quoted(t.columns[j].words[t.labels[r]]), brief.List(d.classes))
		}
		d.labels[d.index[i]] = k
	}
	return nil
}

// Clone returns a copy that shares nothing with s, nil of nil.
func (s *Schema) Clone() *Schema {
	if s == nil {
		return nil
	}
	c := *s
	c.Missing, c.Columns = slices.Clone(s.Missing), slices.Clone(s.Columns)
	for j := range c.Columns {
		of := &c.Columns[j]
		of.Words, of.Fill, of.FillWord = slices.Clone(of.Words), copied(of.Fill), copied(of.FillWord)
	}
	return &c
}

// copied returns a pointer to a copy, nil of nil.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
