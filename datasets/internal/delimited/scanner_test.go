package delimited_test

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets/internal/delimited"
)

// A record is a line with its fields.
type record struct {
	line   int
	fields []string
}

// scan returns the records of a text, and the error with its line.
func scan(d delimited.Dialect, text string) (records []record, line int, err error) {
	s := delimited.NewScanner(d)
	s.Reset([]byte(text))
	for s.Next() {
		r := record{line: s.Line()}
		for s.More() {
			field, err := s.Field()
			if err != nil {
				return records, s.At(), err
			}
			r.fields = append(r.fields, string(field))
		}
		records = append(records, r)
	}
	return records, s.At(), nil
}

// reference is scan by encoding/csv.
func reference(d delimited.Dialect, text string) (records []record, line int, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.Comment, r.FieldsPerRecord = d.Comma, d.Comment, -1
	for {
		fields, err := r.Read()
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			return records, syntax.Line, syntax.Err
		}
		if err == io.EOF {
			return records, 0, nil
		}
		if err != nil {
			return records, 0, err
		}
		line, _ := r.FieldPos(0)
		records = append(records, record{line, fields})
	}
}

var hard = []string{
	"a,b\n1,2\n", "a,b\r\n1,2", "1,2\r", "\r", "\n\r\n\na\n", "a\rb,c\r\r\n", ",\n,,\n", "\"\"\n", "\"a\"\"b\",c\n",
	"\"a\nb\r\nc\",d\ne\n", "a\"b\n", "\"a\"b\n", "\"a\n\nb", "\"a\n", "1\n\"a", "\"a\"\r", "\"a\"\r\n", "\"a\"\rb\n", "a,\"\n",
	"#x\n1\n", "# it's 5\" long\n\"a\"\n", "1\n#x", "\"#\n#\"\n", " \"a\"\n", "a,\"b\"\"\"\n", "é,ü\n", "1é2é3\n", "\"a\"é\"b\"\n",
}

func TestScannerReadsAsEncodingCSV(t *testing.T) {
	for _, text := range hard {
		for _, d := range []delimited.Dialect{{Comma: ','}, {Comma: ',', Comment: '#'}, {Comma: 'é', Comment: 'ü'}, {Comma: '\t'}, {Comma: '1'}} {
			same(t, d, text)
		}
	}
}

// same compares a scan with the reference.
func same(t *testing.T, d delimited.Dialect, text string) {
	t.Helper()
	want, wantLine, wantErr := reference(d, text)
	got, line, err := scan(d, text)
	require.Equal(t, wantErr, err, "%q", text)
	require.Equal(t, want, got, "%q", text)
	if wantErr != nil {
		require.Equal(t, wantLine, line, "%q", text)
	}
}

func TestRunsOfBlanks(t *testing.T) {
	got, _, err := scan(delimited.Dialect{Comma: delimited.Blanks, Comment: '#'}, "  1 \t 2\t\n\t\n# x\n\"a  b\" c\r\n 3")
	require.NoError(t, err)
	assert.Equal(t, []record{{1, []string{"1", "2"}}, {4, []string{"a  b", "c"}}, {5, []string{"3"}}}, got)
	_, line, err := scan(delimited.Dialect{Comma: delimited.Blanks}, "1 2\n\"a\"b c\n")
	assert.ErrorIs(t, err, csv.ErrQuote)
	assert.Equal(t, 2, line)
}

func TestNumbersWhereTheyStand(t *testing.T) {
	s := delimited.NewScanner(delimited.Dialect{Comma: ';', Point: ','})
	s.Reset([]byte("1,5;x;-2\r\n3 ;4"))
	take := func(want float64, wantOK, more bool) {
		t.Helper()
		x, ok := s.Number()
		assert.Equal(t, wantOK, ok)
		if ok {
			assert.Equal(t, want, x)
		}
		assert.Equal(t, more, s.More())
	}
	require.True(t, s.Next())
	take(1.5, true, true)
	take(0, false, true) // x is left to Field
	field, err := s.Field()
	require.NoError(t, err)
	assert.Equal(t, "x", string(field))
	take(-2, true, false)
	require.True(t, s.Next())
	take(0, false, true) // a blank follows
	n, err := s.Skip()
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	assert.False(t, s.Next())
}

// A comma that numbers are made of makes numbers out of fields alone.
func TestCommasInNumbers(t *testing.T) {
	for _, comma := range []rune{',', 'e', '5', '-'} {
		s := delimited.NewScanner(delimited.Dialect{Comma: comma, Point: ','})
		s.Reset([]byte("1e5,-2"))
		require.True(t, s.Next())
		_, ok := s.Number()
		assert.False(t, ok, strconv.QuoteRune(comma))
	}
}

func TestCheck(t *testing.T) {
	assert.NoError(t, delimited.Dialect{Comma: '\t', Comment: '#'}.Check())
	assert.NoError(t, delimited.Dialect{Comma: delimited.Blanks}.Check())
	for _, d := range []delimited.Dialect{
		{Comma: '\n'}, {Comma: '"'}, {Comma: 0xFFFD}, {Comma: -2}, {Comma: ',', Comment: ','}, {Comma: ',', Comment: '\r'},
		{Comma: delimited.Blanks, Comment: '\t'},
	} {
		assert.Error(t, d.Check(), "%q %q", d.Comma, d.Comment)
	}
}

// Text cut at boundaries gives the records, and the error, of the whole.
func TestBoundary(t *testing.T) {
	for _, text := range hard {
		for _, d := range []delimited.Dialect{{Comma: ','}, {Comma: ',', Comment: '#'}} {
			for size := 1; size <= len(text); size++ {
				cutSame(t, d, text, size)
			}
		}
	}
}

// cutSame scans text in parts that have at least size bytes.
func cutSame(t *testing.T, d delimited.Dialect, text string, size int) {
	t.Helper()
	want, wantLine, wantErr := scan(d, text)
	var got []record
	lines := 0
	for rest := text; rest != ""; {
		n := 0
		for end := min(size, len(rest)); n == 0; end++ {
			if end >= len(rest) {
				n = len(rest)
				break
			}
			n = d.Boundary([]byte(rest[:end]))
		}
		part, line, err := scan(d, rest[:n])
		for _, r := range part {
			got = append(got, record{r.line + lines, r.fields})
		}
		if err != nil {
			require.Equal(t, wantErr, err, "%q in parts of %d", text, size)
			require.Equal(t, wantLine, line+lines, "%q in parts of %d", text, size)
			break
		}
		lines += line - 1
		rest = rest[n:]
	}
	require.Equal(t, want, got, "%q in parts of %d", text, size)
}

func FuzzScanner(f *testing.F) {
	for _, text := range hard {
		f.Add(text, ',', '#', uint8(3))
		f.Add(text, 'é', rune(0), uint8(9))
	}
	f.Fuzz(func(t *testing.T, text string, comma, comment rune, size uint8) {
		d := delimited.Dialect{Comma: comma, Comment: comment}
		if d.Check() != nil || comma == delimited.Blanks {
			return
		}
		same(t, d, text)
		cutSame(t, d, text, 1+int(size))
	})
}
