package datasets

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/delimited"
	"declive/datasets/internal/number"
)

// lookAhead is how many lines of a table are looked at before the others are read.
const lookAhead = 500

// A line is a record of a table, with its place in the first block.
type line struct {
	number int
	fields []string
	end    int // in bytes
}

// firstLines returns the first records of a block. A record with a wrong quote ends
// them; it is found again, and reported, when all are read.
func firstLines(block []byte, d delimited.Dialect) (lines []line) {
	s := delimited.NewScanner(d)
	s.Reset(block)
	for len(lines) < lookAhead && s.Next() {
		l := line{number: s.Line()}
		for s.More() {
			field, err := s.Field()
			if err != nil {
				return lines
			}
			l.fields = append(l.fields, strings.TrimSpace(string(field)))
		}
		l.end = s.Offset()
		lines = append(lines, l)
	}
	return lines
}

// A layout is what the first lines say about a table.
type layout struct {
	begin    line     // the line before the first example, if any
	header   bool     // that is a header
	names    []string // of the columns
	rowNames bool     // the first column has names of rows
	trailing bool     // the last column is empty
	examples []line   // some of them
	notes    []string
}

func (l *layout) note(format string, values ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, values...))
}

// layout finds out where the examples begin, and the names of the columns.
func (r *reading) layout(lines []line) (*layout, error) {
	l := &layout{examples: lines}
	if r.Header == HeaderAuto || r.schema != nil {
		l.skipTitles(r)
	}
	first := l.examples[0].fields
	body := l.examples[1:]
	columns := len(first)
	switch {
	case r.Header == HeaderYes:
		l.header = true
	case r.Header == HeaderAuto:
		l.judge(r, first, body)
	}
	if l.header {
		if len(body) > 0 {
			columns = len(body[0].fields)
		}
		l.begin, l.examples = l.examples[0], body
	}
	l.trailing = columns > 1 && len(l.examples) > 0 && l.emptyAt(columns-1)
	return l, l.name(first, columns)
}

// emptyAt reports whether column j is empty in all examples.
func (l *layout) emptyAt(j int) bool {
	return !slices.ContainsFunc(l.examples, func(e line) bool { return len(e.fields) <= j || e.fields[j] != "" })
}

// name gives the columns their names: those of the header, or their indices.
func (l *layout) name(first []string, columns int) error {
	if !l.header {
		l.names = numbered(columns)
		if l.trailing {
			l.note("the last column is empty and left out")
		}
		return nil
	}
	l.names = slices.Clone(first)
	switch n := len(first); {
	case n == columns+1 && first[n-1] == "":
		l.names = l.names[:columns]
		l.trailing = false
	case n+1 == columns && l.trailing:
		l.names = append(l.names, "")
	case n+1 == columns:
		l.names, l.rowNames = append([]string{""}, l.names...), true
		l.note("the lines have one column more than the header; the first is taken for names of rows and left out")
	case n != columns:
		return fmt.Errorf("the header has %d columns, the line after it %d", n, columns)
	}
	last := l.names[columns-1]
	if l.trailing = l.trailing && last == ""; l.trailing {
		l.note("the last column is empty and left out")
	}
	if !l.rowNames && columns > 1 && (l.names[0] == "" || l.names[0] == "Unnamed: 0") {
		l.rowNames = true
		l.note("the first column has no name; it is taken for names of rows and left out")
	}
	return nil
}

// skipTitles leaves out lines with words before a table with another number of
// columns.
func (l *layout) skipTitles(r *reading) {
	for len(l.examples) > 1 {
		first, next := l.examples[0].fields, l.examples[1].fields
		if len(first) == len(next) || !slices.ContainsFunc(first, r.isWord) || l.headsRows(r) {
			return
		}
		l.note("line %d is taken for a title and left out: %s", l.examples[0].number, brief.List(first))
		l.begin, l.examples = l.examples[0], l.examples[1:]
	}
}

// headsRows reports whether the first line is a header that is one column shorter
// or longer than the lines that follow.
func (l *layout) headsRows(r *reading) bool {
	first, next := l.examples[0].fields, l.examples[1].fields
	switch len(next) {
	case len(first) - 1:
		return first[len(first)-1] == ""
	case len(first) + 1:
		return !slices.ContainsFunc(first, func(f string) bool { return !r.isName(f) }) && slices.ContainsFunc(next, r.isNumber)
	}
	return false
}

// An evidence is what speaks for and against a header.
type evidence struct {
	names    int  // over columns of numbers
	numbers  int  // over columns of numbers, and what begins like a number
	counting bool // these are whole numbers that go up by one, as indices and years do
	unlike   bool // and other numbers than those below
	again    int  // words that are met again in their column
	fresh    int  // words that are not, although others are
}

