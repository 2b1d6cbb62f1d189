package datasets

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"declive/datasets/internal/number"
)

// A vocabulary numbers words in the order in which they first occur. Words that
// are numbers are the same if their values are: 1, 1.0 and +1.
type vocabulary struct {
	code    map[string]int
	value   map[float64]int // of a fixed vocabulary's words that are numbers
	words   []string
	fixed   bool // holds all words there may be
	classes bool // the words are classes
	point   byte // in numbers
}

// newVocabulary returns a vocabulary that grows.
func newVocabulary(point byte) *vocabulary {
	return &vocabulary{code: map[string]int{}, point: point}
}

// fixedVocabulary returns one of the given words, to which no other can be added.
// It is an error if a word is repeated.
func fixedVocabulary(words []string, point byte) (*vocabulary, error) {
	v := newVocabulary(point)
	v.fixed, v.value = true, map[float64]int{}
	values, numbers := allNumbers(words, point)
	if !numbers {
		values, numbers = allNumbers(words, '.') // as sorted spells them
	}
	for i, w := range words {
		_, again := v.code[w]
		if numbers && !again {
			_, again = v.value[values[i]]
			v.value[values[i]] = i
		}
		if again {
			return nil, fmt.Errorf("%s is given twice", quoted(w))
		}
		v.add(w)
	}
	return v, nil
}

func (v *vocabulary) add(word string) int {
	v.code[word] = len(v.words)
	v.words = append(v.words, word)
	return v.code[word]
}

// find returns the number of word, if it has one.
func (v *vocabulary) find(word []byte) (int, bool) {
	if i, ok := v.code[string(word)]; ok || !v.fixed {
		return i, ok
	}
	if x, err := number.Parse(word, v.point); err == nil && len(v.value) > 0 {
		i, ok := v.value[x]
		return i, ok
	}
	return 0, false
}

// number returns the number of word, a new one for a new word.
func (v *vocabulary) number(word []byte) (int, error) {
	if i, ok := v.find(word); ok {
		return i, nil
	}
	switch {
	case !v.fixed:
		return v.add(string(word)), nil
	case v.classes:
		return 0, fmt.Errorf("%s is not one of the classes %s", quoted(string(word)), listed(v.words))
	}
	return 0, fmt.Errorf("%s is not one of the words %s; set Other to take new words", quoted(string(word)), listed(v.words))
}

// sorted returns the words that are used, in order, numeric if all are numbers,
// and the place of word i among them, −1 if it is not used. Of numbers of one value
// there is one word, in its shortest form. A fixed vocabulary stays as it is.
func (v *vocabulary) sorted(used []bool) (words []string, place []int) {
	place = make([]int, len(v.words))
	if v.fixed {
		return v.words, count(len(v.words))
	}
	var order []int
	for i := range v.words {
		place[i] = -1
		if used[i] {
			order = append(order, i)
		}
	}
	spelt, compare := v.comparison(order)
	slices.SortFunc(order, compare)
	for _, i := range order {
		if n := len(words); n == 0 || words[n-1] != spelt[i] {
			words = append(words, spelt[i])
		}
		place[i] = len(words) - 1
	}
	return words, place
}

// comparison returns the words as they are spelt in the end, and the order of those
// that are used, all given by their numbers.
func (v *vocabulary) comparison(used []int) (spelt []string, compare func(i, j int) int) {
	value := make([]float64, len(v.words))
	spelt = slices.Clone(v.words)
	for _, i := range used {
		x, err := number.Parse([]byte(v.words[i]), v.point)
		if err != nil {
			return v.words, func(i, j int) int { return strings.Compare(v.words[i], v.words[j]) }
		}
		value[i], spelt[i] = x, numberName(x)
	}
	return spelt, func(i, j int) int { return cmp.Compare(value[i], value[j]) }
}

// numberName returns a number as a word: 1 for 1.0 and +1, 0 for −0.
func numberName(x float64) string { return strconv.FormatFloat(x+0, 'g', -1, 64) }

// allNumbers returns the values of words that all are numbers.
func allNumbers(words []string, point byte) ([]float64, bool) {
	values := make([]float64, len(words))
	for i, w := range words {
		x, err := number.Parse([]byte(w), point)
		if err != nil {
			return nil, false
		}
		values[i] = x
	}
	return values, true
}
