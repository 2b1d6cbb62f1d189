package stream

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"declive/datasets"
)

// A part is one of two that a table is split in. Numbers that are drawn for the places
// of examples in the file decide, so that nothing has to be kept of them.
type part struct {
	seed     uint64
	fraction float64
	first    bool
}

// has reports whether the part has the i-th example of the file.
func (p part) has(i int) bool {
	return float64(scrambled(p.seed, uint64(i))>>11)*0x1p-53 < p.fraction == p.first
}

// scrambled returns the i-th number of a sequence of random ones (Steele, Lea and
// Flood, Fast splittable pseudorandom number generators, 2014).
func scrambled(seed, i uint64) uint64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Split returns two parts of the examples: each is in the first with the probability
// fraction, as two numbers drawn from rng decide. It reads the file once, to know how
// many examples each part has and their moments. It is an error if the fraction is not
// between 0 and 1, if a part is empty, or if rng is nil.
func (t *Table) Split(fraction float64, rng *rand.Rand) (first, rest *Table, err error) {
	switch {
	case !t.made():
		return nil, nil, errUnmade
	case !(fraction > 0 && fraction < 1):
		return nil, nil, fmt.Errorf("stream: Split: fraction %v is not between 0 and 1", fraction)
	case rng == nil:
		return nil, nil, errors.New("stream: Split: the generator of random numbers is nil; make one with rand.New")
	}
	p := part{seed: rng.Uint64(), fraction: fraction}
	first, rest = t.only(p, true), t.only(p, false)
	at := 0
	err = each(t.file, t.schema.Read, func(d *datasets.Dataset) error {
		from := at
		at += d.Len()
		return errors.Join(first.countAt(d, from), rest.countAt(d, from))
	})
	if err == nil && (first.n == 0 || rest.n == 0) {
		err = fmt.Errorf("stream: Split: a fraction of %v leaves a part of %d examples empty", fraction, t.n)
	}
	if err != nil {
		return nil, nil, err
	}
	return first, rest, nil
}

// only returns a part of t of which nothing has been counted.
func (t *Table) only(p part, first bool) *Table {
	v := *t
	p.first = first
	v.parts = append(t.parts[:len(t.parts):len(t.parts)], p)
	v.n, v.x, v.y = 0, moments{}, moments{}
	return &v
}

// countAt counts those of a block that are in t.
func (t *Table) countAt(d *datasets.Dataset, from int) error {
	d, err := t.chosen(d, from)
	if err != nil || d.Len() == 0 {
		return err
	}
	return t.count(d)
}

// chosen returns those examples of a block, which begins with number from, that are in t.
func (t *Table) chosen(d *datasets.Dataset, from int) (*datasets.Dataset, error) {
	if t.parts == nil {
		return d, nil
	}
	var indices []int
	for i := range d.Len() {
		if t.has(from + i) {
			indices = append(indices, i)
		}
	}
	return d.Select(indices...)
}

func (t *Table) has(i int) bool {
	for _, p := range t.parts {
		if !p.has(i) {
			return false
		}
	}
	return true
}

// each reads the file and gives the examples of t to take, in blocks.
func (t *Table) each(take func(*datasets.Dataset) error) error {
	at := 0
	return each(t.file, t.schema.Read, func(d *datasets.Dataset) error {
		from := at
		at += d.Len()
		d, err := t.chosen(d, from)
		if err != nil || d.Len() == 0 {
			return err
		}
		return take(d)
	})
}
