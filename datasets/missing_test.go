package datasets_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"declive/datasets"
)

// gaps has a value missing in each column of features, in other lines.
const gaps = "age,colour,label\n1,red,a\nNA,blue,b\n3,?,a\n10,red,b\n4,,a\n"

func TestMissingValues(t *testing.T) {
	for _, c := range []struct {
		name    string
		missing datasets.Missing
		x       [][]float64 // age, blue, red
		names   []string
	}{
		{"mean", datasets.Missing{Fill: datasets.FillMean}, [][]float64{{1, 4.5, 3, 10, 4}, {0, 1, 0, 0, 0}, {1, 0, 1, 1, 1}}, nil},
		{"median", datasets.Missing{Fill: datasets.FillMedian}, [][]float64{{1, 3.5, 3, 10, 4}, {0, 1, 0, 0, 0}, {1, 0, 1, 1, 1}}, nil},
		{"most frequent", datasets.Missing{Fill: datasets.FillMostFrequent}, [][]float64{{1, 1, 3, 10, 4}, {0, 1, 0, 0, 0}, {1, 0, 1, 1, 1}}, nil},
		{"constant", datasets.Missing{Fill: datasets.FillConstant, Value: -7}, [][]float64{{1, -7, 3, 10, 4}, {0, 1, 0, 0, 0}, {1, 0, 0, 1, 0}}, nil},
		{
			"constant and indicator", datasets.Missing{Fill: datasets.FillConstant, Indicator: true},
			[][]float64{{1, 0, 3, 10, 4}, {0, 1, 0, 0, 0}, {0, 1, 0, 0, 0}, {1, 0, 0, 1, 0}, {0, 0, 1, 0, 1}},
			[]string{"age", "age missing", "colour=blue", "colour=red", "colour missing"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := read(t, datasets.CSV{OneHot: []string{"colour"}, Missing: c.missing}, gaps)
			assert.Equal(t, c.x, columns(t, d))
			if c.names == nil {
				c.names = []string{"age", "colour=blue", "colour=red"}
			}
			assert.Equal(t, c.names, d.FeatureNames())
			assert.Equal(t, []int{0, 1, 0, 1, 0}, d.Labels())
		})
	}
	d := read(t, datasets.CSV{OneHot: []string{"colour"}, Missing: datasets.Missing{Fill: datasets.DropRow}}, gaps)
	assert.Equal(t, [][]float64{{1, 10}, {1, 1}}, columns(t, d), "blue is met in no example that is left")
	assert.Equal(t, []int{0, 1}, d.Labels())
	assert.Equal(t, []string{"3 examples with missing values are left out"}, d.Notes())
}

func TestWordsForMissing(t *testing.T) {
	c := datasets.CSV{Missing: datasets.Missing{Words: []string{"-999", "none"}, Fill: datasets.FillConstant, Value: 5}}
	d := read(t, c, "1,a\n-999.0,b\nnone,a\n")
	assert.Equal(t, [][]float64{{1, 5, 5}}, columns(t, d))
	_, err := c.Read(strings.NewReader("x,y\n1,a\nNA,b\n2,a\n1,a\n1,a\n1,a\n"))
	assert.ErrorContains(t, err, `at line 3: column x: "NA" is not a number`)
	d = read(t, datasets.CSV{Missing: datasets.Missing{Fill: datasets.FillMedian}}, "x,y\nnan,a\nN/A,b\nNULL,a\n\"\",a\n2,b\n")
	assert.Equal(t, [][]float64{{2, 2, 2, 2, 2}}, columns(t, d))
}

func TestMissingLabels(t *testing.T) {
	const text = "1,a\n2,?\n3,b\n"
	_, err := datasets.CSV{Missing: datasets.Missing{Fill: datasets.FillMean}}.Read(strings.NewReader(text))
	assert.EqualError(t, err, `datasets: CSV: at line 2: column 1: missing value "?" of the label, which is not filled`)
	d := read(t, datasets.CSV{Missing: datasets.Missing{Fill: datasets.DropRow}}, text)
	assert.Equal(t, [][]float64{{1, 3}}, columns(t, d))
	assert.Equal(t, []int{0, 1}, d.Labels())
	d = read(t, datasets.CSV{Real: true, Missing: datasets.Missing{Fill: datasets.DropRow}}, "1,4\n2,NA\nNA,5\n3,6\n")
	assert.Equal(t, []float64{4, 6}, d.Targets())
}

