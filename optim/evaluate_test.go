package optim_test

import (
	"errors"
	"iter"
	"math"
	"slices"
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

// Scores of a regression have no accuracy, in whichever batch that shows.
func TestEvaluateOfARegression(t *testing.T) {
	signs := autodiff.Batch{X: sample.Vector(1, 2), Y: sample.Vector(1, -1)}
	for name, other := range map[string]autodiff.Batch{
		"targets": {X: sample.Vector(1, 2), Y: sample.Vector(1, 0.5)},
		"several": {X: sample.Matrix(2, 3, 1, 2, 3, 4, 5, 6), Y: sample.Matrix(2, 3, 0, 1, 0, 0.5, 0.25, 0.5)},
		"below 0": {X: sample.Matrix(1, 2, 1, 2), Y: sample.Matrix(1, 2, -1, 2)},
	} {
		for _, batches := range [][]autodiff.Batch{{signs, other}, {other, signs}} {
			e, err := scored(t).Evaluate(slices.Values(batches))
			require.NoError(t, err, name)
			assert.True(t, math.IsNaN(e.Accuracy), name)
		}
	}
}

// A widest is the largest score that it has seen.
type widest struct {
	seen, batches float64
	refuse        error
}

func (m *widest) Add(scores, truth *tensor.Dense) error {
	for _, v := range scores.Float64s() {
		m.seen = max(m.seen, v)
	}
	m.batches++
	return m.refuse
}

func (m *widest) Value() float64 { return m.seen + 100*m.batches }

func TestEvaluateAsksMetrics(t *testing.T) {
	begin := func() optim.Metric { return &widest{} }
	model := func(x *autodiff.Node) *autodiff.Node { return x }
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Mean().Add(x.Graph().Param(w)) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithScores(model), optim.WithMetric("widest", begin))
	require.NoError(t, err)
	batches := []autodiff.Batch{{X: sample.Vector(1, 2, 7), Y: sample.Vector(1, 2, 3)}, {X: sample.Vector(3), Y: sample.Vector(1)}}
	for range 2 { // each evaluation begins anew
		e, err := tr.Evaluate(slices.Values(batches))
		require.NoError(t, err)
		assert.Equal(t, map[string]float64{"widest": 207}, e.Metrics)
	}
	tr, err = optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithScores(model),
		optim.WithMetric("w", func() optim.Metric { return &widest{refuse: errors.New("too wide")} }))
	require.NoError(t, err)
	_, err = tr.Evaluate(slices.Values(batches))
	assert.EqualError(t, err, "optim: Evaluate: metric w: too wide")
}

func TestEvaluateRefuses(t *testing.T) {
	for _, test := range []struct {
		batches iter.Seq[autodiff.Batch]
		want    string
	}{
		{func(func(autodiff.Batch) bool) {}, "optim: Evaluate: there are no examples"},
		{sample.One(autodiff.Batch{X: sample.Vector(1, 2)}), "scores need examples and targets to be judged"},
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
