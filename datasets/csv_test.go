package datasets_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
)

func TestReadCSV(t *testing.T) {
	for _, test := range []struct {
		name    string
		csv     datasets.CSV
		file    string
		x       [][]float64 // by column
		labels  []int
		classes []string
		targets []float64
	}{
		{
			name: "numbers alone", file: "1,2,1\n3,4,0\n",
			x: [][]float64{{1, 3}, {2, 4}}, labels: []int{1, 0}, classes: []string{"0", "1"},
		},
		{
			name: "header and text label", file: "len, width ,kind\r\n1.5,-2,rose\r\n3,4e2,iris\r\n5,6,rose",
			x: [][]float64{{1.5, 3, 5}, {-2, 400, 6}}, labels: []int{1, 0, 1}, classes: []string{"iris", "rose"},
		},
		{
			name: "label by name", csv: datasets.CSV{Label: "kind"}, file: "kind,a,b\n10,1,2\n9,3,4\n",
			x: [][]float64{{1, 3}, {2, 4}}, labels: []int{1, 0}, classes: []string{"9", "10"},
		},
		{
			name: "label by index", csv: datasets.CSV{Label: "0", Comma: ';'}, file: "x;1;2\ny;3;4\n",
			x: [][]float64{{1, 3}, {2, 4}}, labels: []int{0, 1}, classes: []string{"x", "y"},
		},
		{
			name: "label from the end", csv: datasets.CSV{Label: "-2"}, file: "1,a,2\n3,b,4\n",
			x: [][]float64{{1, 3}, {2, 4}}, labels: []int{0, 1}, classes: []string{"a", "b"},
		},
		{
			name: "real targets", csv: datasets.CSV{Real: true}, file: "1,2.5\n3,-7\n",
			x: [][]float64{{1, 3}}, targets: []float64{2.5, -7},
		},
		{
			name: "no label", csv: datasets.CSV{Unlabelled: true, Comma: ' ', Comment: '#'}, file: "# two\n1 2\n3 4\n",
			x: [][]float64{{1, 3}, {2, 4}},
		},
		{
			name: "classes in an order", csv: datasets.CSV{Classes: []string{"no", "yes", "perhaps"}}, file: "1,yes\n2,no\n",
			x: [][]float64{{1, 2}}, labels: []int{1, 0}, classes: []string{"no", "yes", "perhaps"},
		},
		{
			name: "words and columns left out", csv: datasets.CSV{OneHot: []string{"sea", "1"}, Drop: []string{"id"}, Label: "y"},
			file: "id,colour,size,sea,y\n1,red,7,near,0\n2,blue,8,near,1\n3,green,9,far,0\n",
			x: [][]float64{
				{0, 1, 0}, {0, 0, 1}, {1, 0, 0}, // blue, green, red
				{7, 8, 9},
				{0, 0, 1}, {1, 1, 0}, // far, near
			},
			labels: []int{0, 1, 0}, classes: []string{"0", "1"},
		},
		{
			name: "one word alone", csv: datasets.CSV{OneHot: []string{"0"}}, file: "red,1\nred,0\n",
			x: [][]float64{{1, 1}}, labels: []int{1, 0}, classes: []string{"0", "1"},
		},
		{
			name: "title", file: "2,2,no,yes\n1,2,0\n3,4,1\n",
			x: [][]float64{{1, 3}, {2, 4}}, labels: []int{0, 1}, classes: []string{"0", "1"},
		},
		{
			name: "title and header", file: "plants\na,b,c\n1,2,0\n3,4,1\n",
			x: [][]float64{{1, 3}, {2, 4}}, labels: []int{0, 1}, classes: []string{"0", "1"},
		},
		{
			name: "quotes and line ends in them", csv: datasets.CSV{}, file: "\"1\",\"a\nb\"\n2,\"c,d\"\n",
			x: [][]float64{{1, 2}}, labels: []int{0, 1}, classes: []string{"a\nb", "c,d"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, file := range [][]byte{[]byte(test.file), gzipped(t, []byte(test.file))} {
				d, err := test.csv.Read(bytes.NewReader(file))
				require.NoError(t, err)
				assert.Equal(t, test.x, columns(t, d))
				assert.Equal(t, autodiff.Shape{len(test.x)}, d.Shape())
				assert.Equal(t, test.labels, d.Labels())
				assert.Equal(t, test.classes, d.Classes())
				assert.Equal(t, test.targets, d.Targets())
			}
		})
	}
}

func TestReadCSVErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		csv  datasets.CSV
		file string
		want string
	}{
		{"empty", datasets.CSV{}, "", "at line 1: the file has no lines"},
		{"header alone", datasets.CSV{}, "a,b\n", "at line 1: the file has no examples"},
		{"missing", datasets.CSV{}, "a,b\n1,2\n\n,4\n", `at line 4: column a: missing value ""; Missing.Fill says what to do`},
		{"missing in line 1", datasets.CSV{}, "NA,4\n5,6\n", `at line 1: column 0: missing value "NA"; Missing.Fill says what to do`},
		{"missing label", datasets.CSV{Label: "0"}, "1,4\n?,6\n", `at line 2: column 0: missing value "?"; DropRow, in Missing.Fill, leaves the example out`},
		{"missing word", datasets.CSV{OneHot: []string{"0"}}, "a,4\nnull,6\n", `at line 2: column 0: missing value "null"; Missing.Fill says what to do`},
		{"no number", datasets.CSV{}, "a,b\n1,2\n3x,4\n", `at line 3: column a: "3x" is not a number`},
		{"not finite", datasets.CSV{}, "a,b\n1,2\n-inf,4\n", `at line 3: column a: "-inf" is not a finite number`},
		{"too large", datasets.CSV{}, "1,2\n1e999,4\n", `at line 2: column 0: "1e999" is not a number`},
		{"real target", datasets.CSV{Real: true}, "1,2\n1,high\n", `at line 2: column 1: "high" is not a number`},
		{"class", datasets.CSV{Classes: []string{"a", "b"}}, "1,a\n1,c\n", `at line 2: column 1: "c" is not one of the classes ["a" "b"]`},
		{"short line", datasets.CSV{}, "1,2,3\n1,2\n", "at line 2: 2 columns, want 3"},
		{"long line", datasets.CSV{}, "1,2\n\n1,2,3\n", "at line 3: 3 columns, want 2"},
		{"short first line", datasets.CSV{}, "1,2\n1,2,3\n", "at line 2: 3 columns, want 2"},
		{"quote", datasets.CSV{}, "1,2\n1,\"2\n", "at line 2: extraneous or missing \" in quoted-field"},
		{"no such name", datasets.CSV{Label: "c"}, "a,b\n1,2\n", `at line 1: no column "c" among the 2 columns ["a" "b"]`},
		{"no such index", datasets.CSV{Label: "-3"}, "a,b\n1,2\n", `at line 1: no column "-3" among the 2 columns ["a" "b"]`},
		{"asked twice", datasets.CSV{Label: "a", Drop: []string{"0"}}, "a,b\n1,2\n", `at line 1: column "a" is asked for twice`},
		{"label alone", datasets.CSV{}, "1\n2\n", "at line 1: no column of features is left"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := test.csv.Read(strings.NewReader(test.file))
			assert.Nil(t, d)
			assert.EqualError(t, err, "datasets: CSV: "+test.want)
			var format *datasets.FormatError
			assert.ErrorAs(t, err, &format)
		})
	}
}

// readCSV reads a file of the real data.
func readCSV(t *testing.T, c datasets.CSV, dir, name string) (*datasets.Dataset, error) {
	f, err := os.Open(filepath.Join(folder(t, dir), name))
	require.NoError(t, err)
	defer f.Close()
	return c.Read(f)
}

// The figures of the next tests are those of the descriptions that come with
// the data.

func TestRealIris(t *testing.T) {
	d := must(t)(readCSV(t, datasets.CSV{}, "iris", "iris.csv"))
	assert.Equal(t, 150, d.Len())
	assert.Equal(t, []string{"0", "1", "2"}, d.Classes())
	assert.InDeltaSlice(t, []float64{5.8433, 3.0573, 3.7580, 1.1993}, datasets.SubtractMean(d).Shift, 0.5e-4)
}

func TestRealWine(t *testing.T) {
	d := must(t)(readCSV(t, datasets.CSV{}, "wine", "wine_data.csv"))
	counts := make([]int, 3)
	for _, y := range d.Labels() {
		counts[y]++
	}
	assert.Equal(t, []int{59, 71, 48}, counts)
	assert.InDeltaSlice(t, []float64{13.0006, 2.3363, 2.3665, 19.4949}, datasets.SubtractMean(d).Shift[:4], 0.5e-4)
}

func TestRealDigits(t *testing.T) {
	d := must(t)(readCSV(t, datasets.CSV{}, "digits", "digits.csv"))
	counts := make([]int, 10)
	for _, y := range d.Labels() {
		counts[y]++
	}
	assert.Equal(t, []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, counts)
	assert.Equal(t, 64, d.Features())
}

