package datasets_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// flowers are four examples of three numbers in two classes.
func flowers(t *testing.T) *datasets.Dataset {
	d, err := datasets.New([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 3)
	require.NoError(t, err)
	d, err = d.WithLabels([]int{0, 1, 1, 0}, "iris", "rose")
	require.NoError(t, err)
	return d
}

func TestNewShapes(t *testing.T) {
	for _, test := range []struct {
		name   string
		values int
		shape  []int
		length int
		err    string
	}{
		{"images", 24, []int{2, 3}, 4, ""},
		{"numbers", 5, nil, 5, ""},
		{"none", 0, []int{7}, 0, ""},
		{"a part of an example", 25, []int{2, 3}, 0, "datasets: New: 25 values are not a whole number of examples of shape (2, 3)"},
		{"an empty axis", 0, []int{2, 0}, 0, "datasets: New: shape (2, 0) has an axis of length 0"},
		{"a negative axis", 6, []int{-2, -3}, 0, "datasets: New: shape (-2, -3) has an axis of length -2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := datasets.New(make([]uint8, test.values), test.shape...)
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.length, d.Len())
			assert.Equal(t, autodiff.Shape(test.shape), d.Shape())
			assert.Nil(t, d.Labels())
			assert.Nil(t, d.Targets())
			assert.Nil(t, d.Classes())
		})
	}
}

func TestBatchOfEveryStorage(t *testing.T) {
	bytes, err := datasets.New([]uint8{1, 2, 3, 4, 5, 255}, 2)
	require.NoError(t, err)
	singles, err := datasets.New([]float32{1, 2, 3, 4, 5, 255}, 2)
	require.NoError(t, err)
	doubles, err := datasets.New([]float64{1, 2, 3, 4, 5, 255}, 2)
	require.NoError(t, err)
	for name, d := range map[string]*datasets.Dataset{"uint8": bytes, "float32": singles, "float64": doubles} {
		t.Run(name, func(t *testing.T) {
			b, err := d.Batch(2, 0)
			require.NoError(t, err)
			assert.Equal(t, tensor.Shape{2, 2}, b.X.Shape())
			assert.Equal(t, []float32{5, 255, 1, 2}, b.X.Data())
			assert.Nil(t, b.Y)

			scaled, err := d.Float64().WithBias().With(datasets.Transform{Shift: []float64{1, 3}, Scale: []float64{2}})
			require.NoError(t, err)
			b, err = scaled.Batch(1, 2, 1)
			require.NoError(t, err)
			assert.Equal(t, tensor.Shape{3, 3}, b.X.Shape())
			assert.Equal(t, []float64{4, 2, 1, 8, 504, 1, 4, 2, 1}, b.X.Data())
			assert.Equal(t, 3, scaled.Features())
			assert.Equal(t, 2, d.Features())
		})
	}
}

func TestLabelsAndTargetsInBatches(t *testing.T) {
	d := flowers(t)
	view, err := d.Select(3, 1, 2)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1, 1}, view.Labels())
	assert.Equal(t, []string{"iris", "rose"}, view.Classes())
	b, err := view.Batch(1, 0)
	require.NoError(t, err)
	assert.Equal(t, tensor.Shape{2}, b.Y.Shape())
	assert.Equal(t, []int{1, 0}, b.Y.Data())

	signs, err := view.Signs()
	require.NoError(t, err)
	assert.Nil(t, signs.Labels())
	assert.Equal(t, []float64{-1, 1, 1}, signs.Targets())
	b, err = signs.All()
	require.NoError(t, err)
	assert.Equal(t, tensor.Shape{3}, b.Y.Shape())
	assert.Equal(t, []float32{-1, 1, 1}, b.Y.Data())

	hot, err := view.OneHot()
	require.NoError(t, err)
	b, err = hot.Float64().All()
	require.NoError(t, err)
	assert.Equal(t, tensor.Shape{3, 2}, b.Y.Shape())
	assert.Equal(t, []float64{1, 0, 0, 1, 0, 1}, b.Y.Data())

	again, err := view.WithLabels([]int{2, 0, 1})
	require.NoError(t, err)
	assert.Equal(t, []int{2, 0, 1}, again.Labels())
	assert.Equal(t, []string{"0", "1", "2"}, again.Classes())
	assert.Equal(t, []int{0, 1, 1, 0}, d.Labels(), "the set behind the view has changed")
}

func TestTargetsOfAnyShape(t *testing.T) {
	d := flowers(t)
	pairs, err := d.WithTargets([]float64{1, 2, 3, 4, 5, 6, 7, 8}, 2, 1)
	require.NoError(t, err)
	b, err := pairs.Batch(3, 1, 0)
	require.NoError(t, err)
	assert.Equal(t, tensor.Shape{3, 2, 1}, b.Y.Shape())
	assert.Equal(t, []float32{7, 8, 3, 4, 1, 2}, b.Y.Data())
}

