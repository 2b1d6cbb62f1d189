package layout

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/number"
)

// judge decides whether the first line is a header.
func (l *Layout) judge(r *Rules, first []string, body []Line) {
	asked := slices.ContainsFunc(r.Asked, func(name string) bool { return isName(name, len(first)) && slices.Contains(first, name) })
	if asked || len(body) > 0 && len(body[0].Fields) == len(first)+1 && l.headsRows(r) {
		l.Header = true
		return
	}
	if len(body) == 0 {
		l.Header = !slices.ContainsFunc(first[:len(first)-1], func(f string) bool { return f != "" && !r.isName(f) }) && r.isWord(first[0])
		return
	}
	e := r.evidence(first, body)
	guess := e.names == 0 || e.numbers > 0
	switch {
	case e.again > 0:
		guess = false
	case e.names > e.numbers, e.names > 0 && e.counting:
		l.Header = true
	case e.counting && (e.unlike || e.fresh > 0):
		l.Header = true
	case e.names == 0 && e.numbers == 0:
		l.Header = e.fresh > 0
	default:
		guess = false
	}
	switch at := l.Examples[0].Number; {
	case guess && l.Header:
		l.Note("line %d is taken for a header: %s; say with Header what it is", at, brief.List(first))
	case guess:
		l.Note("line %d is taken for an example: %s; say with Header what it is", at, brief.List(first))
	}
}

// isName reports whether a column that is asked for is named, and not numbered.
func isName(asked string, columns int) bool {
	j, err := strconv.Atoi(asked)
	return asked != "" && (err != nil || j >= columns || j < -columns)
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

// evidence compares the first line with those below.
func (r *Rules) evidence(first []string, body []Line) (e evidence) {
	var counted []float64 // numbers in the first line
	outside, fraction := true, false
	for j, f := range first {
		c := r.column(j, body)
		if r.Missing.Has([]byte(f)) {
			continue
		}
		x, err := r.number(f)
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

// column looks at column j.
func (r *Rules) column(j int, body []Line) sample {
	s := sample{least: math.Inf(1), most: math.Inf(-1), words: map[string]int{}}
	numbers, all := 0, 0
	for _, l := range body {
		if j >= len(l.Fields) || r.Missing.Has([]byte(l.Fields[j])) {
			continue
		}
		all++
		s.words[l.Fields[j]]++
		if x, err := r.number(l.Fields[j]); err == nil {
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

func (r *Rules) number(field string) (float64, error) {
	return number.Parse([]byte(field), r.Point)
}

func (r *Rules) isNumber(field string) bool {
	_, err := r.number(field)
	return err == nil
}

// isWord reports whether a field is neither a number nor missing.
func (r *Rules) isWord(field string) bool {
	return !r.isNumber(field) && !r.Missing.Has([]byte(field))
}

// isName reports whether a field could be a name: it is a word, has a letter and
// does not begin like a number.
func (r *Rules) isName(field string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(field, "+-"))
	return r.isWord(field) && !unicode.IsDigit(first) && first != '.' && strings.ContainsFunc(field, unicode.IsLetter)
}

// Worded reports whether more than half of the values in column j are words.
func (r *Rules) Worded(j int, examples []Line) bool { return r.column(j, examples).worded }
