package delimited

import (
	"bytes"
	"encoding/csv"
	"unicode/utf8"

	"declive/datasets/internal/number"
)

// A Scanner walks over the records of a text and over their fields:
//
//	for s.Next() {
//		for s.More() {
//			field, err := s.Field()
//		}
//	}
type Scanner struct {
	dialect  Dialect
	comma    []byte // as it stands in the text; the first of blanks
	comment  []byte
	scanning bool // numbers can be read where they stand

	text     []byte
	pos      int  // of the next field, or of the next record
	more     bool // the record has another field
	line     int  // at pos, from 1
	record   int  // line of the record
	unclosed bool // a quote is open at the end of the text
	unquoted []byte
}

// NewScanner returns a scanner for a dialect that has been checked.
func NewScanner(d Dialect) *Scanner {
	s := &Scanner{dialect: d, comma: []byte{' '}, scanning: !d.inNumbers()}
	if d.Comma != Blanks {
		s.comma = utf8.AppendRune(nil, d.Comma)
	}
	if d.Comment != 0 {
		s.comment = utf8.AppendRune(nil, d.Comment)
	}
	return s
}

// Reset begins at the first line of text.
func (s *Scanner) Reset(text []byte) {
	s.text, s.pos, s.more, s.line, s.record, s.unclosed = text, 0, false, 1, 0, false
}

// Line returns the line in which the record begins, from 1.
func (s *Scanner) Line() int { return s.record }

// At returns the line that the scanner has come to, from 1: after the last record
// it is one more than there are line ends.
func (s *Scanner) At() int { return s.line }

// Offset returns how much of the text has been taken, in bytes.
func (s *Scanner) Offset() int { return s.pos }

// Next goes to the next record, and reports whether there is one. The fields of
// the one before have all been taken.
func (s *Scanner) Next() bool {
	for s.pos < len(s.text) {
		if s.dialect.Comma == Blanks {
			s.skipBlanks()
		}
		rest := s.text[s.pos:]
		switch {
		case s.lineEnd(s.pos):
		case s.comment != nil && bytes.HasPrefix(rest, s.comment):
			s.pos = len(s.text)
			if i := bytes.IndexByte(rest, '\n'); i >= 0 {
				s.pos += i + 1 - len(rest)
				s.line++
			}
		default:
			s.more, s.record = true, s.line
			return true
		}
	}
	return false
}

// More reports whether the record has another field.
func (s *Scanner) More() bool { return s.more }

// Skip takes what is left of the record and returns its number of fields.
func (s *Scanner) Skip() (fields int, err error) {
	for ; s.more; fields++ {
		if _, err := s.Field(); err != nil {
			return fields, err
		}
	}
	return fields, nil
}

// Number takes the next field if it is a number that number.Scan reads, with
// nothing around it.
func (s *Scanner) Number() (x float64, ok bool) {
	if !s.scanning {
		return 0, false
	}
	x, n := number.Scan(s.text[s.pos:], s.dialect.Point)
	return x, n > 0 && s.delimiter(s.pos+n)
}

// Field takes the next field, which is valid until the next one is taken. The
// error is csv.ErrBareQuote or csv.ErrQuote, in the line [Scanner.At].
func (s *Scanner) Field() ([]byte, error) {
	if s.pos < len(s.text) && s.text[s.pos] == '"' {
		return s.quoted()
	}
	from := s.pos
	for i := from; ; i++ {
		if i < len(s.text) {
			switch c := s.text[i]; {
			case c == '"':
				return nil, csv.ErrBareQuote
			case c > '\r' && c != s.comma[0]:
				continue
			}
		}
		if s.delimiter(i) {
			return s.text[from:i], nil
		}
	}
}

// quoted takes a field in quotes.
func (s *Scanner) quoted() ([]byte, error) {
	field, doubled := []byte(nil), false
	s.unquoted = s.unquoted[:0]
	for from := s.pos + 1; ; {
		i := bytes.IndexByte(s.text[from:], '"')
		if i < 0 {
			return nil, s.open(s.text[from:])
		}
		part := s.text[from : from+i]
		s.line += bytes.Count(part, []byte{'\n'})
		if bytes.IndexByte(part, '\r') >= 0 {
			part = bytes.ReplaceAll(part, []byte("\r\n"), []byte{'\n'})
		}
		from += i + 1
		if again := from < len(s.text) && s.text[from] == '"'; again || doubled {
			s.unquoted = append(s.unquoted, part...)
			field = s.unquoted
			if again {
				s.unquoted = append(s.unquoted, '"')
				doubled = true
				from++
				continue
			}
		} else {
			field = part
		}
		if !s.delimiter(from) {
			return nil, csv.ErrQuote
		}
		return field, nil
	}
}

// open says that a quote is open at the end of rest, in its last line that is not
// empty.
func (s *Scanner) open(rest []byte) error {
	rest = bytes.TrimSuffix(rest, []byte{'\r'})
	s.line += bytes.Count(bytes.TrimSuffix(rest, []byte{'\n'}), []byte{'\n'})
	s.unclosed = true
	return csv.ErrQuote
}

// delimiter goes past the delimiter at i, and reports whether one stands there.
func (s *Scanner) delimiter(i int) bool {
	switch {
	case i == len(s.text):
		s.pos, s.more = i, false
		return true
	case s.text[i] == s.comma[0] && len(s.comma) == 1 && s.dialect.Comma != Blanks:
		s.pos = i + 1
		return true
	case s.lineEnd(i):
		s.more = false
		return true
	case s.dialect.Comma == Blanks:
		if c := s.text[i]; c != ' ' && c != '\t' {
			return false
		}
		s.pos = i
		s.skipBlanks()
		if s.pos == len(s.text) || s.lineEnd(s.pos) {
			s.more = false
		}
		return true
	case len(s.comma) > 1 && bytes.HasPrefix(s.text[i:], s.comma):
		s.pos = i + len(s.comma)
		return true
	}
	return false
}

// lineEnd goes past a line end at i, and reports whether one stands there: \n,
// \r\n, or a \r that is the last byte of the text.
func (s *Scanner) lineEnd(i int) bool {
	if i < len(s.text) && s.text[i] == '\r' && (i+1 == len(s.text) || s.text[i+1] == '\n') {
		i++
		if i == len(s.text) {
			s.pos = i
			return true
		}
	}
	if i == len(s.text) || s.text[i] != '\n' {
		return false
	}
	s.pos = i + 1
	s.line++
	return true
}

func (s *Scanner) skipBlanks() {
	for s.pos < len(s.text) && (s.text[s.pos] == ' ' || s.text[s.pos] == '\t') {
		s.pos++
	}
}
