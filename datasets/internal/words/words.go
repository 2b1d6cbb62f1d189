// Package words numbers the words that are met in a file.
package words

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/number"
)

// A Vocabulary numbers words in the order in which they first occur. Words that
// are numbers are the same if their values are: 1, 1.0 and +1.
type Vocabulary struct {
	code    map[string]int
	value   map[float64]int // of a fixed vocabulary's words that are numbers
	Words   []string
	Fixed   bool // holds all words there may be
	Classes bool // the words are classes
	Point   byte // in numbers
}

// New returns a vocabulary that grows.
func New(point byte) *Vocabulary {
	return &Vocabulary{code: map[string]int{}, Point: point}
}

// Fixed returns one of the given words, to which no other can be added.
// It is an error if a word is repeated.
func Fixed(words []string, point byte) (*Vocabulary, error) {
	v := New(point)
	v.Fixed, v.value = true, map[float64]int{}
	values, numbers := AllNumbers(words, point)
	if !numbers {
		values, numbers = AllNumbers(words, '.') // as Sorted spells them
	}
	for i, w := range words {
		_, again := v.code[w]
		if numbers && !again {
			_, again = v.value[values[i]]
			v.value[values[i]] = i
		}
		if again {
			return nil, fmt.Errorf("%s is given twice", brief.Quoted(w))
		}
		v.add(w)
	}
	return v, nil
}

func (v *Vocabulary) add(word string) int {
	v.code[word] = len(v.Words)
	v.Words = append(v.Words, word)
	return v.code[word]
}

// Find returns the number of word, if it has one.
func (v *Vocabulary) Find(word []byte) (int, bool) {
	if i, ok := v.code[string(word)]; ok || !v.Fixed {
		return i, ok
	}
	if x, err := number.Parse(word, v.Point); err == nil && len(v.value) > 0 {
		i, ok := v.value[x]
		return i, ok
	}
	return 0, false
}

// Number returns the number of word, a new one for a new word.
func (v *Vocabulary) Number(word []byte) (int, error) {
	if i, ok := v.Find(word); ok {
		return i, nil
	}
	switch {
	case !v.Fixed && !utf8.Valid(word): // JSON would not keep it
		return 0, fmt.Errorf("%s is not in UTF-8; save the file in that", brief.Quoted(string(word)))
	case !v.Fixed:
		return v.add(string(word)), nil
	case v.Classes:
		return 0, fmt.Errorf("%s is not one of the classes %s", brief.Quoted(string(word)), brief.List(v.Words))
	}
	return 0, fmt.Errorf("%s is not one of the words %s; set Other to take new words", brief.Quoted(string(word)), brief.List(v.Words))
}

// Sorted returns the words that are used, in order, numeric if all are numbers,
// and the place of word i among them, −1 if it is not used. Of numbers of one value
// there is one word, in its shortest form. A fixed vocabulary stays as it is.
func (v *Vocabulary) Sorted(used []bool) (words []string, place []int) {
	place = make([]int, len(v.Words))
	var order []int
	for i := range v.Words {
		if place[i] = i; !v.Fixed {
			place[i] = -1
		}
		if used[i] {
			order = append(order, i)
		}
	}
	if v.Fixed {
		return v.Words, place
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
func (v *Vocabulary) comparison(used []int) (spelt []string, compare func(i, j int) int) {
	value := make([]float64, len(v.Words))
	spelt = slices.Clone(v.Words)
	for _, i := range used {
		x, err := number.Parse([]byte(v.Words[i]), v.Point)
		if err != nil {
			return v.Words, func(i, j int) int { return strings.Compare(v.Words[i], v.Words[j]) }
		}
		value[i], spelt[i] = x, NumberName(x)
	}
	return spelt, func(i, j int) int { return cmp.Compare(value[i], value[j]) }
}

// NumberName returns a number as a word: 1 for 1.0 and +1, 0 for −0.
func NumberName(x float64) string { return strconv.FormatFloat(x+0, 'g', -1, 64) }

// AllNumbers returns the values of words that all are numbers.
func AllNumbers(words []string, point byte) ([]float64, bool) {
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

// Clear removes all words from a vocabulary that grows.
func (v *Vocabulary) Clear() {
	clear(v.code)
	v.Words = v.Words[:0]
}
