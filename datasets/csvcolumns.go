package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// A role is what a column is for.
type role uint8

const (
	number role = iota
	word
	label
	dropped
)

// columns are those of a table.
type columns struct {
	roles []role
	names []string      // for messages
	words []*vocabulary // of the columns of words
	width int           // features of a row: numbers, and the numbers of words
}

// columns settles the role of every column from the first line and reports
// whether that is a header.
func (c CSV) columns(first []string) (cols columns, header bool, err error) {
	cols = columns{roles: make([]role, len(first)), words: make([]*vocabulary, len(first))}
	if header, err = c.assign(cols.roles, first); err != nil {
		return cols, false, err
	}
	for j, r := range cols.roles {
		switch r {
		case number:
			header = header || isWord(first[j])
			cols.width++
		case word:
			cols.words[j], _ = newVocabulary(nil)
			cols.width++
		}
	}
	if cols.width == 0 {
		return cols, false, errors.New("no column of features is left")
	}
	cols.names = numbered(len(first))
	if header {
		cols.names = slices.Clone(first)
	}
	return cols, header, nil
}

// assign gives the columns that the caller named their roles and reports
// whether one was named as in the first line.
func (c CSV) assign(roles []role, first []string) (header bool, err error) {
	asked := map[role][]string{dropped: c.Drop, word: c.OneHot}
	if !c.Unlabelled {
		asked[label] = []string{cmp.Or(c.Label, "-1")}
	}
	for _, r := range []role{dropped, word, label} {
		for _, name := range asked[r] {
			j, byName := find(first, name)
			if j < 0 {
				return false, fmt.Errorf("no column %q among the %d columns %q", name, len(first), first)
			}
			if roles[j] != number {
				return false, fmt.Errorf("column %q is asked for twice", name)
			}
			roles[j] = r
			header = header || byName
		}
	}
	return header, nil
}

// find returns the column that name stands for, -1 if there is none, and
// whether the name stands in the first line.
func find(first []string, name string) (column int, byName bool) {
	if j := slices.Index(first, name); j >= 0 && isWord(name) {
		return j, true
	}
	j, err := strconv.Atoi(name)
	if err == nil && j < 0 {
		j += len(first)
	}
	if err != nil || j < 0 || j >= len(first) {
		return -1, false
	}
	return j, false
}

// expand returns rows of features in which every number of a word has become a
// 0/1 column for each word, and their width. It is an error if they are too large.
func (c *columns) expand(features []float64) (wide []float64, width int, err error) {
	places := c.places()
	for _, place := range places {
		width += max(1, len(place))
	}
	room, err := roomFor("CSV", len(features)/c.width, width)
	if err != nil {
		return nil, 0, err
	}
	wide = make([]float64, 0, room)
	for i, x := range features {
		place := places[i%c.width]
		if place == nil {
			wide = append(wide, x)
			continue
		}
		n := len(wide)
		wide = wide[:n+len(place)]
		wide[n+place[int(x)]] = 1
	}
	return wide, width, nil
}

// places returns for each feature the places of its words among themselves, or
// nil if it is a number.
func (c *columns) places() (places [][]int) {
	for j, r := range c.roles {
		switch r {
		case number:
			places = append(places, nil)
		case word:
			_, place := c.words[j].sorted()
			places = append(places, place)
		}
	}
	return places
}
