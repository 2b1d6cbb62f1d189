package datasets_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
)

// A schema reads a second file as the first, also after it has been JSON.
func TestSchemaReadsASecondFile(t *testing.T) {
	const first = "colour,size,weight,label\nred,1,2.5,low\ngreen,NA,3.5,high\nred,3,1.5,low\n"
	table, err := datasets.CSV{OneHot: []string{"colour"}, Missing: datasets.Missing{Fill: datasets.FillMean}}.Table(strings.NewReader(first))
	require.NoError(t, err)
	learnt, err := table.Learn()
	require.NoError(t, err)
	text, err := json.Marshal(learnt)
	require.NoError(t, err)
	s := new(datasets.Schema)
	require.NoError(t, json.Unmarshal(text, s))
	assert.Equal(t, learnt, s)
	assert.Equal(t, []string{"colour=green", "colour=red", "size", "weight"}, s.FeatureNames())
	assert.Equal(t, []string{"high", "low"}, s.Classes())

	// The columns stand in another order, one is new, and there are other words.
	d := must(t)(s.Read(strings.NewReader("weight,more,label,colour,size\n9,x,low,green,NA\n8,y,low,green,7\n")))
	assert.Equal(t, [][]float64{{1, 1}, {0, 0}, {2, 7}, {9, 8}}, columns(t, d))
	assert.Equal(t, []int{1, 1}, d.Labels())
	assert.Equal(t, []string{"high", "low"}, d.Classes())
	assert.Equal(t, s.FeatureNames(), d.FeatureNames())
	assert.Equal(t, []string{`columns that the schema does not have are left out: ["more"]`}, d.Notes())

	// To be predicted: there is no label.
	d = must(t)(s.Read(strings.NewReader("size,colour,weight\n1,red,2\n")))
	assert.Nil(t, d.Labels())
	assert.Equal(t, [][]float64{{0}, {1}, {1}, {2}}, columns(t, d))

	for want, text := range map[string]string{
		`at line 2: column colour: "blue" is not one of the words ["green" "red"]; set Other to take new words`: "colour,size,weight,label\nblue,1,2,low\n",
		`at line 2: column label: "mid" is not one of the classes ["high" "low"]`:                               "colour,size,weight,label\nred,1,2,mid\n",
		`at line 1: no column "size" among the 3 columns ["colour" "weight" "label"]`:                           "colour,weight,label\nred,1,low\n",
	} {
		_, err := s.Read(strings.NewReader(text))
		assert.EqualError(t, err, "datasets: CSV: "+want)
	}
	_, err = s.Read(strings.NewReader("red,1,2,low\n"))
	assert.EqualError(t, err, `datasets: CSV: at line 1: no column "colour" among the 4 columns ["red" "1" "2" "low"]; the first line must have the names of the columns`)
	s.Other = true
	d = must(t)(s.Read(strings.NewReader("colour,size,weight,label\nblue,1,2,low\n")))
	assert.Equal(t, [][]float64{{0}, {0}, {1}, {2}}, columns(t, d))
}

func TestSchemaByNumberOfColumn(t *testing.T) {
	c := datasets.CSV{Label: "1", Real: true, Comma: ';', DecimalComma: true, OneHot: []string{"2"}}
	table, err := c.Table(strings.NewReader("1,5;2;x;3\n2,5;3;y;4\n"))
	require.NoError(t, err)
	s, err := table.Learn()
	require.NoError(t, err)
	d := must(t)(s.Read(strings.NewReader("0,25;1;y;9\n")))
	assert.Equal(t, [][]float64{{0.25}, {0}, {1}, {9}}, columns(t, d))
	assert.Equal(t, []float64{1}, d.Targets())
	d = must(t)(s.Read(strings.NewReader("0,25;y;9\n")))
	assert.Equal(t, [][]float64{{0.25}, {0}, {1}, {9}}, columns(t, d))
	assert.Nil(t, d.Targets())
	_, err = s.Read(strings.NewReader("0,25;y\n"))
	assert.EqualError(t, err, "datasets: CSV: at line 1: 2 columns, want 4")
}

// A header over a table whose schema has no names is told what it is.
func TestSchemaWithoutNamesRefusesAHeader(t *testing.T) {
	for want, text := range map[string]string{
		`column 0: "size" is not a number`:                           "size,colour,kind\n2,red,b\n",
		`column 1: "colour" is not one of the words ["green" "red"]`: "7,colour,kind\n2,red,b\n",
		`column 2: "kind" is not one of the classes ["a" "b"]`:       "7,red,kind\n2,red,b\n",
	} {
		table, err := datasets.CSV{Header: datasets.HeaderNo, OneHot: []string{"1"}}.Table(strings.NewReader("1,red,a\n2,green,b\n"))
		require.NoError(t, err)
		s, err := table.Learn()
		require.NoError(t, err)
		_, err = s.Read(strings.NewReader(text))
		assert.ErrorContains(t, err, "at line 1: "+want)
		assert.ErrorContains(t, err, "; if the line is a header, remove it: the table that the schema was learnt from had none")
		_, err = s.Read(strings.NewReader("1,red,a\n" + text))
		assert.ErrorContains(t, err, "at line 2: "+want)
		assert.NotContains(t, err.Error(), "header")
	}
}

