package datasets

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// A line is a line of a table, which may begin a quoted field that goes on over
// others. Its fields are valid until the next one is read.
type line struct {
	number int
	fields []string
}

// lines reads a table line by line, and has looked at the first two.
type lines struct {
	source *source
	csv    *csv.Reader
	ahead  []line // read, but not yet returned by next; their fields stay
}

// openLines begins to read a table at its first line. A title before it, which
// has words and another number of columns, is skipped.
func openLines(s *source, comma, comment rune) (*lines, error) {
	l := &lines{source: s, csv: csv.NewReader(s)}
	l.csv.ReuseRecord = true
	l.csv.FieldsPerRecord = -1
	l.csv.Comment = comment
	if comma != 0 {
		l.csv.Comma = comma
	}
	if err := l.lookAhead(); err != nil {
		return nil, err
	}
	if len(l.ahead) == 0 {
		return nil, s.failureOnLine(1, errors.New("the file has no lines"))
	}
	return l, nil
}

// lookAhead reads up to the second line after titles.
func (l *lines) lookAhead() error {
	for len(l.ahead) < 2 {
		next, err := l.scan()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(l.ahead) == 1 && isTitle(l.ahead[0], next) {
			l.ahead = l.ahead[:0]
		}
		next.fields = slices.Clone(next.fields)
		l.ahead = append(l.ahead, next)
	}
	return nil
}

// isTitle reports whether a line is no part of the table that next belongs to.
func isTitle(l, next line) bool {
	return len(l.fields) != len(next.fields) && slices.ContainsFunc(l.fields, isWord)
}

// first returns the fields of the first line.
func (l *lines) first() []string { return l.ahead[0].fields }

// next returns the next line or io.EOF.
func (l *lines) next() (line, error) {
	if len(l.ahead) == 0 {
		return l.scan()
	}
	next := l.ahead[0]
	l.ahead = l.ahead[1:]
	return next, nil
}

// scan reads a line of the file.
func (l *lines) scan() (line, error) {
	fields, err := l.csv.Read()
	var syntax *csv.ParseError
	switch {
	case err == io.EOF:
		return line{}, err
	case errors.As(err, &syntax):
		return line{}, l.source.failureOnLine(syntax.Line, syntax.Err)
	case err != nil:
		return line{}, l.source.failure(err)
	}
	for j, field := range fields {
		fields[j] = strings.TrimSpace(field)
	}
	number, _ := l.csv.FieldPos(0)
	return line{number, fields}, nil
}
