// Package delimited walks over text of one record a line, with fields between
// delimiters, in memory and without making strings.
//
// The grammar is that of encoding/csv: quoted fields may hold delimiters, line
// ends and doubled quotes; blank lines and comments are no records. Two things are
// more: runs of blanks as a delimiter, and numbers that are read where they stand.
package delimited

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Blanks is the delimiter that is any run of spaces and tabs. Runs at either end
// of a line delimit nothing.
const Blanks rune = -1

// A Dialect is what differs between files.
type Dialect struct {
	Comma   rune // between fields, or Blanks
	Comment rune // begins a line that is no record; none if 0
	Point   byte // between the whole and the fractional digits of a number
}

// Check returns an error for a comma or comment that would be ambiguous.
func (d Dialect) Check() error {
	if d.Comma != Blanks && !delimits(d.Comma) {
		return fmt.Errorf("%q between columns, want another character than a quote or a line end", d.Comma)
	}
	if d.Comment != 0 && (!delimits(d.Comment) || d.Comment == d.Comma) {
		return fmt.Errorf("%q before comments, want another character than a quote, a line end or the one between columns", d.Comment)
	}
	if d.Comma == Blanks && (d.Comment == ' ' || d.Comment == '\t') {
		return fmt.Errorf("%q before comments, want no blank where blanks are between columns", d.Comment)
	}
	return nil
}

func delimits(r rune) bool {
	return r != 0 && r != '"' && r != '\r' && r != '\n' && utf8.ValidRune(r) && r != utf8.RuneError
}

// inNumbers reports whether the comma can be part of a number, so that a number
// is only known once its field is.
func (d Dialect) inNumbers() bool {
	return d.Comma == rune(d.Point) || strings.ContainsRune("0123456789+-eE", d.Comma)
}

// Boundary returns the length of the longest beginning of text that ends with a
// record, 0 if there is none; text begins with a record. Of text with a wrong quote
// the beginning reaches beyond it.
func (d Dialect) Boundary(text []byte) int {
	quotes := bytes.Count(text, quote)
	if quotes > 0 && d.Comment != 0 {
		return d.walk(text)
	}
	// A line end stands outside of quotes if the number of quotes before it is even.
	for end := len(text); ; {
		i := bytes.LastIndexByte(text[:end], '\n')
		if i < 0 {
			return 0
		}
		quotes -= bytes.Count(text[i:end], quote)
		if quotes%2 == 0 {
			return i + 1
		}
		end = i
	}
}

var quote = []byte{'"'}

// walk is Boundary where comments may hold single quotes.
func (d Dialect) walk(text []byte) int {
	s := NewScanner(d)
	for n := 1; n < len(s.comma); n++ { // of a comma that is cut, a part would be a wrong character
		text = bytes.TrimSuffix(text, s.comma[:n])
	}
	s.Reset(text)
	for s.Next() {
		from := s.pos
		if _, err := s.Skip(); err != nil {
			if s.unclosed {
				return from
			}
			return len(text)
		}
		if s.pos == len(text) && text[len(text)-1] != '\n' {
			return from
		}
	}
	return bytes.LastIndexByte(text, '\n') + 1
}