func TestRealDiabetes(t *testing.T) {
	table := datasets.CSV{Unlabelled: true, Comma: ' '}
	x := must(t)(readCSV(t, table, "diabetes", "diabetes_data.ssv"))
	assert.Equal(t, 442, x.Len())
	for j, column := range columns(t, x) {
		squares := 0.0
		for _, v := range column {
			squares += v * v
		}
		assert.InDelta(t, 1, squares, 0.5e-6, "column %d", j)
	}
	y := must(t)(readCSV(t, table, "diabetes", "diabetes_target.txt"))
	d := must(t)(x.WithTargets(columns(t, y)[0]))
	assert.Len(t, d.Targets(), 442)
	assert.InDelta(t, 152.1335, datasets.SubtractMean(y).Shift[0], 0.5e-4)

	raw := must(t)(readCSV(t, datasets.CSV{Comma: '\t', Comment: '#', Label: "STATUS"}, "diabetes", "diabetes.tab.txt"))
	for i, above := range raw.Labels() {
		assert.Equal(t, d.Targets()[i] > 180, above == 1)
	}
}

func TestRealHousing(t *testing.T) {
	table := datasets.CSV{Label: "median_house_value", Real: true}
	_, err := readCSV(t, table, "california-housing", "housing.csv")
	assert.ErrorContains(t, err, `housing.csv at line 2: column ocean_proximity: "NEAR BAY" is not a number; a column of words is for OneHot or Drop`)
	table.OneHot = []string{"ocean_proximity"}
	_, err = readCSV(t, table, "california-housing", "housing.csv")
	assert.ErrorContains(t, err, `housing.csv at line 292: column total_bedrooms: missing value ""`)
	table.Drop = []string{"total_bedrooms"}
	d := must(t)(readCSV(t, table, "california-housing", "housing.csv"))
	assert.Equal(t, 20640, d.Len())
	assert.Equal(t, 7+5, d.Features())
	sums := make([]float64, 5)
	for j, column := range columns(t, d)[7:] {
		for _, x := range column {
			sums[j] += x
		}
	}
	assert.Equal(t, []float64{9136, 6551, 5, 2290, 2658}, sums)
	mean := 0.0
	for _, y := range d.Targets() {
		mean += y / 20640
	}
	assert.InDelta(t, 206855.8169, mean, 0.5e-4)
}

// Whatever is read with whatever settings, there is an error or a data set of finite
// numbers.
func FuzzReadCSV(f *testing.F) {
	f.Add("a,b,c\n1,2,x\n3,4,y\n", "c", "", ',', uint16(0))
	f.Add("1;red;3\n4;blue;6\n", "-1", "1", ';', uint16(0x5a))
	f.Add("\"1\",2\n\n,3", "0", "", ',', uint16(0x1ff))
	f.Add("x,y,label,\nr1,1,NA,a\nr2,,3,b\n", "", "", ',', uint16(0x144))
	f.Fuzz(func(t *testing.T, file, label, hot string, comma rune, flags uint16) {
		c := datasets.CSV{
			Label: label, Comma: comma, Header: datasets.Header(flags & 3 % 3), Real: flags&4 != 0, OneHotAll: flags&8 != 0, DecimalComma: flags&16 != 0,
			Missing: datasets.Missing{Fill: datasets.Fill(flags >> 5 & 7 % 6)},
		}
		c.Missing.Indicator = flags&256 != 0 && c.Missing.Fill >= datasets.FillMean
		if hot != "" {
			c.OneHot = []string{hot}
		}
		table, err := c.Table(strings.NewReader(file))
		if err != nil {
			require.Nil(t, table)
			require.LessOrEqual(t, utf8.RuneCountInString(err.Error()), 300)
			return
		}
		requireFinite(t, table)
		if first, rest, err := table.Split(0.5, seeded(1)); err == nil {
			requireFinite(t, first, rest)
		}
	})
}

// requireFinite learns from the first table and makes data sets of all.
func requireFinite(t *testing.T, tables ...*datasets.Table) {
	s, err := tables[0].Learn()
	if err != nil { // a column without values
		return
	}
	for _, table := range tables {
		d, err := s.Dataset(table)
		if err != nil {
			require.ErrorContains(t, err, "a value is missing")
			continue
		}
		require.Equal(t, s.FeatureNames(), d.FeatureNames())
		b, err := d.Float64().All()
		require.NoError(t, err)
		require.Len(t, b.X.Float64s(), table.Len()*len(s.FeatureNames()))
		for _, x := range b.X.Float64s() {
			require.False(t, x-x != 0, "a number that is not finite")
		}
	}
}
