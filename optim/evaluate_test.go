package optim_test

import (
	"iter"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

func TestEvaluateDoesNotDependOnTheBatchSize(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 23, 4, 3)
	data.Ordered = true
	model := sample.NewLinear(sample.Rand(), 4, 3)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.SGD{LearningRate: 1}, optim.WithScores(model.Forward))
	require.NoError(t, err)
	loss, accuracy := model.Evaluate(data)
	for _, size := range []int{1, 5, 22, 23, 5} {
		e, err := trainer.Evaluate(data.Minibatches(size, nil))
		require.NoError(t, err)
		assert.Equal(t, 23, e.Examples)
		assert.Equal(t, accuracy, e.Accuracy)
		assert.InDelta(t, loss, e.Loss, 23*20*0x1p-53*max(loss, 1)) // 23 terms of some 20 operations
	}
	assert.Zero(t, trainer.Steps())
}

// scored returns a trainer whose examples are their own scores.
func scored(t *testing.T) *optim.Trainer {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Sum().MulScalar(0).Add(x.Graph().Param(w)) }
	model := func(x *autodiff.Node) *autodiff.Node { return x }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithScores(model))
	require.NoError(t, err)
	return trainer
}

func TestAccuracy(t *testing.T) {
	labels := func(y ...int) *tensor.Dense { return tensor.New(tensor.WithShape(len(y)), tensor.WithBacking(y)) }
	for name, test := range map[string]struct {
		scores, truth *tensor.Dense
		want          float64
	}{
		"labels":              {sample.Matrix(4, 3, 1, 3, 2, 5, 4, 0, 0, 1, 2, 7, 8, 9), labels(1, 0, 2, 0), 0.75},
		"the first of equals": {sample.Matrix(2, 3, 0, 0, 0, 0, 0, 0), labels(0, 1), 0.5},
		"signs":               {sample.Matrix(4, 1, 0.5, -2, 3, 0), sample.Matrix(4, 1, 1, -1, -1, 1), 0.5},
		"signs of a vector":   {sample.Vector(0.5, -2, 3, -1), sample.Vector(1, -1, 1, 1), 0.75},
		"one-hot":             {sample.Matrix(2, 3, 1, 3, 2, 5, 4, 0), sample.Matrix(2, 3, 0, 1, 0, 0, 0, 1), 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := scored(t).Evaluate(sample.One(autodiff.Batch{X: test.scores, Y: test.truth}))
			require.NoError(t, err)
			assert.Equal(t, test.want, e.Accuracy)
		})
	}
}

func TestAccuracyIsNaNWithoutScores(t *testing.T) {
	model := sample.NewLinear(sample.Rand(), 4, 3)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	e, err := trainer.Evaluate(sample.NewPoints(sample.Rand(), 5, 4, 3).Minibatches(0, nil))
	require.NoError(t, err)
	assert.True(t, math.IsNaN(e.Accuracy))
}

func TestEvaluateRefuses(t *testing.T) {
	for _, test := range []struct {
		batches iter.Seq[autodiff.Batch]
		want    string
	}{
		{func(func(autodiff.Batch) bool) {}, "optim: Evaluate: there are no examples"},
		{sample.One(autodiff.Batch{X: sample.Vector(1, 2), Y: sample.Vector(1, 0.5)}), "example 1 has target 0.5, want -1 or 1"},
		{sample.One(autodiff.Batch{X: sample.Vector(1, 2)}), "accuracy needs examples and targets"},
		{sample.One(autodiff.Batch{X: sample.Vector(1, 2), Y: sample.Vector(1, 1, 1)}), "scores of shape (2) do not go with targets (3)"},
		{sample.One(autodiff.Batch{X: sample.Vector(1, math.NaN()), Y: sample.Vector(1, 1)}), "element (1) is NaN"},
	} {
		_, err := scored(t).Evaluate(test.batches)
		assert.ErrorContains(t, err, test.want)
	}
}

func TestEvaluateOfADivergedModel(t *testing.T) {
	model := sample.NewLinear(sample.Rand(), 4, 3)
	model.B.Value().Float64s()[1] = math.Inf(1)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Evaluate(sample.NewPoints(sample.Rand(), 5, 4, 3).Minibatches(0, nil))
	assert.ErrorContains(t, err, "optim: step 0: loss is NaN: first not finite: b (3) at")
}
