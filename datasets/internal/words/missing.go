package words

import (
	"bytes"
	"slices"

	"declive/datasets/internal/number"
)

// A Missing tells fields without a value.
type Missing struct {
	words   [][]byte
	anyCase bool
	numbers []float64 // values that stand for none
}

// NewMissing returns what tells the given words, or if they are nil the usual ones in
// any case. Words that are numbers stand for their value.
func NewMissing(given []string) *Missing {
	if given == nil {
		return &Missing{words: usualMissing, anyCase: true}
	}
	w := new(Missing)
	for _, word := range given {
		w.words = append(w.words, []byte(word))
		if x, err := number.Parse([]byte(word), '.'); err == nil {
			w.numbers = append(w.numbers, x)
		}
	}
	return w
}

var usualMissing = [][]byte{{}, []byte("?"), []byte("na"), []byte("nan"), []byte("n/a"), []byte("null")}

// Has reports whether a field has no value.
func (m *Missing) Has(field []byte) bool {
	for _, w := range m.words {
		if len(w) == len(field) && (bytes.Equal(w, field) || m.anyCase && bytes.EqualFold(w, field)) {
			return true
		}
	}
	return false
}

// HasNumber reports whether a number stands for no value.
func (m *Missing) HasNumber(x float64) bool { return slices.Contains(m.numbers, x) }

// Numbers reports whether some numbers stand for no value.
func (m *Missing) Numbers() bool { return m.numbers != nil }