// judge decides whether the first line is a header.
func (l *layout) judge(r *reading, first []string, body []line) {
	asked := slices.ContainsFunc(r.asked(), func(name string) bool { return isName(name, len(first)) && slices.Contains(first, name) })
	if asked || len(body) > 0 && len(body[0].fields) == len(first)+1 && l.headsRows(r) {
		l.header = true
		return
	}
	if len(body) == 0 {
		l.header = !slices.ContainsFunc(first[:len(first)-1], func(f string) bool { return f != "" && !r.isName(f) }) && r.isWord(first[0])
		return
	}
	e := r.evidence(first, body)
	guess := e.names == 0 || e.numbers > 0
	switch {
	case e.again > 0:
		guess = false
	case e.names > e.numbers, e.names > 0 && e.counting:
		l.header = true
	case e.counting && (e.unlike || e.fresh > 0):
		l.header = true
	case e.names == 0 && e.numbers == 0:
		l.header = e.fresh > 0
	default:
		guess = false
	}
	switch at := l.examples[0].number; {
	case guess && l.header:
		l.note("line %d is taken for a header: %s; say with Header what it is", at, brief.List(first))
	case guess:
		l.note("line %d is taken for an example: %s; say with Header what it is", at, brief.List(first))
	}
}

// asked returns the names of columns in the settings.
func (c CSV) asked() []string { return slices.Concat([]string{c.Label}, c.OneHot, c.Drop) }

// isName reports whether a column that is asked for is named, and not numbered.
func isName(asked string, columns int) bool {
	j, err := strconv.Atoi(asked)
	return asked != "" && (err != nil || j >= columns || j < -columns)
}

// evidence compares the first line with those below.
func (r *reading) evidence(first []string, body []line) (e evidence) {
	var counted []float64 // numbers in the first line
	outside, fraction := true, false
	for j, f := range first {
		c := r.column(j, body)
		if r.missing.has([]byte(f)) {
			continue
		}
		x, err := r.parse(f)
		switch {
		case c.numeric && err == nil:
			e.numbers++
			counted = append(counted, x)
			outside = outside && (x < c.least || x > c.most)
			fraction = fraction || c.fraction
		case c.numeric && r.isName(f):
			e.names++
		case c.numeric:
			e.numbers++
			counted = append(counted, math.NaN())
		case c.words[f] > 0:
			e.again++
		case c.repeated:
			e.fresh++
		}
	}
	e.counting = goesUpByOne(counted)
	e.unlike = fraction || outside && len(body) >= 8
	return e
}

// A sample is what the lines below the first one have in a column.
type sample struct {
	numeric     bool // four fifths are numbers
	worded      bool // more than half are words
	fraction    bool // some are not whole
	least, most float64
	words       map[string]int // how often each is met
	repeated    bool           // some more than once
}

func (r *reading) column(j int, body []line) sample {
	s := sample{least: math.Inf(1), most: math.Inf(-1), words: map[string]int{}}
	numbers, all := 0, 0
	for _, l := range body {
		if j >= len(l.fields) || r.missing.has([]byte(l.fields[j])) {
			continue
		}
		all++
		s.words[l.fields[j]]++
		if x, err := r.parse(l.fields[j]); err == nil {
			numbers++
			s.least, s.most = min(s.least, x), max(s.most, x)
			s.fraction = s.fraction || x != math.Trunc(x)
		}
	}
	s.worded = 2*numbers < all
	s.numeric = numbers > 0 && 5*numbers >= 4*all
	s.repeated = len(s.words) < all
	return s
}

// goesUpByOne reports whether there are at least two whole numbers, each one more
// than the one before.
func goesUpByOne(x []float64) bool {
	for i := range x {
		if x[i] != math.Trunc(x[i]) || i > 0 && x[i] != x[i-1]+1 {
			return false
		}
	}
	return len(x) > 1
}

func (r *reading) parse(field string) (float64, error) {
	return number.Parse([]byte(field), r.point())
}

func (r *reading) isNumber(field string) bool {
	_, err := r.parse(field)
	return err == nil
}

// isWord reports whether a field is neither a number nor missing.
func (r *reading) isWord(field string) bool {
	return !r.isNumber(field) && !r.missing.has([]byte(field))
}

// isName reports whether a field could be a name: it is a word, has a letter and
// does not begin like a number.
func (r *reading) isName(field string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(field, "+-"))
	return r.isWord(field) && !unicode.IsDigit(first) && first != '.' && strings.ContainsFunc(field, unicode.IsLetter)
}

// otherComma returns what else seems to be between the columns, if no comma was
// asked for, or "": a character that is in all lines, equally often and at least as
// often as the comma.
func (r *reading) otherComma(lines []line) string {
	if r.Comma != 0 {
		return ""
	}
	for _, c := range []struct{ comma, name string }{{"\t", `tabs; set Comma to '\t'`}, {";", "semicolons; set Comma to ';'"}, {"|", "bars; set Comma to '|'"}} {
		n := timesIn(lines[0], c.comma)
		other := slices.ContainsFunc(lines, func(l line) bool { return timesIn(l, c.comma) != n || n < len(l.fields)-1 })
		if n > 0 && !other {
			return c.name
		}
	}
	if !slices.ContainsFunc(lines, func(l line) bool { return len(l.fields) > 1 || timesIn(l, " ") == 0 }) {
		return "blanks; set Comma to Blanks"
	}
	return ""
}

// timesIn returns how often a character is in the fields of a line.
func timesIn(l line, char string) (n int) {
	for _, f := range l.fields {
		n += strings.Count(f, char)
	}
	return n
}
