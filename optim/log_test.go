package optim_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// A diary is a log in memory that fails after a number of steps.
type diary struct {
	steps  []optim.StepReport
	epochs []optim.Epoch
	until  int
}

var errFull = errors.New("the diary is full")

func (d *diary) LogStep(r optim.StepReport) error {
	if d.steps = append(d.steps, r); len(d.steps) == d.until {
		return errFull
	}
	return nil
}

func (d *diary) LogEpoch(e optim.Epoch) error {
	d.epochs = append(d.epochs, e)
	return nil
}

// The loss −3·w falls by 9·η at each step.
func TestFitLogs(t *testing.T) {
	fit := func(d *diary) ([]optim.Epoch, error) {
		w := autodiff.NewParam("w", sample.Scalar(0))
		loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).MulScalar(-3) }
		rule := optim.Scheduled(optim.SGD{LearningRate: 1}, optim.Exponential(0.5))
		tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, rule)
		require.NoError(t, err)
		return tr.Fit(t.Context(), sample.NewPoints(sample.Rand(), 5, 3, 2), optim.Plan{Epochs: 2, BatchSize: 4, Rand: sample.Rand(), Log: d})
	}
	d := &diary{}
	epochs, err := fit(d)
	require.NoError(t, err)
	assert.Equal(t, []optim.StepReport{
		{Step: 1, Epoch: 1, Examples: 4, Loss: 0, GradientNorm: 3, LearningRate: 1},
		{Step: 2, Epoch: 1, Examples: 1, Loss: -9, GradientNorm: 3, LearningRate: 0.5},
		{Step: 3, Epoch: 2, Examples: 4, Loss: -13.5, GradientNorm: 3, LearningRate: 0.25},
		{Step: 4, Epoch: 2, Examples: 1, Loss: -15.75, GradientNorm: 3, LearningRate: 0.125},
	}, d.steps)
	require.Len(t, d.epochs, 2)
	assert.Equal(t, epochs[1].Loss, d.epochs[1].Loss)

	d = &diary{until: 3}
	epochs, err = fit(d)
	require.ErrorIs(t, err, errFull)
	assert.Len(t, epochs, 1)
}
