package optim_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// faltering trains a weight that falls by the learning rate a step, one a epoch, while
// the plan watches the given values, and returns the rate of each step.
func faltering(t *testing.T, watched []float64, plan optim.Plan) (rates []float64, w *autodiff.Param, err error) {
	w = autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	d := &diary{}
	plan.Epochs, plan.Log = len(watched), d
	plan.Watch = func(e optim.Epoch) float64 { return watched[e.Number-1] }
	_, err = tr.Fit(t.Context(), sample.NewPoints(sample.Rand(), 5, 3, 2), plan)
	for _, s := range d.steps {
		rates = append(rates, s.LearningRate)
	}
	return rates, w, err
}

func TestPlateau(t *testing.T) {
	watched := []float64{5, 4, 4, 4, 4, 4, 3, 3, 3, 3.5, 3.25, 9}
	rates, w, err := faltering(t, watched, optim.Plan{Plateau: optim.Plateau{Patience: 2, Factor: 0.5, Floor: 0.2}})
	require.NoError(t, err)
	// two epochs after the second, after the fourth, and after the seventh
	assert.Equal(t, []float64{1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2}, rates)
	sum := 0.0
	for _, r := range rates {
		sum -= r
	}
	assert.InDelta(t, sum, w.Value().ScalarValue(), 1e-14, "nothing is restored without patience")
}

func TestPlateauWithPatience(t *testing.T) {
	rates, w, err := faltering(t, []float64{5, 4, 4, 4, 4, 4, 4}, optim.Plan{Patience: 4, Plateau: optim.Plateau{Patience: 2, Factor: 0.5}})
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 1, 1, 1, 0.5, 0.5}, rates)
	assert.Equal(t, -2.0, w.Value().ScalarValue(), "that of the second epoch")
}

// shelf keeps the last state in memory and saves after some steps.
type shelf struct {
	state *optim.State
	due   func(steps int) bool
}

func (s *shelf) Latest() (*optim.State, error) { return s.state, nil }
func (s *shelf) Due(steps int) bool            { return s.due(steps) }
func (s *shelf) Save(state *optim.State) error {
	kept := *state
	s.state = &kept
	return nil
}

// A training that goes on from a state in the middle has the lowered rate, and the
// epochs that it has waited.
func TestPlateauGoesOn(t *testing.T) {
	watched := []float64{5, 5, 5, 5, 5, 5, 5, 5, 5}
	plan := optim.Plan{Plateau: optim.Plateau{Patience: 3, Factor: 0.5}}
	want, whole, err := faltering(t, watched, plan)
	require.NoError(t, err)
	s := &shelf{due: func(steps int) bool { return steps == 6 }}
	plan.Saver, plan.OnEpoch = s, func(e optim.Epoch) error {
		if e.Number == 6 {
			return errFull
		}
		return nil
	}
	first, _, err := faltering(t, watched, plan)
	require.ErrorIs(t, err, errFull)
	plan.OnEpoch = nil
	s.due = func(int) bool { return false }
	rest, _, err := faltering(t, watched, plan)
	require.NoError(t, err)
	assert.Equal(t, want, append(first, rest...))
	assert.NotEqual(t, 0.0, whole.Value().ScalarValue())
}

// Two epochs without progress halve the rate.
func ExamplePlateau() {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w) }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	watched := []float64{5, 4, 4, 4, 4, 4}
	epochs, err := trainer.Fit(context.Background(), sample.NewPoints(sample.Rand(), 5, 3, 2), optim.Plan{
		Epochs: 6, Plateau: optim.Plateau{Patience: 2, Factor: 0.5},
		Watch: func(e optim.Epoch) float64 { return watched[e.Number-1] }, // else the validation loss
	})
	for _, e := range epochs { // the weight falls by the rate
		fmt.Print(e.Loss, " ")
	}
	fmt.Println(err)
	// Output: 0 -1 -2 -3 -4 -4.5 <nil>
}
