package search_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/curvature"
	"declive/optim/internal/sample"
	"declive/optim/search"
)

// tried makes tries for points and returns them, with the weights it ends at.
func tried(t *testing.T, data *sample.Points, tries, together, size int) ([]search.Try, *autodiff.Param) {
	w := autodiff.NewParam("W", sample.Matrix(3, data.Cols, make([]float64, 3*data.Cols)...))
	s, err := search.NewRandom(sample.CrossEntropy, w, search.Tries{Scale: 0.5, Together: together, Rand: sample.Rand()})
	require.NoError(t, err)
	var all []search.Try
	for try, err := range s.Try(tries, data.Minibatches(size, nil)) {
		require.NoError(t, err)
		all = append(all, try)
	}
	return all, w
}

func TestRandomKeepsTheBest(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 23, 4, 3)
	data.Ordered = true
	tries, w := tried(t, data, 50, 8, 10)
	require.Len(t, tries, 50)
	lowest := math.Inf(1)
	for i, try := range tries {
		lowest = min(lowest, try.Loss)
		assert.Equal(t, search.Try{Number: i + 1, Loss: try.Loss, Lowest: lowest}, try)
	}
	loss, _ := sample.Linear{W: w, B: autodiff.NewParam("b", sample.Vector(0, 0, 0))}.Evaluate(data)
	assert.InDelta(t, loss, lowest, 23*20*0x1p-53*loss) // 23 terms of some 20 operations
}

func TestTriesDoNotDependOnWhatGoesTogether(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 23, 4, 3)
	data.Ordered = true
	want, best := tried(t, data, 20, 1, 0)
	for _, together := range []int{3, 20, 64} {
		for _, size := range []int{7, 23} {
			tries, w := tried(t, data, 20, together, size)
			for i := range want {
				assert.InDelta(t, want[i].Loss, tries[i].Loss, 23*20*0x1p-53*want[i].Loss)
			}
			assert.Equal(t, best.Value().Float64s(), w.Value().Float64s())
		}
	}
}

func TestRandomSteps(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 2100, 4, 3) // three blocks
	data.Single = true
	w := autodiff.NewParam("W", tensor.New(tensor.WithShape(3, 4), tensor.Of(tensor.Float32)))
	s, err := search.NewRandom(sample.CrossEntropy, w, search.Tries{Scale: 0.5, Together: 5, Rand: sample.Rand()})
	require.NoError(t, err)
	for batch := range data.Minibatches(0, nil) {
		first, err := s.Step(batch)
		require.NoError(t, err)
		last := first
		for range 20 {
			last, err = s.Step(batch)
			require.NoError(t, err)
		}
		assert.Less(t, last, first)
		trainer, err := optim.NewTrainer(func(x, y *autodiff.Node) *autodiff.Node {
			return sample.CrossEntropy(x.MatMul(x.Graph().Param(w).T()), y)
		}, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
		require.NoError(t, err)
		e, err := trainer.Evaluate(sample.One(batch))
		require.NoError(t, err)
		assert.InDelta(t, last, e.Loss, 2100*0x1p-24*last) // sums of 2100 in float32
	}
}

func TestRandomStopsWithTheLoop(t *testing.T) {
	w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
	s, err := search.NewRandom(sample.CrossEntropy, w, search.Tries{Rand: sample.Rand(), Together: 4})
	require.NoError(t, err)
	batches := sample.NewPoints(sample.Rand(), 9, 4, 3).Minibatches(0, nil)
	for try := range s.Try(100, batches) {
		if try.Number == 3 {
			break
		}
	}
	for try := range s.Try(1, batches) {
		assert.Equal(t, 4, try.Number)
	}
}

// notANumber fails for scores whose first is negative.
func notANumber(s, y *autodiff.Node) *autodiff.Node {
	return s.Slice(0, 0, 1).Slice(1, 0, 1).Sqrt().Sum().Add(sample.CrossEntropy(s, y).MulScalar(0))
}

func TestNotANumberIsNeverTheBest(t *testing.T) {
	w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
	s, err := search.NewRandom(notANumber, w, search.Tries{Rand: sample.Rand()})
	require.NoError(t, err)
	failed := 0
	for try, err := range s.Try(100, sample.NewPoints(sample.Rand(), 9, 4, 3).Minibatches(0, nil)) {
		require.NoError(t, err)
		if math.IsNaN(try.Loss) {
			failed++
		}
		if failed < try.Number {
			assert.False(t, math.IsNaN(try.Lowest))
		}
	}
	assert.Positive(t, failed)
	assert.Less(t, failed, 100)
}