// A clone changes with nothing.
func TestSchemaClone(t *testing.T) {
	fill, word := 3.0, "red"
	s := &datasets.Schema{Missing: []string{"?"}, Columns: []datasets.Column{
		{Name: "x", Role: datasets.RoleNumber, Fill: &fill}, {Name: "c", Role: datasets.RoleWords, Words: []string{"red", "green"}, FillWord: &word},
	}}
	text, err := json.Marshal(s)
	require.NoError(t, err)
	c := s.Clone()
	assert.Equal(t, s, c)
	s.Missing[0], s.Columns[0].Name, *s.Columns[0].Fill, s.Columns[1].Words[0], *s.Columns[1].FillWord = "NA", "y", 4, "blue", "green"
	again, err := json.Marshal(c)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	assert.Nil(t, (*datasets.Schema)(nil).Clone())
}

func TestSchemaOfAnotherTable(t *testing.T) {
	table := func(text string) *datasets.Table {
		table, err := datasets.CSV{OneHot: []string{"colour"}}.Table(strings.NewReader(text))
		require.NoError(t, err)
		return table
	}
	first := table("colour,x,label\nred,1,a\ngreen,2,b\n")
	s, err := first.Learn()
	require.NoError(t, err)
	d := must(t)(s.Dataset(table("colour,x,label\ngreen,5,b\ngreen,6,b\n")))
	assert.Equal(t, [][]float64{{1, 1}, {0, 0}, {5, 6}}, columns(t, d))
	assert.Equal(t, []int{1, 1}, d.Labels())
	for want, text := range map[string]string{
		`Schema: example 1: column colour: "blue" is not one of the words ["green" "red"]; set Other to take new words`: "colour,x,label\nred,5,b\nblue,6,b\n",
		`Schema: example 0: column label: "c" is not one of the classes ["a" "b"]`:                                      "colour,x,label\nred,5,c\n",
		`Schema.Dataset: column 1 of the table is "y", of the schema "x"; read the table with Schema.Read`:              "colour,y,label\nred,5,a\n",
		"Schema.Dataset: the table has 4 columns, the schema 3":                                                         "colour,x,y,label\nred,5,6,a\n",
	} {
		_, err := s.Dataset(table(text))
		assert.EqualError(t, err, "datasets: "+want)
	}
}

// Text that is not in UTF-8 has names that JSON keeps, and no words that it would
// change.
func TestTextThatIsNotUTF8(t *testing.T) {
	const text = "gr\xf6\xdfe,x,kind\n1,2,a\n3,4,b\n"
	table, err := datasets.CSV{}.Table(strings.NewReader(text))
	require.NoError(t, err)
	learnt, err := table.Learn()
	require.NoError(t, err)
	kept, err := json.Marshal(learnt)
	require.NoError(t, err)
	s := new(datasets.Schema)
	require.NoError(t, json.Unmarshal(kept, s))
	assert.Equal(t, [][]float64{{1, 3}, {2, 4}}, columns(t, must(t)(s.Read(strings.NewReader(text)))))
	_, err = datasets.CSV{}.Table(strings.NewReader("1,K\xf6ln\n2,Bonn\n"))
	assert.EqualError(t, err, `datasets: CSV: at line 1: column 1: "K\xf6ln" is not in UTF-8; save the file in that`)
}

// Whatever a schema is, it reads a table or says why not.
func FuzzSchema(f *testing.F) {
	f.Add(`{"header":true,"columns":[{"name":"x","role":"number","fill":1,"indicator":true},{"name":"c","role":"words","words":["a","b"],"fill_word":"a"},{"name":"y","role":"class","words":["0","1"]}]}`, "c,x,y\na,1,0\n,NA,1\n")
	f.Add(`{"comma":"blanks","other":true,"columns":[{"role":"words","words":["1","2"]},{"role":"target"},{"role":"unused"}]}`, "1 2 3\n7 8 9\n")
	f.Add(`{"comma":";","decimal_comma":true,"drop_rows":true,"missing":["-"],"columns":[{"role":"number"},{"role":"target"}]}`, "1,5;2\n-;3\n2\n")
	f.Fuzz(func(t *testing.T, schema, table string) {
		s := new(datasets.Schema)
		if json.Unmarshal([]byte(schema), s) != nil {
			return
		}
		d, err := s.Read(strings.NewReader(table))
		if err != nil {
			require.Nil(t, d)
			return
		}
		require.Equal(t, len(s.FeatureNames()), d.Features())
		_, err = d.Float64().All()
		require.NoError(t, err)
	})
}
