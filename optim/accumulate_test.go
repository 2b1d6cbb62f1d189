package optim_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// Three epochs of batches of 4, five at a time, are those of batches of 20, to the bit,
// in both precisions; so is the loss that is reported.
func TestAccumulatedStepsAreThoseOfLargeBatches(t *testing.T) {
	for _, single := range []bool{false, true} {
		train := func(plan optim.Plan) ([]float64, []optim.Epoch) {
			rng := sample.Rand()
			data, m := sample.NewPoints(rng, 67, 3, 3), sample.NewLinear(rng, 3, 3)
			if data.Single = single; single {
				m.W.Convert(tensor.Float32)
				m.B.Convert(tensor.Float32)
			}
			tr, err := optim.NewTrainer(m.Softmax, m.Params(), optim.Adam{LearningRate: 0.1})
			require.NoError(t, err)
			plan.Epochs, plan.Rand = 3, sample.Rand()
			epochs, err := tr.Fit(t.Context(), data, plan)
			require.NoError(t, err)
			for i := range epochs {
				epochs[i].Elapsed = 0
			}
			assert.Equal(t, 3*4, tr.Steps())
			return numbersOf(m.W.Value()), epochs
		}
		want, wantEpochs := train(optim.Plan{BatchSize: 20})
		got, gotEpochs := train(optim.Plan{BatchSize: 4, Accumulate: 5})
		assert.Equal(t, want, got)
		assert.Equal(t, wantEpochs, gotEpochs)
	}
}

func numbersOf(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float64 {
		return v.Float64s()
	}
	var x []float64
	for _, f := range v.Float32s() {
		x = append(x, float64(f))
	}
	return x
}

// Joining loses no example, whatever the sizes, and the second time is as the first.
func TestAccumulateKeepsAllExamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, size, k := rapid.IntRange(1, 30).Draw(t, "n"), rapid.IntRange(1, 7).Draw(t, "size"), rapid.IntRange(1, 5).Draw(t, "k")
		data := sample.NewPoints(sample.Rand(), n, 2, 3)
		data.Ordered = true
		batches := optim.Accumulate(data.Minibatches(size, nil), k)
		for range 2 {
			var x []float64
			var y, sizes []int
			for b := range batches {
				x, y, sizes = append(x, b.X.Float64s()...), append(y, b.Y.Ints()...), append(sizes, b.X.Shape()[0])
			}
			assert.Equal(t, data.X, x)
			assert.Equal(t, data.Labels, y)
			assert.Len(t, sizes, (n+k*size-1)/(k*size))
		}
	})
}

// What does not fit ends a batch, and what cannot be read goes on to who says so.
func TestAccumulateOfOtherForms(t *testing.T) {
	pair, wide := sample.Matrix(2, 1, 1, 2), sample.Matrix(1, 3, 1, 2, 3)
	weigh := func(w *tensor.Dense) []autodiff.Named { return []autodiff.Named{{Name: "w", Value: w}} }
	var seen []string
	for b := range optim.Accumulate(slices.Values([]autodiff.Batch{
		{X: pair}, {X: pair}, {X: pair},
		{X: wide}, {X: sample.Single(wide)},
		{X: wide, Y: sample.Vector(1)}, {X: wide, Y: sample.Vector(2)},
		{X: pair, More: weigh(sample.Vector(7, 8))}, {X: pair, More: weigh(sample.Vector(9, 10))},
		{X: pair, More: weigh(sample.Scalar(1))}, {X: pair, More: weigh(sample.Scalar(2))},
		{X: pair, More: weigh(nil)},
		{Y: sample.Vector(5)},
	}), 2) {
		text := "nothing"
		if b.X != nil {
			text = fmt.Sprint(b.X.Shape(), b.X.Data())
		}
		if b.Y != nil {
			text += fmt.Sprint(" y ", b.Y.Data())
		}
		if len(b.More) > 0 && b.More[0].Value != nil {
			text += fmt.Sprint(" w ", b.More[0].Value.Shape(), b.More[0].Value.Data())
		}
		seen = append(seen, text)
	}
	assert.Equal(t, []string{
		"(4, 1) [1 2 1 2]", "(2, 1) [1 2]", "(1, 3) [1 2 3]", "(1, 3) [1 2 3]", "(2, 3) [1 2 3 1 2 3] y [1 2]",
		"(4, 1) [1 2 1 2] w (4) [7 8 9 10]", "(4, 1) [1 2 1 2] w () 2", "(2, 1) [1 2]", "nothing y [5]",
	}, seen)
}

// Two batches of two examples are one of four.
func ExampleAccumulate() {
	batches := []autodiff.Batch{{X: sample.Matrix(2, 1, 1, 2)}, {X: sample.Matrix(2, 1, 3, 4)}, {X: sample.Matrix(1, 1, 5)}}
	for b := range optim.Accumulate(slices.Values(batches), 2) {
		fmt.Println(b.X.Shape(), b.X.Data())
	}
	// Output:
	// (4, 1) [1 2 3 4]
	// (1, 1) [5]
}

// interrupting ends a context at a step.
type interrupting struct {
	at  int
	end func()
}

func (i interrupting) LogStep(r optim.StepReport) error {
	if r.Step == i.at {
		i.end()
	}
	return nil
}

func (interrupting) LogEpoch(optim.Epoch) error { return nil }

// A training that is interrupted in the middle of an epoch goes on to the same bits.
func TestAccumulationGoesOn(t *testing.T) {
	train := func(ctx context.Context, plan optim.Plan) ([]float64, error) {
		rng := sample.Rand()
		data, m := sample.NewPoints(rng, 67, 3, 3), sample.NewLinear(rng, 3, 3)
		data.Ordered = true // its order does not depend on how far an epoch went
		tr, err := optim.NewTrainer(m.Softmax, m.Params(), optim.Adam{LearningRate: 0.1}, optim.WithLookahead(3, optim.Constant(0.5)))
		require.NoError(t, err)
		plan.Epochs, plan.BatchSize, plan.Accumulate, plan.Rand = 3, 4, 5, sample.Rand()
		_, err = tr.Fit(ctx, data, plan)
		return m.W.Value().Float64s(), err
	}
	want, err := train(t.Context(), optim.Plan{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	s := &shelf{due: func(int) bool { return false }}
	_, err = train(ctx, optim.Plan{Saver: s, Log: interrupting{6, cancel}}) // the second of the second epoch
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 2, s.state.Place.Batches)
	got, err := train(t.Context(), optim.Plan{Saver: s})
	require.NoError(t, err)
	assert.Equal(t, want, got)
}