func TestSearchesRefuse(t *testing.T) {
	w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
	for _, test := range []struct {
		w    *autodiff.Param
		t    search.Tries
		want string
	}{
		{autodiff.NewParam("v", sample.Vector(1, 2)), search.Tries{Rand: sample.Rand()}, "v has shape (2), want that of a matrix"},
		{w, search.Tries{Scale: -1, Rand: sample.Rand()}, "Scale is -1"},
		{w, search.Tries{Together: -1, Rand: sample.Rand()}, "Together is -1"},
		{w, search.Tries{}, "Rand is nil"},
	} {
		_, err := search.NewRandom(sample.CrossEntropy, test.w, test.t)
		assert.ErrorContains(t, err, test.want)
		_, err = search.NewWeighted(sample.CrossEntropy, test.w, search.Weighting{Tries: 1}, test.t)
		assert.ErrorContains(t, err, test.want)
	}
	_, err := search.NewWeighted(sample.CrossEntropy, w, search.Weighting{}, search.Tries{Rand: sample.Rand()})
	assert.ErrorContains(t, err, "Tries is 0")
	_, err = search.NewWeighted(sample.CrossEntropy, w, search.Weighting{Tries: 1, Temperature: -1}, search.Tries{Rand: sample.Rand()})
	assert.ErrorContains(t, err, "Temperature is -1")
}

func TestSearchReportsABadBatch(t *testing.T) {
	w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
	s, err := search.NewRandom(sample.CrossEntropy, w, search.Tries{Rand: sample.Rand()})
	require.NoError(t, err)
	_, err = s.Step(autodiff.Batch{X: sample.Matrix(1, 5, 1, 2, 3, 4, 5), Y: tensor.New(tensor.WithShape(1), tensor.WithBacking([]int{0}))})
	assert.ErrorContains(t, err, "MatMul")
	for _, err := range s.Try(1, func(func(autodiff.Batch) bool) {}) {
		assert.ErrorContains(t, err, "there are no examples")
	}
}

// cosine returns the cosine between the step that n tries imply and the negative
// gradient, and the number of weights.
func cosine(t *testing.T, n int, rng *rand.Rand, data *sample.Points) (float64, int) {
	w := autodiff.NewParam("W", sample.Matrix(3, data.Cols, sample.Normal(rng, 3*data.Cols)...))
	s, err := search.NewWeighted(sample.CrossEntropy, w, search.Weighting{Tries: n}, search.Tries{Rand: rng})
	require.NoError(t, err)
	before := slices.Clone(w.Value().Float64s())
	var batch iter.Seq[autodiff.Batch] = data.Minibatches(0, nil)
	_, step, err := s.Direction(batch)
	require.NoError(t, err)
	assert.Equal(t, before, w.Value().Float64s())
	var g []float64
	for b := range batch {
		o, err := curvature.NewObjective(func(x, y *autodiff.Node) *autodiff.Node {
			return sample.CrossEntropy(x.MatMul(x.Graph().Param(w).T()), y)
		}, []*autodiff.Param{w}, b)
		require.NoError(t, err)
		g = make([]float64, o.Dim())
		_, err = o.Gradient(g)
		require.NoError(t, err)
	}
	return -floats.Dot(g, step) / floats.Norm(g, 2) / floats.Norm(step, 2), len(g)
}

// TestWeightedFollowsTheGradient compares the mean cosine over some seeds
// with the formula of Weighted. That is one of many tries, with relative
// errors of order 1/√n.
func TestWeightedFollowsTheGradient(t *testing.T) {
	rng := sample.Rand()
	data := sample.NewPoints(rng, 20, 10, 3)
	last := 0.0
	for _, n := range []int{10, 100, 1000, 3000} {
		mean, d := 0.0, 0
		for range 10 {
			c, weights := cosine(t, n, rng, data)
			mean, d = mean+c/10, weights
		}
		assert.InDelta(t, 1/math.Sqrt(1+math.E*float64(d)/float64(n)), mean, 1/math.Sqrt(float64(n)), "%d tries", n)
		assert.Greater(t, mean, last)
		last = mean
	}
	assert.Greater(t, last, 0.98)
}