func TestColumnsWithoutValues(t *testing.T) {
	const text = "x,y,label\n1,NA,a\n2,NA,b\n"
	_, err := datasets.CSV{Missing: datasets.Missing{Fill: datasets.FillMean}}.Read(strings.NewReader(text))
	assert.EqualError(t, err, "datasets: Learn: column y: no value in 2 examples, so nothing to fill with; drop the column or use FillConstant")
	d := read(t, datasets.CSV{Missing: datasets.Missing{Fill: datasets.FillConstant, Value: 2}}, text)
	assert.Equal(t, [][]float64{{1, 2}, {2, 2}}, columns(t, d))
}

// What fills a gap in the test part comes from the training part.
func TestFillingIsLearntFromTheTrainingPart(t *testing.T) {
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, "%d,%d,%s\n", i*i, i, []string{"a", "b"}[i%2])
	}
	text.WriteString("NA,40,a\nNA,41,b\n")
	table, err := datasets.CSV{Missing: datasets.Missing{Fill: datasets.FillMean, Indicator: true}}.Table(strings.NewReader(text.String()))
	require.NoError(t, err)
	for seed := range uint64(20) {
		train, test, err := table.Split(0.5, seeded(seed))
		require.NoError(t, err)
		s, err := train.Learn()
		require.NoError(t, err)
		a, b := must(t)(s.Dataset(train)), must(t)(s.Dataset(test))
		require.Equal(t, 21, a.Len())
		require.Equal(t, 21, b.Len())
		sum, n := 0.0, 0
		for _, i := range columns(t, a)[len(s.FeatureNames())-1] {
			if i < 40 {
				sum, n = sum+i*i, n+1
			}
		}
		for _, part := range []data{a, b} {
			x := columns(t, part)
			for k, i := range x[len(x)-1] {
				want := i * i
				if i >= 40 {
					want = sum / float64(n)
				}
				require.InDelta(t, want, x[0][k], 1e-12*1600)
			}
		}
		require.Equal(t, a.FeatureNames(), b.FeatureNames())
	}
}

// A table that needs no change is not copied by its data sets, and a data set that
// fills gaps leaves the table as it is.
func TestTablesStayAsTheyAre(t *testing.T) {
	table, err := datasets.CSV{Missing: datasets.Missing{Fill: datasets.FillMean}}.Table(strings.NewReader("1,a\nNA,b\n5,a\n"))
	require.NoError(t, err)
	s, err := table.Learn()
	require.NoError(t, err)
	for range 2 {
		assert.Equal(t, [][]float64{{1, 3, 5}}, columns(t, must(t)(s.Dataset(table))))
	}
	nine := 9.0
	s.Columns[0].Fill = &nine
	assert.Equal(t, [][]float64{{1, 9, 5}}, columns(t, must(t)(s.Dataset(table))))
	s.Columns[0].Fill = nil
	_, err = s.Dataset(table)
	assert.EqualError(t, err, "datasets: Schema: example 1: column 0: a value is missing")
}

// Means and medians are those of the values that are there.
func TestFilledWith(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 30).Draw(t, "x")
		var text strings.Builder
		text.WriteString("x,label\nNA,0\n")
		sum := 0.0
		for _, v := range x {
			fmt.Fprintf(&text, "%v,0\n", v)
			sum += v
		}
		filled := func(f datasets.Fill) float64 {
			table, err := datasets.CSV{Missing: datasets.Missing{Fill: f}}.Table(strings.NewReader(text.String()))
			require.NoError(t, err)
			s, err := table.Learn()
			require.NoError(t, err)
			return *s.Columns[0].Fill
		}
		require.InDelta(t, sum/float64(len(x)), filled(datasets.FillMean), 1e-15*1e6*30) // n roundings
		median, below := filled(datasets.FillMedian), 0
		for _, v := range x {
			if v < median {
				below++
			}
		}
		require.LessOrEqual(t, 2*below, len(x))
		require.LessOrEqual(t, slices.Min(x), median)
		require.GreaterOrEqual(t, slices.Max(x), median)
		require.False(t, math.IsNaN(filled(datasets.FillMostFrequent)))
	})
}
