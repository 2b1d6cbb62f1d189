package optim_test

import (
	"context"
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// weighted is ½ the sum of the squared errors, each by the weight of its example.
func weighted(m sample.Linear) autodiff.LossFunc {
	return func(x, y *autodiff.Node) *autodiff.Node {
		return m.Forward(x).Sub(y).Square().Mul(x.Graph().Given("weights")).Sum().MulScalar(0.5)
	}
}

func weights(w ...float64) []autodiff.Named {
	return []autodiff.Named{{Name: "weights", Value: sample.Matrix(len(w), 1, w...)}}
}

// An example of weight 3 counts as three times the example, one of weight 0 not
// at all.
func TestWeightsAreExamplesRepeated(t *testing.T) {
	train := func(b autodiff.Batch) (sample.Linear, float64) {
		m := sample.NewLinear(sample.Rand(), 2, 1)
		tr, err := optim.NewTrainer(weighted(m), m.Params(), optim.Momentum{LearningRate: 0.01, Momentum: 0.9})
		require.NoError(t, err)
		for range 20 {
			_, err = tr.Step(b)
			require.NoError(t, err)
		}
		e, err := tr.Evaluate(sample.One(b))
		require.NoError(t, err)
		return m, e.Loss
	}
	a, lossA := train(autodiff.Batch{
		X: sample.Matrix(3, 2, 1, 2, 3, 4, 9, 9), Y: sample.Matrix(3, 1, 5, 6, 7), More: weights(3, 1, 0)})
	b, lossB := train(autodiff.Batch{
		X: sample.Matrix(4, 2, 1, 2, 1, 2, 1, 2, 3, 4), Y: sample.Matrix(4, 1, 5, 5, 5, 6), More: weights(1, 1, 1, 1)})
	// 20 steps on sums of four terms of order ten
	assert.InDeltaSlice(t, a.W.Value().Float64s(), b.W.Value().Float64s(), 1e-12)
	assert.InDelta(t, lossA, lossB, 1e-12)
}

func TestStepWithMoreAllocatesNothing(t *testing.T) {
	m := sample.NewLinear(sample.Rand(), 2, 1)
	tr, err := optim.NewTrainer(weighted(m), m.Params(), optim.SGD{LearningRate: 0.01})
	require.NoError(t, err)
	b := autodiff.Batch{X: sample.Matrix(2, 2, 1, 2, 3, 4), Y: sample.Matrix(2, 1, 5, 6), More: weights(3, 1)}
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		if _, err := tr.Step(b); err != nil {
			t.Error(err)
		}
	}))
}

func TestAValueThatTheBatchLacks(t *testing.T) {
	m := sample.NewLinear(sample.Rand(), 2, 1)
	tr, err := optim.NewTrainer(weighted(m), m.Params(), optim.SGD{LearningRate: 0.01})
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{X: sample.Matrix(1, 2, 1, 2), Y: sample.Matrix(1, 1, 5)})
	assert.ErrorContains(t, err, `the graph has no input named "weights"; it has examples, step, targets`)
	_, err = tr.Step(autodiff.Batch{X: sample.Matrix(1, 2, 1, 2), More: []autodiff.Named{{Name: "weights"}}})
	assert.EqualError(t, err, `optim: the batch's further value "weights": the tensor is nil`)
}

// The loss t·w, whose gradient is the number of the step.
func TestTheLossKnowsTheStep(t *testing.T) {
	w := autodiff.NewParam("w", sample.Scalar(100))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		return x.Graph().Param(w).Mul(x.Graph().Given("step"))
	}
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	for step, want := range []float64{100, 2 * 99, 3 * 97} {
		got, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
		assert.Equal(t, want, got, "step %d", step+1)
	}
	e, err := tr.Evaluate(sample.One(autodiff.Batch{}))
	require.NoError(t, err)
	assert.Equal(t, 3.0*94, e.Loss, "after the third step")
}

// centred subtracts from its input the mean over the batch while it learns, whose
// running mean it keeps, and that running mean when it is judged.
type centred struct {
	sample.Linear
	running *autodiff.Param
}

func newCentred() centred {
	return centred{sample.NewLinear(sample.Rand(), 2, 1), autodiff.NewParam("running", sample.Vector(0, 0))}
}

func (m centred) Forward(x *autodiff.Node) *autodiff.Node {
	g := x.Graph()
	mean := g.Param(m.running)
	if g.Training() {
		mean = x.Mean(0)
		g.Assign(m.running, g.Param(m.running).MulScalar(0.75).Add(mean.MulScalar(0.25)))
	}
	return m.Linear.Forward(x.Sub(mean))
}

func (m centred) loss(x, y *autodiff.Node) *autodiff.Node { return m.Forward(x).Sub(y).Square().Mean() }

func TestRunningStatistics(t *testing.T) {
	m := newCentred()
	tr, err := optim.NewTrainer(m.loss, m.Params(), optim.SGD{LearningRate: 1e-3})
	require.NoError(t, err)
	first := autodiff.Batch{X: sample.Matrix(2, 2, 1, 2, 3, 6), Y: sample.Matrix(2, 1, 5, 6)}
	other := autodiff.Batch{X: sample.Matrix(1, 2, 10, 20), Y: sample.Matrix(1, 1, 5)}
	for _, b := range []autodiff.Batch{first, other} {
		_, err = tr.Step(b)
		require.NoError(t, err)
	}
	running := []float64{0.75*0.5 + 0.25*10, 0.75*1 + 0.25*20}
	assert.Equal(t, running, m.running.Value().Float64s(), "after means of (2, 4) and (10, 20)")

	e, err := tr.Evaluate(sample.One(other))
	require.NoError(t, err)
	assert.Equal(t, running, m.running.Value().Float64s(), "Evaluate changes nothing")
	w, b := m.W.Value().Float64s(), m.B.Value().Float64s()
	score := w[0]*(10-running[0]) + w[1]*(20-running[1]) + b[0]
	assert.InDelta(t, (score-5)*(score-5), e.Loss, 1e-12, "the running mean, not the batch's")
}

// A step that fails leaves the statistics alone, and so does a training that
// falls back to the beginning of the epoch.
func TestStatisticsFallBack(t *testing.T) {
	m := newCentred()
	tr, err := optim.NewTrainer(m.loss, m.Params(), optim.SGD{LearningRate: 1e-3})
	require.NoError(t, err)
	good := autodiff.Batch{X: sample.Matrix(2, 2, 1, 2, 3, 6), Y: sample.Matrix(2, 1, 5, 6)}
	huge := autodiff.Batch{X: sample.Matrix(2, 2, 1, 2, 3, 6), Y: sample.Matrix(2, 1, 1e200, 6)}
	_, err = tr.Fit(context.Background(), batches{good, huge}, optim.Plan{Epochs: 1, BatchSize: 2, Rand: sample.Rand()})
	var diverged *optim.DivergedError
	require.ErrorAs(t, err, &diverged)
	assert.Equal(t, 2, diverged.Step)
	assert.Equal(t, []float64{0, 0}, m.running.Value().Float64s())
	assert.Zero(t, tr.Steps())
}

// batches is data that is yielded as it is.
type batches []autodiff.Batch

func (b batches) Len() int { return 2 * len(b) }

func (b batches) Minibatches(int, *rand.Rand) iter.Seq[autodiff.Batch] {
	return func(yield func(autodiff.Batch) bool) {
		for _, one := range b {
			if !yield(one) {
				return
			}
		}
	}
}

func TestALossMayNotAssignWhatIsTrained(t *testing.T) {
	m := sample.NewLinear(sample.Rand(), 2, 1)
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		x.Graph().Assign(m.B, x.Graph().Param(m.B).MulScalar(0.5))
		return m.Squared(x, y)
	}
	tr, err := optim.NewTrainer(loss, m.Params(), optim.SGD{LearningRate: 1e-3})
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{X: sample.Matrix(1, 2, 1, 2), Y: sample.Matrix(1, 1, 5)})
	assert.ErrorContains(t, err, "optim: the loss assigns b at loss_test.go:")
}