func TestSliceAndSplit(t *testing.T) {
	d := flowers(t)
	s, err := d.Slice(1, 3)
	require.NoError(t, err)
	b, err := s.All()
	require.NoError(t, err)
	assert.Equal(t, []float32{4, 5, 6, 7, 8, 9}, b.X.Data())

	first, rest, err := d.Split(0.7, seeded(1)) // 2.8 of 4, which is 3
	require.NoError(t, err)
	assert.Equal(t, 3, first.Len())
	assert.Equal(t, 1, rest.Len())
	seen := map[float32]bool{}
	for _, part := range []*datasets.Dataset{first, rest} {
		b, err := part.All()
		require.NoError(t, err)
		for i, x := range b.X.Float32s() {
			if i%3 == 0 {
				seen[x] = true
			}
		}
	}
	assert.Equal(t, map[float32]bool{1: true, 4: true, 7: true, 10: true}, seen)
}

func TestSplitDependsOnSeedAlone(t *testing.T) {
	d, err := datasets.New(make([]uint8, 50))
	require.NoError(t, err)
	d, err = d.WithLabels(sequence(50))
	require.NoError(t, err)
	a, _, err := d.Split(0.5, seeded(3))
	require.NoError(t, err)
	b, _, err := d.Split(0.5, seeded(3))
	require.NoError(t, err)
	c, _, err := d.Split(0.5, seeded(4))
	require.NoError(t, err)
	assert.Equal(t, a.Labels(), b.Labels())
	assert.NotEqual(t, a.Labels(), c.Labels())
	assert.Equal(t, sequence(50), d.Labels())
}

func TestDatasetErrors(t *testing.T) {
	d := flowers(t)
	empty, err := d.Slice(2, 2)
	require.NoError(t, err)
	for _, test := range []struct {
		want string
		err  error
	}{
		{"datasets: WithLabels: 3 labels for 4 examples", second(d.WithLabels([]int{0, 1, 0}))},
		{"datasets: WithLabels: label 2 of example 1 is not a class, want 0 to 1", second(d.WithLabels([]int{0, 2, 0, 0}, "a", "b"))},
		{"datasets: WithLabels: label -1 of example 3 is not a class, want 0 to 1", second(d.WithLabels([]int{0, 1, 0, -1}))},
		{"datasets: WithTargets: 9 numbers in groups of shape (2) for 4 examples", second(d.WithTargets(make([]float64, 9), 2))},
		{"datasets: WithTargets: shape (0) has an axis of length 0", second(d.WithTargets(nil, 0))},
		{"datasets: Batch: index 4 is not an example, want 0 to 3", second(d.Batch(1, 4))},
		{"datasets: a batch needs at least one example", second(d.Batch())},
		{"datasets: a batch needs at least one example", second(empty.All())},
		{"datasets: Select: index -1 is not an example, want 0 to 3", second(d.Select(-1))},
		{"datasets: Select: index 2 occurs twice", second(d.Select(2, 0, 2))},
		{"datasets: Slice: 3 to 5 is not a range of 4 examples", second(d.Slice(3, 5))},
		{"datasets: Slice: 3 to 2 is not a range of 4 examples", second(d.Slice(3, 2))},
		{"datasets: Split: fraction 1 is not between 0 and 1", splitError(d, 1)},
		{"datasets: Split: fraction NaN is not between 0 and 1", splitError(d, nan)},
		{"datasets: Split: a fraction of 0.1 leaves a part of 4 examples empty", splitError(d, 0.1)},
		{"datasets: OneHot: the examples have no labels", second(must(t)(d.WithTargets(make([]float64, 4))).OneHot())},
		{"datasets: Signs: the examples have 3 classes, want 2", second(must(t)(d.WithLabels([]int{0, 1, 2, 0})).Signs())},
		{"datasets: With: transform 1 for examples of shape (3): it has 2 shifts and 1 scales, want 1 or 3", second(d.With(datasets.Scale(2), datasets.Transform{Shift: []float64{1, 2}, Scale: []float64{1}}))},
		{"datasets: With: transform 0 for examples of shape (3): feature 0 has scale 0", second(d.With(datasets.Scale(0)))},
		{"datasets: With: transform 0 for examples of shape (3): feature 0 has a number that is not finite, NaN", second(d.With(datasets.Scale(nan)))},
		{"datasets: With: transform 0 for examples of shape (3): it has 0 shifts and 0 scales, want 1 or 3", second(d.With(datasets.Transform{}))},
	} {
		assert.EqualError(t, test.err, test.want)
	}
}

func splitError(d *datasets.Dataset, fraction float64) error {
	_, _, err := d.Split(fraction, seeded(1))
	return err
}
