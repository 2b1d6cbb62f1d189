package optim_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// newTask returns a model, a trainer for it and points to learn.
func newTask(t *testing.T, rule optim.Rule, n int) (sample.Linear, *optim.Trainer, *sample.Points) {
	rng := sample.Rand()
	data := sample.NewPoints(rng, n, 3, 3)
	model := sample.NewLinear(rng, 3, 3)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), rule, optim.WithScores(model.Forward))
	require.NoError(t, err)
	return model, trainer, data
}

func TestFitLearns(t *testing.T) {
	for _, rule := range []optim.Rule{
		optim.SGD{LearningRate: 0.2}, optim.Momentum{LearningRate: 0.05}, optim.Nesterov{LearningRate: 0.05},
		optim.AdaGrad{LearningRate: 0.2}, optim.RMSProp{LearningRate: 0.02}, optim.Adam{LearningRate: 0.05},
	} {
		_, trainer, data := newTask(t, rule, 200)
		before, err := trainer.Evaluate(data.Minibatches(0, nil))
		require.NoError(t, err)
		epochs, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 20, BatchSize: 32, Rand: sample.Rand()})
		require.NoError(t, err)
		after, err := trainer.Evaluate(data.Minibatches(0, nil))
		require.NoError(t, err)
		assert.Less(t, after.Loss, before.Loss, "%T", rule)
		// corners √8 apart with noise 0.5: half the distance is 2.8 σ, so some 99 % can be told apart
		assert.Greater(t, after.Accuracy, 0.95, "%T", rule)
		require.Len(t, epochs, 20)
		assert.Equal(t, optim.Epoch{Number: 20, Steps: 140, Examples: 200, Loss: epochs[19].Loss, Elapsed: epochs[19].Elapsed}, epochs[19])
		assert.Less(t, epochs[19].Loss, epochs[0].Loss)
	}
}

func TestFitEqualsSteps(t *testing.T) {
	rule := optim.Momentum{LearningRate: 0.1}
	fitted, trainer, data := newTask(t, rule, 10)
	_, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 2, BatchSize: 4, Rand: sample.Rand()})
	require.NoError(t, err)
	stepped, trainer, data := newTask(t, rule, 10)
	batches := data.Minibatches(4, sample.Rand())
	for range 2 {
		for b := range batches {
			_, err := trainer.Step(b)
			require.NoError(t, err)
		}
	}
	assert.Equal(t, stepped.W.Value().Float64s(), fitted.W.Value().Float64s())
}

func TestGradientDescentTakesOneStepAnEpoch(t *testing.T) {
	_, trainer, data := newTask(t, optim.WeightDecay(optim.GradientDescent{LearningRate: 0.1}, 0.01), 50)
	epochs, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 7})
	require.NoError(t, err)
	assert.Equal(t, 7, trainer.Steps())
	for i := range 6 { // a convex loss and a small step
		assert.Less(t, epochs[i+1].Loss, epochs[i].Loss)
	}
}

func TestFitRefuses(t *testing.T) {
	_, sgd, data := newTask(t, optim.SGD{LearningRate: 0.1}, 10)
	_, whole, _ := newTask(t, optim.ClipValue(optim.GradientDescent{LearningRate: 0.1}, 1), 10)
	for _, test := range []struct {
		trainer *optim.Trainer
		data    *sample.Points
		plan    optim.Plan
		want    string
	}{
		{sgd, data, optim.Plan{BatchSize: 4, Rand: sample.Rand()}, "Epochs is 0, want at least 1"},
		{sgd, data, optim.Plan{Epochs: 1, BatchSize: -4, Rand: sample.Rand()}, "BatchSize is -4"},
		{sgd, data, optim.Plan{Epochs: 1, BatchSize: 4}, "minibatches need a Rand"},
		{whole, data, optim.Plan{Epochs: 1, BatchSize: 4, Rand: sample.Rand()}, "GradientDescent takes all examples at once"},
		{sgd, data, optim.Plan{Epochs: 1, Patience: -1}, "Patience is -1"},
		{sgd, data, optim.Plan{Epochs: 1, Patience: 1}, "Patience and Plateau need a Validation"},
		{sgd, &sample.Points{Cols: 3}, optim.Plan{Epochs: 1}, "there are no examples"},
	} {
		_, err := test.trainer.Fit(t.Context(), test.data, test.plan)
		assert.ErrorContains(t, err, test.want)
		assert.Zero(t, test.trainer.Steps())
	}
}

