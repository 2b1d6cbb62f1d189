package datasets_test

import (
	"iter"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// accompanied returns numbered examples with further values of every kind: weights
// 10·i, masks (i, −i), ranks 2·i, and as a second input (i + 0.5, i, 1).
func accompanied(t testing.TB, n, features int) *datasets.Dataset {
	weights, masks, ranks, rows := make([]float64, n), make([]float64, 2*n), make([]int, n), make([]float64, 2*n)
	for i := range n {
		x := float64(i)
		weights[i], masks[2*i], masks[2*i+1], ranks[i] = 10*x, x, -x, 2*i
		rows[2*(n-1-i)], rows[2*(n-1-i)+1] = 2*x+1, 2*x // stored in the other order
	}
	second := must(t)(must(t)(datasets.New(rows, 2)).With(datasets.Scale(0.5)))
	backwards := sequence(n)
	for i := range backwards {
		backwards[i] = n - 1 - i
	}
	second = must(t)(second.Select(backwards...)).WithBias()
	d := must(t)(numberedExamples(t, n, features).WithValues("weights", weights))
	d = must(t)(d.WithValues("mask", masks, 1, 2))
	d = must(t)(d.WithIndices("rank", ranks))
	return must(t)(d.WithInput("other", second))
}

// checkCompany checks that everything in the batches of a sequence belongs to its
// label, and returns the labels.
func checkCompany(t testing.TB, epoch iter.Seq[autodiff.Batch]) (labels []int) {
	for b := range epoch {
		require.Len(t, b.More, 4)
		n := len(b.Y.Ints())
		for i, name := range []string{"weights", "mask", "rank", "other"} {
			assert.Equal(t, name, b.More[i].Name)
			assert.Equal(t, []tensor.Shape{{n}, {n, 1, 2}, {n}, {n, 3}}[i], b.More[i].Value.Shape(), name)
		}
		for i, y := range b.Y.Ints() {
			x := float64(y)
			assert.Equal(t, 10*x, at(b.More[0].Value, i))
			assert.Equal(t, []float64{x, -x}, []float64{at(b.More[1].Value, 2*i), at(b.More[1].Value, 2*i+1)})
			assert.Equal(t, 2*y, b.More[2].Value.Ints()[i])
			assert.Equal(t, []float64{x + 0.5, x, 1}, []float64{at(b.More[3].Value, 3*i), at(b.More[3].Value, 3*i+1), at(b.More[3].Value, 3*i+2)})
			assert.Equal(t, x, at(b.X, i*b.X.Shape()[1]))
		}
		labels = append(labels, b.Y.Ints()...)
	}
	return labels
}

func at(x *tensor.Dense, i int) float64 {
	if x.Dtype() == tensor.Float64 {
		return x.Float64s()[i]
	}
	return float64(x.Float32s()[i])
}

func TestFurtherValues(t *testing.T) {
	for _, features := range widths {
		d := accompanied(t, 11, features)
		for range 2 {
			assert.ElementsMatch(t, sequence(11), checkCompany(t, d.Minibatches(4, seeded(1))))
		}
		assert.Len(t, checkCompany(t, d.Float64().Sampled(4, seeded(1))), 11)
		assert.Equal(t, sequence(11), checkCompany(t, d.Float64().Consecutive(3)))
		part := must(t)(d.Select(7, 2, 9))
		assert.Equal(t, []int{7, 2, 9}, checkCompany(t, part.Consecutive(2)))
		all, err := part.All()
		require.NoError(t, err)
		assert.Equal(t, tensor.Float32, all.More[3].Value.Dtype())
		folds, err := d.Folds(3, seeded(1))
		require.NoError(t, err)
		assert.Len(t, checkCompany(t, folds[2].Test.Consecutive(2)), 3)
		again := must(t)(part.WithValues("third", []float64{1, 2, 3}))
		one, err := again.Batch(1)
		require.NoError(t, err)
		assert.Equal(t, []float32{2}, one.More[4].Value.Data())
	}
}

func TestFurtherValuesAllocateNothingPerBatch(t *testing.T) {
	for _, features := range widths {
		d := accompanied(t, 64, features)
		walk := func(seq iter.Seq[autodiff.Batch]) float64 {
			return testing.AllocsPerRun(5, func() {
				for range seq {
				}
			})
		}
		assert.Equal(t, walk(d.Consecutive(32)), walk(d.Consecutive(2)), "allocations of 2 and of 32 batches of %d features", features)
	}
}

// A mask that is augmented with the seed of its image moves with it.
func TestImageAndMaskMoveAlike(t *testing.T) {
	a := datasets.Augmentation{Seed: 9, Flip: datasets.RandomFlip, Translate: 2}
	mask := augmented(t, photographs[uint8](t), a)
	d := must(t)(augmented(t, photographs[float32](t), a).WithInput("mask", mask))
	turned := must(t)(must(t)(d.Slice(2, 5)).Interleaved())
	for range 3 {
		for b := range d.Minibatches(4, seeded(1)) {
			assert.Equal(t, b.X.Data(), b.More[0].Value.Data())
		}
	}
	for b := range turned.Consecutive(2) {
		for i, y := range b.Y.Ints() {
			assert.Equal(t, float64(1+40*y), at(b.X, i*40))
			assert.Equal(t, float64(1+40*y), at(b.More[0].Value, i*40))
		}
	}
}

func TestErrorsOfFurtherValues(t *testing.T) {
	d := must(t)(flowers(t).WithValues("weights", []float64{1, 2, 3, 4}))
	short, err := d.Slice(0, 3)
	require.NoError(t, err)
	for want, err := range map[string]error{
		`datasets: WithValues: a further value cannot have the name "weights", want another than ["" "x" "y" "step" "weights"]`: second(d.WithValues("weights", nil)),
		`datasets: WithIndices: a further value cannot have the name "", want another than ["" "x" "y" "step" "weights"]`:       second(d.WithIndices("", nil)),
		`datasets: WithInput: a further value cannot have the name "step", want another than ["" "x" "y" "step" "weights"]`:     second(d.WithInput("step", d)),
		"datasets: WithValues: 6 numbers in groups of shape (2) for 4 examples":                                                 second(d.WithValues("v", make([]float64, 6), 2)),
		"datasets: WithValues: shape (-1) has an axis of length -1":                                                             second(d.WithValues("v", nil, -1)),
		"datasets: WithIndices: 3 indices for 4 examples":                                                                       second(d.WithIndices("v", []int{1, 2, 3})),
		"datasets: WithIndices: index -5 of example 2 is negative":                                                              second(d.WithIndices("v", []int{1, 2, -5, 0})),
		`datasets: WithInput: 3 examples of "v" for 4 examples`:                                                                 second(d.WithInput("v", short)),
		"datasets: WithInput: the data set was made by no function of this package; use New":                                    second(d.WithInput("v", nil)),
		"datasets: WithValues: the data set was made by no function of this package; use New":                                   second((*datasets.Dataset)(nil).WithValues("v", nil)),
	} {
		assert.EqualError(t, err, want)
	}
	_, err = d.WithValues("v", nil, math.MaxInt, math.MaxInt)
	assert.Error(t, err)
}
