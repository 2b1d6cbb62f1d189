package datasets_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
)

// read reads a table from a text.
func read(t *testing.T, c datasets.CSV, text string) *datasets.Dataset {
	t.Helper()
	return must(t)(c.Read(strings.NewReader(text)))
}

const iris3 = "5.1,3.5,a\n4.9,3,a\n6.4,3.2,b\n"

// The first line is neither lost nor taken for an example without a word.
func TestFirstLine(t *testing.T) {
	years := "country,2010,2011\n"
	for i := range 9 {
		years += "land," + strings.Repeat(string(rune('1'+i)), 6) + ",7" + string(rune('0'+i)) + "\n"
	}
	for _, c := range []struct {
		name, text string
		csv        datasets.CSV
		n          int
		header     bool // by the names of the features
		told       string
	}{
		{name: "names", text: "x,y,label\n" + iris3, n: 3, header: true},
		{name: "none", text: iris3, n: 3},
		{name: "indices for names", text: "0,1,label\n" + iris3, n: 3, header: true, told: `line 1 is taken for a header: ["0" "1" "label"]`},
		{name: "two indices for names", text: "0,1,label\n5.1,3.5,a\n6.4,3.2,b\n", n: 2, header: true, told: "is taken for a header"},
		{name: "numbers and more names", text: "150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n4.9,3.0,1.4,0.2,0\n", n: 2, header: true, told: "is taken for a header"},
		{name: "years", csv: datasets.CSV{Real: true, Drop: []string{"0"}}, text: years, n: 9, header: true, told: "is taken for a header"},
		{name: "years, one asked for", csv: datasets.CSV{Label: "2010", Real: true, Drop: []string{"country"}}, text: years, n: 9, header: true},
		{name: "numbers that count, among others that do", csv: datasets.CSV{Real: true}, text: "1,2,3\n4,5,6\n7,8,9\n", n: 3},
		{name: "numbers of words", csv: datasets.CSV{OneHot: []string{"0", "1"}}, text: "deck,class,label\n1,3,a\n1,2,b\n", n: 2, header: true},
		{name: "words over words", csv: datasets.CSV{OneHot: []string{"0"}}, text: "colour,label\nred,a\nred,a\nblue,b\n", n: 3, header: true, told: "is taken for a header"},
		{name: "words that are met again", csv: datasets.CSV{OneHot: []string{"0"}}, text: "red,a\nred,a\nblue,b\n", n: 3},
		{name: "words of which nothing is known", csv: datasets.CSV{OneHot: []string{"0"}}, text: "red,a\nblue,b\ngreen,c\n", n: 3, told: "line 1 is taken for an example"},
		{name: "said to be one", csv: datasets.CSV{Header: datasets.HeaderYes}, text: "1,2,3\n" + iris3, n: 3, header: true},
		{name: "said to be none", csv: datasets.CSV{Header: datasets.HeaderNo, OneHot: []string{"0"}}, text: "colour,label\nred,a\nred,a\n", n: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := read(t, c.csv, c.text)
			assert.Equal(t, c.n, d.Len())
			assert.Equal(t, c.header, d.FeatureNames()[0] != "0" && !strings.HasPrefix(d.FeatureNames()[0], "0=") || strings.HasPrefix(c.text, "0,"))
			if c.told == "" {
				assert.Empty(t, d.Notes())
			} else {
				require.Len(t, d.Notes(), 1)
				assert.Contains(t, d.Notes()[0], c.told)
			}
			assert.Equal(t, c.csv.Header == datasets.HeaderNo, slices.Contains(d.Classes(), "label"))
		})
	}
}

// A first line that is neither stays, and is an error.
func TestFirstLineWithAFault(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{".,3.5,a\n" + iris3, `at line 1: column 0: "." is not a number; if the line is a header, say so with Header`},
		{"5.1 cm,3.5,a\n" + iris3, `at line 1: column 0: "5.1 cm" is not a number; if the line is a header, say so with Header`},
		{"5.1 cm,a\n5.1,b\n4.9,b\n", `at line 1: column 0: "5.1 cm" is not a number; if the line is a header, say so with Header`},
		{"unknown,3.5,7\n5.1,3.5,8\n4.9,3,9\n", `at line 1: column 0: "unknown" is not a number; if the line is a header, say so with Header`},
		{"height,a\n5.1,a\n4.9,b\n", `at line 1: column 0: "height" is not a number; if the line is a header, say so with Header`},
	} {
		_, err := datasets.CSV{}.Read(strings.NewReader(c.text))
		assert.EqualError(t, err, "datasets: CSV: "+c.want, c.text)
	}
	_, err := datasets.CSV{Header: datasets.HeaderYes}.Read(strings.NewReader("5,4,x\n1,2\n"))
	assert.EqualError(t, err, "datasets: CSV: at line 1: the header has 3 columns, the line after it 2")
}

// Row names are no feature, and neither is what trailing commas make.
func TestColumnsBesideTheTable(t *testing.T) {
	for _, c := range []struct {
		name, text, told string
		csv              datasets.CSV
		names            []string
	}{
		{name: "R, write.table", text: "x y label\n1 5 3.5 a\n2 4 3 b\n", csv: datasets.CSV{Comma: ' '}, told: "names of rows"},
		{name: "R, write.csv", text: "\"\",\"x\",\"y\",\"label\"\n\"1\",5,3.5,\"a\"\n\"2\",4,3,\"b\"\n", told: "the first column has no name"},
		{name: "R, row names that are words", text: "x,y,label\nMazda,5,3.5,a\nFiat,4,3,b\n", told: "names of rows"},
		{name: "pandas, twice", text: "Unnamed: 0,x,y,label\n0,5,3.5,a\n1,4,3,b\n", told: "the first column has no name"},
		{name: "commas at all ends", text: "x,y,label,\n5,3.5,a,\n4,3,b,\n", told: "the last column is empty"},
		{name: "commas after examples", text: "x,y,label\n5,3.5,a,\n4,3,b,\n", told: "the last column is empty"},
		{name: "a comma after the header", text: "x,y,label,\n5,3.5,a\n4,3,b\n"},
		{name: "commas without a header", text: "5,3.5,a,\n4,3,b,\n", told: "the last column is empty", names: []string{"0", "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := read(t, c.csv, c.text)
			if c.names == nil {
				c.names = []string{"x", "y"}
			}
			assert.Equal(t, c.names, d.FeatureNames())
			assert.Equal(t, [][]float64{{5, 4}, {3.5, 3}}, columns(t, d))
			assert.Equal(t, []string{"a", "b"}, d.Classes())
			if c.told == "" {
				assert.Empty(t, d.Notes())
			} else {
				assert.Contains(t, strings.Join(d.Notes(), "\n"), c.told)
			}
		})
	}
}

// Names that two columns have are refused where they would be ambiguous.
func TestColumnsOfOneName(t *testing.T) {
	const text = "x,y,x,y\n1,2,3,4\n5,6,7,8\n"
	for want, c := range map[string]datasets.CSV{
		`columns 1 and 3 both have the label's name "y"; drop one by index`: {},
		`columns 1 and 3 both have the name "y"; say which by index`:        {Label: "y"},
		`columns 0 and 2 both have the name "x"; say which by index`:        {Label: "3", Drop: []string{"x"}},
		`columns 0 and 2 both have the label's name "x"; drop one by index`: {Label: "0"},
	} {
		_, err := c.Read(strings.NewReader(text))
		assert.EqualError(t, err, "datasets: CSV: at line 1: "+want)
	}
	d := read(t, datasets.CSV{Drop: []string{"1"}}, text)
	assert.Equal(t, []string{"x", "x"}, d.FeatureNames())
}

// A column's exact name comes before its index.
func TestNamesThatAreNumbers(t *testing.T) {
	const text = "region,2010,1\nn,5,7.5\ns,6,8.5\n"
	c := datasets.CSV{Label: "2010", Real: true, Drop: []string{"region"}}
	assert.Equal(t, []float64{5, 6}, read(t, c, text).Targets())
	c.Label = "1"
	assert.Equal(t, []float64{7.5, 8.5}, read(t, datasets.CSV{Label: "1", Real: true, Drop: []string{"region"}}, text).Targets())
	_, err := datasets.CSV{Label: "2011"}.Read(strings.NewReader(text))
	assert.ErrorContains(t, err, `no column "2011" among the 3 columns`)
}

// A mark of the byte order belongs to no column.
func TestByteOrderMark(t *testing.T) {
	const mark = "\ufeff"
	d := read(t, datasets.CSV{Label: "label"}, mark+"label,x\na,1\nb,2\n")
	assert.Equal(t, []string{"a", "b"}, d.Classes())
	d = read(t, datasets.CSV{Label: "0"}, mark+"a,1\nb,2\na,3\n")
	assert.Equal(t, []string{"a", "b"}, d.Classes())
	d = read(t, datasets.CSV{}, mark+"\"x\",\"y\"\n1,2\n3,4\n")
	assert.Equal(t, []string{"x"}, d.FeatureNames())
	l := must(t)(datasets.LIBSVM{}.Read(strings.NewReader(mark + "1 1:2\n2 1:3\n")))
	assert.Equal(t, 2, l.Len())
}

// Labels and words that are the same number are the same.
func TestClassesByNumber(t *testing.T) {
	d := read(t, datasets.CSV{}, "5,0\n6,0.0\n7,1\n8,1.0\n9,+1\n")
	assert.Equal(t, []string{"0", "1"}, d.Classes())
	assert.Equal(t, []int{0, 0, 1, 1, 1}, d.Labels())
	d = read(t, datasets.CSV{Classes: []string{"1", "0"}}, "5,0\n6,0.0\n7,1.0\n")
	assert.Equal(t, []int{1, 1, 0}, d.Labels())
	d = read(t, datasets.CSV{OneHot: []string{"0"}}, "1,a\n1.0,b\n2,a\n")
	assert.Equal(t, [][]float64{{1, 1, 0}, {0, 0, 1}}, columns(t, d))
	d = read(t, datasets.CSV{}, "5,0\n6,0.0\n7,none\n") // not all are numbers
	assert.Equal(t, []string{"0", "0.0", "none"}, d.Classes())
}

// Values to predict are not taken for classes.
func TestNumericTargets(t *testing.T) {
	var prices, digits, measured strings.Builder
	for i := range 40 {
		x := string(rune('0' + i%10))
		prices.WriteString(x + "," + x + string(rune('0'+i/10)) + "50\n")
		digits.WriteString(x + "," + x + ".0\n")
		measured.WriteString(x + ",1." + x + string(rune('0'+i%3)) + "\n")
	}
	_, err := datasets.CSV{}.Read(strings.NewReader(prices.String()))
	assert.EqualError(t, err, "datasets: CSV: at line 1: column 1: 40 different numbers in 40 examples look like values to predict; set Real for that, or Classes to take them for classes")
	var labels *datasets.NumericLabelsError
	require.ErrorAs(t, err, &labels)
	assert.Equal(t, datasets.NumericLabelsError{Column: "1", Different: 40, Examples: 40}, *labels)
	_, err = datasets.CSV{}.Read(strings.NewReader(measured.String()))
	assert.ErrorAs(t, err, &labels, "not whole")
	assert.Len(t, read(t, datasets.CSV{}, digits.String()).Classes(), 10)
	assert.Len(t, read(t, datasets.CSV{Real: true}, prices.String()).Targets(), 40)

	var sparse strings.Builder
	for i := range 12 {
		sparse.WriteString("0." + strings.Repeat("1", i+1) + " 1:1\n")
	}
	_, err = datasets.LIBSVM{}.Read(strings.NewReader(sparse.String()))
	assert.EqualError(t, err, "datasets: LIBSVM: at line 1: 12 different numbers in 12 examples look like values to predict; set Real for that, or Classes to take them for classes")
}

// However wide a table is and whatever it holds, its errors are short.
func TestErrorsAreShort(t *testing.T) {
	wide := strings.Repeat("a column with a name,", 3000) + "y\n" + strings.Repeat("1,", 3000) + "2\n"
	long := strings.Repeat("x", 10000)
	for _, c := range []struct {
		csv  datasets.CSV
		text string
	}{
		{datasets.CSV{Label: "z"}, wide},
		{datasets.CSV{Label: long}, wide},
		{datasets.CSV{}, "a,b\n" + long + ",1\n1,2\n1,2\n"},
		{datasets.CSV{Classes: strings.Split(strings.Repeat("class,", 1)+long, ",")}, "1,2\n"},
		{datasets.CSV{}, long + ",b\n" + long + ",1\n1,2\n1,2\n1,2\n1,2\n1,2\n"},
		{datasets.CSV{OneHot: []string{long}}, "1,2\n"},
	} {
		_, err := c.csv.Read(strings.NewReader(c.text))
		require.Error(t, err)
		assert.LessOrEqual(t, len([]rune(err.Error())), 300, err)
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = "class " + strings.Repeat("y", i)
	}
	_, err := datasets.CSV{Classes: many}.Read(strings.NewReader("1,no\n"))
	assert.ErrorContains(t, err, "more]")
	assert.LessOrEqual(t, len([]rune(err.Error())), 300)
	e := &datasets.FormatError{Format: "CSV", File: strings.Repeat("folder/", 99) + "t.csv", Line: 3, Err: err}
	assert.LessOrEqual(t, len([]rune(e.Error())), 300)
	assert.Contains(t, e.Error(), "folder/t.csv at line 3")
}
