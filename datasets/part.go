package datasets

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/delimited"
	"declive/datasets/internal/number"
	"declive/datasets/internal/words"
)

// A part is a block of lines of a table, read by one goroutine.
type part struct {
	r       *reading
	scanner *delimited.Scanner
	words   []*words.Vocabulary // by column, of this part alone where words are not known beforehand

	values  []float64
	labels  []int32
	targets []float64
	lines   int // ends of lines in the block
	dropped int
	named   bool  // the error is a field that is no number, but may be a name
	err     error // the first, in line at
	at      int
}

// begin makes a part ready for a block.
func (p *part) begin(r *reading, block []byte) {
	if p.r == nil {
		p.r, p.scanner = r, delimited.NewScanner(r.dialect())
		p.words = make([]*words.Vocabulary, len(r.all))
		for j, c := range r.all {
			if p.words[j] = c.words; c.words != nil && !c.words.Fixed {
				p.words[j] = words.New(c.words.Point)
			}
		}
	}
	for _, v := range p.words {
		if v != nil && !v.Fixed {
			v.Clear()
		}
	}
	p.values, p.labels, p.targets = p.values[:0], p.labels[:0], p.targets[:0]
	p.dropped, p.named, p.err = 0, false, nil
	p.scanner.Reset(block)
}

// read reads the examples of a block.
func (p *part) read(r *reading, block []byte) {
	p.begin(r, block)
	for p.scanner.Next() {
		if p.err = p.example(); p.err != nil {
			p.at = p.scanner.Line()
			if errors.Is(p.err, csv.ErrQuote) || errors.Is(p.err, csv.ErrBareQuote) {
				p.at = p.scanner.At()
			}
			return
		}
	}
	p.lines = p.scanner.At() - 1
}

// example takes one line.
func (p *part) example() error {
	at := len(p.values)
	p.values = extend(p.values, p.r.width)
	row, missing := p.values[at:], false
	plain := !p.r.missing.Numbers() // no number stands for a missing value
	for j := range p.r.all {
		if !p.scanner.More() {
			return p.count(j)
		}
		c := &p.r.all[j]
		if plain && c.words == nil && c.role != RoleUnused {
			if x, ok := p.scanner.Number(); ok {
				p.store(c, row, x)
				continue
			}
		}
		none, err := p.field(j, row)
		if err != nil {
			return p.explain(j, err)
		}
		missing = missing || none
	}
	if p.scanner.More() {
		return p.count(len(p.r.all))
	}
	if missing && p.r.Missing.Fill == DropRow {
		p.drop(at)
	}
	return nil
}

// drop takes an example back.
func (p *part) drop(at int) {
	rows := at / p.r.width
	p.values = p.values[:at]
	p.labels, p.targets = p.labels[:min(rows, len(p.labels))], p.targets[:min(rows, len(p.targets))]
	p.dropped++
}

// extend returns s with n more numbers.
func extend(s []float64, n int) []float64 {
	if len(s)+n > cap(s) {
		s = append(s, make([]float64, n)...)
		return s
	}
	return s[:len(s)+n]
}

// count says that a line has another number of columns, of which n are taken.
func (p *part) count(n int) error {
	more, err := p.scanner.Skip()
	if err != nil {
		return err
	}
	return fmt.Errorf("%d columns, want %d", n+more, len(p.r.all))
}

// explain says where in the line an error is, unless the line has another number of
// columns or a wrong quote: that is the reason then.
func (p *part) explain(j int, err error) error {
	if errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote) {
		return err
	}
	more, wrong := p.scanner.Skip()
	switch {
	case wrong != nil:
		return wrong
	case j+1+more != len(p.r.all):
		return fmt.Errorf("%d columns, want %d", j+1+more, len(p.r.all))
	}
	return fmt.Errorf("column %s: %w", brief.Text(p.r.all[j].name, 40), err)
}

// field takes the field of column j into the row, and reports whether it has no
// value.
func (p *part) field(j int, row []float64) (missing bool, err error) {
	field, err := p.scanner.Field()
	if err != nil {
		return false, err
	}
	c := &p.r.all[j]
	if c.role == RoleUnused {
		return false, nil
	}
	field = bytes.TrimSpace(field)
	var x float64
	known := !p.r.missing.Numbers() && c.words == nil // a number is a number
	if known {
		x, err = number.Parse(field, p.r.point())
	}
	switch {
	case known && err == nil:
	case p.isMissing(field):
		return true, p.leaveOut(c, row, field)
	case c.words != nil:
		k, err := p.word(j, field)
		p.named = err != nil && p.r.schema != nil
		if c.role == RoleClass {
			p.labels = append(p.labels, int32(k))
		} else {
			row[c.place] = float64(k)
		}
		return false, err
	default:
		if x, err = number.Parse(field, p.r.point()); err != nil {
			return false, p.noNumber(c, field, err)
		}
	}
	p.store(c, row, x)
	return false, nil
}

// store puts a number where it belongs.
func (p *part) store(c *column, row []float64, x float64) {
	if c.role == RoleTarget {
		p.targets = append(p.targets, x)
		return
	}
	row[c.place] = x
}

// isMissing reports whether a field has no value.
func (p *part) isMissing(field []byte) bool {
	if p.r.missing.Has(field) {
		return true
	}
	if !p.r.missing.Numbers() {
		return false
	}
	x, err := number.Parse(field, p.r.point())
	return err == nil && p.r.missing.HasNumber(x)
}

// leaveOut stores that a value is missing.
func (p *part) leaveOut(c *column, row []float64, field []byte) error {
	fill := p.r.Missing.Fill
	if c.filled {
		fill = FillMean
	}
	switch {
	case fill == FillNone && c.role.isLabel():
		return fmt.Errorf("missing value %s; DropRow, in Missing.Fill, leaves the example out", brief.Quoted(string(field)))
	case fill == FillNone:
		return fmt.Errorf("missing value %s; Missing.Fill says what to do", brief.Quoted(string(field)))
	case c.role.isLabel() && fill != DropRow:
		return fmt.Errorf("missing value %s of the label, which is not filled", brief.Quoted(string(field)))
	case c.role == RoleClass:
		p.labels = append(p.labels, 0)
	case c.role == RoleTarget:
		p.targets = append(p.targets, 0)
	default:
		row[c.place] = noValue
	}
	return nil
}

// word returns the number of a word in column j, noWord for a new one where that is
// allowed.
func (p *part) word(j int, field []byte) (int, error) {
	v := p.words[j]
	if p.r.Other && v.Fixed && !v.Classes {
		if k, ok := v.Find(field); ok {
			return k, nil
		}
		return noWord, nil
	}
	return v.Number(field)
}

// noNumber says that a field is no number, and what that may come from.
func (p *part) noNumber(c *column, field []byte, err error) error {
	p.named = true
	err = number.Describe(string(field), err)
	if _, comma := number.Parse(field, ','); comma == nil && !p.r.DecimalComma {
		return fmt.Errorf("%w; DecimalComma takes the comma for a point", err)
	}
	if c.worded && c.role == RoleNumber {
		return fmt.Errorf("%w; a column of words is for OneHot or Drop", err)
	}
	return err
}

// translate returns the number in v of every word of column j in the part.
func (p *part) translate(j int, v *words.Vocabulary) ([]int, error) {
	code := make([]int, len(p.words[j].Words))
	for i, word := range p.words[j].Words {
		var err error
		if code[i], err = v.Number([]byte(word)); err != nil {
			return nil, err
		}
	}
	return code, nil
}

// countLines returns the number of line ends in a text.
func countLines(text []byte) int { return bytes.Count(text, []byte{'\n'}) }
