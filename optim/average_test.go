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

// faller returns a parameter at 0 that falls by 1 a step, its loss being w, and a
// trainer that averages.
func faller(t require.TestingT, decay float64, options ...optim.Option) (*autodiff.Param, *optim.Trainer) {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, append(options, optim.WithAverage(decay))...)
	require.NoError(t, err)
	return w, tr
}

func TestAverage(t *testing.T) {
	w, tr := faller(t, 0.25)
	mean := 0.0
	for step := 1; step <= 5; step++ {
		_, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
		d := min(0.25, float64(1+step)/float64(10+step))
		mean = d*mean + (1-d)*float64(-step)
		e, err := tr.Evaluate(sample.One(autodiff.Batch{}))
		require.NoError(t, err)
		assert.InDelta(t, mean, e.Loss, 1e-14, "step %d", step)
		assert.Equal(t, float64(-step), w.Value().ScalarValue(), "Evaluate changes nothing")
	}
	s, err := tr.State()
	require.NoError(t, err)
	_, again := faller(t, 0.25)
	require.NoError(t, again.Restore(s))
	e, err := again.Evaluate(sample.One(autodiff.Batch{}))
	require.NoError(t, err)
	assert.InDelta(t, mean, e.Loss, 1e-14, "the state has the mean")
	tr.TakeAverage()
	assert.InDelta(t, mean, w.Value().ScalarValue(), 1e-14)
}

// An evaluation that fails leaves the parameters as they are, too.
func TestAverageAfterAnError(t *testing.T) {
	w, tr := faller(t, 0.25)
	_, err := tr.Step(autodiff.Batch{})
	require.NoError(t, err)
	_, err = tr.Evaluate(sample.One(autodiff.Batch{Y: sample.Matrix(1, 1, 0), More: []autodiff.Named{{}}}))
	require.Error(t, err)
	assert.Equal(t, -1.0, w.Value().ScalarValue())
}

// The means also go on where a gradient is so long that the careful program runs.
func TestAverageWithAClippedGradient(t *testing.T) {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).MulScalar(1e200) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithAverage(0.5), optim.WithClipNorm(1))
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{})
	require.NoError(t, err)
	tr.TakeAverage()
	assert.InDelta(t, -(1 - 2.0/11), w.Value().ScalarValue(), 1e-12)
}

// The mean lies behind the parameter, which falls by 1 a step.
func ExampleWithAverage() {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w) }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithAverage(0.9))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		if _, err := trainer.Step(autodiff.Batch{}); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Print(w.Value().ScalarValue())
	trainer.TakeAverage() // d = 2/11, then 3/12: −9/11, then −9/44 − 3/2
	fmt.Printf(" %.4f\n", w.Value().ScalarValue())
	// Output: -2 -1.7045
}

// What the loss assigns is averaged beside the parameters that it goes with.
func TestAverageOfStatistics(t *testing.T) {
	m := newCentred()
	tr, err := optim.NewTrainer(m.loss, m.Params(), optim.SGD{LearningRate: 1e-3}, optim.WithAverage(0.125))
	require.NoError(t, err)
	b := autodiff.Batch{X: sample.Matrix(2, 2, 1, 2, 3, 6), Y: sample.Matrix(2, 1, 5, 6)}
	mean := []float64{0, 0}
	for range 3 {
		_, err := tr.Step(b)
		require.NoError(t, err)
		for i, v := range m.running.Value().Float64s() {
			mean[i] += (1 - 0.125) * (v - mean[i]) // (1 + t)/(10 + t) is more
		}
	}
	tr.TakeAverage()
	assert.InDeltaSlice(t, mean, m.running.Value().Float64s(), 1e-14)
}
