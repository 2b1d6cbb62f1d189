// Package layout finds out, from the first lines of a table, where its examples
// begin and what its columns are called.
package layout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/delimited"
	"declive/datasets/internal/words"
)

// How many lines of a table are looked at before the others are read, to find out what
// its columns are, and to find columns that are known, as in every block of a stream.
const (
	ToLearn = 500
	ToFind  = 100
)

// A Mode says whether the first line names the columns.
type Mode uint8

const (
	Auto Mode = iota // it may
	Yes
	No
)

// Rules are how the fields of a table are to be understood.
type Rules struct {
	Mode    Mode
	Titles  bool           // there may be titles before the first line
	Comma   bool           // the comma between columns was asked for
	Asked   []string       // columns, by name or index
	Point   byte           // in numbers
	Missing *words.Missing // fields without a value
}

// A Line is a record of a table, with its place in the first block.
type Line struct {
	Number int
	Fields []string
	End    int // in bytes
}

// Lines returns the first records of a block, so many at most. A record with a wrong quote ends
// them; it is found again, and reported, when all are read.
func Lines(block []byte, d delimited.Dialect, most int) (lines []Line) {
	s := delimited.NewScanner(d)
	s.Reset(block)
	for len(lines) < most && s.Next() {
		l := Line{Number: s.Line()}
		for s.More() {
			field, err := s.Field()
			if err != nil {
				return lines
			}
			l.Fields = append(l.Fields, strings.TrimSpace(string(field)))
		}
		l.End = s.Offset()
		lines = append(lines, l)
	}
	return lines
}

// A Layout is what the first lines say about a table.
type Layout struct {
	Begin    Line     // the line before the first example, if any
	Header   bool     // that is a header
	Names    []string // of the columns
	RowNames bool     // the first column has names of rows
	Trailing bool     // the last column is empty
	Examples []Line   // some of them
	Notes    []string // what was guessed or is left out
}

// Note adds a note.
func (l *Layout) Note(format string, values ...any) {
	l.Notes = append(l.Notes, fmt.Sprintf(format, values...))
}

// Of finds out where the examples begin, and the names of the columns. There is at
// least one line.
func Of(lines []Line, r *Rules) (*Layout, error) {
	l := &Layout{Examples: lines}
	if r.Titles {
		l.skipTitles(r)
	}
	first := l.Examples[0].Fields
	body := l.Examples[1:]
	columns := len(first)
	switch {
	case r.Mode == Yes:
		l.Header = true
	case r.Mode == Auto:
		l.judge(r, first, body)
	}
	if l.Header {
		if len(body) > 0 {
			columns = len(body[0].Fields)
		}
		l.Begin, l.Examples = l.Examples[0], body
	}
	l.Trailing = columns > 1 && len(l.Examples) > 0 && l.emptyAt(columns-1)
	return l, l.name(first, columns)
}

// emptyAt reports whether column j is empty in all examples.
func (l *Layout) emptyAt(j int) bool {
	return !slices.ContainsFunc(l.Examples, func(e Line) bool { return len(e.Fields) <= j || e.Fields[j] != "" })
}

// name gives the columns their names: those of the header, or their indices.
func (l *Layout) name(first []string, columns int) error {
	if !l.Header {
		l.Names = numbered(columns)
		if l.Trailing {
			l.Note("the last column is empty and left out")
		}
		return nil
	}
	l.Names = make([]string, len(first))
	for j, name := range first {
		l.Names[j] = strings.ToValidUTF8(name, "\uFFFD") // as JSON keeps it
	}
	switch n := len(first); {
	case n == columns+1 && first[n-1] == "":
		l.Names = l.Names[:columns]
		l.Trailing = false
	case n+1 == columns && l.Trailing:
		l.Names = append(l.Names, "")
	case n+1 == columns:
		l.Names, l.RowNames = append([]string{""}, l.Names...), true
		l.Note("the lines have one column more than the header; the first is taken for names of rows and left out")
	case n != columns:
		return fmt.Errorf("the header has %d columns, the line after it %d", n, columns)
	}
	last := l.Names[columns-1]
	if l.Trailing = l.Trailing && last == ""; l.Trailing {
		l.Note("the last column is empty and left out")
	}
	if !l.RowNames && columns > 1 && (l.Names[0] == "" || l.Names[0] == "Unnamed: 0") {
		l.RowNames = true
		l.Note("the first column has no name; it is taken for names of rows and left out")
	}
	return nil
}

// skipTitles leaves out lines with words before a table with another number of
// columns.
func (l *Layout) skipTitles(r *Rules) {
	for len(l.Examples) > 1 {
		first, next := l.Examples[0].Fields, l.Examples[1].Fields
		if len(first) == len(next) || !slices.ContainsFunc(first, r.isWord) || l.headsRows(r) {
			return
		}
		l.Note("line %d is taken for a title and left out: %s", l.Examples[0].Number, brief.List(first))
		l.Begin, l.Examples = l.Examples[0], l.Examples[1:]
	}
}

// headsRows reports whether the first line is a header that is one column shorter
// or longer than the lines that follow.
func (l *Layout) headsRows(r *Rules) bool {
	first, next := l.Examples[0].Fields, l.Examples[1].Fields
	switch len(next) {
	case len(first) - 1:
		return first[len(first)-1] == ""
	case len(first) + 1:
		return !slices.ContainsFunc(first, func(f string) bool { return !r.isName(f) }) && slices.ContainsFunc(next, r.isNumber)
	}
	return false
}

// OtherComma returns what else seems to be between the columns, if no comma was
// asked for, or "": a character that is in all lines, equally often and at least as
// often as the comma.
func (r *Rules) OtherComma(lines []Line) string {
	if r.Comma {
		return ""
	}
	for _, c := range []struct{ comma, name string }{{"\t", `tabs; set Comma to '\t'`}, {";", "semicolons; set Comma to ';'"}, {"|", "bars; set Comma to '|'"}} {
		n := timesIn(lines[0], c.comma)
		other := slices.ContainsFunc(lines, func(l Line) bool { return timesIn(l, c.comma) != n || n < len(l.Fields)-1 })
		if n > 0 && !other {
			return c.name
		}
	}
	if !slices.ContainsFunc(lines, func(l Line) bool { return len(l.Fields) > 1 || timesIn(l, " ") == 0 }) {
		return "blanks; set Comma to Blanks"
	}
	return ""
}

// timesIn returns how often a character is in the fields of a line.
func timesIn(l Line, char string) (n int) {
	for _, f := range l.Fields {
		n += strings.Count(f, char)
	}
	return n
}

// numbered returns the names "0" to "n−1".
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}