func TestFitStopsWithTheContext(t *testing.T) {
	model, trainer, data := newTask(t, optim.SGD{LearningRate: 0.1}, 10)
	ctx, cancel := context.WithCancel(t.Context())
	var seen []float64
	epochs, err := trainer.Fit(ctx, data, optim.Plan{Epochs: 9, BatchSize: 4, Rand: sample.Rand(), OnEpoch: func(e optim.Epoch) error {
		if e.Number == 2 {
			seen = slices.Clone(model.W.Value().Float64s())
			cancel()
		}
		return nil
	}})
	assert.ErrorIs(t, err, context.Canceled)
	assert.Len(t, epochs, 2)
	assert.Equal(t, 6, trainer.Steps())
	assert.Equal(t, seen, model.W.Value().Float64s())
}

func TestOnEpochStops(t *testing.T) {
	broken := errors.New("disk full")
	for _, test := range []struct{ returned, want error }{{optim.ErrStop, nil}, {broken, broken}} {
		_, trainer, data := newTask(t, optim.SGD{LearningRate: 0.1}, 10)
		epochs, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 5, OnEpoch: func(optim.Epoch) error { return test.returned }})
		assert.Equal(t, test.want, err)
		assert.Len(t, epochs, 1)
	}
}

// TestEarlyStoppingRestoresTheBest lets a weight walk from 0 past its best value
// for the validation set, 5 at ½ a step, towards that of the training set, 100.
func TestEarlyStoppingRestoresTheBest(t *testing.T) {
	for _, epochs := range []int{100, 12} { // ended by patience, and by the number of epochs
		w := autodiff.NewParam("w", sample.Scalar(0))
		loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Sub(x.Graph().Param(w)).Abs().Mean() }
		trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 0.5})
		require.NoError(t, err)
		data := &sample.Points{X: []float64{100}, Cols: 1, Labels: []int{0}}
		done, err := trainer.Fit(t.Context(), data, optim.Plan{
			Epochs: epochs, Patience: 3, Validation: sample.One(autodiff.Batch{X: sample.Matrix(1, 1, 5)}),
		})
		require.NoError(t, err)
		assert.Len(t, done, min(epochs, 13))
		assert.Equal(t, 5.0, w.Value().Float64s()[0])
		assert.Equal(t, 10, trainer.Steps())
	}
}

// TestFitRestoresTheLastGoodEpoch lowers ln w by steps of 1, two an epoch, until
// w = 0.
func TestFitRestoresTheLastGoodEpoch(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(3))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Log().Sum().Add(x.Mean()) }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, unit{})
	require.NoError(t, err)
	data := &sample.Points{X: []float64{1, 2}, Cols: 1, Labels: []int{0, 0}}
	epochs, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 9, BatchSize: 1, Rand: sample.Rand()})
	var diverged *optim.DivergedError
	require.ErrorAs(t, err, &diverged)
	assert.Equal(t, 4, diverged.Step)
	assert.Len(t, epochs, 1)
	assert.Equal(t, []float64{1}, w.Value().Float64s()) // as the second epoch began
	assert.Equal(t, 2, trainer.Steps())
}

// unit takes steps of length 1 against the gradient's sign.
type unit struct{}

func (unit) Slots() int       { return 0 }
func (unit) Rate(int) float64 { return 1 }
func (unit) Update(u optim.Update) (*autodiff.Node, []*autodiff.Node) {
	return u.W.Sub(u.Rate.Mul(u.G.Sign())), nil
}

func TestFitRestoresBehindABadEpochStart(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(4))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Log().Sum().Add(x.Mean()) }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, unit{})
	require.NoError(t, err)
	data := &sample.Points{X: []float64{1, 2}, Cols: 1, Labels: []int{0, 0}}
	_, err = trainer.Fit(t.Context(), data, optim.Plan{Epochs: 9, BatchSize: 1, Rand: sample.Rand()})
	require.Error(t, err)
	assert.Equal(t, []float64{2}, w.Value().Float64s()) // the third epoch began with w = 0
	assert.Equal(t, 2, trainer.Steps())
}

