package optim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// runner returns a parameter at 0 that falls by 1 a step, a statistic that goes half
// the way to 8 a step, and a trainer that looks ahead.
func runner(t require.TestingT, every int, decay optim.Schedule) (w, statistic *autodiff.Param, tr *optim.Trainer) {
	w, statistic = autodiff.NewParam("w", sample.Scalar(0)), autodiff.NewParam("m", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		if g.Training() {
			g.Assign(statistic, g.Param(statistic).AddScalar(8).MulScalar(0.5))
		}
		return g.Param(w).Add(g.Param(statistic).MulScalar(100))
	}
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithLookahead(every, decay))
	require.NoError(t, err)
	return w, statistic, tr
}

// growing is a decay that depends on the step: 0, ⅛, ¼, … after every third step.
func growing(step int) float64 { return float64(step-3) / 24 }

func TestLookahead(t *testing.T) {
	w, m, tr := runner(t, 3, growing)
	var weight, statistic, slow, slowStatistic float64
	for step := 1; step <= 12; step++ {
		_, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
		weight, statistic = weight-1, (statistic+8)/2
		if step%3 == 0 {
			d := growing(step)
			slow, slowStatistic = d*slow+(1-d)*weight, d*slowStatistic+(1-d)*statistic
			weight, statistic = slow, slowStatistic
		}
		// some roundings of numbers below 16 at each step
		assert.InDelta(t, weight, w.Value().ScalarValue(), 1e-13, "step %d", step)
		assert.InDelta(t, statistic, m.Value().ScalarValue(), 1e-13, "step %d", step)

		e, err := tr.Evaluate(sample.One(autodiff.Batch{}))
		require.NoError(t, err)
		assert.InDelta(t, slow+100*slowStatistic, e.Loss, 1e-11, "the averages are judged, step %d", step)
	}
	assert.NotEqual(t, 0.0, growing(12))
	_, err := tr.Step(autodiff.Batch{})
	require.NoError(t, err)
	tr.TakeAverage()
	assert.InDelta(t, slow, w.Value().ScalarValue(), 1e-13)
	assert.InDelta(t, slowStatistic, m.Value().ScalarValue(), 1e-13)
}

// A training that goes on from a state in the middle of a run ahead has the bits of
// one that was not interrupted, also where it is judged before its first step.
func TestLookaheadGoesOn(t *testing.T) {
	w, m, tr := runner(t, 3, optim.Constant(0.3))
	for range 5 {
		_, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
	}
	s, err := tr.State()
	require.NoError(t, err)
	w2, m2, again := runner(t, 3, optim.Constant(0.3))
	require.NoError(t, again.Restore(s))
	want, err := tr.Evaluate(sample.One(autodiff.Batch{}))
	require.NoError(t, err)
	got, err := again.Evaluate(sample.One(autodiff.Batch{}))
	require.NoError(t, err)
	assert.Equal(t, want.Loss, got.Loss)
	for range 5 {
		for _, trainer := range []*optim.Trainer{tr, again} {
			_, err := trainer.Step(autodiff.Batch{})
			require.NoError(t, err)
		}
		assert.Equal(t, w.Value().ScalarValue(), w2.Value().ScalarValue())
		assert.Equal(t, m.Value().ScalarValue(), m2.Value().ScalarValue())
	}
}

// With d = 1 nothing is learnt; the average of an untouched weight keeps its bits.
func TestLookaheadThatStays(t *testing.T) {
	w, _, tr := runner(t, 2, optim.Constant(1))
	for range 4 {
		_, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
	}
	assert.Zero(t, w.Value().ScalarValue())
}

func TestLookaheadAllocatesNothing(t *testing.T) {
	_, _, tr := runner(t, 2, optim.Constant(0.5))
	step := func() {
		if _, err := tr.Step(autodiff.Batch{}); err != nil {
			t.Error(err)
		}
	}
	step()
	step()
	assert.Zero(t, testing.AllocsPerRun(10, step))
}

// A decay without meaning leaves everything as it was.
func TestLookaheadRefuses(t *testing.T) {
	w, _, tr := runner(t, 2, func(step int) float64 { return float64(step-2) / 1.5 })
	for range 3 {
		_, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
	}
	before := w.Value().ScalarValue()
	_, err := tr.Step(autodiff.Batch{})
	assert.ErrorContains(t, err, "optim: WithLookahead: the decay at step 4 is 1.33")
	assert.Equal(t, before, w.Value().ScalarValue())
	assert.Equal(t, 3, tr.Steps())
}

// Two steps ahead, then half the way back.
func ExampleWithLookahead() {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w) }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1},
		optim.WithLookahead(2, optim.Constant(0.5)))
	for range 4 {
		if err == nil {
			_, err = trainer.Step(autodiff.Batch{})
		}
		fmt.Print(w.Value().ScalarValue(), " ")
	}
	fmt.Println(err)
	// Output: -1 -1 -2 -2 <nil>
}
