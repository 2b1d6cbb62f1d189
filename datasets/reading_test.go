package datasets_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
)

// long returns a table of many blocks, with quotes, blank lines, comments and words
// that are met late: a number, a word, a number and a class.
func long(rows int) string {
	rng := seeded(5)
	var b strings.Builder
	b.WriteString("x,word,y,kind\n")
	for i := range rows {
		word := "w" + strconv.Itoa(rng.IntN(1+i/500))
		switch rng.IntN(9) {
		case 0:
			b.WriteString("\n# \"\n")
		case 1:
			word = "\"" + word + "\n, \"\"q\"\"\""
		}
		fmt.Fprintf(&b, "%v,%s, %.3f ,%s\n", rng.NormFloat64(), word, rng.ExpFloat64(), string("zyx"[min(2, i*3/rows)]))
	}
	return b.String()
}

// reference reads a table with one-hot column 1 by encoding/csv, with maps and
// without haste.
func reference(t *testing.T, text string) (x [][]float64, labels []int) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	rows = rows[1:]
	distinct := func(j int) []string {
		var all []string
		for _, row := range rows {
			all = append(all, row[j])
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	words, classes := distinct(1), distinct(3)
	for range 2 + len(words) {
		x = append(x, make([]float64, len(rows)))
	}
	for i, row := range rows {
		for k, j := range []int{0, 2} {
			v, err := strconv.ParseFloat(strings.TrimSpace(row[j]), 64)
			require.NoError(t, err)
			x[k*(1+len(words))][i] = v
		}
		x[1+slices.Index(words, row[1])][i] = 1
		labels = append(labels, slices.Index(classes, row[3]))
	}
	return x, labels
}

// A file of many blocks reads as by encoding/csv, whether it can be read twice or
// comes through a pipe.
func TestReadCSVInBlocks(t *testing.T) {
	text := long(20000)
	require.Greater(t, len(text), 3<<17)
	x, labels := reference(t, text)
	c := datasets.CSV{OneHot: []string{"word"}, Comment: '#'}
	for name, r := range map[string]io.Reader{
		"file": strings.NewReader(text), "pipe": io.MultiReader(strings.NewReader(text)), "packed": strings.NewReader(string(gzipped(t, []byte(text)))),
	} {
		d := must(t)(c.Read(r))
		require.Equal(t, x, columns(t, d), name)
		require.Equal(t, labels, d.Labels(), name)
		require.Equal(t, []string{"x", "y", "z"}, d.Classes(), name)
	}
}

// Errors far down a file name their line, and the first one is told.
func TestErrorsInLaterBlocks(t *testing.T) {
	text := long(20000)
	lines := 1 + strings.Count(text, "\n")
	for want, end := range map[string]string{
		`column x: "bad" is not a number`:         "bad,w,1,x\nworse,w,1,x\n",
		"3 columns, want 4":                       "1,w,1\n1,2\n",
		`extraneous or missing " in quoted-field`: "1,\"w\"w,1,x\n",
		`bare " in non-quoted-field`:              "1,w\"w,1,x\n",
	} {
		_, err := datasets.CSV{OneHot: []string{"word"}, Comment: '#'}.Read(strings.NewReader(text + end + strings.Repeat("1,w,1,x\n", 90000)))
		assert.EqualError(t, err, fmt.Sprintf("datasets: CSV: at line %d: %s", lines, want))
	}
}

func TestDelimiters(t *testing.T) {
	want := [][]float64{{1.5, -3}, {2, 0.25}}
	for name, c := range map[string]struct {
		csv  datasets.CSV
		text string
	}{
		"tab":                 {datasets.CSV{Comma: '\t'}, "x\ty\tlabel\n1.5\t2\ta\n-3\t.25\tb\n"},
		"semicolon and comma": {datasets.CSV{Comma: ';', DecimalComma: true}, "x;y;label\n1,5;2;a\n-3;,25;b\n"},
		"comma and comma":     {datasets.CSV{DecimalComma: true}, "x,y,label\n\"1,5\",2,a\n-3,\"0,25\",b\n"},
		"bar":                 {datasets.CSV{Comma: '|'}, "x|y|label\n1.5|2|a\n-3|.25|b\n"},
		"one blank":           {datasets.CSV{Comma: ' '}, "x y label\n1.5 2 a\n-3 .25 b\n"},
		"runs of blanks":      {datasets.CSV{Comma: datasets.Blanks}, "  x   y label\n 1.5 \t2 a  \n  -3  .25    b\n"},
		"two bytes":           {datasets.CSV{Comma: '§'}, "x§y§label\n1.5§2§a\n-3§.25§b\n"},
		"comments":            {datasets.CSV{Comment: '%'}, "% made \"up\n%%\nx,y,label\n1.5,2,a\n% x\n-3,.25,b\n"},
	} {
		d := read(t, c.csv, c.text)
		assert.Equal(t, want, columns(t, d), name)
		assert.Equal(t, []string{"a", "b"}, d.Classes(), name)
		assert.Equal(t, []string{"x", "y"}, d.FeatureNames(), name)
	}
	for want, text := range map[string]string{
		`the columns look divided by tabs; set Comma to '\t'`:      "1\t2\ta\n3\t4\tb\n",
		`the columns look divided by semicolons; set Comma to ';'`: "1,5;2;a\n3,5;4;b\n",
		`the columns look divided by bars; set Comma to '|'`:       "1|2\n3|4\n",
		`the columns look divided by blanks; set Comma to Blanks`:  "1 2\n3 4\n",
	} {
		_, err := datasets.CSV{}.Read(strings.NewReader(text))
		assert.EqualError(t, err, "datasets: CSV: at line 1: "+want)
	}
	_, err := datasets.CSV{Comma: ';'}.Read(strings.NewReader("x;y\n1,5;2\n"))
	assert.EqualError(t, err, `datasets: CSV: at line 2: column x: "1,5" is not a number; DecimalComma takes the comma for a point`)
	d := read(t, datasets.CSV{}, "x,label\n1,a; b\n2,c\n1,a; b\n") // a word with a semicolon
	assert.Equal(t, []string{"a; b", "c"}, d.Classes())
	d = read(t, datasets.CSV{Comma: ','}, "1,a;b;c\n2,d;e;f\n") // it was asked for
	assert.Len(t, d.Classes(), 2)
}

func TestOneHotAll(t *testing.T) {
	d := read(t, datasets.CSV{OneHotAll: true}, "x,colour,size,label\n1,red,L,a\n2,blue,S,b\n")
	assert.Equal(t, []string{"x", "colour=blue", "colour=red", "size=L", "size=S"}, d.FeatureNames())
	assert.Equal(t, []string{`column "colour" has words; each is a feature`, `column "size" has words; each is a feature`}, d.Notes())
}

// Files of another kind are named as what they are.
func TestWrongKindsOfFiles(t *testing.T) {
	for want, text := range map[string]string{
		"the file is a pickle":                            "\x80\x04\x95\x00",
		"the file is an npy file":                         "\x93NUMPY\x01\x00",
		"the file is a Parquet file":                      "PAR1\x15\x00",
		"the file is JSON":                                "[{\"a\": 1}]",
		"the file is an HTML page":                        "<!DOCTYPE html>",
		"the file is a pointer of Git LFS":                "version https://git-lfs.github.com/spec/v1\n",
		"the file is text in UTF-16":                      "\xff\xfe1\x00,\x002\x00",
		"the file is text whose lines end with \\r alone": "1,2\r3,4\r",
		"the file is packed with xz":                      "\xfd7zXZ\x00\x00",
	} {
		for _, read := range []func(io.Reader) (*datasets.Dataset, error){datasets.CSV{}.Read, datasets.LIBSVM{}.Read} {
			_, err := read(strings.NewReader(text))
			assert.ErrorContains(t, err, "at line 1: "+want)
		}
	}
}

// FuzzTable compares tables without words with a reader of encoding/csv.
func FuzzTable(f *testing.F) {
	f.Add("1,2\n3,4\n", ',', false)
	f.Add("1,5;2\r\n\"3\";4", ';', true)
	f.Add("\"1\n\"\t2\n\n 3\t4 ", '\t', false)
	f.Fuzz(func(t *testing.T, text string, comma rune, decimal bool) {
		d, err := datasets.CSV{Comma: comma, DecimalComma: decimal, Header: datasets.HeaderNo, Unlabelled: true}.Read(strings.NewReader(text))
		if err != nil || comma == datasets.Blanks {
			return
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		r.Comma, r.FieldsPerRecord = max(comma, 1), -1
		if comma == 0 {
			r.Comma = ','
		}
		rows, err := r.ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, d.Len())
		x := columns(t, d)
		for i, row := range rows {
			for j, column := range x {
				field := strings.TrimSpace(row[j])
				if decimal {
					field = strings.Replace(field, ",", ".", 1)
				}
				want, err := strconv.ParseFloat(field, 64)
				require.NoError(t, err)
				require.Equal(t, want, column[i])
			}
		}
	})
}
