package words

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func numbers(t *testing.T, v *Vocabulary, words ...string) (all []int) {
	for _, w := range words {
		k, err := v.Number([]byte(w))
		require.NoError(t, err)
		all = append(all, k)
	}
	return all
}

func TestWordsAreNumberedAsTheyComeAndSortedInTheEnd(t *testing.T) {
	v := New('.')
	assert.Equal(t, []int{0, 1, 0, 2}, numbers(t, v, "pear", "fig", "pear", "apple"))
	words, place := v.Sorted([]bool{true, false, true})
	assert.Equal(t, []string{"apple", "pear"}, words)
	assert.Equal(t, []int{1, -1, 0}, place)
}

func TestNumbersOfOneValueAreOneWord(t *testing.T) {
	v := New('.')
	numbers(t, v, "10", "9", "9.0", "+10", "-0")
	words, place := v.Sorted([]bool{true, true, true, true, true})
	assert.Equal(t, []string{"0", "9", "10"}, words)
	assert.Equal(t, []int{2, 1, 1, 2, 0}, place)

	v = New(',')
	numbers(t, v, "1,50", "1,5", "1,25")
	words, _ = v.Sorted([]bool{true, true, true})
	assert.Equal(t, []string{"1.25", "1.5"}, words)
	again, err := Fixed(words, ',')
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, numbers(t, again, "1,500", "1,25"))
}

func TestWordsAreInUTF8(t *testing.T) {
	_, err := New('.').Number([]byte("K\xf6ln"))
	assert.EqualError(t, err, `"K\xf6ln" is not in UTF-8; save the file in that`)
}

func TestFixedWords(t *testing.T) {
	v, err := Fixed([]string{"no", "yes", "1"}, '.')
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, numbers(t, v, "yes", "no"))
	_, err = v.Number([]byte("1.0")) // not all words are numbers
	assert.EqualError(t, err, `"1.0" is not one of the words ["no" "yes" "1"]; set Other to take new words`)
	v.Classes = true
	_, err = v.Number([]byte("perhaps"))
	assert.EqualError(t, err, `"perhaps" is not one of the classes ["no" "yes" "1"]`)
	words, place := v.Sorted([]bool{true, false, false})
	assert.Equal(t, []string{"no", "yes", "1"}, words)
	assert.Equal(t, []int{0, 1, 2}, place)
	for _, twice := range [][]string{{"a", "b", "a"}, {"1", "2", "1.0"}} {
		_, err := Fixed(twice, '.')
		assert.ErrorContains(t, err, "is given twice")
	}
}