func TestTemperature(t *testing.T) {
	batch := sample.NewPoints(sample.Rand(), 20, 4, 3).Minibatches(0, nil)
	direction := func(tries int, temperature float64) []float64 {
		w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
		s, err := search.NewWeighted(sample.CrossEntropy, w, search.Weighting{Tries: tries, Temperature: temperature}, search.Tries{Scale: 1, Rand: sample.Rand()})
		require.NoError(t, err)
		_, step, err := s.Direction(batch)
		require.NoError(t, err)
		return step
	}
	// cold: the best of the tries alone, which a random search finds, too
	w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
	s, err := search.NewRandom(sample.CrossEntropy, w, search.Tries{Scale: 1, Rand: sample.Rand()})
	require.NoError(t, err)
	for _, err := range s.Try(50, batch) {
		require.NoError(t, err)
	}
	assert.Equal(t, w.Value().Float64s(), direction(50, 1e-6))
	// hot: the mean of standard normal numbers, of deviation 1/√4000
	for _, v := range direction(4000, 1e6) {
		assert.InDelta(t, 0, v, 5/math.Sqrt(4000))
	}
}

func TestWeightedLowersTheLoss(t *testing.T) {
	w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
	s, err := search.NewWeighted(sample.CrossEntropy, w, search.Weighting{Tries: 100}, search.Tries{Scale: 0.3, Rand: sample.Rand()})
	require.NoError(t, err)
	for batch := range sample.NewPoints(sample.Rand(), 50, 4, 3).Minibatches(0, nil) {
		first, err := s.Step(batch)
		require.NoError(t, err)
		last := first
		for range 20 {
			last, err = s.Step(batch)
			require.NoError(t, err)
		}
		assert.Less(t, last, first/2)
	}
}

func TestWeightedOfEqualLossesAndOfNone(t *testing.T) {
	w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
	batch := sample.NewPoints(sample.Rand(), 5, 4, 3).Minibatches(0, nil)
	constant := func(s, y *autodiff.Node) *autodiff.Node { return s.Sum().MulScalar(0) }
	s, err := search.NewWeighted(constant, w, search.Weighting{Tries: 10}, search.Tries{Scale: 1, Rand: sample.Rand()})
	require.NoError(t, err)
	_, step, err := s.Direction(batch)
	require.NoError(t, err)
	assert.False(t, math.IsNaN(floats.Norm(step, 2)))
	s, err = search.NewWeighted(notANumber, w, search.Weighting{Tries: 10}, search.Tries{Scale: 1, Rand: sample.Rand()})
	require.NoError(t, err)
	_, _, err = s.Direction(batch)
	assert.EqualError(t, err, "optim: step 1: loss is NaN")
}

// TestWeightedOfAnySize moves the same way whatever the unit of the loss.
func TestWeightedOfAnySize(t *testing.T) {
	moved := func(unit float64) []float64 {
		w := autodiff.NewParam("W", sample.Matrix(3, 4, make([]float64, 12)...))
		loss := func(s, y *autodiff.Node) *autodiff.Node { return sample.CrossEntropy(s, y).MulScalar(unit) }
		s, err := search.NewWeighted(loss, w, search.Weighting{Tries: 20}, search.Tries{Scale: 0.1, Rand: sample.Rand()})
		require.NoError(t, err)
		_, err = s.Step(sample.NewPoints(sample.Rand(), 23, 4, 3).Batch(0, 1, 2, 3, 4, 5, 6))
		require.NoError(t, err)
		return w.Value().Float64s()
	}
	want := moved(1)
	for _, unit := range []float64{0x1p700, 0x1p-700, 0x1p1010} {
		assert.InDeltaSlice(t, want, moved(unit), 1e-12, "%v", unit)
	}
}

func TestSearchStepRefusesFurtherValues(t *testing.T) {
	b := sample.NewPoints(sample.Rand(), 4, 3, 2).All()
	b.More = []autodiff.Named{{Name: "mask", Value: b.X}}
	s, err := search.NewRandom(sample.CrossEntropy, classifier(), few())
	require.NoError(t, err)
	_, err = s.Step(b)
	assert.EqualError(t, err, `search: the batch has a further value "mask", which a step cannot cut into pieces; use Try`)
	for _, err := range s.Try(3, sample.One(b)) {
		assert.NoError(t, err)
	}
}
