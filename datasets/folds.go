package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A Fold is one of the ways to part a data set for cross-validation: to train with
// all but one k-th, and to test with that.
type Fold struct{ Train, Test *Dataset }

// Folds shuffles the examples and parts them k times, so that each example is in the
// test part of one fold. The sizes of test parts differ by at most one. Fit transforms
// to the training part of a fold.
//
// It is an error if k is not from 2 to Len, or if rng is nil.
func (d *Dataset) Folds(k int, rng *rand.Rand) ([]Fold, error) {
	return d.folds("Folds", k, rng, func(rows []int) ([][]int, error) { return [][]int{count(len(rows))}, nil })
}

// StratifiedFolds is [Dataset.Folds] with about as many examples of each class in
// every test part: the numbers differ by at most one.
//
// It is an error if k is not from 2 to Len, if d has no labels, or if rng is nil.
func (d *Dataset) StratifiedFolds(k int, rng *rand.Rand) ([]Fold, error) {
	return d.folds("StratifiedFolds", k, rng, d.strata)
}

// folds deals out the places of the shuffled rows, group by group.
func (d *Dataset) folds(caller string, k int, rng *rand.Rand, group func(rows []int) ([][]int, error)) ([]Fold, error) {
	rows, err := d.shuffled(rng)
	if err == nil && (k < 2 || k > len(rows)) {
		err = fmt.Errorf("%d folds of %d examples, want 2 to as many as there are examples", k, len(rows))
	}
	var groups [][]int
	if err == nil {
		groups, err = group(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", caller, err)
	}
	fold := make([]int, len(rows))
	for n, place := range slices.Concat(groups...) {
		fold[place] = n % k
	}
	folds := make([]Fold, k)
	for i := range folds {
		test, train := parted(rows, func(place int) bool { return fold[place] == i })
		folds[i] = Fold{Train: d.view(train), Test: d.view(test)}
	}
	return folds, nil
}

// StratifiedSplit is [Dataset.Split] with the given fraction of every class, as near
// as whole numbers allow.
//
// Errors are those of Split, and that d has no labels.
func (d *Dataset) StratifiedSplit(fraction float64, rng *rand.Rand) (first, rest *Dataset, err error) {
	rows, err := d.shuffled(rng)
	var groups [][]int
	if err == nil {
		groups, err = d.strata(rows)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("datasets: StratifiedSplit: %w", err)
	}
	n, err := portion("StratifiedSplit", fraction, len(rows))
	if err != nil {
		return nil, nil, err
	}
	chosen := make([]bool, len(rows))
	for i, n := range shares(groups, fraction, n) {
		for _, place := range groups[i][:n] {
			chosen[place] = true
		}
	}
	a, b := parted(rows, func(place int) bool { return chosen[place] })
	return d.view(a), d.view(b), nil
}

// shares divides n places among groups by the method of the largest remainder: each
// gets its fraction rounded down, and those that lost most by that one more.
func shares(groups [][]int, fraction float64, n int) []int {
	share, order := make([]int, len(groups)), count(len(groups))
	lost := make([]float64, len(groups))
	for i, g := range groups {
		whole := math.Floor(fraction * float64(len(g)))
		share[i], lost[i] = int(whole), fraction*float64(len(g))-whole
		n -= share[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(lost[j], lost[i]) })
	for _, i := range order[:n] {
		share[i]++
	}
	return share
}

// shuffled returns the stored rows in random order.
func (d *Dataset) shuffled(rng *rand.Rand) ([]int, error) {
	if unmade(d) {
		return nil, errUnmade
	}
	if rng == nil {
		return nil, errors.New("the generator of random numbers is nil; make one with rand.New")
	}
	rows := slices.Clone(d.index)
	shuffle(rows, rng)
	return rows, nil
}

// strata returns the places in rows of each class that has any.
func (d *Dataset) strata(rows []int) ([][]int, error) {
	if d.labels == nil {
		return nil, errors.New("the examples have no labels")
	}
	return byClass(count(len(rows)), taken(d.labels, 1, rows)), nil
}

// parted returns the rows whose places are in a part, and the others.
func parted(rows []int, in func(place int) bool) (part, others []int) {
	for place, row := range rows {
		if in(place) {
			part = append(part, row)
		} else {
			others = append(others, row)
		}
	}
	return part, others
}
