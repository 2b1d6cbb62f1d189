package optim_test

import (
	"iter"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
)

func TestEvaluateDoesNotDependOnTheBatchSize(t *testing.T) {
	data := newPoints(newRand(), 23, 4, 3)
	data.ordered = true
	model := newLinear(newRand(), 4, 3)
	trainer, err := optim.NewTrainer(model.softmax, model.params(), optim.SGD{LearningRate: 1}, optim.WithScores(model.forward))
	require.NoError(t, err)
	loss, accuracy := evaluate(model, data)
	for _, size := range []int{1, 5, 22, 23, 5} {
		e, err := trainer.Evaluate(data.Minibatches(size, nil))
		require.NoError(t, err)
		assert.Equal(t, 23, e.Examples)
		assert.Equal(t, accuracy, e.Accuracy)
		assert.InDelta(t, loss, e.Loss, 23*20*0x1p-53*max(loss, 1)) // 23 terms of some 20 operations
	}
	assert.Zero(t, trainer.Steps())
}

// evaluate returns softmax loss and accuracy by plain loops.
func evaluate(m linear, data *points) (loss, accuracy float64) {
	w, b := m.w.Value().Float64s(), m.b.Value().Float64s()
	for i, y := range data.labels {
		s := slices.Clone(b)
		sum := 0.0
		for c := range s {
			for j := range data.cols {
				s[c] += w[c*data.cols+j] * data.x[i*data.cols+j]
			}
			sum += math.Exp(s[c])
		}
		loss += (math.Log(sum) - s[y]) / float64(data.Len())
		if slices.Index(s, slices.Max(s)) == y {
			accuracy++
		}
	}
	return loss, accuracy / float64(data.Len())
}

// scored returns a trainer whose examples are their own scores.
func scored(t *testing.T) *optim.Trainer {
	w := autodiff.NewParam("w", scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Sum().MulScalar(0).Add(x.Graph().Param(w)) }
	model := func(x *autodiff.Node) *autodiff.Node { return x }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithScores(model))
	require.NoError(t, err)
	return trainer
}

func one(b autodiff.Batch) iter.Seq[autodiff.Batch] { return slices.Values([]autodiff.Batch{b}) }

func TestAccuracy(t *testing.T) {
	labels := func(y ...int) *tensor.Dense { return tensor.New(tensor.WithShape(len(y)), tensor.WithBacking(y)) }
	for name, test := range map[string]struct {
		scores, truth *tensor.Dense
		want          float64
	}{
		"labels":              {matrix(4, 3, 1, 3, 2, 5, 4, 0, 0, 1, 2, 7, 8, 9), labels(1, 0, 2, 0), 0.75},
		"the first of equals": {matrix(2, 3, 0, 0, 0, 0, 0, 0), labels(0, 1), 0.5},
		"signs":               {matrix(4, 1, 0.5, -2, 3, 0), matrix(4, 1, 1, -1, -1, 1), 0.5},
		"signs of a vector":   {vector(0.5, -2, 3, -1), vector(1, -1, 1, 1), 0.75},
		"one-hot":             {matrix(2, 3, 1, 3, 2, 5, 4, 0), matrix(2, 3, 0, 1, 0, 0, 0, 1), 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := scored(t).Evaluate(one(autodiff.Batch{X: test.scores, Y: test.truth}))
			require.NoError(t, err)
			assert.Equal(t, test.want, e.Accuracy)
		})
	}
}

func TestAccuracyIsNaNWithoutScores(t *testing.T) {
	model := newLinear(newRand(), 4, 3)
	trainer, err := optim.NewTrainer(model.softmax, model.params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	e, err := trainer.Evaluate(newPoints(newRand(), 5, 4, 3).Minibatches(0, nil))
	require.NoError(t, err)
	assert.True(t, math.IsNaN(e.Accuracy))
}

func TestEvaluateRefuses(t *testing.T) {
	for _, test := range []struct {
		batches iter.Seq[autodiff.Batch]
		want    string
	}{
		{func(func(autodiff.Batch) bool) {}, "optim: Evaluate: there are no examples"},
		{one(autodiff.Batch{X: vector(1, 2), Y: vector(1, 0.5)}), "example 1 has target 0.5, want -1 or 1"},
		{one(autodiff.Batch{X: vector(1, 2)}), "accuracy needs examples and targets"},
		{one(autodiff.Batch{X: vector(1, 2), Y: vector(1, 1, 1)}), "scores of shape (2) do not go with targets (3)"},
		{one(autodiff.Batch{X: vector(1, math.NaN()), Y: vector(1, 1)}), "element (1) is NaN"},
	} {
		_, err := scored(t).Evaluate(test.batches)
		assert.ErrorContains(t, err, test.want)
	}
}

func TestEvaluateOfADivergedModel(t *testing.T) {
	model := newLinear(newRand(), 4, 3)
	model.b.Value().Float64s()[1] = math.Inf(1)
	trainer, err := optim.NewTrainer(model.softmax, model.params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Evaluate(newPoints(newRand(), 5, 4, 3).Minibatches(0, nil))
	assert.ErrorContains(t, err, "optim: step 0: loss is NaN: first not finite: b (3) at")
}
