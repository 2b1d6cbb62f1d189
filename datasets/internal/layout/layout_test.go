package layout

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets/internal/delimited"
	"declive/datasets/internal/words"
)

func rules() *Rules { return &Rules{Titles: true, Point: '.', Missing: words.NewMissing(nil)} }

func lines(text string) []Line {
	return Lines([]byte(text), delimited.Dialect{Comma: ',', Point: '.'}, ToLearn)
}

func TestLayouts(t *testing.T) {
	for text, want := range map[string]Layout{
		"1,2\n3,4\n":                {Names: []string{"0", "1"}},
		"a,b\n1,2\n":                {Names: []string{"a", "b"}, Header: true},
		"a,b\nr,1,2\n":              {Names: []string{"", "a", "b"}, Header: true, RowNames: true},
		"a,b,\n1,2,\n":              {Names: []string{"a", "b", ""}, Header: true, Trailing: true},
		"made in 1936\na,b\n1,2\n":  {Names: []string{"a", "b"}, Header: true},
		"2,two\n1,2,3\n4,5,6\n":     {Names: []string{"0", "1", "2"}},
		"1 kg,2,x\n1,2,x\n1,2,x\n":  {Names: []string{"0", "1", "2"}},
		"a,b\n1,2\n\"wrong\"\",3\n": {Names: []string{"a", "b"}, Header: true},
		"0,1,2\n1.5,1,4\n2.5,1,3\n": {Names: []string{"0", "1", "2"}, Header: true},
		"11,12,13\n14,15,16\n1,1,1": {Names: []string{"0", "1", "2"}},
	} {
		l, err := Of(lines(text), rules())
		require.NoError(t, err, text)
		assert.Equal(t, want.Names, l.Names, text)
		assert.Equal(t, want.Header, l.Header, text)
		assert.Equal(t, want.RowNames, l.RowNames, text)
		assert.Equal(t, want.Trailing, l.Trailing, text)
		assert.Equal(t, want.Header, l.Begin.Number > 0 && len(l.Begin.Fields) == len(l.Names) || want.RowNames, text)
	}
}

func TestWhereExamplesBegin(t *testing.T) {
	l, err := Of(lines("title\na,b\n\n1,2\n"), rules())
	require.NoError(t, err)
	assert.Equal(t, len("title\na,b\n"), l.Begin.End)
	assert.Equal(t, 4, l.Examples[0].Number)
	assert.Equal(t, []string{`line 1 is taken for a title and left out: ["title"]`}, l.Notes)
}

func TestOtherCommas(t *testing.T) {
	assert.Contains(t, rules().OtherComma(lines("1,5;2\n2,5;3\n")), "semicolons")
	assert.Empty(t, rules().OtherComma(lines("1,5;2\n2,5\n")))
	assert.Empty(t, rules().OtherComma(lines("1,2,a;b\n1,2,a;b\n")))
	asked := rules()
	asked.Comma = true
	assert.Empty(t, asked.OtherComma(lines("1\t2\n")))
}