// The root of w has an infinite slope at w = 0, though its value is finite. Only
// the last step follows it.
func TestFitFindsSpoiledParameters(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(2))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Sqrt().Sum().Add(x.Mean()) }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, unit{}, optim.WithoutGradientNorm())
	require.NoError(t, err)
	data := &sample.Points{X: []float64{1, 2, 3}, Cols: 1, Labels: []int{0, 0, 0}}
	_, err = trainer.Fit(t.Context(), data, optim.Plan{Epochs: 1, BatchSize: 1, Rand: sample.Rand()})
	require.NoError(t, err, "the sign of the slope is finite")
	assert.Equal(t, []float64{-1}, w.Value().Float64s())

	copy(w.Value().Float64s(), []float64{0})
	trainer, err = optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithoutGradientNorm())
	require.NoError(t, err)
	data = &sample.Points{X: []float64{1}, Cols: 1, Labels: []int{0}}
	epochs, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 1})
	var diverged *optim.DivergedError
	require.ErrorAs(t, err, &diverged)
	assert.ErrorContains(t, err, "optim: Fit: w has an element -Inf after epoch 1: optim: step 1: gradient is not finite, loss is 1")
	assert.Empty(t, epochs)
	assert.Equal(t, []float64{0}, w.Value().Float64s())
	assert.Zero(t, trainer.Steps())
}

func TestProgressIsOneLine(t *testing.T) {
	var out strings.Builder
	_, trainer, data := newTask(t, optim.SGD{LearningRate: 0.1}, 10)
	_, err := trainer.Fit(t.Context(), data, optim.Plan{Epochs: 3, BatchSize: 4, Rand: sample.Rand(), Progress: &out})
	require.NoError(t, err)
	lines := strings.Split(out.String(), "\r")
	assert.Regexp(t, `^epoch 3/3  0s left  loss \S+  \d+ examples/s *\n$`, lines[len(lines)-1])
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
}

func TestShortProgressLeavesFilesAlone(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	require.NoError(t, err)
	defer file.Close()
	_, trainer, data := newTask(t, optim.SGD{LearningRate: 0.1}, 10)
	_, err = trainer.Fit(t.Context(), data, optim.Plan{Epochs: 1, Progress: file})
	require.NoError(t, err)
	info, err := file.Stat()
	require.NoError(t, err)
	assert.Zero(t, info.Size())
}

// watched fits as long as patience lasts, going by the given values of the epochs.
func watched(t *testing.T, minDelta float64, values ...float64) (restored int, ran int) {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Neg().Add(x.Mean().MulScalar(0)) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	epochs, err := tr.Fit(t.Context(), sample.NewPoints(sample.Rand(), 4, 3, 2), optim.Plan{
		Epochs: len(values), Patience: 2, MinDelta: minDelta,
		Watch: func(e optim.Epoch) float64 { return values[e.Number-1] },
	})
	require.NoError(t, err)
	for _, e := range epochs {
		if e.Restored {
			assert.Zero(t, restored, "one epoch is restored")
			restored = e.Number
		}
	}
	assert.Equal(t, float64(restored), w.Value().ScalarValue(), "one step of 1 an epoch")
	assert.Equal(t, restored, tr.Steps())
	return restored, len(epochs)
}

func TestFitWatches(t *testing.T) {
	for _, c := range []struct {
		minDelta      float64
		values        []float64
		restored, ran int
	}{
		{0, []float64{5, 4, 4.5, 3, 2.5}, 5, 5},
		{0, []float64{5, 4, 4.5, 4, 1}, 2, 4},
		{0, []float64{5, 4.9, 4.8, 4.7, 4.6}, 5, 5},
		{0.5, []float64{5, 4.9, 4.8, 4.7, 4.6}, 1, 3},
		{0.5, []float64{5, 4.9, 4.4, 4.3, 3}, 5, 5},
		{0, []float64{-1, -2}, 2, 2},
	} {
		restored, ran := watched(t, c.minDelta, c.values...)
		assert.Equal(t, c.restored, restored, "%v", c)
		assert.Equal(t, c.ran, ran, "%v", c)
	}
}
