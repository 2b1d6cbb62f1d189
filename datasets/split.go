package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Split shuffles the examples and returns two views: of the given fraction of
// them, rounded to a whole number, and of the rest. Split the rest again for a
// validation part.
//
// It is an error if the fraction is not between 0 and 1, if a part is empty, or
// if rng is nil.
func (d *Dataset) Split(fraction float64, rng *rand.Rand) (first, rest *Dataset, err error) {
	if err := d.made("Split"); err != nil {
		return nil, nil, err
	}
	a, b, err := parts(d.index, fraction, rng)
	if err != nil {
		return nil, nil, err
	}
	return d.view(a), d.view(b), nil
}

// parts shuffles an index and cuts it in two.
func parts(index []int, fraction float64, rng *rand.Rand) (first, rest []int, err error) {
	n, err := portion("Split", fraction, len(index))
	if err != nil {
		return nil, nil, err
	}
	if rng == nil {
		return nil, nil, errNoRand("Split")
	}
	index = slices.Clone(index)
	shuffle(index, rng)
	return index[:n], index[n:], nil
}

// portion returns a fraction of n examples, rounded, which leaves no part empty.
func portion(caller string, fraction float64, n int) (int, error) {
	if !(fraction > 0 && fraction < 1) {
		return 0, fmt.Errorf("datasets: %s: fraction %v is not between 0 and 1", caller, fraction)
	}
	part := int(math.Round(fraction * float64(n)))
	if part == 0 || part == n {
		return 0, fmt.Errorf("datasets: %s: a fraction of %v leaves a part of %d examples empty", caller, fraction, n)
	}
	return part, nil
}

// Slice returns the view of examples from, …, to − 1, in their order. It is an
// error unless 0 ≤ from ≤ to ≤ Len.
func (d *Dataset) Slice(from, to int) (*Dataset, error) {
	if err := d.made("Slice"); err != nil {
		return nil, err
	}
	if from < 0 || from > to || to > d.Len() {
		return nil, fmt.Errorf("datasets: Slice: %d to %d is not a range of %d examples", from, to, d.Len())
	}
	return d.view(d.index[from:to]), nil
}

// Select returns the view of the examples with the given indices, in that
// order. It is an error if an index is not from 0 to Len − 1 or occurs twice.
func (d *Dataset) Select(indices ...int) (*Dataset, error) {
	if err := d.made("Select"); err != nil {
		return nil, err
	}
	rows, err := d.rowsOf(indices)
	if err != nil {
		return nil, fmt.Errorf("datasets: Select: %w", err)
	}
	seen := make([]bool, d.Len())
	for _, i := range indices {
		if seen[i] {
			return nil, fmt.Errorf("datasets: Select: index %d occurs twice", i)
		}
		seen[i] = true
	}
	return d.view(rows), nil
}

func (d *Dataset) view(index []int) *Dataset {
	v := *d
	v.index = index
	return &v
}

// rowsOf returns the stored rows of the examples with the given indices.
func (d *Dataset) rowsOf(indices []int) ([]int, error) {
	rows := make([]int, len(indices))
	for k, i := range indices {
		if i < 0 || i >= d.Len() {
			return nil, fmt.Errorf("index %d is not an example, want 0 to %d", i, d.Len()-1)
		}
		rows[k] = d.index[i]
	}
	return rows, nil
}

// byClass returns the rows of each class that has any.
func byClass(rows, class []int) [][]int {
	var groups [][]int
	for _, r := range rows {
		for len(groups) <= class[r] {
			groups = append(groups, nil)
		}
		groups[class[r]] = append(groups[class[r]], r)
	}
	return slices.DeleteFunc(groups, func(rows []int) bool { return len(rows) == 0 })
}

func shuffle(index []int, rng *rand.Rand) {
	rng.Shuffle(len(index), func(i, j int) { index[i], index[j] = index[j], index[i] })
}
