package datasets

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A vocabulary numbers words in the order in which they first occur.
type vocabulary struct {
	code  map[string]int
	words []string
	fixed bool // holds all words there may be
}

// newVocabulary returns a vocabulary of the given words, to which no other can
// be added, or an empty one that grows. It is an error if a word is repeated.
func newVocabulary(words []string) (*vocabulary, error) {
	v := &vocabulary{code: map[string]int{}, fixed: len(words) > 0}
	for _, w := range words {
		if _, ok := v.code[w]; ok {
			return nil, fmt.Errorf("class %q is given twice", w)
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

// number returns the number of word, a new one for a new word.
func (v *vocabulary) number(word string) (int, error) {
	if i, ok := v.code[word]; ok {
		return i, nil
	}
	if v.fixed {
		return 0, fmt.Errorf("%q is not one of the classes %q", word, v.words)
	}
	return v.add(strings.Clone(word)), nil
}

// sorted returns the words in order, numeric if all are numbers, and the place
// of word i among them. A fixed vocabulary keeps its order.
func (v *vocabulary) sorted() (words []string, place []int) {
	order := count(len(v.words))
	if !v.fixed {
		slices.SortFunc(order, v.comparison())
	}
	words, place = make([]string, len(order)), make([]int, len(order))
	for k, i := range order {
		words[k], place[i] = v.words[i], k
	}
	return words, place
}

// comparison returns the order of the words, given by their numbers.
func (v *vocabulary) comparison() func(i, j int) int {
	value := make([]float64, len(v.words))
	for i, w := range v.words {
		x, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return func(i, j int) int { return cmp.Compare(v.words[i], v.words[j]) }
		}
		value[i] = x
	}
	return func(i, j int) int {
		return cmp.Or(cmp.Compare(value[i], value[j]), cmp.Compare(v.words[i], v.words[j]))
	}
}

// relabel replaces the number of each label's word by the word's place and
// returns the words in order.
func (v *vocabulary) relabel(labels []int) []string {
	words, place := v.sorted()
	for i, code := range labels {
		labels[i] = place[code]
	}
	return words
}
