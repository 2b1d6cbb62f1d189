package datasets_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"declive/datasets"
)

// classed returns examples whose number is their feature, of some classes.
func classed(t testing.TB, labels []int) *datasets.Dataset {
	rows := make([]float64, len(labels))
	for i := range rows {
		rows[i] = float64(i)
	}
	d := must(t)(datasets.New(rows))
	return must(t)(d.WithLabels(labels, "a", "b", "c", "d", "e"))
}

// members returns the numbers of the examples of classed in d.
func members(t testing.TB, d *datasets.Dataset) []int {
	b, err := d.All()
	require.NoError(t, err)
	var numbers []int
	for _, x := range b.X.Float32s() {
		numbers = append(numbers, int(x))
	}
	return numbers
}

// ofClass returns how many examples of a class d has.
func ofClass(d *datasets.Dataset, class int) (n int) {
	for _, y := range d.Labels() {
		if y == class {
			n++
		}
	}
	return n
}

func TestFolds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		labels := rapid.SliceOfN(rapid.IntRange(0, 4), 2, 60).Draw(r, "labels")
		d, k := classed(t, labels), rapid.IntRange(2, len(labels)).Draw(r, "k")
		seed := rapid.Uint64().Draw(r, "seed")
		for name, f := range map[string]func() ([]datasets.Fold, error){
			"Folds":           func() ([]datasets.Fold, error) { return d.Folds(k, seeded(seed)) },
			"StratifiedFolds": func() ([]datasets.Fold, error) { return d.StratifiedFolds(k, seeded(seed)) },
		} {
			folds, err := f()
			require.NoError(r, err)
			require.Len(r, folds, k)
			var tested, sizes []int
			most, least := [5]int{}, [5]int{60, 60, 60, 60, 60}
			for _, f := range folds {
				test := members(t, f.Test)
				assert.ElementsMatch(r, sequence(len(labels)), append(slices.Clone(test), members(t, f.Train)...))
				tested, sizes = append(tested, test...), append(sizes, len(test))
				for class := range 5 {
					n := ofClass(f.Test, class)
					most[class], least[class] = max(most[class], n), min(least[class], n)
				}
			}
			assert.ElementsMatch(r, sequence(len(labels)), tested, name)
			assert.LessOrEqual(r, slices.Max(sizes)-slices.Min(sizes), 1, name)
			for class := range 5 {
				if name == "StratifiedFolds" {
					assert.LessOrEqual(r, most[class]-least[class], 1, "class %d", class)
				}
			}
			again, err := f()
			require.NoError(r, err)
			assert.Equal(r, members(t, folds[1].Train), members(t, again[1].Train), "the same seed")
		}
	})
}

// Parts of a stratified set are in random order, too, and other seeds give others.
func TestFoldsAreShuffled(t *testing.T) {
	labels := make([]int, 100)
	for i := range labels {
		labels[i] = i / 50
	}
	d := classed(t, labels)
	a, err := d.StratifiedFolds(4, seeded(1))
	require.NoError(t, err)
	b, err := d.StratifiedFolds(4, seeded(2))
	require.NoError(t, err)
	assert.NotEqual(t, members(t, a[0].Test), members(t, b[0].Test))
	first, err := a[0].Train.Slice(0, 38)
	require.NoError(t, err)
	assert.InDelta(t, 19, ofClass(first, 0), 5*2.2) // hypergeometric
}

func TestStratifiedSplit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		labels := rapid.SliceOfN(rapid.IntRange(0, 4), 2, 60).Draw(r, "labels")
		d := classed(t, labels)
		fraction := rapid.OneOf(rapid.SampledFrom([]float64{0.1, 0.2, 0.25, 0.3, 0.5, 0.7, 0.9}),
			rapid.Float64Range(math.SmallestNonzeroFloat64, math.Nextafter(1, 0))).Draw(r, "fraction")
		first, rest, err := d.StratifiedSplit(fraction, seeded(rapid.Uint64().Draw(r, "seed")))
		n := int(math.Round(fraction * float64(len(labels))))
		if n == 0 || n == len(labels) {
			require.ErrorContains(r, err, "empty")
			return
		}
		require.NoError(r, err)
		assert.Equal(r, n, first.Len())
		assert.ElementsMatch(r, sequence(len(labels)), append(members(t, first), members(t, rest)...))
		for class := range 5 {
			assert.InDelta(r, fraction*float64(ofClass(d, class)), ofClass(first, class), 1, "class %d", class)
		}
	})
}

func TestErrorsOfFolds(t *testing.T) {
	d, unlabelled := flowers(t), must(t)(datasets.New([]uint8{1, 2, 3}))
	for want, err := range map[string]error{
		"datasets: Folds: 1 folds of 4 examples, want 2 to as many as there are examples":           second(d.Folds(1, seeded(1))),
		"datasets: StratifiedFolds: 5 folds of 4 examples, want 2 to as many as there are examples": second(d.StratifiedFolds(5, seeded(1))),
		"datasets: StratifiedFolds: the examples have no labels":                                    second(unlabelled.StratifiedFolds(2, seeded(1))),
		"datasets: Folds: the generator of random numbers is nil; make one with rand.New":           second(d.Folds(2, nil)),
		"datasets: Folds: the data set was made by no function of this package; use New":            second((*datasets.Dataset)(nil).Folds(2, seeded(1))),
		"datasets: StratifiedSplit: fraction 1.5 is not between 0 and 1":                            third(d.StratifiedSplit(1.5, seeded(1))),
		"datasets: StratifiedSplit: a fraction of 0.1 leaves a part of 4 examples empty":            third(d.StratifiedSplit(0.1, seeded(1))),
		"datasets: StratifiedSplit: the examples have no labels":                                    third(unlabelled.StratifiedSplit(0.5, seeded(1))),
		"datasets: StratifiedSplit: the generator of random numbers is nil; make one with rand.New": third(d.StratifiedSplit(0.5, nil)),
		"datasets: StratifiedSplit: the data set was made by no function of this package; use New":  third((&datasets.Dataset{}).StratifiedSplit(0.5, seeded(1))),
	} {
		assert.EqualError(t, err, want)
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }
