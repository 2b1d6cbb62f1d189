package datasets_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
)

// means returns the mean of each feature, and counts how often each class occurs.
func means(t *testing.T, d *datasets.Dataset) (mean []float64, classes map[string]int) {
	t.Helper()
	b, err := d.Float64().All()
	require.NoError(t, err)
	mean, classes = make([]float64, d.Features()), map[string]int{}
	for i, x := range b.X.Float64s() {
		mean[i%d.Features()] += x / float64(d.Len())
	}
	for _, label := range d.Labels() {
		classes[d.Classes()[label]]++
	}
	return mean, classes
}

// What pandas 1.5.3 reads: read_csv(…, na_values=["?"]) of a table with words in
// quotes, a line end inside, and gaps of several kinds has sizes 5.5, NaN, −100, NaN,
// 0.5 and the colour NaN in the last row.
func TestQuotesAndGapsAsPandas(t *testing.T) {
	text := "id,\"size, cm\",colour,note,kind\n" +
		"1,5.5,\"red \"\"dark\"\"\",x,a\n2,,blue,NA,b\n3,-1e2,\"light\nblue\",?,a\n4,NA,blue,\"a,b\",b\n5,+.5,NaN,\"\",a\n"
	for _, c := range []struct {
		fill datasets.Fill
		size float64
	}{{datasets.FillMean, -31.333333333333332}, {datasets.FillMedian, 0.5}} {
		d, err := datasets.CSV{
			Header: datasets.HeaderYes, Drop: []string{"id", "note"}, OneHot: []string{"colour"}, Missing: datasets.Missing{Fill: c.fill},
		}.Read(strings.NewReader(text))
		require.NoError(t, err)
		assert.Equal(t, []string{"size, cm", "colour=blue", "colour=light\nblue", `colour=red "dark"`}, d.FeatureNames())
		b, err := d.Float64().All()
		require.NoError(t, err)
		x := b.X.Float64s()
		assert.InDeltaSlice(t, []float64{5.5, c.size, -100, c.size, 0.5}, []float64{x[0], x[4], x[8], x[12], x[16]}, 1e-13)
		assert.Equal(t, []float64{0, 0, 1}, x[1:4])
		assert.Equal(t, []float64{0, 1, 0}, x[9:12])
		assert.Equal(t, []int{0, 1, 0, 1, 0}, d.Labels())
	}
}

// DataFrame.mean, median, isna and value_counts of pandas 1.5.3 for published tables.
func TestTablesAsPandas(t *testing.T) {
	for _, c := range []struct {
		file    string
		csv     datasets.CSV
		n       int
		mean    []float64
		classes map[string]int
	}{
		{"iris/iris.csv", datasets.CSV{}, 150, []float64{5.843333333, 3.057333333, 3.758, 1.199333333}, map[string]int{"0": 50, "1": 50, "2": 50}},
		{"wine/wine_data.csv", datasets.CSV{}, 178, []float64{
			13.000617978, 2.336348315, 2.366516854, 19.49494382, 99.741573034, 2.29511236, 2.029269663,
			0.361853933, 1.590898876, 5.058089882, 0.957449438, 2.611685393, 746.893258427,
		}, map[string]int{"0": 59, "1": 71, "2": 48}},
		{"diabetes/diabetes.tab.txt", datasets.CSV{Comma: '\t', Comment: '#', Drop: []string{"SEX", "STATUS"}, Unlabelled: true}, 442, []float64{
			48.518099548, 26.375791855, 94.647013575, 189.140271493, 115.439140271, 49.788461538, 4.070248869, 4.64141086, 91.260180995,
		}, map[string]int{}},
		{"california-housing/housing.csv", datasets.CSV{Label: "ocean_proximity", Missing: datasets.Missing{Fill: datasets.FillMean}}, 20640, []float64{
			-119.569704457, 35.631861434, 28.639486434, 2635.763081395, 537.870552538, 1425.476744186, 499.539680233, 3.870671003, 206855.816908915,
		}, map[string]int{"<1H OCEAN": 9136, "INLAND": 6551, "NEAR OCEAN": 2658, "NEAR BAY": 2290, "ISLAND": 5}},
	} {
		part, name := filepath.Split(c.file)
		f, err := os.Open(filepath.Join(folder(t, part), name))
		require.NoError(t, err)
		defer f.Close()
		d, err := c.csv.Read(f)
		require.NoError(t, err)
		assert.Equal(t, c.n, d.Len(), c.file)
		mean, classes := means(t, d)
		assert.InDeltaSlice(t, c.mean, mean, 1e-7, c.file)
		assert.Equal(t, c.classes, classes, c.file)
	}
}

// California's houses have 207 gaps in one column, whose median is 435.
func TestGapsOfATableAsPandas(t *testing.T) {
	f, err := os.Open(filepath.Join(folder(t, "california-housing"), "housing.csv"))
	require.NoError(t, err)
	defer f.Close()
	table, err := datasets.CSV{Label: "median_house_value", Real: true, OneHotAll: true, Missing: datasets.Missing{Fill: datasets.FillMedian, Indicator: true}}.Table(f)
	require.NoError(t, err)
	s, err := table.Learn()
	require.NoError(t, err)
	assert.Equal(t, 435.0, *s.Columns[4].Fill)
	d, err := s.Dataset(table)
	require.NoError(t, err)
	mean, _ := means(t, d)
	assert.Equal(t, "total_bedrooms missing", d.FeatureNames()[5])
	assert.InDelta(t, 207.0/20640, mean[5], 1e-12)
	assert.Len(t, d.FeatureNames(), 8+1+5)
}
